/**
 * A geometry field of a form on a Leaflet map. Parts of a multi-geometry are edited one by one; holes are kept.
 * The text of the field changes only when something on the map does.
 *
 * Stands in for django-leaflet's L.GeometryField: `new GeomanField({fieldid, geom_type, modifiable}).addTo(map)`.
 */
const DIGITS = 9; // of a degree: a tenth of a millimetre
const DRAWN = { className: "shape-drawn" }; // its colour is the key's, in both themes

const single = (type) => type.replace(/^multi/i, "").toUpperCase();

/** The simple geometries inside any geometry. */
function partsOf(geometry) {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(partsOf);
  if (!geometry.type.startsWith("Multi")) return [geometry];
  const type = geometry.type.slice("Multi".length);
  return geometry.coordinates.map((coordinates) => ({ type, coordinates }));
}

/** One geometry of the wanted kind; "" for nothing. */
function together(parts, wanted) {
  if (!parts.length) return "";
  if (/^multi/i.test(wanted)) return { type: `Multi${parts[0].type}`, coordinates: parts.map((part) => part.coordinates) };
  if (parts.length === 1 || !/^geometry/i.test(wanted)) return parts.at(-1);
  return { type: "GeometryCollection", geometries: parts };
}

export class GeomanField {
  constructor(options) {
    this.options = options;
    this.field = document.getElementById(options.fieldid);
    this.wanted = single(options.geom_type);
  }

  addTo(map) {
    this.map = map;
    this.layers = L.featureGroup().addTo(map);
    if (this.field.value.trim()) this.load(JSON.parse(this.field.value));
    if (this.options.modifiable) this.edit();
    return this;
  }

  load(geometry) {
    const features = partsOf(geometry).map((part) => ({ type: "Feature", properties: {}, geometry: part }));
    L.geoJSON(features, { style: DRAWN }).eachLayer((layer) => this.hold(layer));
    this.map.fitBounds(this.layers.getBounds(), { maxZoom: this.wanted === "POINT" ? 17 : 19, padding: [30, 30], animate: false });
  }

  hold(layer) {
    this.layers.addLayer(layer);
    layer.on("pm:update pm:dragend pm:edit pm:cut pm:rotateend", () => this.save());
  }

  edit() {
    this.map.pm.setPathOptions(DRAWN);
    const any = this.wanted === "GEOMETRY" || this.wanted === "GEOMETRYCOLLECTION";
    const draws = (kind) => any || this.wanted === kind;
    this.map.pm.addControls({
      position: "topleft",
      drawMarker: draws("POINT"),
      drawPolyline: draws("LINESTRING"),
      drawPolygon: draws("POLYGON"),
      drawRectangle: draws("POLYGON"),
      cutPolygon: draws("POLYGON"),
      drawCircle: false,
      drawCircleMarker: false,
      drawText: false,
      rotateMode: false,
    });
    this.map.pm.setGlobalOptions({ snappable: true, snapDistance: 15, layerGroup: this.layers, continueDrawing: false });
    this.map.on("pm:create", ({ layer }) => {
      if (!/^multi|^geometry/i.test(this.options.geom_type)) this.layers.clearLayers();
      this.hold(layer);
      this.save();
    });
    this.map.on("pm:cut", ({ layer, originalLayer }) => {
      this.layers.removeLayer(originalLayer);
      this.hold(layer);
      this.save();
    });
    this.map.on("pm:remove", ({ layer }) => {
      this.layers.removeLayer(layer);
      this.save();
    });
  }

  save() {
    const parts = this.layers.getLayers().flatMap((layer) => partsOf(layer.toGeoJSON(DIGITS).geometry));
    const geometry = together(parts, this.options.geom_type);
    this.field.value = geometry && JSON.stringify(geometry);
    const typed = document.getElementById(`${this.options.fieldid}_typed`);
    if (typed) typed.value = "";
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
