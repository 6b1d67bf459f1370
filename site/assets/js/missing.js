/* The page for missing addresses: shows the language that the address asks for, and entries of similar names. */
(function () {
  "use strict";
  const parts = location.pathname.split("/").filter(Boolean);
  const chinese = parts.includes("zh");
  for (const box of document.querySelectorAll(".ga-missingpage")) {
    const mine = (box.dataset.language === "zh") === chinese;
    box.hidden = !mine;
    if (!mine) continue;
    let asked = "";
    try {
      asked = decodeURIComponent(parts[parts.length - 1] ?? "").replace(/\.(html?|md|json)$/, "");
    } catch {
      // a nonsense address has no words to search for
    }
    const list = box.querySelector(".ga-suggestions");
    if (!asked || !window.gaSearch) continue;
    window.gaSearch.search(asked).then(
      ({ groups, base }) => {
        const best = groups.filter(([kind]) => kind !== "source").flatMap(([, docs]) => docs.slice(0, 3)).slice(0, 6);
        for (const doc of best) {
          const link = document.createElement("a");
          link.href = (chinese ? `${base}zh/` : base) + doc.address;
          link.textContent = doc.title;
          const item = document.createElement("li");
          item.append(link);
          list.append(item);
        }
        list.hidden = !best.length;
      },
      () => {}, // the lists below are enough
    );
  }
})();
