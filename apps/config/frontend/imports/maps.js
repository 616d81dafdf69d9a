import { Backdrop } from "../../../core/frontend/map/backdrop.js";
import { boxOf } from "../../../core/frontend/map/box.js";
import { palette } from "../../../core/frontend/map/tokens.js";

/** The same order as the classes reason-0 … in the list beside the map. */
const HUES = ["bad", "data-zone", "data-well", "data-street", "data-falaj", "data-parking", "report-accepted", "data-other"];
const WORLD = [-180, -90, 180, 90];

const numbersOf = (geometry) => (geometry.coordinates ?? geometry.geometries.map(numbersOf)).flat(Infinity);

/** Those whose first corner lies in the box, or all where none does: one that lies oceans away hides the others. */
function within(features, [west, south, east, north]) {
  const inside = features.filter(({ geometry }) => {
    const [x, y] = numbersOf(geometry);
    return x >= west && x <= east && y >= south && y <= north;
  });
  return inside.length ? inside : features;
}

const show = (map, features, more = {}) =>
  features.length && map.fitBounds(boxOf(features), { padding: 40, animate: false, maxZoom: 18, ...more });

/** One map whose features can be exchanged; it draws them anew when the theme changes. */
class FeatureMap {
  static async open(holder, assets) {
    const { map } = await Backdrop.open(holder, assets, { interactive: true });
    return new FeatureMap(map);
  }

  constructor(map) {
    this.map = map;
    this.features = [];
    map.on("styledata", () => this.draw());
  }

  set(features) {
    this.features = features;
    this.map.getSource("import")?.setData(this.data());
    this.draw();
  }

  data() {
    return { type: "FeatureCollection", features: this.features };
  }

  draw() {
    const { map } = this;
    if (!map.isStyleLoaded() && !map.style?._loaded) return;
    if (map.getSource("import")) return;
    const colour = palette();
    const hue = ["match", ["get", "hue"], ...HUES.flatMap((name, i) => [i, colour(name)]), colour("selected")];
    const dashed = ["==", ["get", "kind"], "before"];
    const outline = ["==", ["get", "kind"], "outline"];
    const paint = ["case", outline, colour("data-border"), dashed, colour("text-2"), hue];
    map.addSource("import", { type: "geojson", data: this.data() });
    map.addLayer({ id: "import/fill", source: "import", type: "fill",
      filter: ["all", ["==", ["geometry-type"], "Polygon"], ["!", outline], ["!", dashed]],
      paint: { "fill-color": paint, "fill-opacity": 0.25 } });
    map.addLayer({ id: "import/line", source: "import", type: "line", filter: ["all", ["!=", ["geometry-type"], "Point"], ["!", dashed]],
      paint: { "line-color": paint, "line-width": 2 } });
    map.addLayer({ id: "import/before", source: "import", type: "line", filter: ["all", ["!=", ["geometry-type"], "Point"], dashed],
      paint: { "line-color": paint, "line-width": 2, "line-dasharray": [2, 2] } });
    map.addLayer({ id: "import/point", source: "import", type: "circle", filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-color": paint, "circle-radius": 6, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } });
    map.addLayer({ id: "import/chosen", source: "import", type: "line", filter: ["==", ["get", "id"], ""],
      paint: { "line-color": colour("selected"), "line-width": 5 } });
  }

  choose(id) {
    const found = this.features.filter(({ properties }) => properties.id === id);
    this.map.setFilter("import/chosen", ["==", ["get", "id"], id]);
    show(this.map, found);
  }
}

const outlined = (geometry) => (geometry ? [{ type: "Feature", properties: { kind: "outline" }, geometry }] : []);

async function places(holder, drawn) {
  const { features, outline, left_out: leftOut } = await (await fetch(holder.dataset.places)).json();
  const codes = [...document.querySelectorAll("[data-code]")].map((one) => one.dataset.code);
  const hueOf = ({ code }) => (code ? codes.indexOf(code) % HUES.length : -1);
  drawn.set(features.map((one) => ({ ...one, properties: { ...one.properties, hue: hueOf(one.properties) } })));
  show(drawn.map, within(drawn.features, outline ?? WORLD));
  const told = document.getElementById("places-told");
  told.textContent = leftOut || (features.length ? "" : told.dataset.none);
  const known = new Set(features.map(({ properties }) => properties.id));
  for (const button of document.querySelectorAll("[data-show]")) {
    button.hidden = !known.has(button.dataset.show);
    button.addEventListener("click", () => drawn.choose(button.dataset.show));
  }
  holder.dataset.ready = "";
}

async function lone(holder, drawn) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const around = read("around").map((one) => ({ ...one, properties: { ...one.properties, kind: "before" } }));
  const own = { type: "Feature", properties: { hue: -1 }, geometry: read("shape-came") };
  drawn.set([...around, own]);
  show(drawn.map, [own]);
  holder.dataset.ready = "";
}

/** The map of a preview, and how what was found is drawn on it. */
export async function openPreview(holder, assets) {
  const drawn = await FeatureMap.open(holder, assets);
  return ({ features, outline, refused }) => {
    drawn.set([...outlined(outline), ...features.map((one) => ({ ...one, properties: { ...one.properties, hue: -1 } }))]);
    const area = outline ? boxOf(outlined(outline)).flat() : WORLD;
    show(drawn.map, refused || !features.length ? drawn.features : within(features, area));
    holder.dataset.ready = "";
  };
}

export async function begin(holder, assets) {
  const drawn = await FeatureMap.open(holder, assets);
  await { places, "only-shape": lone }[holder.id](holder, drawn);
}
