// The pages of imports: a file sent in pieces, and maps of what a file brings. They work without their maps.
import { undrawn } from "../../core/frontend/undrawn.js";
import { preview } from "./imports/preview.js";
import { sendInPieces } from "./imports/send.js";
import { keepTyping } from "./imports/typing.js";

const assets = document.getElementById("map-assets");
const form = document.getElementById("deliver");
if (form) sendInPieces(form);

const previewed = document.getElementById("preview");
if (previewed) preview(previewed, assets.dataset);
if (document.getElementById("choices")) keepTyping(document.body);

const drawn = document.querySelector("#places, #only-shape");
if (drawn) import("./imports/maps.js").then(({ begin }) => begin(drawn, assets.dataset)).catch(undrawn(drawn));

// Who rejects a feature keeps what stands corrected in the form above.
for (const lower of document.querySelectorAll("form[data-with]")) {
  lower.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of new FormData(document.getElementById(lower.dataset.with))) if (!formData.has(name)) formData.append(name, value);
  });
}

// Leaflet reads a text as HTML, and names are whatever somebody wrote.
function plain(text) {
  const said = document.createElement("span");
  said.textContent = text;
  return said;
}

// What lies around a feature, under the editor's own layer: to be seen and snapped to, not to be edited.
addEventListener("map:init", ({ detail: { map } }) => {
  const around = JSON.parse(document.getElementById("around")?.textContent ?? "[]");
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--bad").trim();
  const named = (feature, layer) => layer.bindTooltip(plain(feature.properties.label ?? ""));
  const point = (_feature, place) => L.circleMarker(place, { radius: 6, pmIgnore: true, snapIgnore: false });
  const style = () => ({ color: colour, weight: 2, dashArray: "2 4", fillOpacity: 0.05 });
  L.geoJSON(around, { style, pmIgnore: true, snapIgnore: false, onEachFeature: named, pointToLayer: point }).addTo(map);
});
