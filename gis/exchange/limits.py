"""How much of anything a file may make us do. Sizes in bytes unless the name says otherwise."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Caps for one file. They protect the machine; the rules of a layer are elsewhere."""

    file: int = 8 * 1024 * MIB
    # What an archive may become on disk, counted while unpacking: what its directory says is not believed.
    unpacked: int = 2 * 1024 * MIB
    # Text and coordinates pack 3 to 30 times; a bomb packs a thousand times. Small files may be anything.
    ratio: int = 200
    ratio_from: int = 16 * MIB
    entries: int = 1000
    # Memory of the reading process on top of what it needs to start.
    memory: int = 384 * MIB
    batch: int = 8 * MIB
    batch_rows: int = 10_000
    # Processor time of the reading process: a fixed part and one for each MiB of (unpacked) data.
    cpu_seconds: int = 5
    cpu_seconds_per_mib: float = 0.25
    # One feature of a GeoJSON file, one value of a CSV file.
    longest_feature: int = 64 * MIB
    # Corners of one geometry: the gate of the stored ones (gis_sound) has the same.
    points: int = 10_000
    columns: int = 500
    # Letters of a column's name, which a page repeats for each field of the layer.
    column_name: int = 200

    def cpu_for(self, size: int, per_mib: float) -> int:
        """Seconds of processor time that a file of this size may take to read."""
        return self.cpu_seconds + int(size / MIB * per_mib)


LIMITS = Limits()
