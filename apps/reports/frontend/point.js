// The place as text in degrees: latitude first, as people write it. The server reads the same and more.

const PAIR = /^\s*([-+]?\d{1,2}(?:\.\d+)?)\s*[,،;\s]\s*([-+]?\d{1,3}(?:\.\d+)?)\s*$/;

const european = (text) => text.replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660).replace(/٫/g, ".");

export function readPoint(text) {
  const match = european(text).match(PAIR);
  return match ? { lat: Number(match[1]), lng: Number(match[2]) } : null;
}

export function showPoint({ lng, lat }) {
  return `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}
