import { Map as GlMap, setWorkerUrl } from "maplibre-gl";
import { addPlanIcons } from "./icons.js";
import { buildStyle } from "./style.js";
import { fontsReady, onThemeChange, palette } from "./tokens.js";

const EDGE = 30; // pixels kept free around what is shown
const WORLD = [-170, -60, 170, 75];

function withEdge(covered) {
  const free = { top: EDGE, bottom: EDGE, left: EDGE, right: EDGE };
  for (const side of Object.keys(covered)) free[side] += covered[side];
  return free;
}

/** MapLibre's options for the first view of the plan. */
export function firstView({ first: { center, zoom, bounds } }, padding = EDGE) {
  return center ? { center, zoom } : { bounds: bounds ?? WORLD, fitBoundsOptions: { padding } };
}

/** How much of the map the panel covers, by side, in pixels. */
export function covered(element) {
  const [map, panel] = [element, document.querySelector(".panel")].map((e) => e.getBoundingClientRect());
  if (panel.width > map.width * 0.9) return { bottom: Math.min(panel.height, map.height * 0.6) };
  return panel.left - map.left < map.width / 2 ? { left: panel.right - map.left } : { right: map.right - panel.left };
}

/** One map on the page: the plan it follows, what is switched on, and MapLibre underneath. */
export class View {
  /** `shown` names the layers that are on, or chooses them from the plan; without it the plan's own choice holds. */
  static async open(element, { start, shown }) {
    const answer = await fetch(element.dataset.plan, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`map.json answered ${answer.status}`);
    const plan = await answer.json();
    await fontsReady(`${element.words.map} 0123456789 Aa`);
    const view = new View(element, plan, shown);
    await view.draw(start);
    return view;
  }

  constructor(element, plan, shown) {
    Object.assign(this, { element, plan, colour: palette() });
    const chosen = typeof shown === "function" ? shown : ({ id, shown: usually }) => shown?.includes(id) ?? usually;
    // What can be switched on and off: the layers, and the shaded ground under them.
    this.switched = plan.relief ? [...plan.layers, plan.relief] : plan.layers;
    this.shown = new Set(this.switched.filter(chosen).map(({ id }) => id));
  }

  async draw(start) {
    const { element, plan } = this;
    setWorkerUrl(new URL(element.dataset.worker, location.href).href);
    this.map = new GlMap({
      container: element.querySelector(".map__canvas"),
      style: this.style(),
      attributionControl: false,
      maplibreLogo: false,
      dragRotate: false,
      pitchWithRotate: false,
      rollEnabled: false,
      maxPitch: 0,
      minZoom: 4,
      maxZoom: 20.5,
      locale: { "Map.Title": element.words.map_title },
      ...(start ?? firstView(plan, withEdge(covered(element)))),
    });
    if (!start && plan.first.center) this.centre({ lng: plan.first.center[0], lat: plan.first.center[1] }, plan.first.zoom, 0);
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    await this.icons();
    await new Promise((resolve) => this.map.once("load", resolve));
    onThemeChange(() => this.retheme());
  }

  style() {
    return buildStyle(this.plan, { colour: this.colour, shown: (id) => this.shown.has(id) });
  }

  icons() {
    return addPlanIcons(this.map, this.plan, { spriteUrl: this.element.dataset.sprite, colour: this.colour });
  }

  async retheme() {
    this.colour = palette();
    this.map.setStyle(this.style());
    await this.icons();
    this.map.fire("rethemed");
  }

  show(id, on) {
    if (on) this.shown.add(id);
    else this.shown.delete(id);
    for (const layer of this.map.getStyle().layers)
      if (layer.source === id && layer.id.startsWith(`${id}/`))
        this.map.setLayoutProperty(layer.id, "visibility", on ? "visible" : "none");
  }

  layer(id) {
    return this.plan.layers.find((layer) => layer.id === id);
  }

  /**
   * Ids of MapLibre's layers of what is switched on. Of borders only the names count: tiles cut areas, so their lines
   * run along the edges of tiles too.
   */
  drawn(wanted = () => true) {
    const mine = ({ id, source }) => id.includes("/") && !id.startsWith("chosen/") && this.layer(source) && this.shown.has(source);
    const hit = ({ id, source }) => this.layer(source).symbol.kind !== "border" || id.endsWith("/label");
    return this.map.getStyle().layers.filter((layer) => mine(layer) && hit(layer) && wanted(layer)).map(({ id }) => id);
  }

  /** Shows a box [west, south, east, north], beside the panel that covers a part of the map. */
  fit([west, south, east, north], { maxZoom = 18 } = {}) {
    const padding = withEdge(covered(this.element));
    this.map.fitBounds([[west, south], [east, north]], { padding, maxZoom, ...this.motion() });
  }

  /** Brings a place into the middle of what the panel leaves free. */
  centre({ lng, lat }, zoom, duration = this.motion().duration) {
    const { left = 0, right = 0, bottom = 0 } = covered(this.element);
    const offset = [(left - right) / 2, -bottom / 2];
    this.map.easeTo({ center: [lng, lat], zoom: Math.max(this.map.getZoom(), zoom), offset, duration });
  }

  motion() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return { duration: still ? 0 : 700 };
  }
}
