"""PURE: what data files say about an address, in the layouts that people have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 80
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_NUMBER = re.compile(r"(?:AS)?(\d{1,10})", re.IGNORECASE | re.ASCII)
_NO_COUNTRY = frozenset({"ZZ", "XX", "AP", "EU"})
"""Codes that stand for "somewhere"."""


@dataclass(frozen=True, slots=True)
class Place:
    """`country` is an ISO code, `asn` the number of the network's owner and `as_name` its name; ""
    and 0 where unknown.

    `hosting`, `tor` and `vpn`: an imported list names the address or its owner.
    """

    country: str = ""
    asn: int = 0
    as_name: str = ""
    hosting: bool = False
    tor: bool = False
    vpn: bool = False


NOWHERE = Place()


def country_of(record: object) -> str:
    """The ISO code in a record: `country.iso_code` (GeoLite2, DB-IP), else `country_code`
    (ip-location-db, IPinfo), else `country`; or ""."""
    if not isinstance(record, Mapping):
        return ""
    within = [record.get(name) for name in ("country", "registered_country")]
    found = [each.get("iso_code") for each in within if isinstance(each, Mapping)]
    return next(
        (
            code
            for code in map(_code, [*found, record.get("country_code"), record.get("country")])
            if code
        ),
        "",
    )


def _code(value: object) -> str:
    code = value.upper() if isinstance(value, str) and _COUNTRY.fullmatch(value) else ""
    return "" if code in _NO_COUNTRY else code


def owner_of(record: object) -> tuple[int, str]:
    """Number and name of the network's owner: `autonomous_system_*` (GeoLite2, DB-IP,
    ip-location-db) or `asn` and `as_name` (IPinfo); 0 and ""."""
    if not isinstance(record, Mapping):
        return 0, ""
    number = next(
        (
            found
            for found in map(
                read_number, (record.get("autonomous_system_number"), record.get("asn"))
            )
            if found
        ),
        0,
    )
    names = (record.get(field) for field in ("autonomous_system_organization", "as_name", "name"))
    name = next((each for each in names if isinstance(each, str) and each), "")
    return number, shorten(name) if number else ""


def read_number(value: Any) -> int:
    """15169 of 15169, "15169" and "AS15169"; 0 of anything else."""
    match = _NUMBER.fullmatch(str(value).strip()) if isinstance(value, int | str) else None
    number = int(match[1]) if match else 0
    return number if number < 2**32 else 0


def shorten(name: str) -> str:
    """A name as one printable line."""
    return " ".join("".join(each if each.isprintable() else " " for each in name).split())[
        :LONGEST_NAME
    ]
