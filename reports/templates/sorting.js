// Tables sort by their headings: a click each for one way, the other, and as it was given.
for (const table of document.querySelectorAll("main table")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  if (original.length < 3) continue;
  const collator = new Intl.Collator("en", { numeric: true });
  table.querySelectorAll("thead th").forEach((heading, column) => {
    const button = made("button", "sort");
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
