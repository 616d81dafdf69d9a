// Our base map under Leaflet: a MapLibre map that only follows. Leaflet counts zooms in tiles of 256 pixels,
// MapLibre in tiles of 512, so the same view is one level less.

// While it animates, Leaflet drops the next view that it is given.
const AT_ONCE = { animate: false };

export async function putUnder(leaflet) {
  const { Backdrop } = await import("../map/backdrop.js");
  const holder = document.createElement("div");
  holder.className = "backdrop";
  leaflet.getContainer().prepend(holder);
  if (!leaflet._loaded || leaflet.getZoom() === 0) leaflet.setView([0, 0], 2, AT_ONCE);
  const backdrop = await Backdrop.open(holder, document.getElementById("map-assets").dataset);
  const follow = () => backdrop.show(leaflet.getCenter(), leaflet.getZoom() - 1);
  leaflet.on("move zoom resize viewreset", follow);
  if (leaflet.getZoom() <= 2) leaflet.fitBounds(backdrop.home(), AT_ONCE);
  follow();
}
