"use strict";
// Tables sort by their headings. Everything else on the page works without scripts.
for (const table of document.querySelectorAll("main table")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  if (original.length < 3) continue;
  const collator = new Intl.Collator("en", { numeric: true });
  table.querySelectorAll("thead th").forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    const key = (row) => {
      const cell = row.cells[column];
      return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
    };
    const known = (value) => typeof value === "string" ? value !== "–" : !Number.isNaN(value);
    button.addEventListener("click", () => {
      const numeric = heading.classList.contains("numeric");
      const now = heading.getAttribute("aria-sort");
      // Numbers start with the largest, names with A.
      const first = numeric ? "descending" : "ascending";
      const second = numeric ? "ascending" : "descending";
      const next = now === first ? second : now === second ? null : first;
      for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
      let rows = original;
      if (next) {
        heading.setAttribute("aria-sort", next);
        const way = next === "ascending" ? 1 : -1;
        rows = [...original].sort((a, b) => {
          const x = key(a), y = key(b);
          if (!known(x) || !known(y)) return known(y) - known(x);
          if (typeof x === "number" && typeof y === "number") return way * (x - y);
          return way * collator.compare(String(x), String(y));
        });
      }
      body.append(...rows);
    });
  });
}
// A table or a figure wider than its place says so, and fades where more of it is.
for (const wide of document.querySelectorAll(".wide, .broad .card")) {
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
