// What a page elsewhere does with the tiles: it knows nothing but the address of a tileset's TileJSON.
import * as maplibregl from "/elsewhere/maplibre-gl/dist/maplibre-gl.mjs";

maplibregl.setWorkerUrl("/elsewhere/maplibre-gl/dist/maplibre-gl-worker.mjs");

/** Features of a layer that MapLibre has drawn about a place, as it says itself. */
export async function drawnByMapLibre(tilejson, layer, center, zoom) {
  const style = {
    version: 8,
    sources: { feed: { type: "vector", url: tilejson } },
    layers: [{ id: "drawn", type: "fill", source: "feed", "source-layer": layer, paint: { "fill-color": "#246" } }],
  };
  const map = new maplibregl.Map({ container: "map", style, center, zoom, fadeDuration: 0, attributionControl: false });
  const faults = [];
  map.on("error", ({ error }) => faults.push(String(error)));
  await map.once("idle");
  if (faults.length) throw new Error(faults.join("; "));
  const drawn = map.queryRenderedFeatures({ layers: ["drawn"] }).map(({ properties }) => properties);
  map.remove();
  return drawn;
}

/** The same of Leaflet, with its plug-in for vector tiles, which takes the template that TileJSON tells. */
export async function drawnByLeaflet(tilejson, layer, [lon, lat], zoom) {
  const told = await (await fetch(tilejson)).json();
  const drawn = [];
  const map = L.map("map", { fadeAnimation: false, zoomAnimation: false }).setView([lat, lon], zoom);
  const style = (properties) => {
    drawn.push(properties);
    return { fill: true, weight: 1 };
  };
  const grid = L.vectorGrid.protobuf(told.tiles[0], {
    vectorTileLayerStyles: { [layer]: style },
    minZoom: told.minzoom,
    maxNativeZoom: told.maxzoom,
  });
  const faults = [];
  grid.on("tileerror", ({ error }) => faults.push(String(error)));
  await new Promise((resolve) => grid.on("load", resolve).addTo(map));
  if (faults.length) throw new Error(faults.join("; "));
  map.remove();
  return drawn;
}
