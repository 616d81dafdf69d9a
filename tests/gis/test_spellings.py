"""A place is found however it is spelt: by its other names, by transliterations that nobody listed, and in Arabic with
and without hamza, article, prefix, stretch and foreign digits. Names that only look alike stay apart."""

from collections.abc import Iterator

import pytest
from django.contrib.gis.geos import Point
from pytest_django import DjangoDbBlocker

from apps.addressing.models import Street
from apps.config import reference
from apps.territory.models import AuthorityAlias, BaseFeature, UnitAlias
from gis import indexing, search
from gis.aliases import other_names
from gis.db.acting import acting_as
from gis.layers import PUBLIC
from tests.rows import make
from tests.scene import Scene, set_up

# What people write, by the code of the wilayat that they mean. Those of the second line are in no list of other names.
WILAYATS = {
    "MA-SEEB": "Seeb|Sib|As Seeb|as-seeb|Al Seeb|al-sib|Alseeb|السيب|سيب|الســيب|ٱلسَّيب|والسيب|بالسيب|للسيب|ولاية السيب"
    "|Seib|Es Seeb|Siib|Asseeb",
    "MA-BAWSHAR": "Bawshar|Boushar|Bausher|Bowshar|BAWSHER|بوشر|بُوشَر|ببوشر"
    "|Bosher|Bawshir|Boshar",
    "MA-MUTTRAH": "Muttrah|Matrah|Mutrah|Muttra|مطرح|مطـرح"
    "|Mattrah|Mutra|Matra|Mutrrah",
    "MA-QURAYYAT": "Quriyat|Qurayyat|Quriyyat|Qurayat|قريات|قُرَيّات"
    "|Kuriyat|Quryat|Qoriyat|Qurayyaat",
    "MA-AMERAT": "Al Amerat|Amarat|Al Amarat|Al Amrat|العامرات|عامرات|العامِرات|بالعامرات|للعامرات"
    "|Amirat|Al-Ameerat|El Amerat|Alamerat",
    "SJ-SUR": "Sur|Sour|صور|صـور"
    "|Soor|Suur",
    "BS-SOHAR": "Sohar|Suhar|صحار|صُحار"
    "|Souhar|Soohar|Sohaar",
    "ZU-SALALAH": "Salalah|Salala|صلالة|صلاله|صَلالَة"
    "|Salalaah|Sallalah",
    "DA-NIZWA": "Nizwa|Nazwa|نزوى|نزوي|نزوا|نِزْوَى"
    "|Nizwah|Nezwa|Nizwaa",
    "ZA-IBRI": "Ibri|عبري|عبرى|عِبري"
    "|Ebri|Ibry",
    "BJ-RUSTAQ": "Rustaq|Al Rustaq|Ar Rustaq|الرستاق|رستاق|الرّستاق|والرستاق|للرستاق"
    "|Rostaq|Er Rustaq|Arrustaq|Rustak",
    "BJ-BARKA": "Barka|بركاء|بركا|بركآء"
    "|Barkaa|Barkah",
    "WU-HAIMA": "Haima|هيما|هيماء|Hayma"
    "|Haimaa|Hima",
    "SS-IBRA": "Ibra|إبراء|ابراء|إبرا|ابرا"
    "|Ibraa|Ebra",
    "DA-IZKI": "Izki|إزكي|ازكي|أزكى"
    "|Izky|Ezki",
    "DA-HAMRA": "Al Hamra|Hamra|الحمراء|الحمرا|حمراء|أَلحمراء",
    "SJ-KAMIL": "Al Kamil wal Wafi|الكامل والوافي|الكامل و الوافي|كامل وافي|Al Kamil and Al Wafi|الوافي",
    "SJ-MASIRAH": "Masirah|Masira|مصيرة|مصيره|Maseerah|Maseera",
    "ZU-SHALIM": "شليم|شليم وجزر الحلانيات|Shalim|Hallaniyat Islands",
    "DA-SAMAIL": "Samail|Sumail|سمائل|سمايل|Samayel|Smail",
    "BU-BURAIMI": "Al Buraimi|Buraymi|البريمي|البريمى|Buraymee",
    "DA-BIDBID": "Bidbid|Bid Bid|بدبد|Bedbed",
    "DA-BAHLA": "Bahla|Bahlah|بهلاء|بهلا|Bahlaa",
    "BS-SUWAYQ": "As Suwayq|Suwaiq|Al Suwaiq|As Suwaiq|السويق|سويق|Sowaiq|Swaiq|Es Suwaik",
    "BS-KHABURAH": "Al Khaburah|Al Khabura|الخابورة|الخابوره|Khabourah|Khabora|Al Khaboura",
    "BS-SAHAM": "Saham|صحم|Sahm",
    "BS-SHINAS": "Shinas|شناص|Shenas|Shinaas",
    "BJ-MUSANNAH": "Al Musannah|Al Musanna|المصنعة|المصنعه|Musanah|Mussanah|Musanaa",
    "BJ-WADI-MAAWIL": "Wadi Al Maawil|Wadi Maawil|وادي المعاول|وادى المعاول|Wadi Al Mawil",
    "SS-MUDHAIBI": "Al Mudhaibi|المضيبي|المضيبى|Mudaybi|Al Mudaybi|Mudhaybi",
    "SS-BIDIYAH": "Bidiyah|Bidiya|بدية|بديه|Bediya|Bidiyya",
    "SJ-JALAN-ALI": "Jalan Bani Bu Ali|جعلان بني بو علي|جعلان بنى بو على|Jaalan Bani Bu Ali|Ja'alan Bani Bu Ali",
    "BU-MAHDAH": "Mahdah|محضة|محضه|Mahda|Mahadha|Mahadah",
    "BU-SUNAYNAH": "As Sunaynah|السنينة|Sunaynah|Sunainah|Al Sunainah",
    "MU-DIBBA": "Dibba|دبا|دباء|Diba|Daba",
    "MU-BUKHA": "Bukha|بخا|بخاء|Bukhaa",
    "ZU-THUMRAYT": "Thumrayt|ثمريت|Thumrait|Thamrit",
    "ZU-MIRBAT": "Mirbat|مرباط|Marbat|Merbat",
    "WU-DUQM": "Ad Duqm|Al Duqm|Duqm|الدقم|دقم|Duqum|Dukm|El Duqm",
    "WU-MAHOUT": "Mahout|محوت|Mahut|Mahawt",
    "ZA-YANQUL": "Yanqul|ينقل|Yankul|Yanqal",
    "ZA-DHANK": "Dhank|ضنك|Dank|Dhanak",
}  # fmt: skip
# The governorates: the article before each letter that takes it up, and every end of -iyah.
GOVERNORATES = {
    "OM-MA": "Muscat|Masqat|Maskat|Mascat|مسقط|مسقـط|محافظة مسقط",
    "OM-DA": "Ad Dakhiliyah|Dakhiliyah|Ad Dakhiliya|Dakhliya|Dakhliyah|Dakhiliya|Al Dakhliya|Ad-Dakhiliyah|Addakhiliyah"
    "|Al Dakhilia|Dakhlia|الداخلية|الداخليه|داخلية|الداخليّة|والداخلية|بالداخلية|للداخلية",
    "OM-SS": "Ash Sharqiyah North|North Sharqiya|North Ash Sharqiyah|Ash Sharqiyah|Sharqiyah|Sharqiya|Sharqia"
    "|Al Sharqiya|Al Sharqia North|Ash-Sharqiya|Asharqiyah|شمال الشرقية|الشرقية|شرقية|الشرقيه",
    "OM-SJ": "Ash Sharqiyah South|South Sharqiya|South Al Sharqia|Ash Sharqiyah|Sharqiya|جنوب الشرقية|الشرقية|شرقيه",
    "OM-BS": "Al Batinah North|North Batinah|North Batina|Batinah|Al Batina|El Batinah|شمال الباطنة|الباطنة|باطنه",
    "OM-BJ": "Al Batinah South|South Batinah|Batina South|Batina|جنوب الباطنة|الباطنة",
    "OM-ZA": "Adh Dhahirah|Ad Dhahirah|Al Dhahirah|Dhahirah|Al Dhahira|Dhahira|Adh Dhahira|Dhaherah|Dahirah|Az Zahirah"
    "|الظاهرة|الظاهره|ظاهرة",
    "OM-WU": "Al Wusta|Wusta|El Wusta|Al Wosta|Wustah|الوسطى|الوسطي|وسطى",
    "OM-ZU": "Dhofar|Dhufar|Zufar|Thofar|Dofar|ظفار|ظُفار",
    "OM-MU": "Musandam|Musandem|Mussandam|مسندم",
    "OM-BU": "Al Buraimi|Al Buraymi|Buraimi|Buraymi|Al Buraimy|البريمي|البريمى",
}  # fmt: skip

# A name among things that have no list of other names.
PLACES = {
    "كورنيش السيب": ("Seeb Corniche", "Sib corniche|corniche as seeb|Seib Corniche|كورنيش بالسيب|كورنيش للسيب"),
    "سوق مطرح القديم": ("Muttrah Old Souq", "Matrah souq|old souk Mattrah|سوق مطـرح|السوق القديم بمطرح"),
    "مستشفى بوشر": ("Bawshar Hospital", "Boushar hospital|Bausher Hospital|مستشفي بوشر|مُستشفى بوشَر"),
    "حي النهضة ٧": ("An Nahdah 7", "حي النهضه 7|حي النهضة ۷|النهضه ٧|nahda 7|Al Nahdhah 7|بالنهضة 7"),
    "وادي عدي": ("Wadi Adai", "Wadi Aday|wadi addai|وادى عدى"),
    # One is written Sheikh, the other Shaikh: who writes one means the other too.
    "حارة الشيخ": ("Sheikh Quarter", "Shaikh Quarter|Shaykh quarter|Ash Sheik Quarter|حاره الشيخ|حارة شيخ"),
    "مسجد الشيخ": ("Ash Shaikh Mosque", "Sheikh Mosque|Al Sheikh mosque|Shaykh Mosque|Ash-Shaikh mosque|مسجد شيخ"),
}
# What is asked, and what must not answer it.
APART = {
    "Ibri": "Ibra", "Ibra": "Ibri", "Sur": "Sara Street", "Sara": "Sur", "صور": "سارة", "سارة": "صور",
    "Adam": "Adm Gate", "نخل": "نخيل الواحة", "Liwa": "Lawa Street", "Manah": "Mina Street", "منح": "مينا",
    "Taqah": "Tiqa Street", "Nakhal": "Nakheel",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def country(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """The governorates and wilayats as they are seeded, with streets and places that no list names."""
    with set_up(template_database, django_db_blocker, label="spellings") as scene:
        search._fold.cache_clear()
        whose = {"authority": scene.authority}
        reference.seed()
        with acting_as(authorities=[scene.authority.pk], actor="test", using="owner"):
            for name_ar, (name_en, _asked) in PLACES.items():
                make(BaseFeature, **whose, kind="place", name_ar=name_ar, name_en=name_en, geom=Point(58, 23))
            for name in {*APART.values(), "Sur Gate", "Sib Lane"}:
                make(Street, **whose, name_ar=name, name_en=name)
            make(AuthorityAlias, body=scene.authority, name="دائرة الربع القديمة")
        indexing.follow()
        yield scene


def found(asked: str) -> list[tuple[str, str]]:
    """What answers: layer, and the code or else the name."""
    return [
        (one.layer.id, str(one.values.get("code") or one.values[one.layer.label]))
        for one in search.find(asked, PUBLIC, 10)
    ]


def test_every_spelling_finds_the_wilayat():
    wrong = {
        asked: answers[:3]
        for code, spellings in WILAYATS.items()
        for asked in spellings.split("|")
        if dict(reversed(answers := found(asked))).get("wilayats") != code
    }
    assert wrong == {}


def test_every_spelling_finds_the_governorate():
    """Both halves of one that is in two; wilayats of the name may stand before it."""
    wrong = {
        asked: answers[:4]
        for code, spellings in GOVERNORATES.items()
        for asked in spellings.split("|")
        if ("governorates", code) not in (answers := found(asked))[:4]
    }
    assert wrong == {}


def test_a_name_that_has_no_list_is_found_by_the_spellings_of_others():
    wrong = {
        asked: answers[:3]
        for name, (_english, spellings) in PLACES.items()
        for asked in spellings.split("|")
        if (answers := found(asked))[:1] != [("base-places", name)]
    }
    assert wrong == {}


def test_names_that_only_look_alike_stay_apart():
    answered = {asked: [one for _layer, one in found(asked)] for asked in APART}
    assert {asked: answers for asked, answers in answered.items() if APART[asked] in answers} == {}


def names(asked: str) -> dict[str, str]:
    """The other name by which each of the answers is told to answer, by its code."""
    many = search.find(asked, PUBLIC, 10)
    told = other_names(many, asked, PUBLIC)
    return {one.values["code"]: told[one.layer.id, one.id] for one in many if (one.layer.id, one.id) in told}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Boushar", {"MA-BAWSHAR": "Boushar"}),
        ("wilayat boushar", {"MA-BAWSHAR": "Boushar"}),
        ("Bawshar", {}),
        ("As Seeb", {}),
        ("ولاية السيب", {}),
        ("Masqat", {"MA-MUSCAT": "Masqat", "OM-MA": "Masqat"}),
        ("OM-BA", {"OM-BS": "OM-BA", "OM-BJ": "OM-BA"}),
        ("دائرة الربع القديمه", {"quarter": "دائرة الربع القديمة"}),
    ],
)
def test_what_is_found_by_another_name_says_by_which(asked: str, told: dict[str, str]):
    assert names(asked) == told


def test_another_name_is_found_when_the_words_have_followed(country: Scene):
    assert found("zaytunabad") == []
    seeb = UnitAlias.objects.using("owner").get(name="Sib").wilayat
    alias = UnitAlias(wilayat=seeb, name="Zaytunabad")
    alias.save(using="owner")
    indexing.follow()
    assert found("zaytunabad")[:1] == [("wilayats", "MA-SEEB")]
    alias.delete(using="owner")
    indexing.follow()
    assert found("zaytunabad") == []
