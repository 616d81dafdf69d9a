"""Rasters: a catalogue of cloud-optimised GeoTIFFs, their import with checks, and what they say of a place."""
