/* Small things on every page: evidence on hover, focus and tap; cues for wide tables; the language switch. */
(function () {
  "use strict";

  // ---- evidence: the numbers lead to the list at the foot; with a script they also show it in place ----
  let pop = null;

  function hide() {
    if (pop) {
      pop.remove();
      pop = null;
    }
  }

  /* The cells of a verified score, each with the name of its column. */
  function named(cells) {
    const list = document.createElement("dl");
    for (const cell of cells) {
      if (!cell.dataset.label) continue;
      const [name, value] = [document.createElement("dt"), document.createElement("dd")];
      name.textContent = cell.dataset.label;
      value.innerHTML = cell.innerHTML; // the page's own content
      list.append(name, value);
    }
    return list;
  }

  function show(mark) {
    const item = document.getElementById(mark.hash.slice(1));
    const row = item && item.classList.contains("ga-vfrow");
    if (!item || (!row && !item.classList.contains("ga-evitem"))) return;
    hide();
    pop = document.createElement("div");
    pop.className = "ga-pop";
    pop.setAttribute("role", "tooltip");
    pop.id = "ga-pop";
    if (row) pop.append(named(item.cells));
    else pop.innerHTML = item.innerHTML; // the page's own content, escaped when it was made
    document.body.appendChild(pop);
    const at = mark.getBoundingClientRect();
    const width = Math.min(360, document.documentElement.clientWidth - 24);
    pop.style.width = width + "px";
    const left = Math.max(12, Math.min(at.left - 20, document.documentElement.clientWidth - width - 12));
    pop.style.left = left + window.scrollX + "px";
    const below = at.bottom + pop.offsetHeight + 12 < window.innerHeight;
    pop.style.top = (below ? at.bottom + 8 : at.top - pop.offsetHeight - 8) + window.scrollY + "px";
    mark.setAttribute("aria-describedby", "ga-pop");
    pop.addEventListener("mouseleave", hide);
  }

  function markOf(event) {
    return event.target instanceof Element ? event.target.closest('a.ga-ev, a.ga-vf[href^="#"]') : null;
  }

  document.addEventListener("mouseover", (event) => {
    const mark = markOf(event);
    if (mark) show(mark);
    else if (pop && !(event.target instanceof Element && event.target.closest(".ga-pop"))) hide();
  });
  document.addEventListener("focusin", (event) => {
    const mark = markOf(event);
    if (mark) show(mark);
    else if (pop && !pop.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("click", (event) => {
    const mark = markOf(event);
    if (mark && window.matchMedia("(hover: none)").matches) {
      event.preventDefault(); // a tap shows; the list at the foot is one more tap away
      show(mark);
    } else if (pop && !pop.contains(event.target)) hide();
  });

  // ---- wide tables: a shadow at the side where there is more ----
  function cue(box) {
    const more = box.scrollWidth - box.clientWidth - box.scrollLeft > 2;
    box.classList.toggle("ga-scroll--more", more);
    box.classList.toggle("ga-scroll--left", box.scrollLeft > 2);
  }

  function cues() {
    document.querySelectorAll(".ga-scroll").forEach((box) => {
      cue(box);
      if (!box.dataset.cued) {
        box.dataset.cued = "yes";
        box.addEventListener("scroll", () => cue(box), { passive: true });
      }
    });
  }
  window.addEventListener("resize", cues);
  document.addEventListener("toggle", cues, true);
  document.addEventListener("ga:changed", cues);

  // ---- a link to a place inside a folded part opens it ----
  function unfold() {
    if (!location.hash) return;
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return; // a nonsense address
    }
    const fold = target && target.closest("details:not([open])");
    if (fold) {
      fold.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", unfold);

  // ---- the language switch keeps filters and place ----
  function languages() {
    document.querySelectorAll(".ga-language__link").forEach((link) => {
      link.addEventListener("click", () => {
        link.search = location.search;
        link.hash = location.hash;
      });
    });
  }

  cues();
  unfold();
  languages();
})();
