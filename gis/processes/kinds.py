"""Kinds of inputs: each says its JSON Schema for programs, and reads a value or says in a sentence what it wanted."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import systems
from gis.layers import Layer, registry

Text = str | Promise
Schema = dict[str, Any]
AREAS = ("POLYGON", "MULTIPOLYGON")


class Unfit(Exception):
    """A value is not what was wanted. `wanted` is said after "must be"; `told` is a whole reason instead."""

    def __init__(self, wanted: Text = "", told: Text = "", **details: Any) -> None:
        super().__init__()
        self.wanted, self.told, self.details = wanted, told, details


class Kind(Protocol):
    """What every kind of input answers."""

    def schema(self) -> Schema:
        """JSON Schema of one value, in the language of the moment."""
        ...

    def wanted(self) -> Unfit:
        """What is said when something else is given, or nothing."""
        ...

    def read(self, value: Any) -> Any:
        """The value as the work takes it. Raises Unfit."""
        ...


@dataclass(frozen=True)
class Number:
    """A finite number within bounds, both included."""

    least: float
    most: float
    whole: bool = False

    NUMBER: ClassVar[Promise] = _("a number from %(least)s to %(most)s")
    WHOLE: ClassVar[Promise] = _("a whole number from %(least)s to %(most)s")

    def schema(self) -> Schema:
        return {"type": "integer" if self.whole else "number", "minimum": self.least, "maximum": self.most}

    def wanted(self) -> Unfit:
        bounds = {name: f"{number:,}" for name, number in (("least", self.least), ("most", self.most))}
        return Unfit(self.WHOLE if self.whole else self.NUMBER, **bounds)

    def read(self, value: Any) -> float | int:
        if type(value) not in (int, float, Decimal) or not self.least <= value <= self.most:
            raise self.wanted()
        number = float(value)
        if not math.isfinite(number) or (self.whole and number != int(number)):
            raise self.wanted()
        return int(number) if self.whole else number


@dataclass(frozen=True)
class Flag:
    """True or false."""

    WANTED: ClassVar[Promise] = _("true or false")

    def schema(self) -> Schema:
        return {"type": "boolean"}

    def wanted(self) -> Unfit:
        return Unfit(self.WANTED)

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.wanted()
        return value


@dataclass(frozen=True)
class Word:
    """A name of something that only the work can look up."""

    longest: int = 80

    WANTED: ClassVar[Promise] = _("a name of up to %(most)s letters")

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": self.longest}

    def wanted(self) -> Unfit:
        return Unfit(self.WANTED, most=self.longest)

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= self.longest or "\x00" in value:
            raise self.wanted()
        return value


@dataclass(frozen=True)
class Choice:
    """One of several codes; what they are called is told in the language of the moment."""

    choices: Callable[[], Mapping[str, Text]]

    WANTED: ClassVar[Promise] = _("one of: %(known)s")

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.choices())}

    def wanted(self) -> Unfit:
        return Unfit(self.WANTED, known=", ".join(self.choices()))

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices():
            raise self.wanted()
        return value


@dataclass(frozen=True)
class Named(Choice):
    """A published layer, by the id of its collection."""

    def read(self, value: Any) -> Layer:  # type: ignore[override]
        return registry[super().read(value)]


def every_layer() -> dict[str, Text]:
    """The layers that are collections of the feed."""
    return {layer.id: layer.title for layer in registry if not layer.base_map}


def layers_of_areas() -> dict[str, Text]:
    """Those whose features are areas for everybody."""
    return {one: title for one, title in every_layer().items() if registry[one].geometry_type() in AREAS}


def working_systems() -> dict[str, Text]:
    """The systems of the country that count in metres."""
    found = systems.catalogue().systems
    return {code: code for code, system in found.items() if system.projected}
