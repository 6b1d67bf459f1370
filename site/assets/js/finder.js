/* "Find a model for my machine": the question is in the address, the answer is computed here.
   The filters are those of `gptalt-catalog list models`, with the same names. */
(function () {
  "use strict";

  const { GIB, Memory, esc, fill, html, bdi, count } = window.GA;
  const FIELDS = ["fits", "precision", "context", "language", "license", "role"];
  const DEFAULTS = { fits: "24GB", precision: "q4_k_m", context: "4096", language: "", license: "", role: "" };
  const FIRST = 8;

  class Finder {
    constructor(root) {
      this.root = root;
      this.form = root.querySelector("form");
      this.out = root.querySelector(".ga-find__out");
      this.still = root.querySelector(".ga-static");
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask();
      });
      this.form.addEventListener("change", (event) => {
        if (this.asked || event.target.name !== "fits") this.ask();
      });
      this.out.addEventListener("click", (event) => {
        if (event.target.closest(".ga-more")) this.show(true);
      });
      this.out.addEventListener("toggle", (event) => this.open(event.target), true);
      window.addEventListener("popstate", () => this.start());
      this.start();
    }

    /* An address that asks for something is answered at once; else the form waits for a reader. */
    start() {
      const given = new URLSearchParams(location.search);
      if (FIELDS.some((name) => given.has(name))) {
        this.answer(Object.fromEntries(FIELDS.map((name) => [name, given.get(name) ?? DEFAULTS[name]])));
      }
    }

    ask() {
      const typed = Object.fromEntries(new FormData(this.form));
      if (/^\s*\d+(\.\d+)?\s*$/.test(typed.fits)) typed.fits = `${typed.fits.trim()}GB`;
      const parameters = new URLSearchParams();
      for (const name of FIELDS) if (typed[name]) parameters.set(name, typed[name]);
      window.GA.remember(parameters);
      this.answer(typed);
    }

    async answer(typed) {
      this.asked = true;
      try {
        this.data = await window.GA.load(this.root.dataset.src);
      } catch (error) {
        this.out.innerHTML = `<p class="ga-ignored">${esc(this.root.dataset.failed)}</p>`;
        console.warn("finder:", error);
        return;
      }
      this.memory = new Memory(this.data.memory);
      this.read(typed);
      this.find();
      this.show(false);
    }

    /* What is asked for, as values; what is nonsense is told and replaced. */
    read(typed) {
      const { data } = this;
      const wrong = [];
      const take = (name, value) => {
        if (value === null) wrong.push(`${name}=${window.GA.short(typed[name])}`);
        return value;
      };
      const among = (name, known) => (typed[name] === "" || known.includes(typed[name]) ? typed[name] : null);
      const licenses = ["commercial", ...data.order.uses, ...Object.keys(data.licenses)];
      this.query = {
        memory: take("fits", window.GA.memoryOf(typed.fits)) ?? 24 * GIB,
        precision: take("precision", this.memory.precision(typed.precision)) ?? DEFAULTS.precision,
        context: take("context", window.GA.contextOf(typed.context)) ?? 4096,
        language: take("language", among("language", Object.keys(data.languages))) ?? "",
        license: take("license", among("license", licenses)) ?? "",
        role: take("role", among("role", data.order.roles)) ?? "",
      };
      this.wrong = wrong;
      this.fillForm();
    }

    fillForm() {
      const { query, form, data } = this;
      const words = { license: { ...data.words, ...data.licenses }, context: {} };
      const values = { ...query, context: String(query.context) };
      for (const name of ["precision", "context", "language", "license", "role"]) {
        const select = form.elements[name];
        if (![...select.options].some((option) => option.value === values[name])) {
          const label = name === "context" ? window.GA.plain(data.choosing.context_tokens, { count: count(query.context) }) : words[name]?.[values[name]];
          select.add(new Option(label ?? values[name], values[name]));
        }
        select.value = values[name];
      }
      form.elements.fits.value = String(query.memory / GIB);
    }

    find() {
      const { query, data } = this;
      const passing = data.rows.filter(
        (row) =>
          (!query.language || row.langs.includes(query.language)) &&
          (!query.role || row.roles.includes(query.role)) &&
          this.licensed(row),
      );
      const verdicts = passing.map((row) => this.memory.verdict(row, query.precision, query.context, query.memory));
      this.picks = window.GA.shortlist(passing.filter((_, place) => verdicts[place] === "fits"));
      this.tight = verdicts.filter((verdict) => verdict === "tight").length;
    }

    licensed(row) {
      const { license } = this.query;
      if (!license) return true;
      if (license === "commercial") return row.use === "yes" || row.use === "conditional";
      return this.data.order.uses.includes(license) ? row.use === license : row.licenses.includes(license);
    }

    // ---- page ----------------------------------------------------------------------------------------

    show(all) {
      const { picks } = this;
      const c = this.data.choosing;
      const shown = all ? picks : picks.slice(0, FIRST);
      const number = picks.length === 1 ? c.found_one : shown.length < picks.length ? c.found_some : c.found;
      const found = picks.length ? fill(number, { count: count(picks.length), shown: shown.length }) : esc(c.found_none);
      this.still.hidden = true;
      this.out.innerHTML =
        (this.wrong.length ? `<p class="ga-ignored" role="alert">${fill(c.bad_state, { what: this.wrong.join(", ") })}</p>` : "") +
        `<p class="ga-found">${found}</p>` +
        (this.tight ? `<p class="ga-lede2">${fill(c.tight_more, { count: count(this.tight) })}</p>` : "") +
        `<p class="ga-actions">${this.links()}</p>` +
        `<ol class="ga-picks ga-picks--long">${shown.map((pick) => this.card(pick)).join("")}</ol>` +
        (shown.length < picks.length ? `<button type="button" class="ga-more">${fill(c.show_all, { count: count(picks.length) })}</button>` : "") +
        `<p class="ga-lede2">${esc(c.order_note)}</p>` +
        `<div class="ga-command"><p class="ga-lede2">${esc(c.as_command)}</p>${window.GA.code(c, this.command(), "shell")}</div>`;
      document.dispatchEvent(new CustomEvent("ga:changed"));
    }

    links() {
      const { query, data } = this;
      const c = data.choosing;
      const table = new URLSearchParams({ fits: `${query.memory / GIB}GB`, precision: query.precision, context: String(query.context) });
      if (query.language) table.set("lang", query.language);
      if (query.role) table.set("role", query.role);
      if (query.license) table.set(query.license === "commercial" || data.order.uses.includes(query.license) ? "use" : "license", query.license);
      const base = window.GA.base(this.root);
      const five = this.picks.slice(0, 5).map((pick) => pick.row.id).join(",");
      return (
        `<button type="button" class="ga-copy ga-quiet" data-copy="address" data-copied="${esc(c.copied)}" title="${esc(c.share_note)}">${esc(c.copy_link)}</button>` +
        `<a href="${esc(base)}models/?${esc(table.toString())}">${esc(c.as_table)}</a>` +
        (this.picks.length > 1
          ? `<a href="${esc(base)}compare/?ids=${esc(five)}">${fill(c.compare_first, { count: Math.min(5, this.picks.length) })}</a>`
          : "")
      );
    }

    command() {
      const { query } = this;
      const parts = ["gptalt-catalog list models", `--fits ${query.memory / GIB}GB`, `--precision ${query.precision}`];
      if (query.context !== 4096) parts.push(`--context ${query.context}`);
      for (const name of ["license", "language", "role"]) if (query[name]) parts.push(`--${name} ${query[name]}`);
      return parts.join(" ");
    }

    card(pick) {
      const { row } = pick;
      const { data } = this;
      const link = `<a href="${esc(window.GA.base(this.root) + row.url)}">${bdi(row.name)}</a>`;
      const roles = row.roles.map((role) => `<span class="ga-badge ga-badge--role">${esc(data.words[role])}</span>`).join("");
      const dates = [row.size, row.released].filter(Boolean).map((text) => `<span class="ga-badge">${esc(text)}</span>`).join("");
      return (
        `<li data-id="${esc(row.id)}"><p class="ga-pick__name">${link} ${window.GA.use(data, row.use)}${roles}${dates}</p>` +
        `<ul class="ga-pick__reasons">${this.reasons(pick).map((text) => `<li>${text}</li>`).join("")}</ul>` +
        `<details class="ga-fold ga-run" data-id="${esc(row.id)}"><summary>${esc(data.choosing.run_title)}</summary><div></div></details></li>`
      );
    }

    reasons(pick) {
      const { query, data } = this;
      const { row } = pick;
      const c = data.choosing;
      const separator = data.labels.list_separator;
      const fit = this.memory.fit(row, query.precision, query.context);
      const spare = window.GA.gigabytes(query.memory - fit.high);
      const words = [fill(c.fits_spare, { spare, context: count(query.context) }), this.standing(pick)];
      const conditions = row.conds.map((name) => data.words[name]).join(separator);
      const answer = data.words[row.use];
      words.push(conditions ? fill(c.use_conditions, { answer, conditions }) : fill(c.use_plain, { answer }));
      if (row.next.length) words.push(fill(c.succeeded, { names: html(this.successors(row)) }));
      if (row.access === "gated") words.push(esc(c.gated));
      return words;
    }

    successors(row) {
      const base = window.GA.base(this.root);
      const link = (key) => `<a href="${esc(base)}models/${esc(key)}/">${bdi(this.data.families[key] ?? key)}</a>`;
      return row.next.map(link).join(esc(this.data.labels.list_separator));
    }

    standing(pick) {
      const c = this.data.choosing;
      const { standing } = pick;
      if (!standing) return esc(c.never_compared);
      const { tied, benchmark } = standing;
      const two = tied.slice(0, 2).map((row) => bdi(row.name)).join(esc(this.data.labels.list_separator));
      const names = tied.length > 2 ? fill(c.others_too, { names: html(two), count: tied.length - 2 }) : two;
      const link = `<a href="${esc(window.GA.base(this.root))}benchmarks/${esc(benchmark)}/">${esc(this.data.benchmarks[benchmark])}</a>`;
      const template = standing.first === 1 ? (tied.length ? c.best_tied : c.best_of) : tied.length ? c.rank_tied : c.rank_of;
      const text = fill(template, { ...standing, benchmark: html(link), names: html(names) });
      return pick.benchmarks > 1 ? fill(c.compared_on, { text: html(text), count: pick.benchmarks }) : text;
    }

    /* Commands are fetched when somebody wants them. */
    async open(fold) {
      const body = fold.querySelector(":scope > div");
      if (!fold.dataset.id || !fold.open || fold.dataset.ready) return;
      fold.dataset.ready = "yes";
      const row = this.data.rows.find((one) => one.id === fold.dataset.id);
      body.innerHTML = `<p class="ga-dim">${esc(this.data.choosing.loading)}</p>`;
      try {
        const family = await window.GA.details(this.root, row.fam);
        body.innerHTML = this.running(row, family[row.id].run);
      } catch (error) {
        body.innerHTML = `<p class="ga-ignored">${esc(this.data.labels.loading_failed)}</p>`;
        delete fold.dataset.ready;
        console.warn("finder:", error);
      }
    }

    running(row, run) {
      const { query, data } = this;
      const c = data.choosing;
      const word = (kind, name) => esc(c[`${kind}_${name.replaceAll("-", "_")}`]);
      const parts = [];
      if (run.hindrance) parts.push(`<p>${word("not", run.hindrance)}</p>`);
      if (run.gated) parts.push(`<p class="ga-note">${esc(c.must_accept)}</p>`);
      const context = Math.min(query.context, row.context ?? query.context);
      const found = run.options
        .map((option) => [option, window.GA.nearest(option, query.precision) ?? option.precisions[0]])
        .filter(([option, near]) => !option.precisions.length || this.memory.verdict(row, near, context, query.memory) === "fits");
      found.sort(([, a], [, b]) => (b === query.precision) - (a === query.precision)); // as asked comes first
      for (const [option, precision] of found) {
        const title = option.precisions.length
          ? fill(c.run_in, { program: option.program, precision: window.GA.precisionName(c, precision) })
          : fill(c.run_as_published, { program: option.program });
        const language = option.program === "transformers" ? "python" : "shell";
        parts.push(`<p class="ga-facthead">${title}</p>${window.GA.code(c, window.GA.runText(data.places, option, precision, context), language)}`);
        if (option.program === "llama.cpp") parts.push(`<p class="ga-note">${esc(c.run_pulls)}</p>`);
        if (option.notes.length) parts.push(`<p class="ga-note">${option.notes.map((note) => word("note", note)).join(" ")}</p>`);
      }
      return parts.join("") || `<p>${word("not", "class-unknown")}</p>`;
    }
  }

  const root = document.getElementById("ga-finder");
  if (root) new Finder(root);
})();
