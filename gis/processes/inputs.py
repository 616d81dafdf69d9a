"""From what somebody sent to a question: every input known and fit, or all that is wrong with them at once."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.features import nearest
from gis.layers import Audience
from gis.parameters import BadParameter
from gis.writing.faults import MISSING, RULE, Fault, quoted

from .kinds import Unfit
from .registry import Input, Process, Question

WRONG = _('"%(name)s" must be %(wanted)s, not %(given)s.')
UNKNOWN = _('There is no input "%(name)s" here. The nearest is "%(nearest)s".')
TOO_MANY = _('"%(name)s" may have up to %(most)s values, not %(given)s.')
NO_OBJECT = _('"inputs" must be an object with the inputs by their names.')


class WrongInputs(BadParameter):
    """The process is not begun. `faults` tells all that was found, each with its place in the request."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)
        self.parameter = faults[0].pointer.rpartition("/")[2]  # type: ignore[misc]

    def __str__(self) -> str:
        return " ".join(str(fault) for fault in self.faults)


class NotTogether(BadParameter):
    sentence: ClassVar[str | Promise] = _("Give either %(one)s or %(other)s, and not both.")

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one=one, other=other)
        self.parameter = one  # type: ignore[misc]


def read(process: Process, given: Any, audience: Audience) -> Question:
    """The question. Raises WrongInputs."""
    if not isinstance(given, Mapping):
        raise WrongInputs([Fault("/inputs", NO_OBJECT)])
    names = [one.name for one in process.inputs]
    faults = [
        Fault(f"/inputs/{name[:80]}", UNKNOWN, {"name": name[:80], "nearest": nearest(name, names)})
        for name in given
        if name not in names
    ]
    found: dict[str, Any] = {}
    for one in process.inputs:
        try:
            found[one.name] = _value(one, given)
        except Unfit as unfit:
            faults.append(_fault(one, given, unfit))
    if faults:
        raise WrongInputs(faults)
    return Question(audience, found)


def _value(one: Input, given: Mapping[str, Any]) -> Any:
    if one.name not in given:
        if one.required:
            raise one.kind.wanted()
        return one.default
    value = given[one.name]
    if one.most == 1:
        return one.kind.read(_bare(value))
    values = value if isinstance(value, list) else [value]
    if not 0 < len(values) <= one.most:
        raise Unfit(told=TOO_MANY, name=one.name, most=one.most, given=len(values))
    return [one.kind.read(_bare(each)) for each in values]


def _bare(value: Any) -> Any:
    """A value may stand for itself, or be qualified by its media type: {"value": …, "mediaType": …}."""
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _fault(one: Input, given: Mapping[str, Any], unfit: Unfit) -> Fault:
    place = f"/inputs/{one.name}"
    if unfit.told is TOO_MANY:
        return Fault(place, TOO_MANY, unfit.details)
    if unfit.told:
        return Fault(place, RULE, {"name": one.name, "told": _Said(unfit.told, unfit.details)})
    wanted = _Said(unfit.wanted, unfit.details)
    if one.name not in given:
        return Fault(place, MISSING, {"name": one.name, "wanted": wanted})
    return Fault(place, WRONG, {"name": one.name, "wanted": wanted, "given": quoted(_bare(given[one.name]))})


class _Said:
    """A sentence with its details, in the language of the moment at which it is written out."""

    def __init__(self, sentence: Any, details: Mapping[str, Any]) -> None:
        self.sentence, self.details = sentence, details

    def __str__(self) -> str:
        return str(self.sentence) % self.details if self.details else str(self.sentence)
