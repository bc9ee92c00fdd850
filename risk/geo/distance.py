"""PURE: how far two points of the earth are from each other."""

from math import asin, cos, radians, sin, sqrt

RADIUS = 6371.0


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Along the surface; points are latitude and longitude in degrees."""
    (lat, lon), (lat2, lon2) = (tuple(map(radians, point)) for point in (here, there))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * RADIUS * asin(min(1.0, sqrt(half)))
