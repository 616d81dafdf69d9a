"""`manage.py seal_history`: seal what has happened since the last block. A periodic job does the same."""

from typing import Any

from django.core.management.base import BaseCommand

from gis import sealing


class Command(BaseCommand):
    """Print the digest of each new block, to be noted elsewhere."""

    help = "Seal the finished part of the history and print the digests of the new blocks."

    def handle(self, *args: Any, **options: Any) -> None:
        blocks = sealing.seal()
        for block in blocks:
            count = len(block.leaves) // sealing.LEAF.size
            self.stdout.write(f"block {block.number}: {count} versions, digest {block.digest.hex()}")
        if not blocks:
            self.stdout.write("Nothing new to seal.")
