/* Two to five checkpoints side by side, by the ids in the address: facts, memory, published scores, export. */
(function () {
  "use strict";

  const { Memory, esc, fill, plain, bdi, html, count } = window.GA;
  const MOST = 5;
  const FITS = [["fp16", 2048], ["int8", 2048], ["q4_k_m", 2048], ["q4_k_m", 8192], ["q4_k_m", 32768]];
  const TEX = { "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", $: "\\$", "&": "\\&", "#": "\\#", "%": "\\%", _: "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}" };
  const TEX_SIGNS = { "★": "$\\star$", "◇": "$\\diamond$", "△": "$\\triangle$", "–": "--", "≥": "$\\geq$" };

  /* How many letters of two words are alike: twice the shared pairs over all pairs. */
  function likeness(a, b) {
    const pairs = (word) => new Set([...word].slice(1).map((letter, place) => word[place] + letter));
    const [x, y] = [pairs(a), pairs(b)];
    const shared = [...x].filter((pair) => y.has(pair)).length;
    return (2 * shared) / (x.size + y.size || 1);
  }

  class Comparison {
    constructor(root, data) {
      this.root = root;
      this.data = data;
      this.c = data.choosing;
      this.t = data.labels;
      this.base = window.GA.base(root);
      this.memory = new Memory(data.memory);
      this.byId = new Map(data.rows.map((row) => [row.id, row]));
      this.former = new Map(data.rows.flatMap((row) => (row.former ?? []).map((id) => [id, row.id])));
      this.build();
      window.addEventListener("popstate", () => this.show());
      this.show();
    }

    // ---- address -----------------------------------------------------------------------------------

    read() {
      const asked = new URLSearchParams(location.search);
      const wanted = (asked.get("ids") ?? "").split(",").map((id) => id.trim()).filter(Boolean);
      const unknown = [];
      const twice = [];
      const renamed = [];
      const ids = [];
      for (const id of wanted) {
        const now = this.byId.has(id) ? id : this.former.get(id);
        if (now === undefined) unknown.push(id);
        else if (ids.includes(now)) twice.push(now);
        else ids.push(now);
        if (now !== undefined && now !== id) renamed.push([id, now]);
      }
      this.rows = ids.slice(0, MOST).map((id) => this.byId.get(id));
      this.only = asked.get("only") === "1";
      this.every = asked.get("all") === "1";
      this.messages = this.complaints(unknown, twice, ids.slice(MOST), renamed);
    }

    complaints(unknown, twice, many, renamed) {
      const { c } = this;
      const list = (ids) => ids.slice(0, 10).map(window.GA.short).join(", ");
      const found = renamed.map(([old, now]) => fill(c.compare_former, { old, new: now }));
      if (unknown.length) {
        const near = unknown.length === 1 ? this.near(unknown[0]) : null;
        found.push(fill(c.compare_unknown, { ids: list(unknown) }) + (near ? ` ${fill(c.compare_near, { name: html(this.offer(near)) })}` : ""));
      }
      if (twice.length) found.push(fill(c.compare_twice, { ids: list(twice) }));
      if (many.length) found.push(fill(c.compare_many, { ids: list(many) }));
      return found;
    }

    offer(row) {
      return `<button type="button" class="ga-quiet" data-add="${esc(row.id)}">${bdi(row.name)}</button>`;
    }

    near(text) {
      const word = text.toLowerCase().slice(0, 100);
      let best = [0.5, null];
      for (const row of this.data.rows) {
        const like = Math.max(likeness(word, row.id), likeness(word, row.name.toLowerCase()));
        if (like > best[0]) best = [like, row];
      }
      return best[1];
    }

    write(ids) {
      const asked = new URLSearchParams();
      if (ids.length) asked.set("ids", ids.join(","));
      if (this.only) asked.set("only", "1");
      if (this.every) asked.set("all", "1");
      window.GA.remember(asked);
      this.show();
    }

    // ---- frame -------------------------------------------------------------------------------------

    build() {
      const { c } = this;
      const names = this.data.rows.map((row) => `<option value="${esc(row.id)}">${esc(row.name)}</option>`).join("");
      this.root.innerHTML = `
        <div class="ga-compare__bar">
          <form class="ga-field ga-field--inline"><label for="ga-add">${esc(c.compare_add)}</label><input id="ga-add" list="ga-ids" placeholder="${esc(c.compare_add_hint)}" autocomplete="off"><button type="submit" class="ga-quiet">+</button></form>
          <label class="ga-check"><input type="checkbox" name="only"> ${esc(c.compare_only)}</label>
          <label class="ga-check"><input type="checkbox" name="all"> ${esc(c.compare_all_scores)}</label>
        </div>
        <datalist id="ga-ids">${names}</datalist>
        <div class="ga-compare__said" aria-live="polite"></div>
        <div class="ga-compare__out"></div>`;
      this.said = this.root.querySelector(".ga-compare__said");
      this.out = this.root.querySelector(".ga-compare__out");
      const box = this.root.querySelector("#ga-add");
      const ids = () => this.rows.map((row) => row.id);
      this.root.querySelector("form").addEventListener("submit", (event) => {
        event.preventDefault();
        if (this.add(box.value)) box.value = "";
      });
      box.addEventListener("change", () => {
        if (this.byId.has(box.value) && this.add(box.value)) box.value = "";
      });
      this.root.addEventListener("change", ({ target }) => {
        if (target.name === "only") this.only = target.checked;
        else if (target.name === "all") this.every = target.checked;
        else if (target.name === "form") return this.exported(target.value);
        else return undefined;
        return this.write(ids());
      });
      this.root.addEventListener("click", ({ target }) => {
        const remove = target.closest("[data-remove]");
        const add = target.closest("[data-add]");
        if (remove) this.write(ids().filter((id) => id !== remove.dataset.remove));
        else if (add) this.add(add.dataset.add);
        else if (target.closest("[data-save]")) this.save();
      });
    }

    /* By id, former id, name or alias; what is not found is said. */
    add(text) {
      const word = text.trim().toLowerCase();
      if (!word) return false;
      const found = this.byId.get(word) ?? this.byId.get(this.former.get(word)) ?? this.data.rows.find((row) => row.name.toLowerCase() === word);
      const ids = this.rows.map((row) => row.id);
      this.write([...ids, found ? found.id : text.trim().replaceAll(",", " ")]);
      return Boolean(found);
    }

    async show() {
      this.read();
      const { c, rows, said, out } = this;
      this.root.querySelector('[name="only"]').checked = this.only;
      this.root.querySelector('[name="all"]').checked = this.every;
      const messages = this.messages.map((text) => `<p class="ga-ignored">${text}</p>`);
      if (!rows.length) messages.push(`<p class="ga-dim">${esc(c.compare_empty)} <a href="${esc(this.base)}models/">→</a></p>`);
      if (rows.length === 1) messages.push(`<p class="ga-dim">${esc(c.compare_one)}</p>`);
      said.innerHTML = messages.join("");
      if (!rows.length) {
        out.innerHTML = "";
        return;
      }
      try {
        const families = [...new Set(rows.map((row) => row.fam))];
        const [words, ...loaded] = await Promise.all([
          window.GA.load(`${this.base}assets/data/compare.json`),
          ...families.map((family) => window.GA.details(this.root, family)),
        ]);
        if (rows !== this.rows) return; // another question came in between
        this.words = words;
        this.details = new Map(loaded.flatMap((family) => Object.entries(family)));
        this.sections = [this.facts(), this.fit(), this.scores()].flat().filter((section) => section.rows.length);
        out.innerHTML = this.table() + this.exports();
        this.exported("markdown");
        document.dispatchEvent(new CustomEvent("ga:changed"));
      } catch (error) {
        out.innerHTML = `<p class="ga-ignored">${esc(this.t.loading_failed)}</p>`;
        console.warn("comparison:", error);
      }
    }

    // ---- what is compared: sections of rows of cells {text, html?, mark?} ------------------------------

    row(label, cells, extra = {}) {
      const texts = cells.map((cell) => cell.text);
      return { label, cells, differs: texts.length > 1 && new Set(texts).size > 1, ...extra };
    }

    facts() {
      const { data, c, t, rows, words } = this;
      const separator = t.list_separator;
      const named = (keys, table) => keys.map((key) => table[key] ?? key).join(separator);
      const own = (label, text, markup) => this.row(label, rows.map((row) => ({ text: text(row), html: markup?.(row) })));
      const head = [
        own(c.organizations, (row) => named(row.orgs, data.organizations)),
        own(t.role, (row) => named(row.roles, data.words)),
        own(c.compare_use, (row) => data.words[row.use], (row) => window.GA.use(data, row.use)),
        own(c.compare_chain, (row) => named(row.conds, data.words)),
        own(t.superseded_by, (row) => named(row.next, data.families)),
      ].filter((row) => row.cells.some((cell) => cell.text));
      const sections = [{ title: c.compare_facts, rows: head }];
      for (const [title, fields] of words.facts) {
        const found = Object.entries(fields).map(([key, label]) => this.row(label, rows.map((row) => this.fact(row, key))));
        sections.push({ title, rows: found.filter((row) => row.cells.some((cell) => cell.text)) });
      }
      return sections;
    }

    fact(row, key) {
      const found = this.details.get(row.id)?.facts[key];
      if (!found) return { text: "" };
      const [text, status] = found;
      const weak = status ? ` <span class="ga-weak">${esc(this.words.statuses[status])}</span>` : "";
      return { text, html: bdi(text) + weak };
    }

    fit() {
      const { c, rows } = this;
      const label = ([precision, context]) => `${window.GA.precisionName(c, precision)}, ${plain(c.tokens, { count: count(context) })}`;
      const found = FITS.map((setting) => this.row(label(setting), rows.map((row) => this.need(row, ...setting))));
      return [{ title: `${c.compare_fit} (GB)`, rows: found.filter((row) => row.cells.some((cell) => cell.text)) }];
    }

    need(row, precision, context) {
      const fit = row.context !== null && row.context < context ? null : this.memory.fit(row, precision, context);
      if (!fit) return { text: "" };
      const card = this.memory.card(fit);
      const cards = this.data.memory.cards;
      const where = card ? plain(this.c.fit_card, { card }) : plain(this.c.fit_none, { card: cards[cards.length - 1] });
      const interval = window.GA.interval(fit);
      return { text: `${where} (${interval})`, html: `${esc(where)} <span class="ga-ci">${esc(interval)}</span>` };
    }

    /* One row per protocol, those of a benchmark together. */
    scores() {
      const { words, rows, c } = this;
      const held = rows.map((row) => {
        const groups = new Map();
        for (const score of this.details.get(row.id)?.scores ?? []) groups.set(score[0], [...(groups.get(score[0]) ?? []), score]);
        return groups;
      });
      const protocols = [...new Set(held.flatMap((groups) => [...groups.keys()]))].filter((key) => words.protocols[key]);
      const name = (key) => words.benchmarks[words.protocols[key][0]] ?? words.protocols[key][0];
      const order = protocols.map((key) => [name(key), key]).sort(([a, x], [b, y]) => a.localeCompare(b) || (x < y ? -1 : 1));
      const found = order
        .map(([benchmark, key]) => this.scoreRow(benchmark, key, held.map((groups) => groups.get(key) ?? [])))
        .filter((row) => this.every || row.ranked > 1);
      this.unscored = order.length > 0 && found.length === 0 && rows.length > 1;
      return [{ title: c.compare_scores, rows: found, note: c.compare_scores_lede }];
    }

    scoreRow(benchmark, protocol, groups) {
      const ranked = groups.map((scores) => scores.find((score) => score[4].length === 0)?.[3] ?? null);
      const known = ranked.filter(Boolean);
      const marks = ranked.map((own) => {
        if (!own || known.length < 2 || known.some((other) => window.GA.better(other, own))) return "";
        if (known.some((score) => score[2] === null)) return "△";
        return known.every((other) => other === own || window.GA.better(own, other)) ? "★" : "◇";
      });
      const cells = groups.map((scores, place) => this.scoreCell(scores, marks[place]));
      const [key, words] = this.words.protocols[protocol];
      const label = { text: `${benchmark}: ${words}`, html: `<a href="${esc(this.base)}benchmarks/${esc(key)}/#_p-${esc(protocol)}">${esc(benchmark)}</a> <span class="ga-dim">${esc(words)}</span>` };
      return this.row(label, cells, { ranked: known.length, score: true });
    }

    scoreCell(scores, mark) {
      if (!scores.length) return { text: "" };
      const [, source, printed, [value, , , low, high], reasons, verdict] = scores[0];
      const checked = window.GA.verdict(this.base, verdict);
      const interval = low === null ? "" : ` (${low.toFixed(1)}–${high.toFixed(1)})`;
      const number = value.toFixed(2);
      const more = scores.length > 1 ? ` <span class="ga-dim">${fill(this.c.compare_more, { count: scores.length - 1 })}</span>` : "";
      const hint = `${printed} · ${this.words.sources[source] ?? source}`;
      if (reasons.length) {
        const why = `${this.c.not_ranked}: ${reasons.join("; ")}`;
        return { text: `${number} (${this.c.not_ranked})`, html: `<span title="${esc(hint)}"><s>${number}</s></span> <span class="ga-weak" title="${esc(why)}">${esc(this.c.not_ranked)}</span>${checked}${more}` };
      }
      const word = { "★": this.c.compare_best, "◇": this.c.compare_tied, "△": this.c.compare_printed }[mark];
      const sign = mark ? ` <span class="ga-mark" role="img" title="${esc(word)}" aria-label="${esc(word)}">${mark}</span>` : "";
      return { text: number + interval + (mark ? ` ${mark}` : ""), html: `<span title="${esc(hint)}">${number} <span class="ga-ci">${esc(interval.trim())}</span></span>${checked}${sign}${more}` };
    }

    // ---- table -------------------------------------------------------------------------------------

    visible() {
      const keep = (row) => !this.only || row.differs || row.score;
      return this.sections.map((section) => ({ ...section, rows: section.rows.filter(keep) })).filter((section) => section.rows.length);
    }

    table() {
      const { rows, c } = this;
      const head = rows.map(
        (row) =>
          `<th scope="col"><a href="${esc(this.base + row.url)}">${bdi(row.name)}</a><button type="button" class="ga-remove" data-remove="${esc(row.id)}" aria-label="${fill(c.compare_remove, { name: row.name })}">×</button></th>`,
      );
      const bodies = this.visible().map((section) => this.body(section, rows.length + 1));
      const none = this.unscored ? `<p class="ga-dim">${esc(c.compare_no_scores)}</p>` : "";
      return `<div class="ga-scroll" tabindex="0" role="region" aria-label="${esc(c.compare)}"><table class="ga-table ga-compare"><thead><tr><td></td>${head.join("")}</tr></thead>${bodies.join("")}</table></div>${none}`;
    }

    body({ title, rows, note }, width) {
      const lines = rows.map((row) => {
        const label = row.label.html ?? esc(row.label);
        const differs = row.differs && !row.score;
        const sign = differs ? ` <span class="ga-neq" role="img" title="${esc(this.c.compare_differs)}" aria-label="${esc(this.c.compare_differs)}">≠</span>` : "";
        const cells = row.cells.map((cell) => `<td>${cell.text ? (cell.html ?? bdi(cell.text)) : '<span class="ga-dim">–</span>'}</td>`).join("");
        return `<tr${differs ? ' class="ga-differs"' : ""}><th scope="row">${label}${sign}</th>${cells}</tr>`;
      });
      const lede = note ? `<br><span class="ga-dim">${esc(note)}</span>` : "";
      return `<tbody><tr class="ga-part"><th scope="rowgroup" colspan="${width}">${esc(title)}${lede}</th></tr>${lines.join("")}</tbody>`;
    }

    // ---- export ------------------------------------------------------------------------------------

    exports() {
      const { c } = this;
      return `
        <section class="ga-export"><h2 id="_export">${esc(c.compare_export)}</h2>
          <p class="ga-actions"><select name="form" aria-label="${esc(c.compare_export)}"><option value="markdown">Markdown</option><option value="csv">CSV</option><option value="latex">LaTeX</option></select>
          <button type="button" class="ga-quiet" data-save>${esc(c.download)}</button></p>
          <div class="ga-code"><button type="button" class="ga-copy" data-copied="${esc(c.copied)}">${esc(c.copy)}</button><pre tabindex="0"><code></code></pre></div>
        </section>`;
    }

    exported(form) {
      this.form = form;
      const table = this.visible().map((section) => ({
        title: section.title,
        rows: section.rows.map((row) => [row.label.text ?? row.label, ...row.cells.map((cell) => window.GA.clean(cell.text))]),
      }));
      const names = this.rows.map((row) => window.GA.clean(row.name));
      this.text = window.GA.clean({ markdown: asMarkdown, csv: asCsv, latex: asLatex }[form](names, table));
      this.out.querySelector(".ga-export code").textContent = this.text;
    }

    save() {
      const [suffix, type] = { markdown: ["md", "text/markdown"], csv: ["csv", "text/csv"], latex: ["tex", "text/x-tex"] }[this.form];
      window.GA.download(`comparison.${suffix}`, this.text, type);
    }
  }

  const oneLine = (text) => String(text).replace(/\s+/g, " ").trim();

  function asMarkdown(names, table) {
    const cell = (text) => oneLine(text).replace(/[\\`*_{}[\]<>#|~]/g, "\\$&");
    const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
    const parts = [line(["", ...names]), `|${" --- |".repeat(names.length + 1)}`];
    for (const { title, rows } of table) parts.push(`| **${cell(title)}** |${"  |".repeat(names.length)}`, ...rows.map(line));
    return `${parts.join("\n")}\n`;
  }

  function asCsv(names, table) {
    return window.GA.csv([["section", "fact", ...names], ...table.flatMap(({ title, rows }) => rows.map((row) => [title, ...row]))]);
  }

  function asLatex(names, table) {
    const cell = (text) => oneLine(text).replace(/[\\{}$&#%_^~★◇△–≥]/g, (sign) => TEX[sign] ?? TEX_SIGNS[sign]);
    const line = (cells) => `${cells.map(cell).join(" & ")} \\\\`;
    const parts = [`\\begin{tabular}{l${"l".repeat(names.length)}}`, "\\hline", line(["", ...names]), "\\hline"];
    for (const { title, rows } of table) {
      parts.push(`\\multicolumn{${names.length + 1}}{l}{\\textbf{${cell(title)}}} \\\\`, ...rows.map(line), "\\hline");
    }
    return `${parts.join("\n")}\n\\end{tabular}\n`;
  }

  async function start() {
    const root = document.getElementById("ga-compare");
    if (!root || root.dataset.ready) return;
    root.dataset.ready = "loading";
    try {
      new Comparison(root, await window.GA.load(root.dataset.src));
      root.dataset.ready = "yes";
    } catch (error) {
      root.dataset.ready = "failed";
      root.querySelector(".ga-static")?.classList.remove("ga-noscript");
      console.warn("comparison:", error);
    }
  }

  start();
})();
