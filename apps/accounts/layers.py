"""People are not published."""
