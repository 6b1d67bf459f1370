/* What the finder, the model list and the comparison share: escaping, memory, standings, commands, downloads.
   Everything computed here has its twin in Python (views/memory_terms, views/shortlist, views/run_commands),
   and tests hold the two together. */
window.GA = (function () {
  "use strict";

  const GIB = 2 ** 30;
  const SIGNS = { yes: "✓", conditional: "◐", no: "✕", unclear: "?" };

  // ---- text ----------------------------------------------------------------------------------------

  const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  // Control characters, and those that would reorder the text around them.
  const dropped = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
  const clean = (text) => String(text ?? "").replace(dropped, "");
  const esc = (text) => clean(text).replace(/[&<>"']/g, (c) => named[c]);
  const bdi = (text) => `<bdi>${esc(text)}</bdi>`;

  /* A sentence with its {places} filled; parts are escaped unless they are made by html(). */
  const html = (text) => ({ html: text });
  const put = (part) => (part && part.html !== undefined ? part.html : esc(part));
  const fill = (text, parts) => esc(text).replace(/\{(\w+)\}/g, (_, name) => put(parts[name]));
  const plain = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => clean(parts[name]));
  const numbers = new Intl.NumberFormat("en-US");
  const count = (number) => numbers.format(number);
  /* The sign of a score that was run again: [classes, sign, what it says, address of the record]. */
  const verdict = (base, mark) =>
    mark ? ` <a class="${esc(mark[0])}" href="${esc(base + mark[3])}" title="${esc(mark[2])}" aria-label="${esc(mark[2])}">${esc(mark[1])}</a>` : "";
  const short = (text) => (clean(text).length > 60 ? `${clean(text).slice(0, 60)}…` : clean(text));

  // ---- data ----------------------------------------------------------------------------------------

  const files = {};
  function load(address) {
    files[address] ??= fetch(address).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${address}`);
      return answer.text();
    }).then((text) => {
      performance.mark("ga:arrived");
      return JSON.parse(text);
    });
    return files[address];
  }
  const base = (root) => root.dataset.src.replace(/assets\/data\/models\.json$/, "");
  const details = (root, family) => load(`${base(root)}assets/data/families/${encodeURIComponent(family)}.json`);

  // ---- memory: the same bytes as gptalt_catalog.views.memory_terms ------------------------------------

  class Memory {
    constructor(model) {
      this.model = model;
    }

    need(terms, precision, context) {
      const { precisions, unpacking, runtime, prefill } = this.model;
      const [workspace, logits, perToken, state, everywhere, windowed, window] = terms.slice(precisions.length);
      const cache = state + everywhere * context + windowed * Math.min(context, window);
      const activations = Math.max(logits, perToken * Math.max(1, Math.min(context, prefill)));
      const space = unpacking.includes(precision) ? workspace : 0;
      return terms[precisions.indexOf(precision)] + cache + activations + space + runtime;
    }

    /* {low, high} in bytes; null where the need is not known. */
    fit(row, precision, context) {
      if (!row.fit) return null;
      const need = this.need(row.fit, precision, context);
      return { low: need / (1 + this.model.margin), high: need * (1 + this.model.margin) };
    }

    /* fits, tight or too-large; null where the need is not known or the context is too long for the model. */
    verdict(row, precision, context, memory) {
      const fit = row.context !== null && row.context < context ? null : this.fit(row, precision, context);
      if (!fit) return null;
      if (fit.high <= memory) return "fits";
      return fit.low > memory ? "too-large" : "tight";
    }

    card(fit) {
      return this.model.cards.find((card) => fit.high <= card * GIB) ?? null;
    }

    precision(text) {
      const word = text.trim().toLowerCase();
      const known = Object.hasOwn(this.model.aliases, word) ? this.model.aliases[word] : word;
      return this.model.precisions.includes(known) ? known : null;
    }
  }

  function memoryOf(text) {
    const found = /^\s*(\d+(?:\.\d+)?)\s*(?:GB|GiB|G)?\s*$/i.exec(text);
    const bytes = found ? Math.trunc(Number(found[1]) * GIB) : 0;
    return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
  }
  function contextOf(text) {
    const tokens = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : 0;
    return tokens > 0 ? tokens : null;
  }
  function gigabytes(bytes) {
    const value = bytes / GIB;
    return value < 100 ? value.toFixed(1) : value.toFixed(0);
  }
  const interval = (fit) => `${gigabytes(fit.low)}–${gigabytes(fit.high)}`;
  const precisionName = (words, precision) => words[`precision_${precision.replaceAll("-", "_")}`];

  // ---- standings: the same as gptalt_catalog.views.shortlist ------------------------------------------
  // A score is [percent, rounding, standard error, low, high].

  function better(a, b) {
    if (a[0] <= b[0]) return false;
    if (a[2] === null || b[2] === null) return true;
    return Math.abs(a[0] - b[0]) > 2 * Math.hypot(a[2], b[2]) + a[1] + b[1];
  }

  function standings(rows, benchmark) {
    const scored = rows.filter((row) => row.scores[benchmark]);
    scored.sort((a, b) => b.scores[benchmark][0] - a.scores[benchmark][0] || (a.id < b.id ? -1 : 1));
    if (scored.length < 2) return [];
    return scored.map((row) => {
      const own = row.scores[benchmark];
      const ahead = scored.filter((other) => better(other.scores[benchmark], own));
      const behind = scored.filter((other) => better(own, other.scores[benchmark]));
      const apart = new Set([row, ...ahead, ...behind]);
      const tied = scored.filter((other) => !apart.has(other));
      return { row, benchmark, first: 1 + ahead.length, last: scored.length - behind.length, of: scored.length, tied };
    });
  }

  function higher(a, b) {
    return a.first / a.of - b.first / b.of || b.of - a.of || (a.benchmark < b.benchmark ? -1 : 1);
  }

  function shortlist(rows) {
    const picks = new Map(rows.map((row) => [row.id, { row, standing: null, benchmarks: 0, lead: 0 }]));
    const benchmarks = [...new Set(rows.flatMap((row) => Object.keys(row.scores)))].sort();
    for (const benchmark of benchmarks)
      for (const standing of standings(rows, benchmark)) {
        const pick = picks.get(standing.row.id);
        pick.benchmarks += 1;
        pick.lead += standing.of - standing.last - (standing.first - 1);
        if (pick.standing === null || higher(standing, pick.standing) < 0) pick.standing = standing;
      }
    return [...picks.values()].sort((a, b) => {
      const [old, young] = [a.row.next.length > 0, b.row.next.length > 0];
      if (old !== young) return old ? 1 : -1;
      const [x, y] = [a.row.released ?? "", b.row.released ?? ""];
      if (a.lead !== b.lead) return b.lead - a.lead;
      if (x !== y) return x < y ? 1 : -1;
      const [small, large] = [a.row.params ?? 0, b.row.params ?? 0];
      if (small !== large) return large - small;
      return a.row.id < b.row.id ? -1 : 1;
    });
  }

  // ---- commands: the same as gptalt_catalog.views.run_commands ----------------------------------------

  function runText(places, option, precision, context) {
    const chosen = places[option.program][option.precisions.length ? precision : "fp16"];
    let text = option.template;
    for (const [name, value] of [...Object.entries(chosen), ...Object.entries(option.own), ["context", String(context)]])
      text = text.replaceAll(`<<${name}>>`, () => value);
    return text;
  }

  const NEAREST = { q4_k_m: ["nf4"], "gptq-4bit": ["nf4", "q4_k_m"], nf4: ["q4_k_m"], int8: ["q8_0"], q8_0: ["int8"], fp32: [], fp16: [] };
  /* The precision in which a program comes nearest to the wanted one; null if none does. */
  function nearest(option, precision) {
    if (!option.precisions.length) return precision;
    return [precision, ...NEAREST[precision]].find((near) => option.precisions.includes(near)) ?? null;
  }

  function code(words, text, language) {
    return (
      `<div class="ga-code"><button type="button" class="ga-copy" data-copied="${esc(words.copied)}">${esc(words.copy)}</button>` +
      `<pre tabindex="0"><code class="ga-lang-${esc(language)}">${esc(text)}</code></pre></div>`
    );
  }

  // ---- badges ----------------------------------------------------------------------------------------

  const use = (data, answer) =>
    `<span class="ga-use ga-use--${esc(answer)}"><i aria-hidden="true">${SIGNS[answer]}</i>${esc(data.words[answer])}</span>`;

  // ---- copies and downloads ----------------------------------------------------------------------------

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = document.createElement("textarea"); // no permission, or no secure context
      box.value = text;
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest(".ga-copy");
    if (!button) return;
    const from = button.dataset.copy ?? button.parentElement.querySelector("code, textarea")?.textContent ?? "";
    await copy(from === "address" ? location.href : from);
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });

  function download(name, text, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /* Records as CSV; texts that spreadsheets would run get an apostrophe, as in gptalt_catalog.views.export. */
  function csv(records) {
    const cell = (value) => {
      const text = value === null || value === undefined ? "" : String(value);
      const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return records.map((record) => record.map(cell).join(",")).join("\n") + "\n";
  }

  /* A stable address: commas stay readable, the rest is encoded. */
  function remember(parameters) {
    const search = parameters.toString().replaceAll("%2C", ",");
    history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : "") + location.hash);
  }

  return {
    GIB, Memory, base, bdi, better, clean, code, contextOf, count, csv, details, download, esc, fill, gigabytes, html,
    interval, load, memoryOf, nearest, plain, precisionName, remember, runText, short, shortlist, use,
    verdict,
  };
})();
