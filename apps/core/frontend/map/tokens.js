/** The design tokens as the page has them now, for MapLibre, which cannot read CSS variables. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** Calls back when the theme changes: chosen on the page or by the system. */
export function onThemeChange(callback) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
  new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

export const FONT = ["IBM Plex Sans Arabic"];
export const FONT_STRONG = ["IBM Plex Sans Arabic SemiBold"];

/** MapLibre draws glyphs from web fonts; they must be there before the first label. */
export async function fontsReady(sample) {
  const wanted = [`400 16px "${FONT[0]}"`, `600 16px "${FONT_STRONG[0]}"`];
  await Promise.allSettled(wanted.map((font) => document.fonts.load(font, sample)));
}
