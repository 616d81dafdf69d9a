// The page's address says what is shown, so that any moment can be sent to somebody else:
// /ar/card/parcels/<id>/?c=23.58713,58.40211&z=16.2&on=parcels,wells

export function readAddress() {
  const query = new URLSearchParams(location.search);
  const [lat, lng] = (query.get("c") ?? "").split(",").map(Number);
  const zoom = Number(query.get("z"));
  const start = query.has("c") && Number.isFinite(lat) && Number.isFinite(lng) ? { center: [lng, lat], zoom: zoom || 15 } : null;
  const on = query.has("on") ? query.get("on").split(",").filter(Boolean) : null;
  return { start, on };
}

/** Keeps centre, zoom and layers in the address; `path` changes with the chosen card and makes a step to go back to. */
export function writeAddress(view, path = location.pathname) {
  const { lat, lng } = view.map.getCenter();
  const parts = [`c=${lat.toFixed(5)},${lng.toFixed(5)}`, `z=${view.map.getZoom().toFixed(1)}`];
  const usual = view.plan.layers.every(({ id, shown }) => shown === view.shown.has(id));
  if (!usual) parts.push(`on=${[...view.shown].join(",")}`);
  const address = `${path}?${parts.join("&")}`;
  if (path === location.pathname) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}
