/* Added to pages by `site serve`: reloads when the site is new, shows what is wrong with the catalog. */
(function () {
  "use strict";
  let version = null;
  let shownText = "";

  function banner(errors, building) {
    const text = errors.length ? errors.join("\n\n") : building ? "Building …" : "";
    if (text === shownText) return;
    shownText = text;
    document.getElementById("ga-preview")?.remove();
    if (!text) return;
    const box = document.createElement("div");
    box.id = "ga-preview";
    box.setAttribute("role", errors.length ? "alert" : "status");
    box.style.cssText =
      "position:fixed;left:0;right:0;bottom:0;z-index:99;max-height:45vh;overflow:auto;padding:12px 18px;" +
      "font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;color:#fff;background:" +
      (errors.length ? "#8f2018" : "#0b6b64");
    const head = errors.length ? `The catalog has ${errors.length} error(s); this is the last good site.\n\n` : "";
    box.textContent = head + text;
    document.body.appendChild(box);
  }

  async function ask() {
    try {
      const state = await (await fetch("/__preview/status.json", { cache: "no-store" })).json();
      if (version !== null && state.version !== version) location.reload();
      version = state.version;
      banner(state.errors, state.building);
    } catch {
      // the server is gone; the page stays
    }
    setTimeout(ask, 700);
  }
  ask();
})();
