"""Countries, providers and their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from bench.risk.dice import Dice, Lot, zipf
from bench.risk.settings import Setting

COUNTRIES = (
    "AE",
    "AR",
    "AT",
    "AU",
    "BD",
    "BE",
    "BG",
    "BR",
    "CA",
    "CH",
    "CL",
    "CN",
    "CO",
    "CZ",
    "DE",
    "DK",
    "EG",
    "ES",
    "FI",
    "FR",
    "GB",
    "GR",
    "HK",
    "HU",
    "ID",
    "IE",
    "IL",
    "IN",
    "IQ",
    "IR",
    "IT",
    "JP",
    "KE",
    "KR",
    "KZ",
    "MA",
    "MX",
    "MY",
    "NG",
    "NL",
    "NO",
    "NZ",
    "PE",
    "PH",
    "PK",
    "PL",
    "PT",
    "RO",
    "RS",
    "RU",
    "SA",
    "SE",
    "SG",
    "TH",
    "TR",
    "TW",
    "UA",
    "US",
    "VN",
    "ZA",
)
DANGEROUS = {
    "RU": 9,
    "CN": 7,
    "US": 10,
    "BR": 6,
    "VN": 6,
    "IN": 5,
    "ID": 5,
    "NG": 4,
    "UA": 4,
    "NL": 4,
    "TR": 3,
    "DE": 3,
    "RO": 3,
}
HOURS_EAST = {
    "US": -6,
    "CA": -5,
    "MX": -6,
    "BR": -3,
    "IN": 5,
    "ID": 7,
    "AU": 10,
    "NZ": 12,
    "JP": 9,
    "SG": 8,
    "AE": 4,
    "GB": 0,
    "IE": 0,
    "PT": 0,
}
_ODD = {0, 10, 100, 127, 169, 172, 192, 198, 203}  # no place for the addresses of providers
SITE = 16  # /20s in a /16


@dataclass(slots=True)
class Provider:
    """`blocks` are the upper 16 bits of its /16s; `prefix` the upper 32 of its IPv6 addresses.
    `kind`: home, mobile, business, hosting, vpn."""

    asn: int
    country: str
    kind: str
    blocks: list[int]
    prefix: int

    def region(self, dice: Dice) -> int:
        """A /20 of its own: what is behind one city."""
        return dice.choice(self.blocks) * SITE + dice.randrange(SITE)

    def address(self, dice: Dice, region: int) -> str:
        return dotted(region << 12 | dice.randrange(1, 4095))

    def anywhere(self, dice: Dice) -> str:
        return self.address(dice, self.region(dice))


def dotted(number: int) -> str:
    return str(IPv4Address(number))


def six(network: int, interface: int) -> str:
    """From the upper and the lower 64 bits."""
    return str(IPv6Address(network << 64 | interface))


@dataclass(slots=True)
class World:
    """Providers by country and kind, drawn by their share of the market, and the exits of
    commercial VPNs by country."""

    lots: dict[tuple[str, str], Lot[Provider]] = field(default_factory=dict)
    exits: dict[str, list[tuple[Provider, str]]] = field(default_factory=dict)

    def provider(self, dice: Dice, country: str, kind: str) -> Provider:
        return self.lots[country, kind].draw(dice)


KINDS = {"home": (3, 7, 5), "mobile": (2, 4, 4), "business": (2, 5, 2), "hosting": (2, 6, 3)}
"""Fewest and most providers of a kind in a country, and the most /16s of each."""


def world(setting: Setting, dice: Dice) -> World:
    """Every country gets its providers; numbers are made up."""
    made, maker = World(), _Maker(dice)
    for country in COUNTRIES:
        size = 2 if country in setting.countries else 1
        for kind, (fewest, most, blocks) in KINDS.items():
            number = dice.randint(fewest, most)
            providers = [
                maker.provider(country, kind, dice.randint(1, blocks) * size) for _ in range(number)
            ]
            made.lots[country, kind] = Lot(
                list(zip(providers, zipf(number, dice.uniform(0.6, 1.4)), strict=True))
            )
    companies = [maker.number() for _ in range(dice.randint(4, 8))]
    for country in COUNTRIES:
        made.exits[country] = maker.exits(made, country, companies)
    return made


class _Maker:
    """Hands out numbers and blocks, each once."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.used: set[int] = set()
        self.free = [
            first << 8 | second
            for first in range(1, 223)
            if first not in _ODD
            for second in range(256)
        ]
        dice.shuffle(self.free)

    def number(self) -> int:
        number = self.dice.choice(
            [self.dice.randint(1000, 65_000), self.dice.randint(196_608, 400_000)]
        )
        if number in self.used:
            return self.number()
        self.used.add(number)
        return number

    def provider(self, country: str, kind: str, blocks: int) -> Provider:
        return Provider(
            self.number(),
            country,
            kind,
            [self.free.pop() for _ in range(blocks)],
            0x2A00_0000 | len(self.used) << 3,
        )

    def exits(self, made: World, country: str, companies: list[int]) -> list[tuple[Provider, str]]:
        """A company's exits in a country share a /24 or two, in its own network
        or in somebody's data centre."""
        found = []
        for company in self.dice.sample(companies, self.dice.randint(2, min(4, len(companies)))):
            own = Provider(company, country, "vpn", [self.free.pop()], 0)
            home = own if self.dice.chance(0.5) else made.provider(self.dice, country, "hosting")
            net = home.region(self.dice) << 12 | self.dice.randrange(16) << 8
            found += [
                (home, dotted(net | self.dice.randrange(1, 255)))
                for _ in range(self.dice.randint(6, 40))
            ]
        return found
