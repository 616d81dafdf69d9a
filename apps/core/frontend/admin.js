// Every page of the admin: records whose geometry is only looked at get a map.
import "./language.js";

const assets = document.getElementById("map-assets");

for (const holder of document.querySelectorAll(".record-map")) {
  import("./admin/record-map.js").then(({ drawRecord }) => drawRecord(holder, assets.dataset)).catch(console.error);
}
