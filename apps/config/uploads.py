"""Where uploaded files are kept: citizens' photos, for the server's own account alone."""

from pathlib import Path

OWN = 0o700


def close(place: Path) -> str:
    """Make the folder, or take everybody else's rights on it away. Gives what is left to do by hand, or nothing."""
    try:
        place.mkdir(mode=OWN, parents=True, exist_ok=True)
        if place.stat().st_mode & 0o077:
            place.chmod(OWN)
    except OSError as error:
        return f"Uploaded files are not kept from others ({error.strerror}). Run: chmod 700 {place}"
    return ""
