"""Search and reverse geocoding, from request to last byte: against what is asked, and against the bare SQL of an exact
lookup and of a nearest row.

A country of streets with names made of words in both scripts, address units along them and plots (`--rows` units, three
tenths as many plots), over a base map with its roads, villages, wadis and buildings, in wilayats with outlines of some
thousand corners. Thirty questions as people type them, in turns; the note says the slowest twentieth.
"""

import argparse
import time
from collections.abc import Callable
from statistics import quantiles

import psycopg
from django.db import connections
from django.test import Client

from gis import indexing
from tests import databases
from tests.bench.line import Line, Pair

FIRST = (
    "النور Al Noor|السلام Al Salam|الوادي Al Wadi|المدينة Al Madinah|البحر Al Bahr|الجبل Al Jabal|السوق Al Souq"
    "|النخيل Al Nakheel|الخوير Al Khuwair|القرم Al Qurm|السيب Seeb|مطرح Muttrah|بوشر Bawshar|الرستاق Rustaq"
    "|قريات Quriyat|صحار Sohar|الفلج Al Falaj|المزون Mazoun|الخير Al Khair|الساحل As Sahil"
)
SECOND = (
    "الكبير Al Kabeer|الصغير Al Sagheer|الشرقي Ash Sharqi|الغربي Al Gharbi|الشمالي Ash Shamali|الجنوبي Al Janubi"
    "|الأول Al Awwal|الثاني Ath Thani|الجديد Al Jadeed|القديم Al Qadeem|الأخضر Al Akhdar|الأبيض Al Abyad"
    "|ماجد Majid|سالم Salim|خالد Khalid|أحمد Ahmed|يوسف Yousuf|سعيد Said|حمد Hamad|ناصر Nasser"
)
QUESTIONS = (
    "شارع", "street", "12", "7", "النور", "شارع النور الكبير", "شارع النور الكبير 12", "12 شارع السلام سالم 1500",
    "al noor street", "Mazoun Street", "mazoon street", "sib", "Boushar", "matrah", "qurayyat street",
    "Al Kuwair Khalid", "مسقط", "قطعة 4711", "plot 4711 block 11", "٤٧١١", "٤٧١١/١١", "ولاية 7", "شارع احمد",
    "سكة الوادي يوسف 77", "Wadi Yusuf 77", "الخوير خالد", "zzzqqq", "الرستاق القديم 250 رقم 31", "شا", "23.6, 58.5",
)  # fmt: skip

POINTS = 30
SEARCH_S, REVERSE_S = 0.020, 0.005  # asked of the median
# A road under each street, a building on each plot; villages and wadis strewn over the country.
BASE_MAP = """
INSERT INTO territory_basefeature (authority_id, kind, name_ar, name_en, rank, geom)
    SELECT authority_id, 'road', name_ar, name_en, 5, geom FROM addressing_street;
INSERT INTO territory_basefeature (authority_id, kind, rank, geom)
    SELECT authority_id, 'building', 9, geom FROM parcels_parcel;
INSERT INTO territory_basefeature (authority_id, kind, name_ar, name_en, rank, geom)
    SELECT a.id, k.kind, concat_ws(' ', k.ar, f.ar, s.ar), concat_ws(' ', k.en, f.en, s.en), 6,
        CASE k.kind WHEN 'place' THEN at.point ELSE ST_MakeLine(at.point, ST_Translate(at.point, 0.02, 0.01)) END
    FROM territory_authority a, generate_series(0, {places}) i
    CROSS JOIN (VALUES ('place', 'قرية', 'Village'), ('wadi', 'وادي', 'Wadi')) AS k(kind, ar, en)
    JOIN word f ON f.kind = 0 AND f.n = i % 20 JOIN word s ON s.kind = 1 AND s.n = i / 20 % 20,
    LATERAL (SELECT ST_Point(56 + (i * 0.618034) % 4, 23 + (i * 0.754878) % 3, 4326) AS point) AS at
"""
OUTLINES = """
UPDATE territory_wilayat w SET geom = ST_Multi(ST_Segmentize(ST_MakeEnvelope(
    56 + n % 9 * 4 / 9.0, 23 + n / 9 * 3 / 7.0, 56 + (n % 9 + 1) * 4 / 9.0, 23 + (n / 9 + 1) * 3 / 7.0, 4326), 0.0005))
    FROM (SELECT substr(code, 2)::int - 1 AS n, id FROM territory_wilayat) AS o WHERE o.id = w.id;
UPDATE territory_governorate SET geom = ST_Multi(ST_Segmentize(ST_MakeEnvelope(56, 23, 60, 26, 4326), 0.0005))
"""


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    name = databases.clone(databases.template(), label="bench")
    databases.point_django_at(name)
    with databases.superuser(name) as root:
        _fill(root, options.rows)
        root.execute("ANALYZE")
        began = time.perf_counter()
        indexing.follow(say=print, anew=True)
        filled = time.perf_counter() - began
        root.execute("VACUUM ANALYZE")
        lines = [*_search(root, options.pairs, filled), *_reverse(root, options.pairs)]
    connections.close_all()
    with databases.superuser() as root:
        databases.drop(root, name)
    return lines


def _fill(root: psycopg.Connection, rows: int) -> None:
    root.execute("SET statement_timeout = 0; SET session_replication_role = replica")
    root.execute(
        "INSERT INTO territory_authority (code, kind, name_ar, working_crs, publishes_parcels, geom) VALUES ('bench',"
        " 'municipality', 'قياس', 'EPSG:32640', true, ST_Multi(ST_MakeEnvelope(56, 23, 60, 26, 4326)));"
        "INSERT INTO territory_governorate (code, name_ar, name_en) VALUES ('G', 'محافظة مسقط', 'Muscat');"
        "INSERT INTO territory_wilayat (code, governorate_id, name_ar, name_en)"
        " SELECT 'W' || i, g.id, 'ولاية ' || i, 'Wilayat ' || i FROM territory_governorate g, generate_series(1, 63) i"
    )
    root.execute(OUTLINES)
    streets = max(rows // 40, 1)
    root.execute(
        "CREATE TEMP TABLE word (kind int, n int, ar text, en text);"
        "CREATE TEMP TABLE w AS SELECT array_agg(id ORDER BY code) AS ids FROM territory_wilayat"
    )
    for kind, words in enumerate((FIRST, SECOND)):
        for place, word in enumerate(words.split("|")):
            root.execute("INSERT INTO word VALUES (%s, %s, %s, %s)", [kind, place, *word.split(" ", 1)])
    root.execute(
        "INSERT INTO addressing_street (authority_id, name_ar, name_en, code, wilayat_id, geom)"
        " SELECT a.id, concat_ws(' ', 'شارع', f.ar, s.ar, i / 400), concat_ws(' ', f.en, s.en, i / 400, 'Street'),"
        " i::text, w.ids[1 + i %% 63], ST_Multi(ST_MakeLine(ST_Point(56 + i %% 200 * 0.01, 23 + i / 200 * 0.01, 4326),"
        " ST_Point(56.009 + i %% 200 * 0.01, 23 + i / 200 * 0.01, 4326)))"
        " FROM w, territory_authority a, generate_series(0, %s) i JOIN word f ON f.kind = 0 AND f.n = i %% 20"
        " JOIN word s ON s.kind = 1 AND s.n = i / 20 %% 20",
        [streets - 1],
    )
    root.execute(
        "INSERT INTO addressing_addressunit (authority_id, number, street_id, wilayat_id, geom)"
        " SELECT s.authority_id, n, s.id, s.wilayat_id, ST_LineInterpolatePoint(ST_GeometryN(s.geom, 1), n / 40.0)"
        " FROM addressing_street s, generate_series(1, 40) n"
    )
    root.execute(
        "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, legal_area_m2, geom)"
        " SELECT a.id, (i %% 10000)::text, (i / 10000)::text, 'residential', 600, ST_Multi(ST_MakeEnvelope(x, y,"
        " x + 0.0002, y + 0.0002, 4326)) FROM territory_authority a, generate_series(0, %s) i,"
        " LATERAL (SELECT 56 + i %% 8000 * 0.00025 AS x, 23 + i / 8000 * 0.00025 AS y) at",
        [rows * 3 // 10 - 1],
    )
    root.execute(BASE_MAP.format(places=max(rows // 200, 1)))
    root.execute("SET session_replication_role = origin")


def _search(root: psycopg.Connection, rounds: int, filled: float) -> list[Line]:
    client = Client(headers={"host": "127.0.0.1", "HX-Request": "true"})
    bare = (
        "SELECT u.id, u.number, s.name_ar FROM addressing_addressunit u JOIN addressing_street s ON s.id = u.street_id"
        " WHERE s.id = (SELECT id FROM addressing_street LIMIT 1) AND u.number = 12"
    )
    times: dict[str, list[float]] = {}
    pairs = []
    for turn in range(rounds + 1):
        for asked in QUESTIONS:
            ours = _seconds(lambda asked=asked: client.get("/en/search", {"q": asked}))  # type: ignore[misc]
            if turn:  # the first fills the caches of sentences and plans
                times.setdefault(asked, []).append(ours)
                pairs.append(Pair(ours, _seconds(lambda: root.execute(bare).fetchall())))
    for asked, taken in sorted(times.items(), key=lambda pair: -min(pair[1]))[:8]:
        print(f"  {min(taken) * 1000:6.1f} ms  {asked}")
    note = f"words gathered in {filled:.0f} s"
    return _lines(f"search, {len(QUESTIONS)} questions", SEARCH_S, "exact lookup", pairs, note)


def _reverse(root: psycopg.Connection, rounds: int) -> list[Line]:
    """Points strewn over the country, the same in every run: on streets, on plots and where nothing is."""
    client = Client(headers={"host": "127.0.0.1"})
    pairs = []
    for turn in range(rounds + 1):
        for place in range(POINTS):
            lng, lat = 56 + place * 0.618034 % 2, 23 + place * 0.754878 % 1
            ours = _seconds(
                lambda lng=lng, lat=lat: client.get("/api/reverse", {"lat": f"{lat:.6f}", "lon": f"{lng:.6f}"})
            )  # type: ignore[misc]
            bare = (
                "SELECT id, number FROM addressing_addressunit"
                f" ORDER BY geom <-> 'SRID=4326;POINT({lng} {lat})'::geometry LIMIT 1"
            )
            if turn:  # the first makes the plans
                pairs.append(Pair(ours, _seconds(lambda bare=bare: root.execute(bare).fetchall())))  # type: ignore[misc]
    return _lines(f"reverse, {POINTS} points", REVERSE_S, "nearest row", pairs)


def _lines(name: str, asked_s: float, bare: str, pairs: list[Pair], note: str = "") -> list[Line]:
    slow = quantiles([pair.ours for pair in pairs], n=20)[-1]
    asked = tuple(Pair(pair.ours, asked_s) for pair in pairs)
    return [Line(name, "asked", asked, f"p95 {slow * 1000:.1f} ms"), Line(name, bare, tuple(pairs), note)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
