"""Every rule of a table that a form can break is told in a sentence of its own, in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models.constraints import BaseConstraint
from django.utils.translation import override

from .sources import PACKAGES


def rules(found: list[type[models.Model]]) -> Iterator[BaseConstraint]:
    for model in found:
        yield from model._meta.constraints


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]


def silent(found: list[type[models.Model]]) -> list[str]:
    """Rules without a sentence, or with one that is not translated."""
    named = []
    for rule in rules(found):
        sentence: Any = rule.violation_error_message
        said = sentence != BaseConstraint.default_violation_error_message
        if not said or not in_both(sentence):
            named.append(rule.name)
    return named


def in_both(sentence: Any) -> bool:
    with override("ar"):
        arabic = str(sentence)
    with override("en"):
        return arabic != str(sentence)


def test_every_rule_has_a_sentence_in_both_languages():
    assert len(list(rules(ours()))) > 40
    assert silent(ours()) == []


def test_the_rule_sees_its_faults():
    class Meta:
        app_label = "core"
        managed = False
        constraints = (
            models.CheckConstraint(condition=models.Q(n=1), name="mute"),
            models.CheckConstraint(condition=models.Q(n=1), name="english", violation_error_message="No."),
        )

    body = {"__module__": "apps.core.models", "Meta": Meta, "n": models.IntegerField()}
    try:
        faulty: Any = type("Faulty", (models.Model,), body)
        assert silent([faulty]) == ["mute", "english"]
    finally:
        apps.all_models["core"].pop("faulty", None)
        apps.clear_cache()


@pytest.mark.parametrize(("language", "said"), [("ar", "ارسمه من جديد"), ("en", "Draw it again")])
def test_an_unsound_shape_is_told_with_its_mend(language: str, said: str):
    well: Any = apps.get_model("wells", "Well")
    (rule,) = (rule for rule in rules([well]) if rule.name == "well_geometry_is_sound")
    with override(language):
        assert said in rule.get_violation_error_message()
