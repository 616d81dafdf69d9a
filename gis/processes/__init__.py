"""The platform's spatial questions as processes: each is declared once, with its inputs, its output and its work.

Outlets (`ogc.processes`) know the declarations and no single process. A process reads the published views of the
caller's audience, so it can tell nothing that the feed does not.
"""
