// Light or dark whatever the system says; not remembered.
{
  const label = made("label", "theme", "Colours ");
  const select = made("select", "");
  for (const theme of ["auto", "light", "dark"]) select.append(new Option(theme, theme));
  select.addEventListener("change", () => { document.documentElement.dataset.theme = select.value; });
  label.append(select);
  document.querySelector("header").prepend(label);
}
