/* A filter above a list or table: a text box, and a choice for each data-facet-… of its box.
   The items are in the page already; filtering hides them. The state is in the address. */
(function () {
  "use strict";

  const fold = (text) => text.normalize("NFKC").toLowerCase();

  function equip(box) {
    const words = box.dataset;
    const items = [...box.querySelectorAll("[data-item]")].map((element) => ({ element, text: fold(element.textContent) }));
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
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    bar.append(status);
    box.prepend(bar);

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
      for (const group of box.querySelectorAll("[data-group]"))
        group.hidden = !group.querySelector("[data-item]:not([hidden])");
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
      input.value = (asked.get("q") ?? "").slice(0, 200);
      for (const { name, select } of choices) {
        const value = asked.get(name) ?? "";
        select.value = [...select.options].some((option) => option.value === value) ? value : "";
      }
      show();
    }

    bar.addEventListener("input", () => {
      show();
      write();
    });
    window.addEventListener("popstate", read);
    read();
  }

  document.querySelectorAll(".ga-filterable").forEach(equip);
})();
