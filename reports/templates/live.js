"use strict";
// Asks for what has changed, and puts it in place; without it the page is loaded anew instead.
(() => {
  const live = document.getElementById("live");
  const lost = document.getElementById("lost");
  const title = document.title;
  let shown = null;

  // How to find again what has the focus: a link by its address, a table by its heading.
  const where = (element) => {
    if (!element || !live.contains(element)) return null;
    for (const name of ["href", "aria-labelledby"]) {
      const value = element.getAttribute(name);
      if (value) return `[${name}="${CSS.escape(value)}"]`;
    }
    return null;
  };

  const tell = () => {
    const state = document.getElementById("state");
    const share = state ? state.dataset.share : undefined;
    document.title = share ? `${share} ${title}` : title;
    return Boolean(state) && state.dataset.done === "yes";
  };

  const look = async () => {
    let done = false;
    try {
      const answer = await fetch("/state", { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      lost.hidden = true;
      if (text !== shown) {
        const at = where(document.activeElement);
        live.innerHTML = text;
        shown = text;
        if (at) live.querySelector(at)?.focus({ preventScroll: true });
      }
      done = tell();
    } catch {
      lost.hidden = false;
    }
    setTimeout(look, done ? 10000 : 2000);
  };

  tell();
  setTimeout(look, 2000);
})();
