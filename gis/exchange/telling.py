"""How much of a file the reading process has gone through, for who waits for its rows: a few bytes that both see.

Before the first row there may be minutes of reading, and what has been read is known to the reader alone. It writes the
share to memory that the importing process gave it as an open descriptor; nothing it writes there is believed.
"""

import os

LENGTH = 6


def channel() -> int:
    """A descriptor of memory that another process may inherit."""
    return os.memfd_create("told")


def tell(descriptor: int, share: float) -> None:
    """`share` of the file, 0 to 1. At once: nobody reads half of a number."""
    os.pwrite(descriptor, f"{share:.4f}".encode(), 0)


def told(descriptor: int) -> float:
    """The last share told; 0 while there is none, or none that can be."""
    try:
        share = float(os.pread(descriptor, LENGTH, 0) or b"0")
    except ValueError:
        return 0.0
    return share if 0 <= share <= 1 else 0.0
