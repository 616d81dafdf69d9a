// The admin's map editor: Geoman on django-leaflet's map, over our own base map. Entry of its own, because the widget
// needs it before the page's load event, and no other page needs it at all.
import "@geoman-io/leaflet-geoman-free";
import { arabic } from "./admin/geoman-arabic.js";
import { GeomanField } from "./admin/geoman-field.js";
import { usePin } from "./admin/leaflet-pin.js";
import { useWords } from "./admin/leaflet-words.js";
import { putUnder } from "./admin/under-leaflet.js";

L.PM.setOptIn(false);
window.GeomanField = GeomanField;
usePin();
useWords();

/** Geoman's buttons are pictures; their words stand in a title around them. */
function nameButtons(holder) {
  for (const button of holder.querySelectorAll(".leaflet-buttons-control-button")) {
    button.setAttribute("aria-label", button.closest("[title]")?.title ?? "");
  }
}

addEventListener("map:init", ({ detail: { map } }) => {
  map.pm.addLang?.("ar", arabic, "en");
  if (document.documentElement.lang === "ar") map.pm.setLang("ar", arabic, "en");
  putUnder(map).catch(console.error);
  new MutationObserver(() => nameButtons(map.getContainer())).observe(map.getContainer(), { childList: true, subtree: true });
});
