// The button for dark and light: as the reader's system has it, until it is pressed.

export function startTheme() {
  const theme = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = (isDark) => theme.setAttribute("aria-pressed", String(isDark));
  theme.addEventListener("click", () => {
    const isDark = theme.getAttribute("aria-pressed") !== "true";
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
    show(isDark);
  });
  dark.addEventListener("change", () => {
    if (!document.documentElement.style.colorScheme) show(dark.matches);
  });
  show(dark.matches);
}
