import { Backdrop } from "./backdrop.js";
import { boxOf } from "./box.js";
import { palette } from "./tokens.js";

const DRAWN = ["features/fill", "features/line", "features/point"];

function draw(map, data) {
  if (map.getSource("features")) return;
  const colour = palette()("selected");
  const points = ["==", ["geometry-type"], "Point"];
  map.addSource("features", { type: "geojson", data });
  map.addLayer({ id: "features/fill", source: "features", type: "fill", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": 0.2 } });
  map.addLayer({ id: "features/line", source: "features", type: "line", filter: ["!", points],
    paint: { "line-color": colour, "line-width": 2.5 } });
  map.addLayer({ id: "features/point", source: "features", type: "circle", filter: points,
    paint: { "circle-color": colour, "circle-radius": 7, "circle-stroke-color": palette()("map-halo"), "circle-stroke-width": 2 } });
}

/** What lies under the pointer leads to its own page, as its row in the list does; `data-pages` begins their addresses. */
function lead(map, pages) {
  map.on("click", DRAWN, ({ features: [first] }) => location.assign(`${pages}${first.properties.feature}?lang=${document.documentElement.lang}`));
  map.on("mousemove", DRAWN, () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", DRAWN, () => { map.getCanvas().style.cursor = ""; });
}

/** The features at the address `data-features` on the base map; without any that has a place, no map. */
export async function drawFeatures(holder) {
  const answer = await fetch(holder.dataset.features, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${holder.dataset.features} answered ${answer.status}`);
  const told = await answer.json();
  const placed = (told.features ?? [told]).filter(({ geometry }) => geometry);
  if (!placed.length) {
    holder.parentElement.hidden = true;
    return;
  }
  // MapLibre keeps no identifier that is a text, but properties.
  const features = placed.map(({ id, geometry }) => ({ type: "Feature", properties: { feature: id }, geometry }));
  const { map } = await Backdrop.open(holder, holder.dataset, { interactive: true });
  map.fitBounds(boxOf(features), { padding: 40, animate: false, maxZoom: 18 });
  map.on("styledata", () => draw(map, { type: "FeatureCollection", features }));
  if (holder.dataset.pages) lead(map, holder.dataset.pages);
  for (const button of holder.parentElement.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => map.zoomTo(map.getZoom() + Number(button.dataset.zoom)));
  }
  map.once("idle", () => { holder.dataset.ready = "true"; });
}
