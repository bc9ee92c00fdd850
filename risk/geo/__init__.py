"""Where an address is and whose network it is in: from files on this machine, never by asking
anybody.

`lookup` is all that the rest of risk needs; the commands `fetch_geo` and `import_networks` bring
the files.
"""

from risk.geo.places import NOWHERE, Place
from risk.geo.sources import lookup

__all__ = ["NOWHERE", "Place", "lookup"]
