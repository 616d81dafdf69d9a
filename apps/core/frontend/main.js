import "./map/element.js";
import "./search.js";
import "./page.js";
import "./language.js";
