"""Bringing files in: a limited process reads them, set-based checks judge them, one short step writes them."""
