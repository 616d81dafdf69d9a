import { Backdrop } from "../map/backdrop.js";
import { palette } from "../map/tokens.js";

const SMALLEST = 0.0008; // degrees around a point

function boxOf(geometry) {
  const numbers = (geometry.coordinates ?? geometry.geometries.map((part) => part.coordinates)).flat(Infinity);
  const [x, y] = [0, 1].map((axis) => numbers.filter((_, i) => i % 2 === axis));
  const [west, south, east, north] = [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
  const [dx, dy] = [Math.max(0, SMALLEST - (east - west)) / 2, Math.max(0, SMALLEST - (north - south)) / 2];
  return [[west - dx, south - dy], [east + dx, north + dy]];
}

/** A record's geometry on the base map, to look at. */
export async function drawRecord(holder, assets) {
  const geometry = JSON.parse(holder.dataset.geometry);
  const { map } = await Backdrop.open(holder, assets, { interactive: true });
  map.fitBounds(boxOf(geometry), { padding: 40, animate: false, maxZoom: 18 });
  const draw = () => {
    const colour = palette()("selected");
    const points = ["==", ["geometry-type"], "Point"];
    if (map.getSource("record")) return;
    map.addSource("record", { type: "geojson", data: { type: "Feature", properties: {}, geometry } });
    map.addLayer({ id: "record/fill", source: "record", type: "fill", filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colour, "fill-opacity": 0.2 } });
    map.addLayer({ id: "record/line", source: "record", type: "line", filter: ["!", points],
      paint: { "line-color": colour, "line-width": 3 } });
    map.addLayer({ id: "record/point", source: "record", type: "circle", filter: points,
      paint: { "circle-color": colour, "circle-radius": 8, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 } });
  };
  map.on("styledata", draw);
}
