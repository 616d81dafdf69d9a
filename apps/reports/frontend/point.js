// The place as text in degrees: latitude first, as people write it. Reads what the server reads (apps/core/coordinates).

const NUMBER = String.raw`([-+]?\d{1,3}(?:\.\d+)?)`;
const DECIMAL = new RegExp(String.raw`^${NUMBER}\s*°?\s*([NSشج]?)\s*[,،;\s]\s*${NUMBER}\s*°?\s*([EWقغ]?)$`);
const PARTS = String.raw`(\d{1,3})[°º]\s*(\d{1,2})['′’]\s*(?:(\d{1,2}(?:\.\d+)?)["″”]\s*)?`;
const SEXAGESIMAL = new RegExp(String.raw`^${PARTS}([NSشج])[,،;\s]*${PARTS}([EWقغ])$`);

// Marks that keep numbers apart from Arabic text travel along when people copy.
const MARKS = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

const european = (text) =>
  text.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 0xf).replace(/٫/g, ".").replace(MARKS, "").trim().toUpperCase();

const signed = (value, side) => (side && "SWجغ".includes(side) ? -value : value);

const degrees = ([whole, minutes, seconds, side]) =>
  signed(Number(whole) + Number(minutes) / 60 + Number(seconds ?? 0) / 3600, side);

function read(text) {
  const decimal = text.match(DECIMAL);
  if (decimal) return { lat: signed(Number(decimal[1]), decimal[2]), lng: signed(Number(decimal[3]), decimal[4]) };
  const parts = text.match(SEXAGESIMAL)?.slice(1);
  return parts ? { lat: degrees(parts.slice(0, 4)), lng: degrees(parts.slice(4)) } : null;
}

/** Latitude and longitude, or null where the text is not a place on earth. */
export function readPoint(text) {
  const place = read(european(text));
  return place && Math.abs(place.lat) <= 90 && Math.abs(place.lng) <= 180 ? place : null;
}

export function showPoint({ lng, lat }) {
  return `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}
