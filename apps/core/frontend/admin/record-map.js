import { Backdrop } from "../map/backdrop.js";
import { palette } from "../map/tokens.js";

const SMALLEST = 0.0008; // degrees around a point

/** What is drawn, the lowest first: what is there now, what is in the way, and the record itself. */
const DRAWN = {
  present: { token: "text-2", dashes: [2, 1.5] },
  rival: { token: "bad", dashes: [1, 1] },
  geometry: { token: "selected" },
};

const numbersOf = (geometry) => (geometry.coordinates ?? geometry.geometries.map((part) => part.coordinates)).flat(Infinity);

function boxOf(geometries) {
  const [x, y] = [0, 1].map((axis) => geometries.flatMap((one) => numbersOf(one).filter((_, i) => i % 2 === axis)));
  const smallest = (values) => values.reduce((least, value) => Math.min(least, value), Infinity);
  const largest = (values) => values.reduce((most, value) => Math.max(most, value), -Infinity);
  const [west, south, east, north] = [smallest(x), smallest(y), largest(x), largest(y)];
  const [dx, dy] = [Math.max(0, SMALLEST - (east - west)) / 2, Math.max(0, SMALLEST - (north - south)) / 2];
  return [[west - dx, south - dy], [east + dx, north + dy]];
}

/** An outline alone where what lies inside it is to be seen. */
function draw(map, name, geometry, { token, dashes }, hollow) {
  const colour = palette()(token);
  const points = ["==", ["geometry-type"], "Point"];
  map.addSource(name, { type: "geojson", data: { type: "Feature", properties: {}, geometry } });
  map.addLayer({ id: `${name}/fill`, source: name, type: "fill", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": hollow ? 0 : dashes ? 0.08 : 0.2 } });
  map.addLayer({ id: `${name}/line`, source: name, type: "line", filter: ["!", points],
    paint: { "line-color": colour, "line-width": dashes ? 2 : 3, ...(dashes && { "line-dasharray": dashes }) } });
  map.addLayer({ id: `${name}/point`, source: name, type: "circle", filter: points,
    paint: { "circle-color": colour, "circle-radius": 8, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 } });
}

/** A record's geometry on the base map, to look at; a draft's beside what is there, a raster's over the shaded ground. */
export async function drawRecord(holder, assets) {
  const given = Object.keys(DRAWN).filter((name) => holder.dataset[name]);
  const geometries = Object.fromEntries(given.map((name) => [name, JSON.parse(holder.dataset[name])]));
  const ground = "ground" in holder.dataset;
  const { map } = await Backdrop.open(holder, assets, { interactive: true, ground });
  map.fitBounds(boxOf(Object.values(geometries)), { padding: 40, animate: false, maxZoom: 18 });
  map.on("styledata", () => {
    if (map.getSource("geometry")) return;
    for (const name of given) draw(map, name, geometries[name], DRAWN[name], ground);
  });
}
