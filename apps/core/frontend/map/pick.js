// The map of the report: a pin that is set by a tap, dragged, nudged by arrow keys, or follows typed coordinates.
import { View } from "./view.js";
import { makePin } from "./pin.js";
import { addTools } from "./tools.js";

const NUDGE = { ArrowUp: [0, -8], ArrowDown: [0, 8], ArrowLeft: [-8, 0], ArrowRight: [8, 0] };
const NEAR = 17;

/**
 * Events out: `place:picked` with {lng, lat}. In: `place:set` with {lng, lat} moves pin and map.
 */
export async function startPick(element) {
  const { lng, lat } = element.dataset;
  const start = lng && lat ? { center: [Number(lng), Number(lat)], zoom: NEAR } : null;
  const view = await View.open(element, { start, shown: ({ symbol }) => symbol?.guides });
  addTools(view);
  const picker = new Picker(view);
  if (start) picker.go({ lng: Number(lng), lat: Number(lat) });
  view.map.on("click", ({ lngLat }) => picker.pick(lngLat));
  element.addEventListener("place:set", ({ detail }) => picker.go(detail));
  element.addEventListener("map:located", ({ detail }) => picker.pick(detail));
  element.dataset.ready = "true";
}

class Picker {
  constructor(view) {
    this.view = view;
  }

  put({ lng, lat }) {
    if (this.pin) return this.pin.setLngLat([lng, lat]);
    this.pin = makePin(this.view.map, [lng, lat], { draggable: true, label: this.view.element.words.pin });
    this.pin.on("dragend", () => this.tell(this.pin.getLngLat()));
    this.pin.getElement().addEventListener("keydown", (event) => this.nudge(event));
    return this.pin;
  }

  pick(place) {
    this.put(place);
    this.tell(place);
  }

  go(place) {
    this.put(place);
    this.view.centre(place, NEAR);
  }

  nudge(event) {
    const step = NUDGE[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const { map } = this.view;
    const { x, y } = map.project(this.pin.getLngLat());
    this.pick(map.unproject([x + step[0], y + step[1]]));
  }

  tell({ lng, lat }) {
    this.view.element.dispatchEvent(new CustomEvent("place:picked", { bubbles: true, detail: { lng, lat } }));
  }
}
