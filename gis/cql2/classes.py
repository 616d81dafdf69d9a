"""The requirement classes that this package meets, as a feed declares them once its filters are answered by it."""

SPEC = "http://www.opengis.net/spec/"
CQL2 = tuple(
    f"{SPEC}cql2/1.0/conf/{name}"
    for name in (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "temporal-functions",
        "array-functions",
        "property-property",
        "functions",
        "arithmetic",
    )
)
# Names of drafts that clients still look for: QGIS sends spatial filters only where it finds the first of them.
LEGACY = tuple(
    f"{SPEC}cql2/1.0/conf/{name}"
    for name in ("basic-spatial-operators", "spatial-operators", "temporal-operators", "array-operators")
)
# Filters in OGC API Features Part 3; QGIS needs both.
FILTERS = tuple(f"{SPEC}ogcapi-features-3/1.0/conf/{name}" for name in ("filter", "features-filter"))
CLASSES = (*FILTERS, *CQL2, *LEGACY)
