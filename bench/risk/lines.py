"""Lines to the internet, and the addresses that they have at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bench.risk.dice import Dice
from bench.risk.settings import DAY, Setting
from bench.risk.world import Provider, World, dotted, six


class Place(NamedTuple):
    """What the site sees of where somebody is."""

    ip: str
    country: str
    asn: int


class Line(Protocol):
    """Something to go online with."""

    def place(self, dice: Dice, at: float, /) -> Place: ...


@dataclass(slots=True)
class Fixed:
    """The same few addresses for ever: offices, and lines with a static address."""

    provider: Provider
    addresses: list[str]

    def place(self, dice: Dice, _at: float) -> Place:
        return Place(dice.choice(self.addresses), self.provider.country, self.provider.asn)


@dataclass(slots=True)
class Leased:
    """A household: an address from the city's /20s that changes after `lease` seconds, and often
    IPv6 beside it.

    Of an IPv6 line the /56 belongs to the household (or changes each day), and machines draw a new
    interface each day.
    """

    provider: Provider
    regions: list[int]
    lease: float
    v6: float
    six_daily: bool
    network: int
    until: float = 0.0
    ip: str = ""
    day: int = -1

    def place(self, dice: Dice, at: float) -> Place:
        ip = self._six(dice, at) if dice.chance(self.v6) else self._four(dice, at)
        return Place(ip, self.provider.country, self.provider.asn)

    def _four(self, dice: Dice, at: float) -> str:
        if at >= self.until:
            self.ip = self.provider.address(dice, dice.choice(self.regions))
            self.until = (at // DAY + 1) * DAY if self.lease <= DAY else at + dice.wait(self.lease)
        return self.ip

    def _six(self, dice: Dice, at: float) -> str:
        if self.six_daily and int(at // DAY) != self.day:
            self.day = int(at // DAY)
            self.network = self.network >> 24 << 24 | dice.getrandbits(16) << 8
        return six(self.network, dice.getrandbits(64))


@dataclass(slots=True)
class Carrier:
    """A phone's own connection: behind addresses that thousands share, another one every few hours.
    Some carriers give IPv6 as well."""

    provider: Provider
    pools: list[list[str]]
    v6: float
    home: int
    until: float = 0.0
    ip: str = ""

    def place(self, dice: Dice, at: float) -> Place:
        if at >= self.until:
            self.until = at + dice.wait(0.25 * DAY)
            pool = self.pools[self.home] if dice.chance(0.75) else dice.choice(self.pools)
            network = self.provider.prefix << 32 | self.home << 24 | dice.getrandbits(24)
            self.ip = (
                six(network, dice.getrandbits(64)) if dice.chance(self.v6) else dice.choice(pool)
            )
        return Place(self.ip, self.provider.country, self.provider.asn)


@dataclass(slots=True)
class Vpn:
    """A commercial VPN: mostly the country that its user likes, some exit of
    it, shared with whoever pays."""

    world: World
    countries: list[str]

    def place(self, dice: Dice, _at: float) -> Place:
        provider, ip = dice.choice(self.world.exits[dice.choice(self.countries)])
        return Place(ip, provider.country, provider.asn)


class Wiring:
    """Gives people their lines. Pools of carriers are made once for each carrier."""

    def __init__(self, setting: Setting, dice: Dice, world: World) -> None:
        self.setting, self.dice, self.world = setting, dice, world
        self.pools: dict[int, list[list[str]]] = {}

    def household(self, country: str) -> Line:
        dice, setting = self.dice, self.setting
        provider = self.world.provider(dice, country, "home")
        kind = dice.random()
        daily = setting.static <= kind < setting.static + setting.daily
        lease = 1e12 if kind < setting.static else DAY if daily else setting.lease * DAY
        regions = [
            provider.region(dice)
            for _ in range(dice.randint(2, 6) if daily else dice.randint(1, 2))
        ]
        network = provider.prefix << 32 | dice.randrange(256) << 24 | dice.getrandbits(16) << 8
        v6 = dice.uniform(0.3, 0.9) if dice.chance(setting.v6) else 0.0
        return Leased(provider, regions, lease, v6, dice.chance(setting.v6_daily), network)

    def office(self, country: str) -> Line:
        provider = self.world.provider(
            self.dice, country, self.dice.choice(["business", "business", "home"])
        )
        start = provider.region(self.dice) << 12 | self.dice.randrange(8, 4000)
        return Fixed(
            provider, [dotted(start + each) for each in range(self.dice.choice([1, 1, 1, 2, 4]))]
        )

    def carrier(self, country: str) -> Line:
        provider = self.world.provider(self.dice, country, "mobile")
        if provider.asn not in self.pools:
            regions = [provider.region(self.dice) for _ in range(self.setting.carrier_regions)]
            each = max(4, self.setting.carrier_pool // len(regions))
            self.pools[provider.asn] = [
                [provider.address(self.dice, region) for _ in range(each)] for region in regions
            ]
        pools = self.pools[provider.asn]
        return Carrier(provider, pools, self.setting.v6 * 0.7, self.dice.randrange(len(pools)))

    def vpn(self, country: str) -> Line:
        others = self.dice.sample(sorted(self.world.exits), self.dice.choice([0, 0, 1, 2]))
        return Vpn(self.world, [country] * 6 + others)

    def elsewhere(self, country: str) -> Line:
        """A hotel, a friend, a café."""
        provider = self.world.provider(
            self.dice, country, self.dice.choice(["home", "home", "business"])
        )
        return Fixed(provider, [provider.anywhere(self.dice)])
