// Which tiles could not hold everything: the server says so in a header, which MapLibre keeps to itself.
import { addProtocol } from "maplibre-gl";

// Finer tiles would add nothing: at 16 one unit of a tile is 15 cm. MapLibre enlarges them beyond.
export const FINEST_TILE = 16;
const SCHEME = "counted";
const left = new Map(); // address of a tile → how many features it left out

/** The address under which MapLibre asks for a tile so that what it leaves out is noted. */
export const counted = (address) => address.replace(/^https?:/, `${SCHEME}:`);

addProtocol(SCHEME, async ({ url, headers, cache }, { signal }) => {
  const address = url.replace(`${SCHEME}:`, location.protocol);
  const answer = await fetch(address, { headers, cache, signal });
  if (!answer.ok) throw Object.assign(new Error(`${address} answered ${answer.status}`), { status: answer.status });
  const dropped = Number(answer.headers.get("X-Features-Dropped"));
  if (dropped) left.set(address, dropped);
  else left.delete(address);
  const [cacheControl, expires] = ["Cache-Control", "Expires"].map((name) => answer.headers.get(name));
  return { data: await answer.arrayBuffer(), cacheControl, expires };
});

/** Is a tile of the layer in view that does not hold everything? */
function crowded({ map, plan }, { id, from }) {
  const template = location.origin + plan.tiles.replace("LAYER", id);
  const inView = map.coveringTiles({ tileSize: 512, minzoom: Math.min(from, FINEST_TILE), maxzoom: FINEST_TILE });
  return inView.some(({ canonical: { z, x, y } }) =>
    left.has(template.replace("{z}", z).replace("{x}", x).replace("{y}", y)));
}

/** Lets the legend say (and, while it is open, screen readers announce) of which layers not everything is drawn. */
export function tellCrowds(view) {
  const rows = [...document.querySelectorAll("#layers [data-crowded]")];
  view.map.on("idle", () => rows.forEach((row) => {
    const layer = view.layer(row.closest(".layer").querySelector("input").value);
    const text = layer && view.shown.has(layer.id) && crowded(view, layer) ? row.dataset.crowded : "";
    if (row.textContent !== text) row.textContent = text; // said once, not at each step of the map
  }));
}
