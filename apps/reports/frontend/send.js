const PATIENCE = 60_000; // milliseconds for a photo on a slow network

/**
 * Sends the form. Answers {sent: address} when the report arrived, {page} with the server's page when it was refused,
 * {again: seconds} beside it when it may be sent later, {offline: true} when nobody answered. Sending again is safe: the report's id travels with it.
 */
export async function send(form, photo) {
  const body = new FormData(form);
  body.delete("photo");
  if (photo) body.set("photo", photo, "photo.jpg");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok && answer.redirected) return { sent: answer.url };
    if (![422, 429].includes(answer.status)) return { failed: answer.status };
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { page, again: Number(answer.headers.get("Retry-After")) };
  } catch {
    return { offline: true };
  }
}
