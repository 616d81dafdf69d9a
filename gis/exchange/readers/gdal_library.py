"""What pyogrio does not offer of GDAL: to forget drivers, and to hear what the library complains of while it reads."""

import ctypes
from typing import Self

from gis.exchange import confine

FAILURE = 3
HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_int, ctypes.c_char_p)


def keep_only(driver: str) -> None:
    """Forget every other driver: what cannot be opened cannot be attacked."""
    gdal = _library()
    for handle in [gdal.GDALGetDriver(index) for index in range(gdal.GDALGetDriverCount())]:
        if gdal.GDALGetDescription(handle).decode() != driver:
            gdal.GDALDeregisterDriver(handle)


class Listening:
    """`with Listening() as listening:` `failures` are the sentences of this thread's errors meanwhile, MOST at most."""

    MOST = 10

    def __init__(self) -> None:
        self.failures: list[str] = []
        # Held as long as the library may call it.
        self._handler = HANDLER(self._note)

    def __enter__(self) -> Self:
        _library().CPLPushErrorHandler(self._handler)
        return self

    def __exit__(self, *_error: object) -> None:
        _library().CPLPopErrorHandler()

    def _note(self, kind: int, _number: int, sentence: bytes) -> None:
        if kind >= FAILURE and len(self.failures) < self.MOST:
            self.failures.append(sentence.decode(errors="replace"))


def _library() -> ctypes.CDLL:
    gdal = ctypes.CDLL(confine.loaded_library("libgdal"))
    gdal.GDALGetDriver.restype = ctypes.c_void_p
    gdal.GDALGetDescription.restype = ctypes.c_char_p
    for function in ("GDALGetDescription", "GDALDeregisterDriver"):
        getattr(gdal, function).argtypes = [ctypes.c_void_p]
    return gdal
