"""How long a statement of the demonstration may take: far longer than a request's."""

from django.db import connection

PATIENCE = "30min"


def take_time() -> None:
    """For the transaction around. A slow machine draws longer between two statements than a request may be silent."""
    with connection.cursor() as cursor:
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET LOCAL {limit} = '{PATIENCE}'")
