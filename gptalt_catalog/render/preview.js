/* Added to pages by `site serve`: reloads when there are new pages, shows what is wrong with the catalog. */
(function () {
  "use strict";
  let known = "";
  let pages = null;

  function banner(errors) {
    document.getElementById("ga-preview")?.remove();
    if (!errors.length) return;
    const box = document.createElement("div");
    box.id = "ga-preview";
    box.setAttribute("role", "alert");
    box.style.cssText =
      "position:fixed;left:0;right:0;bottom:0;z-index:99;max-height:45vh;overflow:auto;padding:12px 18px;" +
      "font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;color:#fff;background:#8f2018";
    box.textContent = `${errors.length} error(s); this is the last good site.\n\n${errors.join("\n\n")}`;
    document.body.appendChild(box);
  }

  async function ask() {
    let pause = 0;
    try {
      const answer = await fetch(`/__preview/status.json?known=${known}`, { cache: "no-store" });
      const state = await answer.json(); // the server answers when there is news, or after a while
      if (pages !== null && state.pages !== pages) return location.reload();
      known = state.version;
      pages = state.pages;
      banner(state.errors);
    } catch {
      pause = 1000; // the server is gone; the page stays
    }
    setTimeout(ask, pause);
  }
  ask();
})();
