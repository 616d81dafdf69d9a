"""Uploaded files are for the server's own account: the folder, what is made in it, and a folder that was open."""

import stat
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from apps.config import uploads


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_are_closed(tmp_path: Path):
    root = tmp_path / "media"
    FileSystemStorage(root).save("reports/2026/x.jpg", ContentFile(b"x"))
    assert [mode(root / name) for name in (".", "reports", "reports/2026")] == [0o700] * 3
    assert mode(root / "reports/2026/x.jpg") == 0o600


@pytest.mark.parametrize("before", [None, 0o755, 0o700])
def test_the_server_closes_the_folder(tmp_path: Path, before: int | None):
    root = tmp_path / "media"
    if before is not None:
        root.mkdir(mode=before)
    assert uploads.close(root) == ""
    assert mode(root) == 0o700


def test_a_folder_that_cannot_be_closed_is_said(tmp_path: Path):
    (tmp_path / "media").write_text("")
    assert "chmod 700" in uploads.close(tmp_path / "media")
