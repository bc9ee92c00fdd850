"""People with their machines, their habits and their lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.risk import agents
from bench.risk.agents import Browser
from bench.risk.dice import Dice, Lot
from bench.risk.lines import Line, Wiring
from bench.risk.settings import DAY, START, Setting
from bench.risk.world import COUNTRIES, HOURS_EAST


@dataclass(slots=True)
class Machine:
    """A browser and what it keeps. `loses` is when its cookies go the next
    time; `vpn`: it goes online through one."""

    browser: Browser
    keeps: bool
    vpn: bool
    cookie: str = ""
    loses: float = 0.0


@dataclass(slots=True)
class Trip:
    """Where somebody is from `start` to `end`, and with what line."""

    start: float
    end: float
    line: Line
    roams: bool


@dataclass(slots=True)
class Person:
    """`rate`: sign-ins a day. `hours`: how likely each hour of a day (UTC) is; `weekend`: how much
    of a weekday a day off is."""

    name: str
    country: str
    joined: float
    rate: float
    hours: list[float]
    weekend: float
    machines: list[Machine]
    home: Line
    carrier: Line
    office: Line | None
    vpn: Line
    vpn_use: float
    trips: list[Trip] = field(default_factory=list)
    cafe: Line | None = None
    moves: float = 0.0


class Town:
    """Makes the people of a setting; offices fill up one after the other."""

    def __init__(self, setting: Setting, dice: Dice, wiring: Wiring) -> None:
        self.setting, self.dice, self.wiring = setting, dice, wiring
        self.countries = Lot(setting.countries)
        self.offices: dict[str, tuple[Line, int]] = {}

    def people(self) -> list[Person]:
        return [self.person(f"u{number}") for number in range(self.setting.people)]

    def person(self, name: str) -> Person:
        dice, setting = self.dice, self.setting
        country = self.countries.draw(dice)
        joined = START + (
            dice.random() * setting.days * DAY if dice.chance(setting.joining) else 0.0
        )
        works = dice.chance(setting.office)
        uses_vpn = dice.chance(setting.vpn_people)
        blocks = dice.chance(setting.no_cookies)
        return Person(
            name=name,
            country=country,
            joined=joined,
            rate=min(8.0, dice.around(setting.logins / 30, setting.spread)),
            hours=_hours(dice, country, works=works),
            weekend=dice.uniform(0.05, 0.4) if works else dice.uniform(0.7, 1.3),
            machines=[
                self.machine(phone=phone, blocks=blocks, vpn=uses_vpn) for phone in self._kinds()
            ],
            home=self.wiring.household(country),
            carrier=self.wiring.carrier(country),
            office=self._office(country) if works else None,
            vpn=self.wiring.vpn(country),
            vpn_use=setting.vpn_use if uses_vpn else 0.0,
            trips=self._trips(country, joined),
            moves=joined + dice.wait(setting.moves * DAY),
        )

    def machine(self, *, phone: bool, blocks: bool, vpn: bool) -> Machine:
        browser = agents.somebodys(self.dice, self.setting, phone=phone)
        return Machine(
            browser, not blocks and not self.dice.chance(0.01), vpn and self.dice.chance(0.7)
        )

    def _kinds(self) -> list[bool]:
        """Phone or not, the one used most first."""
        first = self.dice.chance(self.setting.phones)
        second = (
            [not first if self.dice.chance(0.8) else first]
            if self.dice.chance(self.setting.second_device)
            else []
        )
        return [
            first,
            *second,
            *([self.dice.chance(0.5)] if second and self.dice.chance(0.25) else []),
        ]

    def _office(self, country: str) -> Line:
        line, left = self.offices.get(country, (None, 0))
        if line is None or left <= 0:
            line, left = (
                self.wiring.office(country),
                max(1, round(self.dice.around(self.setting.office_people, 0.8))),
            )
        self.offices[country] = (line, left - 1)
        return line

    def _trips(self, country: str, joined: float) -> list[Trip]:
        dice, setting, trips, at = self.dice, self.setting, [], joined
        yearly = dice.around(setting.trips, 0.8)
        while (at := at + dice.wait(365 * DAY / yearly)) < START + setting.days * DAY:
            end = at + min(25.0, dice.around(4.0, 0.7)) * DAY
            where = (
                dice.choice([*self.countries.things, *dice.sample(COUNTRIES, 3)])
                if dice.chance(0.55)
                else country
            )
            trips.append(Trip(at, end, self.wiring.elsewhere(where), dice.chance(setting.roaming)))
            at = end
        return trips


def _hours(dice: Dice, country: str, *, works: bool) -> list[float]:
    """A working day or an evening around which somebody signs in, with a thin
    floor for the rest."""
    east = HOURS_EAST.get(country, 1)
    peaks = (
        [(dice.uniform(8, 10), 1.0), (dice.uniform(13, 16), 0.7)]
        if works
        else [(dice.uniform(11, 17), 0.5), (dice.uniform(18, 22), 1.0)]
    )
    floor = dice.choice([0.01, 0.03, 0.1])
    return [floor + _busy(peaks, (utc + east) % 24) for utc in range(24)]


def _busy(peaks: list[tuple[float, float]], hour: int) -> float:
    """How much of a day's peaks reaches this hour: each halves within two hours of it."""
    away = ((height, min((hour - peak) % 24, (peak - hour) % 24)) for peak, height in peaks)
    return sum(height * float(0.5 ** (hours**2 / 4)) for height, hours in away)
