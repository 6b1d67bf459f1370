/* The model list: facets, text search, sorting. All state is in the address, so that a view can be shared.
   Rows come from assets/data/models.json; every text is escaped here before it becomes part of the page. */
(function () {
  "use strict";

  const SIZES = [
    ["1", 0, 1e9, "≤ 1B"],
    ["3", 1e9, 3.5e9, "1–3B"],
    ["8", 3.5e9, 9e9, "4–9B"],
    ["15", 9e9, 16e9, "9–16B"],
    ["40", 16e9, 45e9, "16–45B"],
    ["x", 45e9, Infinity, "> 45B"],
  ];
  const CHUNK = 150;
  const SIGNS = { yes: "✓", conditional: "◐", no: "✕", unclear: "?" };
  const LISTS = ["use", "role", "size", "domain"];
  const SINGLES = ["lang", "license", "score"];
  const SORTS = ["name", "params", "context", "released", "use", "score"];

  const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const esc = (text) => String(text ?? "").replace(/[&<>"']/g, (c) => escaped[c]);
  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => esc(parts[name]));

  class ModelList {
    constructor(root, data) {
      this.root = root;
      this.data = data;
      this.t = data.labels;
      this.base = root.dataset.src.replace(/assets\/data\/models\.json$/, "");
      this.byUse = Object.fromEntries(data.order.uses.map((use, place) => [use, place]));
      for (const row of data.rows) {
        row.hay = `${row.name} ${row.family} ${row.text}`.toLowerCase();
        row.sizes = SIZES.filter(([, low, high]) => row.params !== null && row.params > low && row.params <= high).map(
          (s) => s[0],
        );
      }
      this.choices = {
        use: data.order.uses,
        role: data.order.roles,
        size: SIZES.map((s) => s[0]),
        domain: data.order.domains,
        lang: Object.keys(data.languages),
        license: Object.keys(data.licenses),
        score: Object.keys(data.benchmarks),
      };
      this.read();
      this.build();
      this.show();
    }

    // ---- state <-> address -----------------------------------------------------------------------

    read() {
      const asked = new URLSearchParams(location.search);
      this.ignored = [];
      this.state = { q: (asked.get("q") || "").slice(0, 200), sort: "name", down: false, all: false };
      for (const name of LISTS) {
        const wanted = (asked.get(name) || "").split(",").filter(Boolean);
        const values = name === "use" ? wanted.flatMap((v) => (v === "commercial" ? ["yes", "conditional"] : [v])) : wanted;
        this.state[name] = new Set(values.filter((v) => this.choices[name].includes(v)));
        this.ignored.push(...values.filter((v) => !this.choices[name].includes(v)).map((v) => `${name}=${v}`));
      }
      for (const name of SINGLES) {
        const value = asked.get(name) || "";
        const known = value === "" || this.choices[name].includes(value);
        this.state[name] = known ? value : "";
        if (!known) this.ignored.push(`${name}=${value}`);
      }
      const sort = asked.get("sort") || "";
      const key = sort.replace(/^-/, "");
      if (SORTS.includes(key)) {
        this.state.sort = key;
        this.state.down = sort.startsWith("-");
      } else if (sort) this.ignored.push(`sort=${sort}`);
    }

    write() {
      const { state } = this;
      const asked = new URLSearchParams();
      if (state.q) asked.set("q", state.q);
      for (const name of LISTS) if (state[name].size) asked.set(name, [...state[name]].join(","));
      for (const name of SINGLES) if (state[name]) asked.set(name, state[name]);
      if (state.sort !== "name" || state.down) asked.set("sort", (state.down ? "-" : "") + state.sort);
      const search = asked.toString().replaceAll("%2C", ",");
      history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : "") + location.hash);
    }

    // ---- filtering -------------------------------------------------------------------------------

    passes(row, except) {
      const { state } = this;
      const any = (name, values) => name === except || !state[name].size || values.some((v) => state[name].has(v));
      return (
        any("use", [row.use]) &&
        any("role", row.roles) &&
        any("size", row.sizes) &&
        any("domain", [row.domain]) &&
        (except === "lang" || !state.lang || row.langs.includes(state.lang)) &&
        (except === "license" || !state.license || row.licenses.includes(state.license)) &&
        this.words.every((word) => row.hay.includes(word))
      );
    }

    counts(name, valuesOf) {
      const found = {};
      for (const row of this.data.rows)
        if (this.passes(row, name)) for (const value of valuesOf(row)) found[value] = (found[value] || 0) + 1;
      return found;
    }

    sorted(rows) {
      const { sort, down, score } = this.state;
      const keys = {
        name: (row) => row.name.toLowerCase(),
        params: (row) => row.params,
        context: (row) => row.context,
        released: (row) => row.released,
        use: (row) => this.byUse[row.use],
        score: (row) => (score && row.scores[score] ? row.scores[score][0] : null),
      };
      const key = keys[sort];
      const turn = down ? -1 : 1;
      return rows.slice().sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === y) return a.name.localeCompare(b.name);
        if (x === null) return 1; // what is not known comes last, whatever the direction
        if (y === null) return -1;
        return (sort === "name" ? x.localeCompare(y, undefined, { numeric: true }) : x < y ? -1 : 1) * turn;
      });
    }

    // ---- page ------------------------------------------------------------------------------------

    build() {
      const { t } = this;
      const wide = window.matchMedia("(min-width: 60em)").matches;
      this.root.classList.add("ga-live");
      this.root.innerHTML = `
        <div class="ga-finder">
          <details class="ga-filters"${wide ? " open" : ""}>
            <summary>${esc(t.filters)} <span class="ga-active"></span></summary>
            <form role="search" onsubmit="return false">
              <label class="ga-field"><span>${esc(t.search_models)}</span><input type="search" name="q" autocomplete="off"></label>
              <div class="ga-facets"></div>
              <button type="button" class="ga-clear">${esc(t.clear)}</button>
            </form>
          </details>
          <div class="ga-results">
            <div class="ga-bar2">
              <p class="ga-found" role="status" aria-live="polite"></p>
              <label class="ga-field ga-field--inline"><span>${esc(t.score_of)}</span><select name="score"></select></label>
              <label class="ga-field ga-field--inline ga-sortby"><span>${esc(t.sort_by)}</span><select name="sort"></select></label>
            </div>
            <p class="ga-ignored" role="alert" hidden></p>
            <div class="ga-scroll" tabindex="0" role="region" aria-label="${esc(t.model)}"><table class="ga-table ga-models"><thead></thead><tbody></tbody></table></div>
            <p class="ga-none" hidden>${esc(t.nothing_found)}</p>
            <button type="button" class="ga-more" hidden></button>
          </div>
        </div>`;
      const find = (selector) => this.root.querySelector(selector);
      this.parts = {
        facets: find(".ga-facets"), found: find(".ga-found"), head: find("thead"), body: find("tbody"), more: find(".ga-more"),
        none: find(".ga-none"), active: find(".ga-active"), ignored: find(".ga-ignored"), search: find('[name="q"]'),
        score: find('[name="score"]'), sort: find('[name="sort"]'), box: find(".ga-scroll"),
      };
      this.listen();
    }

    listen() {
      const { parts, state } = this;
      let waiting = 0;
      parts.search.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.change({ q: parts.search.value.slice(0, 200) }), 60);
      });
      this.root.addEventListener("change", (event) => {
        const { name, value } = event.target;
        if (name === "sort") this.change({ sort: value.replace(/^-/, ""), down: value.startsWith("-") });
        else if (name === "score") this.change(value ? { score: value, sort: "score", down: true } : { score: "", sort: "name", down: false });
        else if (SINGLES.includes(name)) this.change({ [name]: value });
      });
      this.root.addEventListener("click", (event) => {
        const chip = event.target.closest("[data-facet]");
        const column = event.target.closest("[data-sort]");
        if (chip) {
          const set = this.state[chip.dataset.facet];
          if (!set.delete(chip.dataset.value)) set.add(chip.dataset.value);
          this.change({});
        } else if (column) {
          const sort = column.dataset.sort;
          this.change({ sort, down: this.state.sort === sort ? !this.state.down : sort !== "name" && sort !== "use" });
        } else if (event.target.closest(".ga-clear")) {
          this.change({ q: "", lang: "", license: "", use: new Set(), role: new Set(), size: new Set(), domain: new Set() });
        } else if (event.target.closest(".ga-more")) this.change({ all: true });
      });
      void state;
    }

    change(part) {
      if (!("all" in part)) this.state.all = false;
      Object.assign(this.state, part);
      this.ignored = [];
      this.write();
      this.show();
    }

    show() {
      const { state, parts, t } = this;
      this.words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = this.sorted(this.data.rows.filter((row) => this.passes(row)));
      const shown = state.all ? rows : rows.slice(0, CHUNK);
      parts.head.innerHTML = this.header();
      parts.body.innerHTML = shown.map((row) => this.row(row)).join("");
      parts.found.innerHTML = fill(t.shown_of, { shown: rows.length.toLocaleString(), total: this.data.rows.length.toLocaleString() });
      parts.none.hidden = rows.length > 0;
      parts.box.hidden = rows.length === 0;
      parts.more.hidden = shown.length === rows.length;
      parts.more.innerHTML = fill(t.show_all, { count: rows.length.toLocaleString() });
      parts.ignored.hidden = this.ignored.length === 0;
      parts.ignored.innerHTML = fill(t.ignored_state, { what: this.ignored.slice(0, 5).join(", ") });
      if (parts.search.value !== state.q) parts.search.value = state.q;
      const active = LISTS.reduce((sum, name) => sum + state[name].size, 0) + (state.lang ? 1 : 0) + (state.license ? 1 : 0) + (state.q ? 1 : 0);
      parts.active.textContent = active ? `(${active})` : "";
      parts.score.innerHTML = this.options("score", this.data.benchmarks, {}, t.no_score_column);
      parts.sort.innerHTML = this.sortOptions();
      this.facets();
      document.dispatchEvent(new CustomEvent("ga:changed"));
    }

    header() {
      const { t, state } = this;
      const cell = (sort, label, kind = "") => {
        const on = state.sort === sort;
        const aria = on ? ` aria-sort="${state.down ? "descending" : "ascending"}"` : "";
        return `<th scope="col" class="${kind}"${aria}><button type="button" data-sort="${sort}">${esc(label)}<i aria-hidden="true">${on ? (state.down ? "▾" : "▴") : ""}</i></button></th>`;
      };
      const score = state.score ? cell("score", this.data.benchmarks[state.score], "ga-num") : "";
      return `<tr>${cell("name", t.model)}<th scope="col">${esc(t.role)}</th>${cell("params", t.size, "ga-num")}${cell("context", t.context, "ga-num")}${score}${cell("use", t.commercial)}<th scope="col">${esc(t.license)}</th><th scope="col">${esc(t.languages)}</th>${cell("released", t.released)}</tr>`;
    }

    row(row) {
      const { t, data, state } = this;
      const roles = row.roles.map((role) => `<span class="ga-badge ga-badge--role">${esc(data.words[role])}</span>`).join("");
      const licenses = row.licenses.map((key) => `<a href="${esc(this.base)}licenses/${esc(key)}/">${esc(data.licenses[key] ?? key)}</a>`).join(" + ");
      const names = row.langs.slice(0, 2).map((code) => esc(data.languages[code] ?? code)).join(", ");
      const more = row.langs.length > 2 ? ` <span class="ga-dim">+${row.langs.length - 2}</span>` : "";
      const old = row.old ? ` <span class="ga-weak">${esc(t.superseded)}</span>` : "";
      const score = state.score ? this.score(row.scores[state.score]) : "";
      const cell = (label, body, kind = "") => `<td data-label="${esc(label)}" class="${kind}">${body}</td>`;
      return (
        `<tr><th scope="row"><a href="${esc(this.base + row.url)}">${esc(row.name)}</a>${old}</th>` +
        cell(t.role, roles) +
        cell(t.size, esc(row.size), "ga-num") +
        cell(t.context, row.context === null ? "" : row.context.toLocaleString(), "ga-num") +
        score +
        cell(t.commercial, `<span class="ga-use ga-use--${esc(row.use)}"><i aria-hidden="true">${SIGNS[row.use]}</i>${esc(data.words[row.use])}</span>`) +
        cell(t.license, licenses) +
        cell(t.languages, names + more) +
        cell(t.released, esc(row.released), "ga-nowrap") +
        "</tr>"
      );
    }

    score(score) {
      const label = esc(this.data.benchmarks[this.state.score]);
      if (!score) return `<td data-label="${label}" class="ga-num"></td>`;
      const [value, low, high] = score;
      const interval = low === undefined ? "" : ` <span class="ga-ci">${low.toFixed(1)}–${high.toFixed(1)}</span>`;
      return `<td data-label="${label}" class="ga-num ga-nowrap">${value.toFixed(2)}${interval}</td>`;
    }

    options(name, words, counts, empty) {
      const { state } = this;
      const items = Object.entries(words).map(([key, word]) => {
        const count = counts[key] === undefined ? "" : ` (${counts[key]})`;
        return `<option value="${esc(key)}"${state[name] === key ? " selected" : ""}>${esc(word)}${count}</option>`;
      });
      return `<option value="">${esc(empty)}</option>${items.join("")}`;
    }

    sortOptions() {
      const { t, state } = this;
      const labels = { name: t.model, params: t.size, context: t.context, released: t.released, use: t.commercial };
      if (state.score) labels.score = this.data.benchmarks[state.score];
      const current = (state.down ? "-" : "") + state.sort;
      return Object.entries(labels)
        .flatMap(([key, word]) => [[key, `${word}: ${t.ascending}`], [`-${key}`, `${word}: ${t.descending}`]])
        .map(([key, word]) => `<option value="${key}"${key === current ? " selected" : ""}>${esc(word)}</option>`)
        .join("");
    }

    facets() {
      const { t, data } = this;
      const chips = (name, label, values, word, valuesOf) => {
        const counts = this.counts(name, valuesOf);
        const buttons = values.filter((value) => counts[value] || this.state[name].has(value)).map((value) => {
          const on = this.state[name].has(value);
          return `<button type="button" class="ga-chip" data-facet="${name}" data-value="${esc(value)}" aria-pressed="${on}">${esc(word(value))} <small>${counts[value] || 0}</small></button>`;
        });
        return buttons.length ? `<fieldset class="ga-facet"><legend>${esc(label)}</legend>${buttons.join("")}</fieldset>` : "";
      };
      const select = (name, label, words, valuesOf) =>
        `<label class="ga-field"><span>${esc(label)}</span><select name="${name}">${this.options(name, words, this.counts(name, valuesOf), t.any)}</select></label>`;
      const focused = document.activeElement && this.parts.facets.contains(document.activeElement) ? document.activeElement : null;
      const key = focused && (focused.dataset.facet ? `[data-facet="${focused.dataset.facet}"][data-value="${focused.dataset.value}"]` : `[name="${focused.name}"]`);
      this.parts.facets.innerHTML =
        chips("use", t.commercial, data.order.uses, (v) => data.words[v], (row) => [row.use]) +
        chips("role", t.role, data.order.roles, (v) => data.words[v], (row) => row.roles) +
        chips("size", t.size, SIZES.map((s) => s[0]), (v) => SIZES.find((s) => s[0] === v)[3], (row) => row.sizes) +
        select("lang", t.languages, data.languages, (row) => row.langs) +
        select("license", t.license, data.licenses, (row) => row.licenses) +
        chips("domain", t.domain, data.order.domains, (v) => data.words[v], (row) => [row.domain]);
      if (key) this.parts.facets.querySelector(key)?.focus();
    }
  }

  async function start() {
    const root = document.getElementById("ga-models");
    if (!root || root.dataset.ready) return;
    root.dataset.ready = "loading";
    try {
      const answer = await fetch(root.dataset.src);
      if (!answer.ok) throw new Error(String(answer.status));
      const list = new ModelList(root, await answer.json());
      window.addEventListener("popstate", () => {
        list.read();
        list.show();
      });
      root.dataset.ready = "yes";
    } catch (error) {
      root.dataset.ready = "failed"; // the static table stays
      console.warn("model list:", error);
    }
  }

  start();
})();
