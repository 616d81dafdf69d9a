"""`python -m tests.bench [MEASURE...] [--rows N] [--pairs N]`: prints the tables."""

import argparse
from importlib import import_module

import django

from tests.bench.line import HEAD

MEASURES = ("imports", "history", "feed", "frames", "home", "security", "search", "tiles", "ogc")
BY_NAME = ("flat",)  # takes half an hour and 20 GB
ROWS = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Ratios to what the machine can do at best.")
    parser.add_argument(
        "measures", nargs="*", choices=(*MEASURES, *BY_NAME), help=f"{', '.join(MEASURES)}, when none is named"
    )
    parser.add_argument("--rows", type=int, help="rows of the file or table that is measured with")
    parser.add_argument("--pairs", type=int, default=3, help="how often each pair is run")
    options = parser.parse_args()
    django.setup()
    for name in options.measures or MEASURES:
        module = import_module(f"tests.bench.{name}")
        rows = options.rows or getattr(module, "ROWS", ROWS)
        lines = module.measure(argparse.Namespace(rows=rows, pairs=options.pairs))
        print(f"\n## {name}, {rows:,} rows\n\n{getattr(module, 'HEAD', HEAD)}", flush=True)
        for line in lines:
            print(line.text(), flush=True)


if __name__ == "__main__":
    main()
