"use strict";
// The page reads without scripts; these files add the rest. What several of them need is here.

// Says something to those who listen, without moving the focus.
const speech = document.createElement("p");
speech.className = "unseen";
speech.setAttribute("role", "status");
document.querySelector("main").append(speech);
const announce = (text) => { speech.textContent = text; };

const made = (tag, className, text = "") => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  if (tag === "button") element.type = "button";
  return element;
};

// Many small controls are one stop of the tab key; the keys in `steps` go through them.
// Returns what is to be called when some were hidden: the stop must be one that is seen.
const rove = (container, selector, steps) => {
  const all = () => [...container.querySelectorAll(selector)];
  const seen = () => all().filter((item) => item.checkVisibility());
  const seat = (chosen) => {
    for (const item of all()) item.tabIndex = item === chosen ? 0 : -1;
  };
  container.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (item) seat(item);
  });
  container.addEventListener("keydown", (event) => {
    const item = event.target.closest(selector);
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = seen();
    const next = event.key === "Home" ? items[0]
      : event.key === "End" ? items.at(-1)
      : Object.hasOwn(steps, event.key) ? items[items.indexOf(item) + steps[event.key]] : null;
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  seat(all()[0]);
  return () => { if (!seen().some((item) => item.tabIndex === 0)) seat(seen()[0]); };
};

// A table or figure wider than its place says so, and fades where more of it is.
for (const wide of document.querySelectorAll(".wide, .drawn")) {
  const look = () => {
    const hidden = wide.scrollWidth - wide.clientWidth;
    wide.classList.toggle("scrolls", hidden > 1);
    wide.classList.toggle("more", hidden - wide.scrollLeft > 1);
  };
  wide.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(wide);
  look();
}
// A link to what is folded away opens it.
const unfold = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target?.closest("details.fold");
  if (!fold || fold.open) return;
  fold.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
// On a narrow screen the contents start closed.
if (matchMedia("(max-width: 900px)").matches) {
  document.querySelector("nav details").open = false;
}
