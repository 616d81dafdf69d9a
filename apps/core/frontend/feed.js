// The map on the feed's pages. All that it shows stands in the list or the facts beside it too.
import { undrawn } from "./undrawn.js";

const holder = document.querySelector(".feed-map__canvas");
if (holder) import("./map/features.js").then(({ drawFeatures }) => drawFeatures(holder)).catch(undrawn(holder));
