// Icons of points: the page's own sprite, drawn white on the layer's disc when MapLibre first asks for one.
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

/** Adds the icons named (as `icon:name`) to the map's style, in the colour that stands on a disc. */
export async function addIcons(map, names, { spriteUrl, stroke }) {
  const sprite = await spriteOf(spriteUrl);
  await Promise.all([...new Set(names)].map(async (name) => {
    const symbol = sprite.getElementById(name);
    if (!symbol) return;
    const image = await picture(symbol, stroke);
    if (map.hasImage(`icon:${name}`)) map.removeImage(`icon:${name}`);
    map.addImage(`icon:${name}`, image, { pixelRatio: 2 });
  }));
}
