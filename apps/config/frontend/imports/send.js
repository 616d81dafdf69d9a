/** A file in pieces, each a request of its own: the largest goes over a weak connection, and what was sent is kept. */
import { Told } from "./told.js";

const TRIES = 4;
const WAIT_MS = 1500;
const SILENT_MS = 15_000; // a piece that takes longer has stalled, though it may still arrive

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

class Refused extends Error {}

async function post(address, body, token) {
  const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token } });
  const json = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  if (json.error) throw new Refused(json.error);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return json;
}

/** The server may be busy or the connection gone for a moment; what it refuses stays refused. */
async function patiently(send, signal, told) {
  for (let tried = 1; ; tried += 1) {
    const silent = setTimeout(() => signal.stopped || told.stalled(), SILENT_MS);
    try {
      return await send();
    } catch (error) {
      if (error instanceof Refused || tried === TRIES || signal.stopped) throw error;
      told.stalled();
      await wait(WAIT_MS * tried);
    } finally {
      clearTimeout(silent);
    }
  }
}

export function sendInPieces(form) {
  const [sending, fault, stop] = ["#sending", "#deliver-error", "#stop-sending"].map((one) => form.querySelector(one));
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const size = Number(form.dataset.piece);
  const told = new Told(form);
  let delivery = null; // what was begun; a second press goes on with it
  let signal = {};

  const begin = async (file) => {
    const about = new FormData(form);
    about.set("name", file.name);
    about.set("size", file.size);
    return { file, at: 0, ...(await post(form.action || location.href, about, token)) };
  };

  const forget = async (one) => {
    if (delivery === one) delivery = null;
    await post(one.discard, new FormData(), token).catch(() => {});
  };

  const send = async (file, own) => {
    if (delivery?.file !== file) delivery = await begin(file);
    const one = delivery;
    if (own.stopped) return forget(one); // before the server had said where it goes
    told.begin(one.at / file.size);
    while (one.at < file.size && !own.stopped) {
      const piece = file.slice(one.at, one.at + size);
      ({ received: one.at } = await patiently(() => post(`${one.piece}?at=${one.at}`, piece, token), own, told));
      if (!own.stopped) told.at(one.at / file.size);
    }
    if (own.stopped) return undefined;
    await patiently(() => post(one.complete, new FormData(), token), own, told);
    if (own.stopped) return undefined;
    told.ended();
    return location.assign(one.page);
  };

  const going = (yes) => {
    sending.hidden = stop.hidden = !yes;
    form.querySelector("[type=submit]").disabled = yes;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.querySelector("#file").files[0];
    const tooLarge = file.size > Number(form.dataset.most) * 1024 * 1024;
    fault.hidden = !tooLarge;
    fault.textContent = tooLarge ? form.dataset.tooLarge : "";
    if (tooLarge) return;
    const own = (signal = {});
    going(true);
    try {
      await send(file, own);
    } catch (error) {
      if (own.stopped) return; // whatever broke, it is not wanted any more
      if (error instanceof Refused) delivery = null;
      fault.textContent = error instanceof Refused ? error.message : form.dataset.failed;
      fault.hidden = false;
      going(false);
    }
  });

  stop.addEventListener("click", async () => {
    signal.stopped = true;
    going(false);
    told.cancelled();
    form.querySelector("[type=submit]").focus(); // the button that was pressed is gone
    if (delivery) await forget(delivery);
  });
}
