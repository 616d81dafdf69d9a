"""Random numbers that stay put: each subject has its own stream, so a change in one leaves the others alone."""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def dice(seed: int, *subject: object) -> np.random.Generator:
    """The stream of this subject under this seed."""
    return np.random.default_rng([seed, crc32("/".join(map(str, subject)).encode())])


class Noise:
    """Smooth noise in -1..1 over a line or a plane; `wavelength` in metres, finer octaves half as strong."""

    def __init__(self, rng: np.random.Generator, wavelength: float, octaves: int = 1) -> None:
        self.table = rng.uniform(-1, 1, 4096)
        self.wavelength = wavelength
        self.octaves = octaves

    def __call__(self, x: Numbers, y: Numbers | float = 0.0) -> Numbers:
        x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        parts = [self._one(x, y, self.wavelength / 2**k, k) / 2**k for k in range(self.octaves)]
        total: Numbers = np.sum(parts, axis=0) / (2 - 2 ** (1 - self.octaves))
        return total

    def _one(self, x: Numbers, y: Numbers, wavelength: float, octave: int) -> Numbers:
        column, row = np.floor(x / wavelength), np.floor(y / wavelength)
        a, b = _ease(x / wavelength - column), _ease(y / wavelength - row)
        low = (1 - a) * self._at(column, row, octave) + a * self._at(column + 1, row, octave)
        high = (1 - a) * self._at(column, row + 1, octave) + a * self._at(column + 1, row + 1, octave)
        value: Numbers = (1 - b) * low + b * high
        return value

    def _at(self, column: Numbers, row: Numbers, octave: int) -> Numbers:
        mixed = column.astype(int) * 73_856_093 ^ row.astype(int) * 19_349_663 ^ octave * 83_492_791
        value: Numbers = self.table[mixed % self.table.size]
        return value


def _ease(t: Numbers) -> Numbers:
    """Flat at both ends, so that pieces meet without a kink."""
    return t * t * t * (t * (6 * t - 15) + 10)
