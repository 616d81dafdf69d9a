import { baseLayers } from "./base.js";
import { FINEST_TILE, counted } from "./crowds.js";
import { dataLayers } from "./data-layers.js";

const RELIEF_SIDE = 256; // pixels

/** The shaded ground, over the land and under water, roads and everything else. */
function relief({ relief: ground, reliefTiles }, { colour, shown }) {
  if (!ground) return { sources: {}, layers: [] };
  const { id, from, finest, bounds } = ground;
  const source = { type: "raster", tiles: [location.origin + reliefTiles], tileSize: RELIEF_SIDE, minzoom: from, maxzoom: finest, bounds };
  const opacity = Number(colour("map-relief"));
  const layer = {
    id: `${id}/shade`, type: "raster", source: id, minzoom: from,
    layout: { visibility: shown(id) ? "visible" : "none" },
    paint: { "raster-opacity": ["interpolate", ["linear"], ["zoom"], 13, opacity, 18, opacity / 3], "raster-fade-duration": 0 },
  };
  return { sources: { [id]: source }, layers: [layer] };
}

/** The whole style from the plan of this installation (map.json), the theme's colours and what is switched on. */
export function buildStyle(plan, { colour, shown }) {
  const source = (id, from, said = (address) => address) => ({
    type: "vector",
    tiles: [said(location.origin + plan.tiles.replace("LAYER", id))],
    minzoom: Math.min(from, FINEST_TILE),
    maxzoom: FINEST_TILE,
  });
  const base = baseLayers({ ids: plan.base.map(({ id }) => id), colour, lang: plan.lang });
  const data = plan.layers.map((layer) => dataLayers(layer, { colour, lang: plan.lang, shown: shown(layer.id) }));
  const ground = relief(plan, { colour, shown });
  const labels = (layer) => layer.type === "symbol" && layer.id.endsWith("/label");
  return {
    version: 8,
    sources: {
      ...Object.fromEntries(plan.base.map(({ id, from }) => [id, source(id, from)])),
      ...Object.fromEntries(plan.layers.map(({ id, from }) => [id, source(id, from, counted)])),
      ...ground.sources,
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour(plan.base.length ? "map-sea" : "map-land") } },
      ...base.land,
      ...ground.layers,
      ...base.ground,
      ...data.flat().filter((layer) => !labels(layer)),
      ...data.flat().filter(labels),
      ...base.names,
    ],
  };
}
