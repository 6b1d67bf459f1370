/* A filter above a list or table: a text box, and a choice for each data-facet-… of its box.
   The items are in the page already (in the box, or anywhere with data-of="page"); filtering hides them, and
   headings whose list has nothing left. The state is in the address. */
(function () {
  "use strict";

  const fold = (text) => text.normalize("NFKC").toLowerCase();

  function equip(box) {
    const words = box.dataset;
    const scope = words.of === "page" ? document.querySelector("main") : box;
    const items = [...scope.querySelectorAll("[data-item]")].map((element) => ({ element, text: fold(element.textContent) }));
    const facets = Object.keys(words).filter((key) => key.startsWith("facet")).map((key) => key.slice(5).toLowerCase());
    const bar = document.createElement("form");
    bar.className = "ga-filterbar";
    bar.setAttribute("role", "search");
    bar.addEventListener("submit", (event) => event.preventDefault());

    function field(label, control) {
      const frame = document.createElement("label");
      frame.className = "ga-field";
      const text = document.createElement("span");
      text.textContent = label;
      frame.append(text, control);
      bar.append(frame);
      return control;
    }

    const input = field(words.label, Object.assign(document.createElement("input"), { type: "search", autocomplete: "off", maxLength: 200 }));
    const choices = facets.map((name) => {
      const values = new Map();
      for (const item of items) {
        item[name] = (item.element.dataset[name] ?? "").split("|").filter(Boolean);
        for (const value of item[name]) values.set(value, (values.get(value) ?? 0) + 1);
      }
      const select = document.createElement("select");
      select.add(new Option(words.any, ""));
      for (const [value, count] of values) select.add(new Option(`${value} (${count})`, value));
      return { name, select: field(words[`facet${name[0].toUpperCase()}${name.slice(1)}`], select) };
    });
    const ignored = Object.assign(document.createElement("p"), { className: "ga-ignored", hidden: true });
    ignored.setAttribute("role", "alert");
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    bar.append(status);
    box.prepend(bar, ignored);

    function show() {
      const wanted = fold(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const passes =
          wanted.every((word) => item.text.includes(word)) &&
          choices.every(({ name, select }) => !select.value || item[name].includes(select.value));
        item.element.hidden = !passes;
        shown += passes;
      }
      for (const group of scope.querySelectorAll("ul[data-group]")) {
        group.hidden = !group.querySelector("[data-item]:not([hidden])");
        const heading = group.previousElementSibling;
        if (heading?.tagName === "H2") heading.hidden = group.hidden;
      }
      status.textContent = shown
        ? words.found.replace("{shown}", shown).replace("{total}", items.length)
        : words.none;
      document.dispatchEvent(new CustomEvent("ga:changed"));
    }

    function write() {
      const asked = new URLSearchParams();
      if (input.value.trim()) asked.set("q", input.value.trim());
      for (const { name, select } of choices) if (select.value) asked.set(name, select.value);
      const search = asked.toString();
      history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : "") + location.hash);
    }

    function read() {
      const asked = new URLSearchParams(location.search);
      const wrong = [];
      input.value = (asked.get("q") ?? "").slice(0, 200);
      for (const { name, select } of choices) {
        const value = asked.get(name) ?? "";
        const known = [...select.options].some((option) => option.value === value);
        select.value = known ? value : "";
        if (!known) wrong.push(`${name}=${value.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "").slice(0, 60)}`);
      }
      ignored.hidden = !wrong.length;
      ignored.textContent = wrong.length ? words.ignored.replace("{what}", () => wrong.join(", ")) : "";
      show();
    }

    bar.addEventListener("input", () => {
      ignored.hidden = true;
      show();
      write();
    });
    window.addEventListener("popstate", read);
    read();
  }

  document.querySelectorAll(".ga-filterable").forEach(equip);
})();
