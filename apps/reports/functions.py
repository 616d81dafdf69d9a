"""The database functions of reports, as Django expressions."""

from django.db.models import CharField, Func


class NextNumber(Func):
    """The number of a new report, with its check digit; raw SQL and COPY get it too."""

    function = "reports_next_number"
    output_field = CharField()
    arity = 0
