"""Units that a drawing may be in, where it does not say so rightly: what an operator calls them, in metres."""

UNITS = {"m": 1.0, "km": 1000.0, "dm": 0.1, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "in": 0.0254, "us-ft": 1200 / 3937}
