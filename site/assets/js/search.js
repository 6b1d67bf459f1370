/* The search: a dialog over assets/data/search.json, which is loaded when it is first needed.
   An item is [kind, title, address, other names, text, checkpoints]; a checkpoint [name, id, other names].
   Names count more than texts, and a family whose checkpoint is asked for stands before the checkpoint. */
(function () {
  "use strict";

  const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/u;
  const TERM = new RegExp(`${HAN.source}|[\\p{L}\\p{N}]+`, "gu");
  const WEIGHTS = { checkpoint: 0.9, source: 0.3 };
  const SHOWN = 5;

  // ---- matching (no page involved) -------------------------------------------------------------

  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const terms = (text) => fold(text).match(TERM) ?? [];
  const compact = (text) => terms(text).join("");

  /** Names of an item, ready to be compared: the whole name without spaces, and its words. */
  const named = (text) => ({ compact: compact(text), words: terms(text), folded: fold(text) });

  function prepare(index) {
    const docs = [];
    for (const [kind, title, address, others = "", text = "", checkpoints = []] of index.items) {
      const family = { kind: index.kinds[kind], title, address, text };
      family.names = [title, ...others.split(" | ").filter(Boolean)].map(named);
      family.below = fold(text);
      family.inside = new Set();
      docs.push(family);
      for (const [name, id, more = ""] of checkpoints) {
        const names = [name, id, ...more.split(" | ").filter(Boolean)].map(named);
        for (const one of names) family.inside.add(one.compact);
        docs.push({ kind: "checkpoint", title: name, address: `${address}#${id}`, text: title, names, below: "" });
      }
    }
    return docs;
  }

  /** The share of a Chinese word's neighbouring pairs that a text has: words need not be known to be found. */
  function pairs(word, text) {
    if (word.length < 2) return text.includes(word) ? 1 : 0;
    let found = 0;
    for (let i = 0; i + 2 <= word.length; i++) if (text.includes(word.slice(i, i + 2))) found++;
    return found / (word.length - 1);
  }

  function termScore(term, doc) {
    let best = 0;
    doc.names.forEach((name, place) => {
      const worth = place === 0 ? 1 : 0.7;
      if (name.words.includes(term)) best = Math.max(best, 24 * worth);
      else if (name.words.some((word) => word.startsWith(term))) best = Math.max(best, 18 * worth);
      else if (term.length > 2 && name.compact.includes(term)) best = Math.max(best, 8 * worth);
    });
    if (best || !doc.below) return best;
    if (doc.below.includes(term)) return HAN.test(term) ? 7 : term.length > 1 ? 4 : 0;
    return 0;
  }

  function hanScore(term, doc) {
    const whole = termScore(term, doc);
    if (whole) return whole;
    const text = `${doc.names.map((name) => name.folded).join(" ")} ${doc.below}`;
    const share = pairs(term, text);
    return share >= 0.5 ? 5 * share : 0;
  }

  /** How well an item answers; `missed` counts the words that it lacks. */
  function rate(doc, query) {
    let score = 0;
    let missed = 0;
    for (const term of query.terms) {
      const worth = HAN.test(term) ? hanScore(term, doc) : termScore(term, doc);
      if (worth) score += worth;
      else missed++;
    }
    let whole = 0; // how well the best name fits the query as a whole
    doc.names.forEach((name, place) => {
      const worth = place === 0 ? 1 : 0.8;
      if (name.compact === query.compact) whole = Math.max(whole, 200 * worth);
      else if (query.compact.length > 1 && name.compact.startsWith(query.compact))
        whole = Math.max(whole, (60 * worth * query.compact.length) / name.compact.length);
    });
    if (doc.inside?.has(query.compact)) whole = Math.max(whole, 300); // the family of the checkpoint that is asked for
    if (whole) missed = 0;
    score += whole;
    return { doc, score: score * (WEIGHTS[doc.kind] ?? 1), missed };
  }

  function distance(a, b) {
    if (Math.abs(a.length - b.length) > 2) return 3;
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
      row = next;
    }
    return row[b.length];
  }

  function similar(docs, query) {
    const most = query.compact.length > 6 ? 2 : 1;
    return docs
      .filter((doc) => doc.kind !== "source")
      .map((doc) => ({ doc, far: Math.min(...doc.names.map((name) => distance(query.compact, name.compact))) }))
      .filter(({ far }) => far <= most)
      .sort((a, b) => a.far - b.far)
      .map(({ doc, far }) => ({ doc, score: 10 - far }));
  }

  /** {note, groups: [[kind, items]]}: groups by their best item, items by their score. */
  function search(docs, kinds, text) {
    const query = { terms: [...new Set(terms(text))], compact: compact(text) };
    if (!query.terms.length) return { note: "", groups: [] };
    let note = "";
    const rated = docs.map((doc) => rate(doc, query)).filter(({ score }) => score > 0);
    let hits = rated.filter(({ missed }) => missed === 0);
    if (!hits.length && query.compact.length > 3) {
      hits = similar(docs, query);
      note = hits.length ? "close_names" : "";
    }
    if (!hits.length) {
      const fewest = Math.min(...rated.map(({ missed }) => missed));
      hits = rated.filter(({ missed }) => missed === fewest && missed < query.terms.length);
      note = hits.length ? "partly" : "none";
    }
    const place = ({ doc }) => kinds.indexOf(doc.kind);
    hits.sort((a, b) => b.score - a.score || place(a) - place(b) || a.doc.title.localeCompare(b.doc.title, undefined, { numeric: true }));
    const groups = new Map(); // in the order of their best items
    for (const { doc } of hits) groups.set(doc.kind, [...(groups.get(doc.kind) ?? []), doc]);
    return { note, groups: [...groups] };
  }

  // ---- the dialog ------------------------------------------------------------------------------

  const button = document.querySelector(".ga-searchbutton");
  if (!button) return;
  const base = button.dataset.src.replace(/assets\/data\/search\.json$/, "");
  let loading = null;
  let dialog = null;

  function load() {
    loading ??= fetch(button.dataset.src)
      .then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then((index) => ({ ...index, docs: prepare(index) }));
    loading.catch(() => {
      loading = null; // the next try asks again
    });
    return loading;
  }

  // Characters that would reorder the text around them.
  const clean = (text) => text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "");
  const make = (tag, name, text = "") => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text) element.textContent = clean(text);
    return element;
  };

  function open() {
    dialog ??= build();
    if (!dialog.element.open) dialog.element.showModal();
    dialog.input.select();
    load().then(
      (index) => dialog.ready(index),
      () => dialog.failed(),
    );
  }

  function build() {
    const element = make("dialog", "ga-search");
    element.setAttribute("aria-label", button.dataset.title);
    const bar = make("div", "ga-search__bar");
    const input = make("input", "ga-search__input");
    Object.assign(input, { type: "search", autocomplete: "off", spellcheck: false, maxLength: 200 });
    input.setAttribute("aria-label", button.dataset.title);
    const close = make("button", "ga-search__close", "✕");
    close.type = "button";
    const status = make("p", "ga-search__status");
    status.setAttribute("role", "status");
    const results = make("div", "ga-search__results");
    bar.append(input, close);
    element.append(bar, status, results);
    document.body.append(element);
    let index = null;

    function show() {
      const { note, groups } = search(index.docs, index.kinds, input.value);
      const count = groups.reduce((sum, [, docs]) => sum + docs.length, 0);
      const t = index.t;
      const said = count === 1 ? t.found_one : t.found.replace("{count}", count.toLocaleString());
      status.textContent = !input.value.trim() ? t.hint : note ? t[note] : said;
      results.replaceChildren(...groups.map(([kind, docs]) => groupOf(kind, docs)));
      results.scrollTop = 0;
    }

    function groupOf(kind, docs) {
      const section = make("section", "ga-search__group");
      const head = make("h2", "", `${index.labels[kind]} `);
      head.append(make("small", "", docs.length.toLocaleString()));
      const list = make("ul", "");
      list.append(...docs.slice(0, SHOWN).map(itemOf));
      section.append(head, list);
      if (docs.length > SHOWN) {
        const more = make("button", "ga-search__more", index.t.more.replace("{count}", docs.length.toLocaleString()));
        more.type = "button";
        more.addEventListener("click", () => {
          const rest = docs.slice(SHOWN, 200).map(itemOf);
          list.append(...rest);
          more.remove();
          rest[0]?.firstElementChild.focus();
        });
        section.append(more);
      }
      return section;
    }

    function itemOf(doc) {
      const item = make("li", "");
      const link = make("a", "ga-search__hit");
      link.href = base + doc.address;
      link.append(make("strong", "", doc.title));
      const text = doc.text.length > 140 ? `${doc.text.slice(0, 140)}…` : doc.text;
      if (text) link.append(make("span", "", text));
      item.append(link);
      return item;
    }

    const stops = () => [...results.querySelectorAll("a, button")];
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === input) {
        results.querySelector("a")?.click();
        event.preventDefault();
      }
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const all = [input, ...stops()];
      const at = all.indexOf(document.activeElement);
      all[Math.max(0, Math.min(all.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
      event.preventDefault();
    });
    element.addEventListener("click", (event) => {
      if (event.target === element) element.close(); // beside the box
      if (event.target instanceof Element && event.target.closest("a")) element.close();
    });
    close.addEventListener("click", () => element.close());
    let waiting = 0;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => index && show(), 40);
    });
    status.textContent = button.dataset.loading;
    return {
      element,
      input,
      ready(loaded) {
        if (index) return;
        index = loaded;
        input.placeholder = index.t.placeholder;
        close.setAttribute("aria-label", index.t.close);
        show();
      },
      failed() {
        status.textContent = button.dataset.failed;
      },
    };
  }

  button.hidden = false;
  button.addEventListener("click", open);
  for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => void load().catch(() => {}), { once: true });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]");
    const asked = event.key === "/" || event.key === "s" || event.key === "f";
    const chord = event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey);
    if ((asked && !typing && !event.metaKey && !event.ctrlKey && !event.altKey) || chord) {
      event.preventDefault();
      open();
    }
  });
  window.gaSearch = {
    search: (text) => load().then((index) => ({ base, ...search(index.docs, index.kinds, text) })),
  };
})();
