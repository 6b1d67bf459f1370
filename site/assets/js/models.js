/* The model list: facets, text search, sorting, columns, selection. All state is in the address, so that a view can
   be shared. Rows come from assets/data/models.json; every text is escaped before it becomes part of the page. */
(function () {
  "use strict";

  const { GIB, Memory, esc, bdi, fill, count } = window.GA;
  const SIZES = [
    ["1", 0, 1e9, "≤ 1B"],
    ["3", 1e9, 3.5e9, "1–3B"],
    ["8", 3.5e9, 9e9, "4–9B"],
    ["15", 9e9, 16e9, "9–16B"],
    ["40", 16e9, 45e9, "16–45B"],
    ["x", 45e9, Infinity, "> 45B"],
  ];
  const CHUNK = 50;
  const LISTS = ["use", "role", "size", "domain", "verified"];
  const SINGLES = ["lang", "license", "score"];
  const SORTS = ["name", "params", "active", "context", "need", "released", "use", "score"];
  const CONTEXTS = [2048, 4096, 8192, 16384, 32768, 131072];
  const MOST = 5;
  const DEFAULT_SORT = "-released";

  class ModelList {
    constructor(root, data) {
      this.root = root;
      this.data = data;
      this.t = data.labels;
      this.c = data.choosing;
      this.base = window.GA.base(root);
      this.memory = new Memory(data.memory);
      this.byUse = Object.fromEntries(data.order.uses.map((use, place) => [use, place]));
      this.selected = new Set();
      this.drawn = new Map();
      this.prepare();
      this.columns = this.allColumns();
      this.choices = {
        use: data.order.uses,
        role: data.order.roles,
        size: SIZES.map((s) => s[0]),
        domain: data.order.domains,
        verified: data.order.trusts,
        lang: Object.keys(data.languages),
        license: Object.keys(data.licenses),
        score: Object.keys(data.benchmarks),
      };
      this.read();
      this.build();
      this.show();
    }

    /* What filters and sorting need of each row, once. */
    prepare() {
      const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
      const { rows } = this.data;
      for (const row of rows) {
        row.hay = `${row.name} ${row.family} ${row.text}`.toLowerCase();
        row.size1 = SIZES.find(([, low, high]) => row.params !== null && row.params > low && row.params <= high)?.[0];
      }
      rows.slice().sort((a, b) => collator.compare(a.name, b.name)).forEach((row, place) => {
        row.place = place;
      });
    }

    /* The need of each row at the chosen precision and context; rows that cannot have it get none. */
    measure() {
      const { precision, context } = this.state;
      for (const row of this.data.rows) {
        row.need = row.context !== null && row.context < context ? null : this.memory.fit(row, precision, context);
      }
    }

    // ---- state <-> address -----------------------------------------------------------------------

    read() {
      const asked = new URLSearchParams(location.search);
      this.ignored = [];
      const ignore = (name, value) => this.ignored.push(`${name}=${window.GA.short(value)}`);
      this.state = { q: (asked.get("q") || "").slice(0, 200), all: false };
      for (const name of LISTS) {
        const wanted = (asked.get(name) || "").split(",").filter(Boolean);
        const values = name === "use" ? wanted.flatMap((v) => (v === "commercial" ? ["yes", "conditional"] : [v])) : wanted;
        this.state[name] = new Set(values.filter((v) => this.choices[name].includes(v)));
        values.filter((v) => !this.choices[name].includes(v)).forEach((v) => ignore(name, v));
      }
      for (const name of SINGLES) {
        const value = asked.get(name) || "";
        const known = value === "" || this.choices[name].includes(value);
        this.state[name] = known ? value : "";
        if (!known) ignore(name, value);
      }
      this.readMemory(asked, ignore);
      this.readColumns(asked, ignore);
      this.readSort(asked, ignore);
      this.measure();
    }

    readMemory(asked, ignore) {
      const take = (name, parse, otherwise) => {
        const text = asked.get(name);
        const value = text ? parse(text) : otherwise;
        if (value === null) ignore(name, text);
        return value ?? otherwise;
      };
      const memory = take("fits", window.GA.memoryOf, 0);
      this.state.fits = memory / GIB;
      this.state.precision = take("precision", (text) => this.memory.precision(text), "q4_k_m");
      this.state.context = take("context", window.GA.contextOf, 4096);
    }

    readColumns(asked, ignore) {
      const keys = this.columns.map((column) => column.key);
      const wanted = (asked.get("cols") || "").split(",").filter(Boolean);
      wanted.filter((key) => !keys.includes(key)).forEach((key) => ignore("cols", key));
      const chosen = asked.has("cols") ? wanted.filter((key) => keys.includes(key)) : this.usualColumns();
      this.state.cols = new Set(chosen);
    }

    readSort(asked, ignore) {
      const text = asked.get("sort") || DEFAULT_SORT;
      const known = SORTS.includes(text.replace(/^-/, ""));
      if (!known) ignore("sort", text);
      const sort = known ? text : DEFAULT_SORT;
      this.state.sort = sort.replace(/^-/, "");
      this.state.down = sort.startsWith("-");
    }

    usualColumns() {
      return this.columns.filter((column) => column.usual).map((column) => column.key);
    }

    write() {
      const { state } = this;
      const asked = new URLSearchParams();
      if (state.q) asked.set("q", state.q);
      if (state.fits) asked.set("fits", `${state.fits}GB`);
      if (state.precision !== "q4_k_m") asked.set("precision", state.precision);
      if (state.context !== 4096) asked.set("context", String(state.context));
      for (const name of LISTS) if (state[name].size) asked.set(name, [...state[name]].join(","));
      for (const name of SINGLES) if (state[name]) asked.set(name, state[name]);
      const cols = this.columns.map((column) => column.key).filter((key) => state.cols.has(key)).join(",");
      if (cols !== this.usualColumns().join(",")) asked.set("cols", cols);
      const sort = (state.down ? "-" : "") + state.sort;
      if (sort !== DEFAULT_SORT) asked.set("sort", sort);
      window.GA.remember(asked);
    }

    // ---- filtering -------------------------------------------------------------------------------

    fits(row, memory) {
      return row.need !== null && row.need.high <= memory * GIB;
    }

    passes(row, except) {
      const { state } = this;
      const one = (name, value) => name === except || !state[name].size || state[name].has(value);
      return (
        one("use", row.use) &&
        (except === "role" || !state.role.size || row.roles.some((role) => state.role.has(role))) &&
        one("size", row.size1) &&
        one("domain", row.domain) &&
        one("verified", row.verified) &&
        (except === "lang" || !state.lang || row.langs.includes(state.lang)) &&
        (except === "license" || !state.license || row.licenses.includes(state.license)) &&
        (except === "fits" || !state.fits || this.fits(row, state.fits)) &&
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
        name: (row) => row.place,
        params: (row) => row.params,
        active: (row) => row.active ?? row.params,
        context: (row) => row.context,
        need: (row) => row.need?.high ?? null,
        released: (row) => row.released,
        use: (row) => this.byUse[row.use],
        score: (row) => (score && row.scores[score] ? row.scores[score][0] : null),
      };
      const turn = down ? -1 : 1;
      const keyed = rows.map((row) => [keys[sort](row), row]);
      keyed.sort(([x, a], [y, b]) => {
        if (x === y) return a.place - b.place;
        if (x === null) return 1; // what is not known comes last, whatever the direction
        if (y === null) return -1;
        return (x < y ? -1 : 1) * turn;
      });
      return keyed.map(([, row]) => row);
    }

    // ---- columns ---------------------------------------------------------------------------------

    /* key, label, class, sort key, whether it is usual; html(row) for the page, value(row) for downloads. */
    allColumns() {
      const { t, c, data } = this;
      const word = (value) => data.words[value] ?? value;
      const licenses = (row) => row.licenses.map((key) => data.licenses[key] ?? key);
      const column = (key, label, value, more = {}) => ({ key, label, value, usual: true, html: (row) => esc(value(row) ?? ""), ...more });
      const number = (value) => (value === null || value === undefined ? "" : count(value));
      return [
        column("role", t.role, (row) => row.roles.join("; "), {
          html: (row) => row.roles.map((role) => `<span class="ga-badge ga-badge--role">${esc(word(role))}</span>`).join(""),
        }),
        column("size", t.size, (row) => row.params, { kind: "ga-num", sort: "params", html: (row) => esc(row.size) }),
        column("active", c.active, (row) => row.active ?? null, { kind: "ga-num", sort: "active", usual: false, html: (row) => number(row.active) }),
        column("context", t.context, (row) => row.context, { kind: "ga-num", sort: "context", html: (row) => number(row.context) }),
        column("need", c.need_column, (row) => (row.need ? window.GA.interval(row.need) : null), {
          kind: "ga-num ga-nowrap", sort: "need", usual: false, html: (row) => this.needCell(row),
        }),
        column("use", t.commercial, (row) => row.use, { sort: "use", html: (row) => window.GA.use(data, row.use) }),
        column("license", t.license, (row) => row.licenses.join("; "), {
          html: (row) => row.licenses.map((key, place) => `<a href="${esc(this.base)}licenses/${esc(key)}/">${esc(licenses(row)[place])}</a>`).join(" + "),
        }),
        column("lang", t.languages, (row) => row.langs.join("; "), { html: (row) => this.languages(row) }),
        column("released", t.released, (row) => row.released, { kind: "ga-nowrap", sort: "released" }),
        column("org", c.organizations, (row) => row.orgs.map((key) => data.organizations[key] ?? key).join("; "), { usual: false }),
        column("access", c.access, (row) => row.access, { usual: false, html: (row) => esc(word(row.access)) }),
        column("weights", c.weights, (row) => row.form, { usual: false, html: (row) => esc(word(row.form)) }),
        column("repo", c.repository, (row) => row.repo ?? null, { usual: false, html: (row) => (row.repo ? `<code>${esc(row.repo)}</code>` : "") }),
      ];
    }

    needCell(row) {
      if (!row.need) return "";
      const card = this.memory.card(row.need);
      const label = card ? fill(this.c.fit_card, { card }) : fill(this.c.fit_none, { card: this.data.memory.cards.at(-1) });
      return `${label} <span class="ga-ci">${esc(window.GA.interval(row.need))}</span>`;
    }

    languages(row) {
      const names = row.langs.slice(0, 2).map((code) => esc(this.data.languages[code] ?? code)).join(esc(this.t.list_separator));
      const more = row.langs.length > 2 ? ` <span class="ga-dim">+${row.langs.length - 2}</span>` : "";
      return names + more;
    }

    shownColumns() {
      const { state, data } = this;
      const shown = this.columns.filter((column) => state.cols.has(column.key) || (column.key === "need" && state.fits));
      if (!state.score) return shown;
      const label = data.benchmarks[state.score];
      const value = (row) => row.scores[state.score]?.[0] ?? null;
      const cell = { key: "score", label, kind: "ga-num ga-nowrap", sort: "score", value, html: (row) => this.score(row.scores[state.score], row.marks?.[state.score]) };
      return [cell, ...shown];
    }

    score(score, mark) {
      if (!score) return "";
      const [value, , , low, high] = score;
      const interval = low === null ? "" : ` <span class="ga-ci">${low.toFixed(1)}–${high.toFixed(1)}</span>`;
      return value.toFixed(2) + interval + window.GA.verdict(this.base, mark);
    }

    // ---- page ------------------------------------------------------------------------------------

    build() {
      const { t, c } = this;
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
              <details class="ga-menu"><summary>${esc(c.columns)}</summary><div class="ga-menu__body ga-columnlist"></div></details>
              <span class="ga-downloads"><button type="button" class="ga-quiet" data-as="csv">CSV</button> <button type="button" class="ga-quiet" data-as="json">JSON</button></span>
            </div>
            <p class="ga-ignored" role="alert" hidden></p>
            <div class="ga-picked" hidden></div>
            <div class="ga-scroll" tabindex="0" role="region" aria-label="${esc(t.model)}"><table class="ga-table ga-models"><thead></thead><tbody></tbody></table></div>
            <p class="ga-none" hidden>${esc(t.nothing_found)}</p>
            <button type="button" class="ga-more" hidden></button>
          </div>
        </div>`;
      const find = (selector) => this.root.querySelector(selector);
      this.parts = {
        facets: find(".ga-facets"), found: find(".ga-found"), head: find("thead"), body: find("tbody"), more: find(".ga-more"),
        none: find(".ga-none"), active: find(".ga-active"), ignored: find(".ga-ignored"), search: find('[name="q"]'),
        score: find('[name="score"]'), sort: find('[name="sort"]'), box: find(".ga-scroll"), columns: find(".ga-columnlist"),
        picked: find(".ga-picked"), downloads: find(".ga-downloads"),
      };
      this.parts.downloads.title = t.download;
      this.listen();
    }

    listen() {
      const { parts } = this;
      parts.search.addEventListener("input", () => this.change({ q: parts.search.value.slice(0, 200) }));
      this.root.addEventListener("change", (event) => this.changed(event.target));
      this.root.addEventListener("click", (event) => this.clicked(event.target));
      document.addEventListener("click", ({ target }) => {
        const menu = this.root.querySelector(".ga-menu[open]");
        if (menu && target.isConnected && !menu.contains(target)) menu.open = false;
      });
    }

    changed({ name, value, checked }) {
      if (name === "sort") this.change({ sort: value.replace(/^-/, ""), down: value.startsWith("-") });
      else if (name === "score") this.change(value ? { score: value, sort: "score", down: true } : { score: "", sort: "released", down: true });
      else if (name === "precision") this.change({ precision: value });
      else if (name === "context") this.change({ context: Number(value) });
      else if (name === "column") this.column(value, checked);
      else if (name === "pick") this.pick(value, checked);
      else if (SINGLES.includes(name)) this.change({ [name]: value });
    }

    clicked(target) {
      const chip = target.closest("[data-facet]");
      const column = target.closest("[data-sort]");
      const download = target.closest("[data-as]");
      const press = (on) => chip.setAttribute("aria-pressed", String(on));
      if (chip && chip.dataset.facet === "fits") {
        const memory = Number(chip.dataset.value);
        press(this.state.fits !== memory);
        this.change({ fits: this.state.fits === memory ? 0 : memory });
      } else if (chip) {
        const set = this.state[chip.dataset.facet];
        press(!set.has(chip.dataset.value));
        if (!set.delete(chip.dataset.value)) set.add(chip.dataset.value);
        this.change({});
      } else if (column) {
        const sort = column.dataset.sort;
        this.change({ sort, down: this.state.sort === sort ? !this.state.down : !["name", "use", "need"].includes(sort) });
      } else if (download) this.save(download.dataset.as);
      else if (target.closest(".ga-clear")) {
        const none = Object.fromEntries(LISTS.map((name) => [name, new Set()]));
        this.change({ q: "", lang: "", license: "", fits: 0, ...none });
      } else if (target.closest(".ga-unpick")) {
        this.selected.clear();
        this.show();
      } else if (target.closest(".ga-more")) this.change({ all: true });
    }

    column(key, on) {
      if (on) this.state.cols.add(key);
      else this.state.cols.delete(key);
      this.change({});
    }

    pick(id, on) {
      if (on) this.selected.add(id);
      else this.selected.delete(id);
      this.picked();
    }

    change(part) {
      if (!("all" in part)) this.state.all = false;
      Object.assign(this.state, part);
      if ("precision" in part || "context" in part) this.measure();
      this.ignored = [];
      this.write();
      this.show();
    }

    show() {
      const { state, parts, t } = this;
      this.words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
      this.found = this.sorted(this.data.rows.filter((row) => this.passes(row)));
      const rows = this.found;
      const shown = state.all ? rows : rows.slice(0, CHUNK);
      const columns = this.shownColumns();
      this.redraw(parts.head, this.header(columns));
      this.redraw(parts.body, shown.map((row) => this.row(row, columns)).join(""));
      this.redraw(parts.found, fill(t.shown_of, { shown: count(rows.length), total: count(this.data.rows.length) }));
      this.redraw(parts.more, fill(t.show_all, { count: count(rows.length) }));
      this.redraw(parts.ignored, fill(t.ignored_state, { what: this.ignored.slice(0, 5).join(", ") }));
      this.redraw(parts.score, this.options("score", this.data.benchmarks, {}, t.no_score_column));
      this.redraw(parts.sort, this.sortOptions());
      this.redraw(parts.columns, this.columnChoices());
      parts.none.hidden = rows.length > 0;
      parts.box.hidden = rows.length === 0;
      parts.more.hidden = shown.length === rows.length;
      parts.ignored.hidden = this.ignored.length === 0;
      if (parts.search.value !== state.q) parts.search.value = state.q;
      const active = LISTS.reduce((sum, name) => sum + state[name].size, 0) + [state.lang, state.license, state.q, state.fits].filter(Boolean).length;
      parts.active.textContent = active ? `(${active})` : "";
      this.picked();
      this.showFacets();
      document.dispatchEvent(new CustomEvent("ga:changed"));
    }

    /* The rows stand first; the counts beside the filters follow once they are drawn. */
    showFacets() {
      const { parts } = this;
      if (!this.drawn.has(parts.facets)) {
        this.redraw(parts.facets, this.facets());
        return;
      }
      clearTimeout(this.waiting);
      requestAnimationFrame(() => {
        this.waiting = setTimeout(() => this.redraw(parts.facets, this.facets()));
      });
    }

    /* New content for a part, if it is new; a control that has the focus keeps it. */
    redraw(part, markup) {
      if (this.drawn.get(part) === markup) return;
      this.drawn.set(part, markup);
      const { dataset, name, value } = part.contains(document.activeElement) ? document.activeElement : { dataset: {} };
      part.innerHTML = markup;
      const quoted = (text) => `"${CSS.escape(text)}"`;
      const key = dataset.facet
        ? `[data-facet="${dataset.facet}"][data-value=${quoted(dataset.value)}]`
        : dataset.sort
          ? `[data-sort="${dataset.sort}"]`
          : name && `select[name="${name}"], input[name="${name}"][value=${quoted(value)}]`;
      if (key) part.querySelector(key)?.focus({ preventScroll: true });
    }

    header(columns) {
      const { t, c, state } = this;
      const cell = ({ sort, label, kind = "" }) => {
        if (!sort) return `<th scope="col" class="${kind}">${esc(label)}</th>`;
        const on = state.sort === sort;
        const aria = on ? ` aria-sort="${state.down ? "descending" : "ascending"}"` : "";
        return `<th scope="col" class="${kind}"${aria}><button type="button" data-sort="${sort}">${esc(label)}<i aria-hidden="true">${on ? (state.down ? "▾" : "▴") : ""}</i></button></th>`;
      };
      return `<tr><th scope="col" class="ga-tick"><span class="ga-hidden">${esc(c.compare)}</span></th>${[{ sort: "name", label: t.model }, ...columns].map(cell).join("")}</tr>`;
    }

    row(row, columns) {
      const old = row.next.length ? ` <span class="ga-weak">${esc(this.t.superseded)}</span>` : "";
      const cells = columns.map((column) => `<td data-label="${esc(column.label)}" data-${column.key} class="${column.kind ?? ""}">${column.html(row)}</td>`).join("");
      const label = fill(this.c.compare_pick, { name: row.name });
      const tick = `<td class="ga-tick"><input type="checkbox" name="pick" value="${esc(row.id)}" aria-label="${label}"${this.selected.has(row.id) ? " checked" : ""}></td>`;
      return `<tr>${tick}<th scope="row"><a href="${esc(this.base + row.url)}">${bdi(row.name)}</a>${old}</th>${cells}</tr>`;
    }

    /* What is ticked for a comparison; at the limit the other boxes rest. */
    picked() {
      const { parts, c, selected } = this;
      const full = selected.size >= MOST;
      for (const box of parts.body.querySelectorAll('[name="pick"]')) {
        box.checked = selected.has(box.value);
        box.disabled = full && !box.checked;
      }
      parts.picked.hidden = selected.size === 0;
      const ids = [...selected].map(encodeURIComponent).join(",");
      parts.picked.innerHTML =
        `<a class="ga-button" href="${esc(this.base)}compare/?ids=${esc(ids)}">${fill(c.compare_these, { count: selected.size })}</a>` +
        `<button type="button" class="ga-quiet ga-unpick">${esc(c.compare_clear)}</button>` +
        (full ? `<span class="ga-dim">${esc(c.compare_full)}</span>` : "");
    }

    options(name, words, counts, empty) {
      const { state } = this;
      const items = Object.entries(words).map(([key, word]) => {
        const number = counts[key] === undefined ? "" : ` (${counts[key]})`;
        return `<option value="${esc(key)}"${state[name] === key ? " selected" : ""}>${esc(word)}${number}</option>`;
      });
      return `<option value="">${esc(empty)}</option>${items.join("")}`;
    }

    sortOptions() {
      const { t, state } = this;
      const current = (state.down ? "-" : "") + state.sort;
      return [{ sort: "name", label: t.model }, ...this.shownColumns().filter((column) => column.sort)]
        .flatMap(({ sort, label }) => [[`-${sort}`, `${label}: ${t.descending}`], [sort, `${label}: ${t.ascending}`]])
        .map(([key, word]) => `<option value="${key}"${key === current ? " selected" : ""}>${esc(word)}</option>`)
        .join("");
    }

    columnChoices() {
      return this.columns
        .map(({ key, label }) => `<label><input type="checkbox" name="column" value="${key}"${this.state.cols.has(key) ? " checked" : ""}> ${esc(label)}</label>`)
        .join("");
    }

    // ---- facets ----------------------------------------------------------------------------------

    chips(name, label, values, word, valuesOf) {
      const { state } = this;
      const counts = this.counts(name, valuesOf);
      const chosen = (value) => (name === "fits" ? state.fits === value : state[name].has(value));
      const buttons = values.filter((value) => counts[value] || chosen(value)).map(
        (value) =>
          `<button type="button" class="ga-chip" data-facet="${name}" data-value="${esc(value)}" aria-pressed="${chosen(value)}">${esc(word(value))} <small>${counts[value] || 0}</small></button>`,
      );
      return buttons.length ? `<fieldset class="ga-facet"><legend>${esc(label)}</legend>${buttons.join("")}</fieldset>` : "";
    }

    select(name, label, words, valuesOf) {
      return `<label class="ga-field"><span>${esc(label)}</span><select name="${name}">${this.options(name, words, this.counts(name, valuesOf), this.t.any)}</select></label>`;
    }

    /* Cards that are enough; how the weights are stored and for how many tokens. */
    memoryFacet() {
      const { state, c, data } = this;
      const cards = [...new Set([...data.memory.cards, ...(state.fits ? [state.fits] : [])])].sort((a, b) => a - b);
      const contexts = [...new Set([...CONTEXTS, state.context])].sort((a, b) => a - b);
      const option = (value, word, on) => `<option value="${esc(value)}"${on ? " selected" : ""}>${esc(word)}</option>`;
      const precisions = data.memory.precisions.map((p) => option(p, window.GA.precisionName(c, p), p === state.precision));
      const tokens = contexts.map((n) => option(n, window.GA.plain(c.context_tokens, { count: count(n) }), n === state.context));
      return (
        this.chips("fits", c.fits_on, cards, (card) => `${card} GB`, (row) => cards.filter((card) => this.fits(row, card))) +
        `<div class="ga-two"><label class="ga-field"><span>${esc(c.precision)}</span><select name="precision">${precisions.join("")}</select></label>` +
        `<label class="ga-field"><span>${esc(c.context)}</span><select name="context">${tokens.join("")}</select></label></div>`
      );
    }

    facets() {
      const { t, c, data } = this;
      const trust = (value) => c[`trust_${value.replaceAll("-", "_")}`];
      return (
        this.chips("use", t.commercial, data.order.uses, (v) => data.words[v], (row) => [row.use]) +
        this.memoryFacet() +
        this.chips("role", t.role, data.order.roles, (v) => data.words[v], (row) => row.roles) +
        this.chips("size", t.size, SIZES.map((s) => s[0]), (v) => SIZES.find((s) => s[0] === v)[3], (row) => [row.size1]) +
        this.select("lang", t.languages, data.languages, (row) => row.langs) +
        this.select("license", t.license, data.licenses, (row) => row.licenses) +
        this.chips("domain", t.domain, data.order.domains, (v) => data.words[v], (row) => [row.domain]) +
        this.chips("verified", c.verified, data.order.trusts, trust, (row) => (row.verified ? [row.verified] : []))
      );
    }

    // ---- downloads -------------------------------------------------------------------------------

    /* The rows that pass, in their order, with the columns that are shown. */
    save(form) {
      const columns = this.shownColumns();
      const rows = this.found.map((row) => [row.id, row.name, ...columns.map((column) => column.value(row))]);
      const names = ["id", "name", ...columns.map((column) => (column.key === "score" ? this.state.score : column.key))];
      if (form === "csv") window.GA.download("models.csv", window.GA.csv([names, ...rows]), "text/csv");
      else {
        const records = rows.map((row) => Object.fromEntries(row.map((value, place) => [names[place], value])));
        window.GA.download("models.json", `${JSON.stringify(records, null, 1)}\n`, "application/json");
      }
    }
  }

  async function start() {
    const root = document.getElementById("ga-models");
    if (!root || root.dataset.ready) return;
    root.dataset.ready = "loading";
    try {
      const list = new ModelList(root, await window.GA.load(root.dataset.src));
      window.addEventListener("popstate", () => {
        list.read();
        list.show();
      });
      requestAnimationFrame(() => setTimeout(() => performance.measure("ga:ready", "ga:arrived"))); // once it is drawn
      root.dataset.ready = "yes";
    } catch (error) {
      root.dataset.ready = "failed"; // the static table stays
      console.warn("model list:", error);
    }
  }

  start();
})();
