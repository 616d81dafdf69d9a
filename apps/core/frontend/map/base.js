// The quiet base map: our own tiles `base-*`, each with name_ar, name_en and rank (1 shows from afar, 9 only near).
import { FONT, FONT_STRONG } from "./tokens.js";
import { inBothLanguages, inLanguage } from "./text.js";

const NAMES = { ar: "name_ar", en: "name_en" };
const MAIN_ROAD = ["<=", ["coalesce", ["get", "rank"], 5], 3];

// What a place is (BaseFeature.Sort) and the icon that tells it.
const SORTS = {
  hill: "mountain", palms: "tree-palm", beach: "umbrella", harbour: "anchor", fort: "castle", mosque: "moon-star",
  school: "school", market: "store", park: "trees", health: "hospital", public: "landmark",
};
export const PLACE_ICONS = Object.values(SORTS);
const SORT = ["coalesce", ["get", "sort"], ""];
const PLACE_ICON = ["match", SORT, ...Object.entries(SORTS).flatMap(([sort, icon]) => [sort, `place:${icon}`]), ""];
// The symbol stands over its name; where the name finds no room the symbol may stand alone.
const WITH_ICON = { "icon-image": PLACE_ICON, "icon-size": 0.72, "text-optional": true, "icon-padding": 3 };
const NAME_BELOW = ["case", ["==", PLACE_ICON, ""], ["literal", [0, 0]], ["literal", [0, 0.9]]];

/** Width in pixels that grows with zoom; main roads are wider. */
function roadWidth(extra) {
  const stops = [8, 0.6, 12, 1.6, 14, 4, 16, 10, 18, 26, 20, 70];
  const widths = stops.map((v, i) => (i % 2 ? ["+", ["case", MAIN_ROAD, v * 1.5, v], extra] : v));
  return ["interpolate", ["exponential", 1.4], ["zoom"], ...widths];
}

function roads(colour, layer) {
  const common = { ...layer("base-roads"), type: "line", layout: { "line-cap": "round", "line-join": "round" } };
  const rank = ["coalesce", ["get", "rank"], 5];
  const filter = ["any", [">=", ["zoom"], 12], ["<=", rank, 4]];
  return [
    { ...common, id: "base-road-edge", minzoom: 12, filter,
      paint: { "line-color": colour("map-road-edge"), "line-width": roadWidth(1.5) } },
    { ...common, id: "base-road", filter,
      paint: {
        "line-color": ["case", MAIN_ROAD, colour("map-road-main"), colour("map-road")],
        "line-width": roadWidth(0),
      } },
  ];
}

function names(colour, layer, lang) {
  const halo = { "text-halo-color": colour("map-halo"), "text-halo-width": 1.4 };
  const rank = ["coalesce", ["get", "rank"], 5];
  return [
    { source: "base-water", "source-layer": "base-water.label", id: "base-water-name", type: "symbol",
      layout: { "text-field": inLanguage(NAMES, lang), "text-font": FONT, "text-size": 14, "text-max-width": 8 },
      paint: { "text-color": colour("map-water-label"), ...halo } },
    { ...layer("base-wadis"), id: "base-wadi-name", type: "symbol", minzoom: 12,
      layout: { "text-field": inLanguage(NAMES, lang), "text-font": FONT, "text-size": 13, "symbol-placement": "line" },
      paint: { "text-color": colour("map-water-label"), ...halo } },
    { ...layer("base-roads"), id: "base-road-name", type: "symbol", minzoom: 11, maxzoom: 13, filter: MAIN_ROAD,
      layout: { "text-field": inLanguage(NAMES, lang), "text-font": FONT, "text-size": 12, "symbol-placement": "line" },
      paint: { "text-color": colour("map-label-2"), ...halo } },
    { ...layer("base-places"), id: "base-sight-name", type: "symbol", minzoom: 15, filter: [">", rank, 6],
      layout: {
        ...WITH_ICON,
        "text-field": inLanguage(NAMES, lang), "text-font": FONT, "text-size": 12, "text-max-width": 8,
        "text-offset": NAME_BELOW, "text-anchor": ["case", ["==", PLACE_ICON, ""], "center", "top"],
      },
      paint: { "text-color": colour("map-label-2"), ...halo } },
    { ...layer("base-places"), id: "base-place-name", type: "symbol", maxzoom: 16.2,
      filter: ["all", ["<=", rank, 6], ["any", [">=", ["zoom"], 13], ["<=", rank, 3], ["all", [">=", ["zoom"], 12], ["<=", rank, 4]]]],
      layout: {
        ...WITH_ICON, "text-optional": false, "icon-optional": true,
        "text-offset": NAME_BELOW, "text-anchor": ["case", ["==", PLACE_ICON, ""], "center", "top"],
        "text-field": inBothLanguages(NAMES, lang),
        "text-font": FONT_STRONG,
        "text-size": ["interpolate", ["linear"], ["zoom"], 6, 12, 12, ["case", ["<=", rank, 3], 19, 13], 16, 18],
        "text-max-width": 9,
        "text-padding": 12,
        "symbol-sort-key": rank,
      },
      paint: { "text-color": colour("map-label"), ...halo, "text-halo-width": 1.8 } },
  ];
}

/** The land, layers over it and under the data (`ground`), and the names over it (`names`), for the base layers this installation has. */
export function baseLayers({ ids, colour, lang }) {
  const layer = (id) => ({ source: id, "source-layer": id });
  const area = { type: "fill", filter: ["==", ["geometry-type"], "Polygon"] };
  const line = { type: "line", filter: ["==", ["geometry-type"], "LineString"] };
  const land = [{ ...layer("base-land"), id: "base-land", ...area, paint: { "fill-color": colour("map-land") } }];
  const ground = [
    { ...layer("base-wadis"), id: "base-wadi", ...area, paint: { "fill-color": colour("map-wadi") } },
    { ...layer("base-wadis"), id: "base-wadi-line", ...line,
      paint: {
        "line-color": colour("map-wadi-line"),
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.8, 16, 3],
        "line-dasharray": [4, 2],
      } },
    { ...layer("base-water"), id: "base-water", ...area, paint: { "fill-color": colour("map-sea") } },
    { ...layer("base-water"), id: "base-water-line", ...line, paint: { "line-color": colour("map-sea"), "line-width": 2 } },
    ...roads(colour, layer),
    { ...layer("base-buildings"), id: "base-building", ...area, minzoom: 15,
      paint: { "fill-color": colour("map-building"), "fill-outline-color": colour("map-building-edge") } },
  ];
  const here = ({ source }) => ids.includes(source);
  return { land: land.filter(here), ground: ground.filter(here), names: names(colour, layer, lang).filter(here) };
}
