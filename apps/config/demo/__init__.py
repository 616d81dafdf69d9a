"""The demonstration: invented towns from a seed. Plain shapely and numpy; only `load` and `accounts` know the tables.

Everything is drawn in a town's own frame (u along the coast or main road, v inland, metres), then turned and moved
into its working system, then stored in EPSG:4326. The same seed gives the same geometry.
"""
