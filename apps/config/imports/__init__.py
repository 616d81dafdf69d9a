"""The screens of imports and of their quarantine. What they show and ask is done by `gis.exchange`."""
