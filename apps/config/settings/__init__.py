"""Settings of one process: `base` for all, then one module for each kind of place it runs in."""
