/** Leaflet's own words in Arabic, its scale among them; there is nothing to attribute, for the base map is ours. */
const UNITS = { m: "م", km: "كم" };

export function useWords() {
  L.Map.mergeOptions({ attributionControl: false });
  if (document.documentElement.lang !== "ar") return;
  L.Control.Zoom.mergeOptions({ zoomInTitle: "تقريب", zoomOutTitle: "تبعيد" });
  const { _updateScale: write } = L.Control.Scale.prototype;
  L.Control.Scale.include({
    _updateScale(scale, text, ratio) {
      const [number, unit] = text.split(" ");
      write.call(this, scale, `\u2067${number} ${UNITS[unit] ?? unit}\u2069`, ratio); // isolated: maps run left to right
    },
  });
}
