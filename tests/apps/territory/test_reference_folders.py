"""Code lists of another place are a folder of the same files; what is none is refused."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.territory.models import Governorate, Wilayat

from .test_reference import meant

pytestmark = pytest.mark.django_db


def test_another_country_brings_its_folder(tmp_path: Path):
    lists = {
        "governorates": "code,name_ar,name_en,valid_from,aliases\nUS-MA,ماساتشوستس,Massachusetts,1788-02-06,Mass.\n",
        "wilayats": "code,governorate,name_ar,name_en,valid_from,aliases\n",
        "report_categories": "code,group,name_ar,name_en,place,icon,order\n",
    }
    for name, text in lists.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    call_command("seed_reference", folder=tmp_path, stdout=StringIO())
    assert meant(Governorate, "Mass.") == [{"US-MA"}]
    assert Wilayat.objects.count() == 0


def test_a_folder_without_lists_is_refused(tmp_path: Path):
    with pytest.raises(CommandError, match="governorates"):
        call_command("seed_reference", folder=tmp_path)
