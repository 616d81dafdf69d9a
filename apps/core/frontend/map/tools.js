// The map's tools: zoom, locate me, full screen, share, coordinates on demand, scale. Buttons are in the page
// (data-tool="…"), so that they have their words from the server and work with any keyboard.
import { Marker } from "maplibre-gl";
import { say } from "../say.js";

const ROUND = [1, 2, 3, 5];
const SCALE_PIXELS = 90;

/** As text: latitude first, as people write it; five digits are about a metre. */
export function coordinates({ lng, lat }) {
  return `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}

export function addTools(view) {
  const { element, map } = view;
  const tools = {
    "zoom-in": () => map.zoomIn(view.motion()),
    "zoom-out": () => map.zoomOut(view.motion()),
    locate: () => locate(view),
    "full-screen": () => fullScreen(element.closest(".work")),
    share: () => share(element.words),
    where: (button) => toggleWhere(view, button),
    "copy-where": () => copy(coordinates(map.getCenter()), element.words.copied),
  };
  const root = element.closest(".work");
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tool]");
    if (!button || !tools[button.dataset.tool]) return;
    tools[button.dataset.tool](button);
    button.closest(".side")?.querySelector("[data-opens]").click();
  });
  if (!document.fullscreenEnabled) root.querySelectorAll('[data-tool="full-screen"]').forEach((b) => b.remove());
  const scale = element.querySelector(".map__scale");
  if (scale) {
    const draw = () => drawScale(scale, map, element.words);
    map.on("move", draw);
    draw();
  }
}

/** A round length that fits in about 90 pixels at the middle of the map. */
function drawScale(scale, map, words) {
  const { clientHeight } = map.getContainer();
  const [a, b] = [map.unproject([0, clientHeight / 2]), map.unproject([SCALE_PIXELS, clientHeight / 2])];
  const longest = a.distanceTo(b);
  const power = 10 ** Math.floor(Math.log10(longest));
  const length = Math.max(...ROUND.map((n) => n * power).filter((n) => n <= longest));
  scale.style.inlineSize = `${(SCALE_PIXELS * length) / longest}px`;
  scale.textContent = length >= 1000 ? `${length / 1000} ${words.km}` : `${length} ${words.m}`;
}

async function fullScreen(work) {
  await (document.fullscreenElement ? document.exitFullscreen() : work.requestFullscreen());
}

export async function copy(text, done) {
  await navigator.clipboard.writeText(text);
  say(done);
}

async function share(words) {
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    await navigator.share({ title: document.title, url: location.href }).catch(() => {});
  } else {
    await copy(location.href, words.link_copied);
  }
}

function locate(view) {
  const { words } = view.element;
  say(words.locating);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => showMe(view, { lng: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy }),
    (error) => say(error.code === error.PERMISSION_DENIED ? words.locate_denied : words.locate_failed),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
  );
}

function showMe(view, { lng, lat, accuracy }) {
  const { map, element } = view;
  if (!view.me) {
    const dot = document.createElement("div");
    dot.className = "map__me";
    view.me = new Marker({ element: dot }).setLngLat([lng, lat]).addTo(map);
  }
  view.me.setLngLat([lng, lat]);
  view.centre({ lng, lat }, 17);
  say(element.words.located.replace("%s", Math.round(accuracy)));
  element.dispatchEvent(new CustomEvent("map:located", { bubbles: true, detail: { lng, lat } }));
}

function toggleWhere(view, button) {
  const { map, element } = view;
  const chip = element.querySelector(".map__where");
  const on = chip.hidden;
  chip.hidden = !on;
  element.querySelector(".map__crosshair").toggleAttribute("data-on", on);
  button.setAttribute("aria-pressed", String(on));
  view.where ??= () => {
    chip.querySelector(".number").textContent = coordinates(map.getCenter());
  };
  map[on ? "on" : "off"]("move", view.where);
  if (on) view.where();
}
