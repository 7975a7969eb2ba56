// A closer look at pictures: left and right go along a ranking, up and down to the next one.
{
  const all = [...document.querySelectorAll("main .gallery .strip")]
    .map((strip) => [...strip.querySelectorAll("img")]).filter((images) => images.length);
  // Those that are not folded away, each a list of its pictures.
  let strips = [];
  const viewer = made("dialog", "viewer");
  viewer.setAttribute("aria-label", "Picture, enlarged");
  const picture = made("img", ""), caption = made("p", "what");
  caption.setAttribute("role", "status");
  const keys = made("p", "quiet", "Arrow keys: along the ranking, and to the ranking above or below. Escape closes.");
  const close = made("button", "", "Close"), before = made("button", "", "← Previous"),
    after = made("button", "", "Next →");
  const bar = made("div", "bar");
  bar.append(before, after, close);
  viewer.append(caption, bar, keys);
  if (all.length) document.body.append(viewer);

  let row = 0, column = 0;
  const show = (strip, place) => {
    if (!strips[strip]) return;
    row = strip;
    viewer.prepend(picture);
    column = Math.min(Math.max(place, 0), strips[row].length - 1);
    const image = strips[row][column], item = image.closest("li");
    // What is shown several times is a background, and its size that of the element's attributes.
    const width = Number(image.getAttribute("width")), height = Number(image.getAttribute("height"));
    // Small pictures are sharp enough at four times their size, others at twice.
    const factor = Math.max(width, height) <= 128 ? 4 : 2;
    picture.src = image.src;
    picture.alt = image.alt;
    picture.style.background = image.className ? `${getComputedStyle(image).backgroundImage} center / contain no-repeat` : "";
    const wide = width * factor, share = width / height;
    picture.style.aspectRatio = String(share);
    picture.style.width = `min(${wide}px, ${62 * share}vh, 100%)`;
    picture.className = item.className;
    const titles = [image.closest(".fold")?.querySelector("summary :is(h3, h4)"),
      image.closest(".gallery").querySelector("h3, h4, h5, h6")];
    const said = (part, text) => made("span", part, text);
    caption.replaceChildren(
      said("concept", titles.filter(Boolean).map((title) => title.textContent).join(": ")),
      said("system", image.closest(".strip").querySelector("strong").textContent),
      said("detail", item.dataset.detail ?? image.alt),
      said(`badge ${item.className}`, item.querySelector(".badge").textContent));
    // Not `disabled`: a control that is pressed must not lose the focus.
    before.setAttribute("aria-disabled", String(column === 0));
    after.setAttribute("aria-disabled", String(column === strips[row].length - 1));
  };
  before.addEventListener("click", () => show(row, column - 1));
  after.addEventListener("click", () => show(row, column + 1));
  close.addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
  viewer.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column] };
    if (!Object.hasOwn(to, event.key)) return;
    event.preventDefault();
    show(...to[event.key]);
  });
  // Back to the picture that was seen last.
  viewer.addEventListener("close", () => strips[row][column].closest("button").focus());

  for (const images of all) {
    images.forEach((image, place) => {
      const button = made("button", "look");
      button.setAttribute("aria-haspopup", "dialog");
      image.replaceWith(button);
      button.append(image);
      button.addEventListener("click", () => {
        strips = all.filter((others) => others[0].checkVisibility());
        show(strips.indexOf(images), place);
        viewer.showModal();
      });
    });
    rove(images[0].closest(".strip"), "button.look", { ArrowRight: 1, ArrowLeft: -1 });
  }
}
