import { Marker } from "maplibre-gl";

/** A pin whose tip stands on the place. It can be dragged and, with the keyboard, nudged by arrow keys. */
export function makePin(map, lngLat, { draggable = false, label = "" } = {}) {
  const element = document.createElement("div");
  element.className = "map__pin";
  element.append(document.getElementById("pin").content.cloneNode(true));
  if (label) element.setAttribute("aria-label", label);
  if (draggable) Object.assign(element, { tabIndex: 0, role: "application" });
  return new Marker({ element, anchor: "bottom", draggable }).setLngLat(lngLat).addTo(map);
}
