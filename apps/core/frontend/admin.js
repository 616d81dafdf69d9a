// Every page of the admin: records whose geometry is only looked at get a map.
import "./language.js";
import { undrawn } from "./undrawn.js";

// A heading without words heads nothing: Django leaves some above the links and marks of a table's rows.
for (const empty of document.querySelectorAll("thead th:empty")) {
  const cell = document.createElement("td");
  cell.className = empty.className;
  empty.replaceWith(cell);
}

const assets = document.getElementById("map-assets");

for (const holder of document.querySelectorAll(".record-map")) {
  import("./admin/record-map.js").then(({ drawRecord }) => drawRecord(holder, assets.dataset)).catch(undrawn(holder));
}
