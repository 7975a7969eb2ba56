// Marks in figures say what they show, by pointer and by keyboard.
{
  const REACH = 10; // pixels around a mark that count as the mark
  const main = document.querySelector("main");
  const tip = made("div", "tip"), ring = made("div", "ring");
  tip.setAttribute("role", "tooltip");
  tip.hidden = ring.hidden = true;
  main.append(tip, ring);

  const marksOf = (svg) => [...svg.querySelectorAll("[data-says]")];
  const systemOf = (element) => element.closest("[data-system]")?.dataset.system ?? null;
  const away = (mark, x, y) => {
    const box = mark.getBoundingClientRect();
    return Math.hypot(
      Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  };
  // The mark meant: the nearest of the system pointed at, else one that is near.
  const markAt = (svg, system, x, y) => {
    const hit = document.elementsFromPoint(x, y).find((element) => element.matches("[data-says]"));
    if (hit && (system === null || systemOf(hit) === system)) return hit;
    let best = null, least = system === null ? REACH : Infinity;
    for (const mark of marksOf(svg)) {
      if (system !== null && systemOf(mark) !== system) continue;
      const distance = away(mark, x, y);
      if (distance <= least) [best, least] = [mark, distance];
    }
    return best;
  };

  const place = (box) => {
    tip.hidden = false;
    tip.style.left = tip.style.top = "0";
    const width = tip.offsetWidth, height = tip.offsetHeight, room = document.documentElement.clientWidth;
    const left = Math.min(Math.max(box.left + box.width / 2 - width / 2, 8), room - width - 8);
    const top = box.top - height - 10 < 0 ? box.bottom + 10 : box.top - height - 10;
    tip.style.left = `${Math.max(left, 8) + scrollX}px`;
    tip.style.top = `${top + scrollY}px`;
  };
  const show = (mark) => {
    const box = mark.getBoundingClientRect();
    const [first, ...rest] = mark.dataset.says.split("\n");
    tip.replaceChildren(made("strong", "", first), ...rest.map((line) => made("span", "", line)));
    place(box);
    ring.hidden = false;
    Object.assign(ring.style, {
      left: `${box.left + scrollX - 4}px`, top: `${box.top + scrollY - 4}px`,
      width: `${box.width + 8}px`, height: `${box.height + 8}px`,
    });
    linking.point(systemOf(mark));
  };
  const hide = () => { tip.hidden = ring.hidden = true; };
  const rest = () => { hide(); linking.point(null); };

  const meant = (event) => {
    const system = systemOf(event.target), svg = event.target.closest(".drawn svg");
    return { system, mark: svg && markAt(svg, system, event.clientX, event.clientY) };
  };
  document.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const { system, mark } = meant(event);
    if (mark) show(mark);
    else { hide(); linking.point(system); }
  });
  document.documentElement.addEventListener("pointerleave", rest);
  main.addEventListener("click", (event) => {
    const control = event.target.closest("a, button, input");
    if ((control && !control.matches(".name")) || String(getSelection())) return;
    const { system, mark } = meant(event);
    if (mark) show(mark);
    const chosen = mark ? systemOf(mark) : system;
    if (chosen !== null) linking.toggle(chosen);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  // What stands beside a mark must not stay behind when the mark moves.
  document.addEventListener("scroll", (event) => { if (event.target !== document) hide(); }, true);
  addEventListener("resize", hide);

  for (const card of document.querySelectorAll("main .card")) {
    if (!card.querySelector("[data-says]")) continue;
    const number = card.closest("figure").querySelector(".number").textContent;
    const keys = "arrow keys go through the marks, Enter pins a system, Escape releases it.";
    card.tabIndex = 0;
    card.setAttribute("role", "group");
    card.setAttribute("aria-label", `${number} ${keys}`);
    let at = null;
    const marks = () => [...card.querySelectorAll(".drawn svg")]
      .filter((svg) => svg.checkVisibility()).flatMap(marksOf);
    card.addEventListener("focus", () => {
      at = null;
      if (!card.matches(":focus-visible")) return;
      tip.replaceChildren(made("span", "", `A${keys.slice(1)}`));
      place(card.getBoundingClientRect());
    });
    card.addEventListener("blur", rest);
    card.addEventListener("keydown", (event) => {
      if (event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
      const all = marks(), step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
      if (Object.hasOwn(step, event.key) || event.key === "Home" || event.key === "End") {
        const now = all.indexOf(at), last = all.length - 1;
        const next = event.key === "Home" || now < 0 ? 0 : event.key === "End" ? last
          : Math.min(Math.max(now + step[event.key], 0), last);
        at = all[next];
        at.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
        show(at);
        announce(at.dataset.says.replaceAll("\n", ". "));
      } else if ((event.key === "Enter" || event.key === " ") && at && systemOf(at) !== null) {
        linking.toggle(systemOf(at));
      } else return;
      event.preventDefault();
    });
  }
}
