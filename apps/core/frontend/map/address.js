// The page's address says what is shown, so that any moment can be sent to somebody else:
// /ar/card/parcels/<id>/?c=latitude,longitude&z=16.2&on=parcels,wells

export function readAddress() {
  const query = new URLSearchParams(location.search);
  const [lat, lng] = (query.get("c") ?? "").split(",").map(Number);
  const zoom = Number(query.get("z"));
  const start = query.has("c") && Number.isFinite(lat) && Number.isFinite(lng) ? { center: [lng, lat], zoom: zoom || 15 } : null;
  const on = query.has("on") ? query.get("on").split(",").filter(Boolean) : null;
  return { start, on };
}

/**
 * Keeps centre, zoom and layers in the address. `page` is the card's own address and may have a query ("/ar/at/?point=…");
 * when it changes, there is a step to go back to.
 */
export function writeAddress(view, page = view.page ?? location.pathname) {
  const { lat, lng } = view.map.getCenter();
  const [path, query = ""] = page.split("?");
  const parts = [query, `c=${lat.toFixed(5)},${lng.toFixed(5)}`, `z=${view.map.getZoom().toFixed(1)}`];
  const usual = view.switched.every(({ id, shown }) => shown === view.shown.has(id));
  if (!usual) parts.push(`on=${[...view.shown].join(",")}`);
  const address = `${path}?${parts.filter(Boolean).join("&")}`;
  const known = page === view.page || path === location.pathname;
  view.page = page;
  history[known ? "replaceState" : "pushState"](null, "", address);
}
