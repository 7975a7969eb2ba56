// Longer tables show the rows that a text is found in, and the families that are switched on.
for (const table of document.querySelectorAll("main table")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 6) continue;
  const figure = table.closest("figure");
  const bar = made("div", "filter");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", `Filter of ${figure.querySelector(".number").textContent}`);
  const label = made("label", "", "Filter ");
  const box = made("input", "");
  box.type = "search";
  box.autocomplete = "off";
  box.spellcheck = false;
  label.append(box);
  bar.append(label);

  const off = new Set();
  const families = ["engineered", "learned", "fused"].filter(
    (family) => rows.some((row) => row.dataset.family === family));
  for (const family of families.length > 1 ? families : []) {
    const button = made("button", "toggle");
    const mark = made("span", `mark ${family}`);
    mark.setAttribute("aria-hidden", "true");
    button.append(mark, family);
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      if (!off.delete(family)) off.add(family);
      button.setAttribute("aria-pressed", String(!off.has(family)));
      apply();
    });
    bar.append(button);
  }
  const count = made("p", "count", `${rows.length} rows`);
  count.setAttribute("role", "status");
  bar.append(count);
  figure.querySelector(".wide").before(bar);

  // As typed, whatever the case; without the marks that keep a direction of writing inside.
  const plain = (text) =>
    text.normalize("NFKC").replace(/[\u2066-\u2069]/g, "").toLocaleLowerCase("en");
  const texts = new Map(rows.map((row) => [row, plain(
    [...row.cells].filter((cell) => !cell.classList.contains("numeric"))
      .map((cell) => cell.textContent).join(" "))]));
  const apply = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    for (const row of rows) {
      row.hidden = off.has(row.dataset.family)
        || !words.every((word) => texts.get(row).includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = shown === rows.length ? `${rows.length} rows`
      : shown ? `${shown} of ${rows.length} rows shown` : `None of ${rows.length} rows shown`;
    bar.classList.toggle("some", shown < rows.length);
    table.dispatchEvent(new Event("filtered"));
  };
  box.addEventListener("input", apply);
}
