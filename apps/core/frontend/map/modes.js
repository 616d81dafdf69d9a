export { startExplore } from "./explore.js";
export { startPick } from "./pick.js";
