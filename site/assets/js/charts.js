/* Charts: a tooltip for the mark that is hovered, tapped or focused, and arrow keys from mark to mark.
   The pictures are whole without this; every mark is a link, and each has a <title>. */
(function () {
  "use strict";

  let tip = null;
  let on = null;

  function hide() {
    tip?.remove();
    on?.classList.remove("ga-on");
    tip = on = null;
  }

  function show(mark) {
    if (mark === on) return;
    hide();
    on = mark;
    mark.classList.add("ga-on");
    tip = document.createElement("div");
    tip.className = "ga-tip";
    tip.setAttribute("aria-hidden", "true"); // a reader hears the mark's own name
    mark.dataset.tip.split("\n").forEach((text, index) => {
      const line = document.createElement(index ? "div" : "strong");
      line.textContent = text;
      tip.append(line);
    });
    document.body.append(tip);
    const sign = (mark.querySelector("circle, rect, polygon") ?? mark).getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(sign.left + sign.width / 2 - tip.offsetWidth / 2, width - tip.offsetWidth - 8));
    const above = sign.top > tip.offsetHeight + 56; // below the sticky header
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${(above ? sign.top - tip.offsetHeight - 8 : sign.bottom + 8) + window.scrollY}px`;
  }

  const center = (mark) => {
    const box = (mark.querySelector("circle, rect, polygon") ?? mark).getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };

  /** The nearest mark in the direction of an arrow key; sideways distance counts double. */
  function neighbour(marks, from, key) {
    const [x, y] = center(from);
    const across = key === "ArrowLeft" || key === "ArrowRight";
    const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    let best = null;
    let least = Infinity;
    for (const mark of marks) {
      if (mark === from) continue;
      const [u, v] = center(mark);
      const along = (across ? u - x : v - y) * sign;
      const aside = Math.abs(across ? v - y : u - x);
      const far = along + 2 * aside;
      if (along > 0.5 && far < least) [best, least] = [mark, far];
    }
    return best;
  }

  function equip(chart) {
    const marks = [...chart.querySelectorAll(".ga-mark")];
    if (!marks.length) return;
    marks.forEach((mark, index) => {
      const title = mark.querySelector("title");
      mark.dataset.tip = title.textContent;
      mark.setAttribute("aria-label", title.textContent.replaceAll("\n", ", "));
      title.remove(); // the browser's own tooltip would come on top of ours
      mark.setAttribute("tabindex", index ? "-1" : "0"); // one stop for Tab; arrows do the rest
    });
    const markOf = (event) => (event.target instanceof Element ? event.target.closest(".ga-mark") : null);
    chart.addEventListener("mouseover", (event) => {
      const mark = markOf(event);
      if (mark) show(mark);
      else hide();
    });
    chart.addEventListener("mouseleave", hide);
    chart.addEventListener("focusin", (event) => {
      const mark = markOf(event);
      if (!mark) return;
      marks.forEach((other) => other.setAttribute("tabindex", other === mark ? "0" : "-1"));
      mark.scrollIntoView({ block: "nearest", inline: "nearest" });
      show(mark);
    });
    chart.addEventListener("focusout", hide);
    chart.addEventListener("keydown", (event) => {
      const mark = markOf(event);
      if (!mark) return;
      if (event.key === "Escape") hide();
      let next = null;
      if (event.key === "Home") next = marks[0];
      else if (event.key === "End") next = marks[marks.length - 1];
      else if (event.key.startsWith("Arrow")) next = neighbour(marks, mark, event.key);
      else return;
      event.preventDefault();
      next?.focus();
    });
    let before = null; // what was shown when a finger came down: hover and focus follow it, and only then the click
    chart.addEventListener("pointerdown", () => (before = on));
    chart.addEventListener("click", (event) => {
      const mark = markOf(event);
      if (mark && mark !== before && window.matchMedia("(hover: none)").matches) {
        event.preventDefault(); // the first tap shows, the second goes there
        show(mark);
      }
    });
  }

  document.querySelectorAll(".ga-picture .ga-chart").forEach(equip);
  /* On a screen that holds only a part of a chart, the part with most to see comes first (0: left end, 1: right end). */
  document.querySelectorAll(".ga-picture[data-start]").forEach((box) => {
    box.scrollLeft = (box.scrollWidth - box.clientWidth) * box.dataset.start;
  });
  const help = document.querySelector(".ga-chart-help"); // once a page
  if (help) help.hidden = false;
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest(".ga-mark"))) hide();
  });
})();
