import { Map as GlMap, setWorkerUrl } from "maplibre-gl";
import { addPlanIcons } from "./icons.js";
import { buildStyle } from "./style.js";
import { firstView } from "./view.js";
import { fontsReady, onThemeChange, palette } from "./tokens.js";

/** A map to look at, for the admin: base map and the layers that help to find one's way. */
export class Backdrop {
  static async open(holder, { plan: address, worker, sprite }, { interactive = false, ground = false } = {}) {
    const plan = await (await fetch(address)).json();
    await fontsReady("بلدية 123 Aa");
    setWorkerUrl(new URL(worker, location.href).href);
    return new Backdrop(holder, plan, sprite, { interactive, ground });
  }

  constructor(holder, plan, spriteUrl, { interactive, ground }) {
    this.plan = plan;
    this.ground = ground; // shaded, where it is what one looks at
    this.map = new GlMap({
      container: holder,
      style: this.style(),
      interactive,
      attributionControl: false,
      maplibreLogo: false,
      dragRotate: false,
      maxPitch: 0,
      locale: { "Map.Title": document.documentElement.lang === "ar" ? "خريطة الأساس" : "Base map" },
      ...firstView(plan),
    });
    const icons = () => addPlanIcons(this.map, plan, { spriteUrl, colour: palette() });
    icons();
    onThemeChange(() => {
      this.map.setStyle(this.style());
      icons();
    });
  }

  style() {
    const guides = new Set(this.plan.layers.filter(({ symbol }) => symbol.guides).map(({ id }) => id));
    if (this.ground && this.plan.relief) guides.add(this.plan.relief.id);
    return buildStyle(this.plan, { colour: palette(), shown: (id) => guides.has(id) });
  }

  show({ lng, lat }, zoom) {
    this.map.jumpTo({ center: [lng, lat], zoom });
  }

  /** Leaflet's [[south, west], [north, east]] of the first view. */
  home() {
    const { _sw, _ne } = this.map.getBounds();
    return [[_sw.lat, _sw.lng], [_ne.lat, _ne.lng]];
  }
}
