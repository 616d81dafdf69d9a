// The map of the home page: choose something, see one card; layers on and off; the address keeps up.
import { View, covered } from "./view.js";
import { readAddress, writeAddress } from "./address.js";
import { tellCrowds } from "./crowds.js";
import { highlight } from "./data-layers.js";
import { followList } from "./in-view.js";
import { makePin } from "./pin.js";
import { addTools } from "./tools.js";
import { say } from "../say.js";

const TOUCH = 12; // pixels around a click that count as on the thing
const MOST_BENEATH = 8;
const CLEAR = 60; // pixels that a thing found by words should at least have
const SOON = 100; // milliseconds after which waiting is shown
const SMALLEST_BOX = 0.0004; // degrees shown around a point: some 40 metres

export async function startExplore(element) {
  const { start, on } = readAddress();
  const view = await View.open(element, { start, shown: on });
  addTools(view);
  bindLayers(view);
  bindChoosing(view);
  bindCard(view, { move: !start });
  followList(view);
  tellCrowds(view);
  view.map.on("moveend", () => writeAddress(view));
  element.dataset.ready = "true";
}

function bindLayers(view) {
  const boxes = document.querySelectorAll("#layers input[name=layer]");
  const note = () => boxes.forEach((box) => {
    const far = view.map.getZoom() < view.switched.find(({ id }) => id === box.value).from;
    const row = box.closest(".layer");
    row.dataset.visible = String(!far);
    row.querySelector(".layer__note").hidden = !far || !box.checked;
  });
  boxes.forEach((box) => {
    box.checked = view.shown.has(box.value);
    box.addEventListener("change", () => {
      view.show(box.value, box.checked);
      writeAddress(view);
      note();
    });
  });
  view.map.on("zoomend", note);
  note();
}

/** What lies under a point of the screen, topmost first, each thing once. Areas must be hit, the rest only nearly. */
function beneath(view, { x, y }) {
  const { map } = view;
  const box = [[x - TOUCH / 2, y - TOUCH / 2], [x + TOUCH / 2, y + TOUCH / 2]];
  const area = ({ type, id }) => type === "fill" || type === "heatmap" || id.endsWith("edge");
  const found = [
    ...map.queryRenderedFeatures(box, { layers: view.drawn((layer) => !area(layer)) }),
    ...map.queryRenderedFeatures([x, y], { layers: view.drawn(({ type }) => type === "fill") }),
  ];
  const things = new Map();
  for (const { source, properties } of found)
    if (properties.id) things.set(`${source}/${properties.id}`, source);
  const rank = (path) => view.layer(things.get(path)).symbol.rank;
  return [...things.keys()].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_BENEATH);
}

function bindChoosing(view) {
  const { map, element } = view;
  const choose = (point) => {
    const [first, ...also] = beneath(view, point);
    view.clicked = first && `${element.dataset.cards}${first}/`;
    if (first) openCard(element, first, also);
    else closeCard();
  };
  map.on("click", ({ point }) => choose(point));
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = beneath(view, point).length ? "pointer" : "";
  });
  map.on("contextmenu", ({ lngLat }) => openPlace(element, lngLat));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") choose(map.project(map.getCenter()));
  });
}

function openCard(element, path, also) {
  const query = also.length ? `?also=${also.join(",")}` : "";
  const address = `${element.dataset.cards}${path}/`;
  htmx.ajax("GET", address + query, { target: "#card", swap: "innerHTML" });
}

function openPlace(element, { lat, lng }) {
  const point = `${lat.toFixed(6)},${lng.toFixed(6)}`;
  htmx.ajax("GET", `${element.dataset.at}?point=${point}`, { target: "#card", swap: "innerHTML" });
}

export function closeCard() {
  const card = document.getElementById("card");
  if (!card.innerHTML.trim()) return;
  card.innerHTML = "";
  card.dispatchEvent(new CustomEvent("card:changed", { bubbles: true }));
}

/** Follows the card that the server sent, whoever asked for it: map, search, list or the address. */
function bindCard(view, { move }) {
  const holder = document.getElementById("card");
  const follow = (mayMove) => {
    const card = holder.querySelector(".card");
    mark(view, card);
    writeAddress(view, card ? card.dataset.path : view.element.dataset.home);
    const clicked = card && view.clicked === card.dataset.path;
    if (card?.dataset.bbox && mayMove) look(view, card.dataset.bbox.split(",").map(Number), clicked ? 0 : CLEAR);
  };
  let waiting;
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target !== holder) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => holder.replaceChildren(document.getElementById("skeleton").content.cloneNode(true)), SOON);
  });
  document.addEventListener("htmx:afterRequest", () => clearTimeout(waiting));
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== holder) return;
    follow(true);
    holder.querySelector(".card__title")?.focus({ preventScroll: true });
    document.querySelector(".panel").dataset.sheet = "half";
  });
  holder.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-card]")) closeCard();
  });
  holder.addEventListener("card:changed", () => follow(false));
  addEventListener("popstate", () => {
    const { cards } = view.element.dataset;
    if (location.pathname.startsWith(cards)) openCard(view.element, location.pathname.slice(cards.length, -1), []);
    else if (location.pathname === view.element.dataset.home) closeCard();
    else location.reload();
  });
  view.map.on("rethemed", () => mark(view, holder.querySelector(".card")));
  if (holder.querySelector(".card")) follow(move);
}

/** Brings the chosen thing into the free part of the map, unless it is there already and at least so many pixels wide. */
function look(view, [west, south, east, north], widest) {
  const grow = (a, b) => Math.max(0, SMALLEST_BOX - (b - a)) / 2;
  const [dx, dy] = [grow(west, east), grow(south, north)];
  const corners = [[west - dx, south - dy], [east + dx, north + dy]].map((corner) => view.map.project(corner));
  const pixels = Math.max(Math.abs(corners[0].x - corners[1].x), Math.abs(corners[0].y - corners[1].y));
  if (corners.every((corner) => isFree(view, corner)) && pixels >= widest) return;
  const zoom = widest ? 18 : view.map.getZoom(); // what was clicked is big enough for whoever clicked it
  view.fit([west - dx, south - dy, east + dx, north + dy], { maxZoom: zoom });
}

function isFree(view, { x, y }) {
  const { clientWidth, clientHeight } = view.map.getContainer();
  const { left = 0, right = 0, bottom = 0 } = covered(view.element);
  return x > left && x < clientWidth - right && y > 0 && y < clientHeight - bottom;
}

function mark(view, card) {
  const { map } = view;
  for (const { id } of map.getStyle().layers) if (id.startsWith("chosen/")) map.removeLayer(id);
  view.pin?.remove();
  if (!card) return;
  const { layer, id, point } = card.dataset;
  if (layer && map.getSource(layer)) for (const one of highlight(layer, id, view.colour)) map.addLayer(one);
  if (point) view.pin = makePin(map, point.split(",").map(Number));
  const title = card.querySelector("h2")?.textContent.trim();
  if (title) say(title, 1500);
}
