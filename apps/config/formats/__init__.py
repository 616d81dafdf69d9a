"""How dates and numbers are written, where the platform differs from Django: European digits with a point."""
