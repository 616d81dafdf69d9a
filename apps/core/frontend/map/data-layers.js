// How a published layer is drawn, from its declaration alone: geometry, symbol, classes, label, zooms.
import { FONT } from "./tokens.js";
import { labelOf } from "./text.js";

const AREAS = ["==", ["geometry-type"], "Polygon"];
const LINES = ["==", ["geometry-type"], "LineString"];
const POINTS = ["==", ["geometry-type"], "Point"];
const COUNTED = ["has", "count"]; // a cell of a far tile: so many of what matters, at its middle
const HEAT_ENDS = 13.5;
const CLOSE_UP = 15.5;
const grow = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];

/** Names of areas stand on points of their own: an area is cut by tiles and would be named in each. */
const named = ({ id }) => ({ "source-layer": `${id}.label` });

/** Colour of a feature: that of its class, else of the layer. */
function paintColour({ symbol }, colour) {
  if (!symbol.classes) return colour(symbol.hue);
  const cases = symbol.classes.values.flatMap(({ code, token }) => [code, colour(token)]);
  return ["match", ["to-string", ["get", symbol.classes.field]], ...cases, colour(symbol.hue)];
}

function halo(colour) {
  return { "text-halo-color": colour("map-halo"), "text-halo-width": 1.4 };
}

function areas(layer, colour, part) {
  const fill = paintColour(layer, colour);
  const classed = Boolean(layer.symbol.classes);
  return [
    part("fill", "fill", { filter: AREAS, paint: { "fill-color": fill, "fill-opacity": classed ? grow(11.99, 0.12, 12, 0.6, 17, 0.3) : 0.16 } }),
    part("edge", "line", {
      filter: AREAS,
      paint: {
        "line-color": colour(layer.symbol.hue),
        "line-width": grow(10, 0.3, 14, 0.5, 18, 1.3),
        "line-opacity": grow(11, classed ? 0 : 0.7, 14, classed ? 0.35 : 0.8, 17, classed ? 0.55 : 0.8),
      },
    }),
    part("label", "symbol", {
      ...named(layer),
      minzoom: layer.labelFrom,
      layout: { "text-field": layer.text, "text-font": FONT, "text-size": grow(14, 10, 18, 15), "text-max-width": 7 },
      paint: { "text-color": colour("map-label"), ...halo(colour) },
    }),
  ];
}

function lines(layer, colour, part) {
  const dash = layer.symbol.dashed ? { "line-dasharray": [2.5, 1.5] } : {};
  return [
    part("line", "line", {
      filter: LINES,
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: {
        "line-color": paintColour(layer, colour),
        "line-width": layer.symbol.thin ? grow(12, 0.5, 17, 1.5) : grow(8, 1.2, 14, 2.4, 18, 4),
        "line-opacity": layer.symbol.thin ? grow(12, 0.5, 15, 0.15) : 1,
        ...dash,
      },
    }),
    part("label", "symbol", {
      filter: LINES,
      minzoom: layer.labelFrom,
      layout: {
        "text-field": layer.text, "text-font": FONT, "text-size": grow(13, 11, 18, 15),
        "symbol-placement": "line", "symbol-spacing": 320, "text-max-angle": 35,
      },
      paint: { "text-color": layer.symbol.thin ? colour("map-label") : colour(layer.symbol.hue), ...halo(colour) },
    }),
  ];
}

function borders(layer, colour, part) {
  return [
    part("line", "line", {
      paint: { "line-color": colour(layer.symbol.hue), "line-width": grow(5, 0.8, 14, 1.6), "line-opacity": 0.6, "line-dasharray": [4, 3] },
    }),
    part("label", "symbol", {
      ...named(layer),
      maxzoom: layer.labelTo,
      layout: { "text-field": layer.text, "text-font": FONT, "text-size": grow(5, 12, 11, 17), "text-max-width": 8 },
      paint: { "text-color": colour(layer.symbol.hue), ...halo(colour) },
    }),
  ];
}

/** A dot from afar, a disc with the layer's icon near by, numbers instead of discs where the layer says so. */
function points(layer, colour, part) {
  const label = part("label", "symbol", {
    filter: POINTS,
    minzoom: layer.labelFrom,
    layout: {
      "text-field": layer.text, "text-font": FONT, "text-size": grow(15, 11, 19, 15), "text-optional": true,
      ...(layer.symbol.numbered ? {} : { "text-anchor": "top", "text-offset": [0, 1.1] }),
    },
    paint: { "text-color": colour(layer.symbol.hue), ...halo(colour) },
  });
  if (layer.symbol.numbered) return [dot(layer, colour, part, POINTS, { maxzoom: layer.labelFrom }), label];
  return [dot(layer, colour, part, POINTS), icon(layer, part, POINTS), label];
}

function dot(layer, colour, part, filter, zooms = {}) {
  return part("dot", "circle", {
    filter,
    ...zooms,
    paint: {
      "circle-color": paintColour(layer, colour),
      "circle-radius": layer.symbol.numbered ? grow(14, 1, 17, 3) : grow(8, 2, 13, 4, 15.5, 11, 18, 14),
      "circle-stroke-color": colour("map-halo"),
      "circle-stroke-width": grow(8, 0.5, 14, 1.5),
    },
  });
}

function icon(layer, part, filter) {
  return part("icon", "symbol", {
    filter,
    minzoom: 14.5,
    layout: { "icon-image": `icon:${layer.symbol.icon}`, "icon-size": grow(14.5, 0.52, 18, 0.78), "icon-allow-overlap": true },
  });
}

/** Squares that stand for a hidden place lie on each other, so many make a darker one. */
function cells(layer, colour, part, filter, zooms = {}) {
  const hue = paintColour(layer, colour);
  return [
    part("cell", "fill", { filter, ...zooms, paint: { "fill-color": hue, "fill-opacity": 0.06 } }),
    part("cell-edge", "line", { filter, ...zooms, paint: { "line-color": hue, "line-width": 0.7, "line-opacity": 0.35 } }),
  ];
}

function mixed(layer, colour, part) {
  const { symbol } = layer;
  if (symbol.pressing.length) return crowd(layer, colour, part);
  const each = ["all", POINTS, ["!", COUNTED]];
  return [...cells(layer, colour, part, AREAS), counts(layer, colour, part), dot(layer, colour, part, each), icon(layer, part, each)];
}

/** A cell of many from afar: the more, the bigger the dot, by its area and within the cell's own room. */
function counts(layer, colour, part) {
  return part("count", "circle", {
    filter: ["all", POINTS, COUNTED],
    paint: {
      "circle-color": colour(layer.symbol.hue),
      "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "count"]], 1, 1.5, 7, 4, 20, 7],
      "circle-opacity": 0.75,
    },
  });
}

/**
 * Many of which some matter now: those as warmth from afar and discs near by. The others are small dots close up, and
 * where only their square is known they are left to search and lists.
 */
function crowd(layer, colour, part) {
  const { classes, pressing } = layer.symbol;
  const now = ["in", ["get", classes.field], ["literal", pressing]];
  const [open, past] = [["all", POINTS, now], ["all", POINTS, ["!", now]]];
  return [
    heat(layer, colour, part, ["any", COUNTED, open]),
    ...cells(layer, colour, part, ["all", AREAS, now], { minzoom: HEAT_ENDS - 0.5 }),
    part("past", "circle", {
      filter: past,
      minzoom: CLOSE_UP,
      paint: { "circle-color": paintColour(layer, colour), "circle-radius": grow(CLOSE_UP, 3, 19, 6), "circle-opacity": 0.7 },
    }),
    dot(layer, colour, part, open, { minzoom: HEAT_ENDS - 0.5 }),
    icon(layer, part, open),
  ];
}

/** Where points would cover each other, warmth says how many: by eye, for the exact number is in the list. */
function heat(layer, colour, part, filter) {
  const hue = colour(layer.symbol.hue);
  return part("heat", "heatmap", {
    filter,
    maxzoom: HEAT_ENDS,
    paint: {
      // Ten times as many are not ten times as warm: a capital would leave its surroundings cold.
      "heatmap-weight": ["sqrt", ["coalesce", ["get", "count"], 1]],
      "heatmap-radius": grow(7, 5, HEAT_ENDS, 22),
      "heatmap-intensity": grow(7, 0.08, HEAT_ENDS, 0.4),
      "heatmap-opacity": grow(HEAT_ENDS - 0.5, 0.65, HEAT_ENDS, 0),
      "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(0,0,0,0)", 0.15, `${hue}33`, 0.6, `${hue}aa`, 1, hue],
    },
  });
}

const DRAWN = { area: areas, line: lines, point: points, border: borders, mixed };

/** MapLibre layers of one published layer, drawn below the names of the base map. */
export function dataLayers(layer, { colour, lang, shown }) {
  const labelled = { ...layer, text: labelOf(layer.label, lang) };
  const part = (suffix, type, rest) => ({
    id: `${layer.id}/${suffix}`,
    type,
    source: layer.id,
    "source-layer": layer.id,
    minzoom: layer.from,
    ...rest,
    ...(rest.minzoom ? { minzoom: Math.max(rest.minzoom, layer.from) } : {}),
    layout: { visibility: shown ? "visible" : "none", ...rest.layout },
  });
  return DRAWN[layer.symbol.kind](labelled, colour, part);
}

/** The chosen feature, drawn over everything. */
export function highlight(layerId, id, colour) {
  const common = { source: layerId, "source-layer": layerId };
  const chosen = ["==", ["get", "id"], id];
  return [
    { ...common, id: "chosen/fill", type: "fill", filter: ["all", AREAS, chosen],
      paint: { "fill-color": colour("selected"), "fill-opacity": 0.18 } },
    { ...common, id: "chosen/line", type: "line", filter: ["all", ["!", POINTS], chosen],
      layout: { "line-join": "round" }, paint: { "line-color": colour("selected"), "line-width": grow(8, 2, 16, 4) } },
    { ...common, id: "chosen/ring", type: "circle", filter: ["all", POINTS, chosen],
      paint: {
        "circle-color": "transparent", "circle-radius": grow(8, 7, 18, 18),
        "circle-stroke-color": colour("selected"), "circle-stroke-width": 3.5,
      } },
  ];
}
