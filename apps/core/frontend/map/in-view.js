// What the map shows, as a list: the way to its things without a pointer. Nearest to the middle first.

const MOST = 30;

/** Keeps `#in-view` (a <details>) filled while it is open. The rows come from the server, like every list. */
export function followList(view) {
  const box = document.getElementById("in-view");
  const [rows, nothing] = ["ul", "p"].map((part) => box.querySelector(part));
  let shown = "";
  const fill = () => {
    if (!box.open) return;
    const paths = nearest(view).join(",");
    if (paths === shown) return;
    shown = paths;
    nothing.hidden = paths !== "";
    if (paths) htmx.ajax("GET", `${view.element.dataset.list}?of=${paths}`, { target: rows, swap: "innerHTML" });
    else rows.replaceChildren();
  };
  box.hidden = false;
  box.addEventListener("toggle", fill);
  view.map.on("idle", fill);
}

function nearest(view) {
  const { map } = view;
  const middle = map.getCenter();
  const far = new Map();
  for (const { source, properties, geometry } of map.queryRenderedFeatures({ layers: view.drawn() })) {
    const path = `${source}/${properties.id}`;
    if (properties.id) far.set(path, Math.min(far.get(path) ?? Infinity, distance(geometry, middle)));
  }
  return [...far.entries()].sort(([, a], [, b]) => a - b).slice(0, MOST).map(([path]) => path);
}

/** Squared degrees to the nearest corner: enough to put a list in order. */
function distance({ coordinates }, { lng, lat }) {
  const numbers = coordinates.flat(3);
  let least = Infinity;
  for (let i = 0; i < numbers.length; i += 2)
    least = Math.min(least, (numbers[i] - lng) ** 2 + (numbers[i + 1] - lat) ** 2);
  return least;
}
