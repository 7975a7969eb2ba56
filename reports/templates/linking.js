// One system is highlighted in all figures and tables: the one pointed at, or a pinned one.
const linking = (() => {
  const parts = new Map(), names = new Map();
  for (const part of document.querySelectorAll("main [data-system]")) {
    const system = part.dataset.system;
    if (!parts.has(system)) parts.set(system, []);
    parts.get(system).push(part);
    if (part.matches("tr") && !names.has(system)) names.set(system, part.cells[0].textContent.trim());
  }
  const name = (system) => names.get(system) ?? parts.get(system)
    .map((part) => part.dataset.says).find(Boolean)?.split("\n")[0] ?? "this system";
  let pinned = null, pointed = null, lit = [];

  const release = made("button", "release");
  release.hidden = true;
  document.querySelector("main").append(release);

  const show = () => {
    for (const part of lit) part.classList.remove("lit");
    lit = parts.get(pinned ?? pointed) ?? [];
    for (const part of lit) part.classList.add("lit");
    document.body.classList.toggle("linked", lit.length > 0);
  };
  const pin = (system) => {
    if (system === pinned) return;
    for (const row of document.querySelectorAll("main button.name")) {
      row.setAttribute("aria-pressed", String(row.closest("tr").dataset.system === system));
    }
    announce(system === null ? `${name(pinned)} is released.`
      : `${name(system)} is pinned in all figures and tables. Escape releases it.`);
    pinned = system;
    release.hidden = system === null;
    release.textContent = system === null ? "" : `Release ${name(system)}`;
    show();
  };
  const point = (system) => { if (system !== pointed) { pointed = system; show(); } };
  release.addEventListener("click", () => pin(null));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (pinned !== null) pin(null);
    point(null);
  });

  // Rows of systems: the name is a button, and the arrow keys go through those of a table.
  for (const table of document.querySelectorAll("main table")) {
    const rows = [...table.tBodies[0].rows].filter((row) => "system" in row.dataset);
    if (!rows.length) continue;
    for (const row of rows) {
      const button = made("button", "name");
      button.setAttribute("aria-pressed", "false");
      button.append(...row.cells[0].childNodes);
      row.cells[0].append(button);
      button.addEventListener("focus", () => point(row.dataset.system));
      button.addEventListener("blur", () => point(null));
    }
    const settle = rove(table.tBodies[0], "button.name", { ArrowDown: 1, ArrowUp: -1 });
    table.addEventListener("filtered", settle);
  }
  return { point, toggle: (system) => pin(system === pinned ? null : system) };
})();
