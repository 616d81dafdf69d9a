/**
 * The pin of the admin's maps, drawn here: Leaflet finds its own picture by a file's name, and ours carry a hash.
 */
const PIN = `<svg viewBox="0 0 24 32" width="24" height="32" aria-hidden="true">
  <path d="M12 1C6 1 1.5 5.5 1.5 11.4 1.5 19 12 31 12 31s10.5-12 10.5-19.6C22.5 5.5 18 1 12 1Z" fill="currentColor" stroke="#fff" stroke-width="1.5"/>
  <circle cx="12" cy="11.5" r="4" fill="#fff"/>
</svg>`;

export function usePin() {
  const icon = L.divIcon({ className: "leaflet-pin", html: PIN, iconSize: [24, 32], iconAnchor: [12, 31] });
  const title = document.documentElement.lang === "ar" ? "الموقع" : "Place"; // its name for screen readers
  L.Marker.mergeOptions({ icon, title });
}
