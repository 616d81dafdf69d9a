/** A file in pieces, each a request of its own: the largest goes over a weak connection, and what was sent is kept. */
const TRIES = 4;
const WAIT_MS = 1500;

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
async function patiently(send, signal) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await send();
    } catch (error) {
      if (error instanceof Refused || tried === TRIES || signal.stopped) throw error;
      await wait(WAIT_MS * tried);
    }
  }
}

export function sendInPieces(form) {
  const [sending, bar, told, fault, stop] = ["#sending", "progress", "#sent", "#deliver-error", "#stop-sending"].map((one) => form.querySelector(one));
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const size = Number(form.dataset.piece);
  let delivery = null; // what was begun; a second press goes on with it
  let signal = {};

  const say = (share) => {
    bar.value = Math.floor(100 * share);
    const words = `${form.dataset.sending}: ${bar.value}%`;
    if (bar.value % 10 === 0 && told.textContent !== words) told.textContent = words; // ten words, not a hundred
  };

  const begin = async (file) => {
    const about = new FormData(form);
    about.set("name", file.name);
    about.set("size", file.size);
    return { file, at: 0, ...(await post(form.action || location.href, about, token)) };
  };

  const send = async (file) => {
    if (delivery?.file !== file) delivery = await begin(file);
    while (delivery.at < file.size && !signal.stopped) {
      const piece = file.slice(delivery.at, delivery.at + size);
      ({ received: delivery.at } = await patiently(() => post(`${delivery.piece}?at=${delivery.at}`, piece, token), signal));
      say(delivery.at / file.size);
    }
    if (signal.stopped) return;
    await patiently(() => post(delivery.complete, new FormData(), token), signal);
    location.assign(delivery.page);
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
    signal = {};
    going(true);
    try {
      await send(file);
    } catch (error) {
      if (error instanceof Refused) delivery = null;
      fault.textContent = error instanceof Refused ? error.message : form.dataset.failed;
      fault.hidden = false;
      going(false);
    }
  });

  stop.addEventListener("click", async () => {
    signal.stopped = true;
    going(false);
    if (delivery) await post(delivery.discard, new FormData(), token).catch(() => {});
    delivery = null;
  });
}
