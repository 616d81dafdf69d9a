"""What the catalogue says in words: topics (ISO 19115) and languages; and the requirement classes that it meets."""

from django.utils.translation import gettext_lazy as _

TOPIC_SCHEME = "https://standards.iso.org/iso/19115/resources/Codelists/gml/MD_TopicCategoryCode.xml"
TOPICS = {
    "farming": _("Farming"),
    "biota": _("Plants and animals"),
    "boundaries": _("Boundaries"),
    "climatologyMeteorologyAtmosphere": _("Weather and climate"),
    "economy": _("Economy"),
    "elevation": _("Heights"),
    "environment": _("Environment"),
    "geoscientificInformation": _("Geology"),
    "health": _("Health"),
    "imageryBaseMapsEarthCover": _("Base maps and imagery"),
    "intelligenceMilitary": _("Defence"),
    "inlandWaters": _("Inland waters"),
    "location": _("Addresses and places"),
    "oceans": _("Seas"),
    "planningCadastre": _("Planning and cadastre"),
    "society": _("Society"),
    "structure": _("Structures"),
    "transportation": _("Transport"),
    "utilitiesCommunication": _("Utilities and communication"),
}
LANGUAGES = {
    "ar": {"code": "ar", "name": "العربية", "alternate": "Arabic", "dir": "rtl"},
    "en": {"code": "en", "name": "English", "alternate": "الإنجليزية", "dir": "ltr"},
}
RECORD_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"
CLASSES = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    RECORD_CORE,
    *(
        f"http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/{name}"
        for name in (
            "record-collection",
            "record-core-query-parameters",
            "records-api",
            "searchable-catalog",
            "sorting",
            "json",
            "html",
            "oas30",
        )
    ),
)
