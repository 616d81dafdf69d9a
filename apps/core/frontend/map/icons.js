// Icons of points: the page's own sprite, drawn white on the layer's disc when MapLibre first asks for one.
import { PLACE_ICONS } from "./base.js";

const SIZE = 48;

async function spriteOf(url) {
  const text = await (await fetch(url)).text();
  return new DOMParser().parseFromString(text, "image/svg+xml");
}

function picture(symbol, stroke) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="0 0 24 24" fill="none"
    stroke="${stroke}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">${symbol.innerHTML}</svg>`;
  const image = new Image(SIZE, SIZE);
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return image.decode().then(() => image);
}

/** All that a plan's style asks for, in the theme's colours; a new style forgets them. */
export function addPlanIcons(map, plan, { spriteUrl, colour }) {
  const names = plan.layers.map(({ symbol }) => symbol.icon);
  return Promise.all([
    addIcons(map, names, { spriteUrl, stroke: colour("map-halo"), prefix: "icon" }),
    addIcons(map, PLACE_ICONS, { spriteUrl, stroke: colour("map-label-2"), prefix: "place" }),
  ]);
}

/** Adds the icons named (as `prefix:name`) to the map's style: in the colour that stands on a disc, or in that of a label. */
async function addIcons(map, names, { spriteUrl, stroke, prefix }) {
  const sprite = await spriteOf(spriteUrl);
  await Promise.all([...new Set(names)].map(async (name) => {
    const symbol = sprite.getElementById(name);
    if (!symbol) return;
    const image = await picture(symbol, stroke);
    if (map.hasImage(`${prefix}:${name}`)) map.removeImage(`${prefix}:${name}`);
    map.addImage(`${prefix}:${name}`, image, { pixelRatio: 2 });
  }));
}
