"""Whoever signs in as somebody else. All have the right password in the end; how
they look differs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Protocol

from bench.risk import agents
from bench.risk.dice import Dice, Lot
from bench.risk.life import Row
from bench.risk.lines import Place
from bench.risk.people import Person
from bench.risk.settings import DAY, START, Setting
from bench.risk.world import COUNTRIES, DANGEROUS, Provider, World


class Victims:
    """People with their good sign-ins, so that an attacker can look at what they showed before."""

    def __init__(self, dice: Dice, people: list[Person], rows: list[Row]) -> None:
        self.dice, self.people = dice, people
        self.seen: dict[str, list[Row]] = {person.name: [] for person in people}
        for row in rows:
            if row.ok:
                self.seen[row.user].append(row)
        self.times = {name: [row.at for row in seen] for name, seen in self.seen.items()}

    def before(self, person: Person, at: float) -> list[Row]:
        return self.seen[person.name][: bisect_left(self.times[person.name], at)]

    def somebody(self, at: float) -> tuple[Person, list[Row]]:
        """Anybody who has signed in before."""
        while True:
            person = self.dice.choice(self.people)
            if seen := self.before(person, at):
                return person, seen


class Attackers:
    """Makes the attacks of a setting."""

    def __init__(self, setting: Setting, dice: Dice, world: World, victims: Victims) -> None:
        self.setting, self.dice, self.world, self.victims = setting, dice, world, victims
        self.countries = Lot({country: DANGEROUS.get(country, 1.0) for country in COUNTRIES})

    def rows(self) -> Iterator[Row]:
        for kind in ("naive", "vpn", "targeted", "stealer"):
            yield from self._campaigns(kind, getattr(self.setting, kind))
        yield from self._stuffing()
        yield from self._proxies()

    def _when(self) -> float:
        return START + self.dice.uniform(0.03, 1.0) * self.setting.days * DAY

    def _campaigns(self, kind: str, number: int) -> Iterator[Row]:
        """A few attempts by one attacker within a day or two, from the same
        place where that fits the victims."""
        made = 0
        while made < number:
            start, size = (
                self._when(),
                min(number - made, 1 + self.dice.poisson(self.setting.campaign - 1)),
            )
            campaign = CAMPAIGNS[kind](self, start)
            for _ in range(size):
                row = campaign.attempt(start + self.dice.random() * min(2 * DAY, size * 3600))
                if row:
                    made += 1
                    yield row

    def provider(self, country: str) -> Provider:
        return self.world.provider(
            self.dice,
            country,
            self.dice.choices(["home", "hosting", "mobile", "business"], [5, 4, 1, 1])[0],
        )

    def popular(self, at: float) -> str:
        return agents.a_browser(self.dice, self.setting, self.dice.choice(agents.POPULAR)).agent(at)

    def any_agent(self, at: float) -> str:
        if self.dice.chance(0.15):
            return self.dice.choice(agents.TOOLS)
        return agents.somebodys(self.dice, self.setting, phone=self.dice.chance(0.35)).agent(
            at - self.dice.random() * 300 * DAY
        )

    def from_vpn(self, country: str) -> Place:
        provider, ip = self.dice.choice(self.world.exits[country])
        return Place(ip, country, provider.asn)

    def from_home(self, country: str) -> Place:
        """A household that rents out its line, mostly without knowing it."""
        provider = self.world.provider(
            self.dice, country, self.dice.choice(["home", "home", "mobile"])
        )
        return Place(provider.anywhere(self.dice), country, provider.asn)

    def beside(self, place: Place) -> Place:
        """Another customer of the same provider."""
        for kind in ("home", "mobile", "business"):
            for provider in self.world.lots[place.country, kind].things:
                if provider.asn == place.asn:
                    return place._replace(ip=provider.anywhere(self.dice))
        return self.from_home(place.country)

    def _stuffing(self) -> Iterator[Row]:
        """From one address through a long list; one in fifty to two hundred passwords is right."""
        made = 0
        while made < self.setting.stuffing:
            at, provider = self._when(), self.provider(self.countries.draw(self.dice))
            place, agent, hits = (
                Place(provider.anywhere(self.dice), provider.country, provider.asn),
                self.any_agent(at),
                self.dice.randint(3, 20),
            )
            for _ in range(min(hits, self.setting.stuffing - made)):
                made += 1
                for _ in range(self.dice.randint(8, 40)):
                    yield self._wrong(at, place, agent, "stuffing")
                    at += self.dice.wait(6.0)
                yield self._right(at, place, agent, "stuffing")

    def _proxies(self) -> Iterator[Row]:
        """The same through many lines, a few attempts each."""
        made = 0
        while made < self.setting.stuffing_proxy:
            at, hits, agent = self._when(), self.dice.randint(5, 40), self.any_agent(self._when())
            near, turns = self.dice.chance(0.4), self.dice.chance(0.5)
            for _ in range(min(hits, self.setting.stuffing_proxy - made)):
                made += 1
                for _ in range(self.dice.randint(3, 20)):
                    yield self._wrong(
                        at,
                        self._proxy(near),
                        self.popular(at) if turns else agent,
                        "stuffing_proxy",
                    )
                    at += self.dice.wait(20.0)
                yield self._right(
                    at, self._proxy(near), self.popular(at) if turns else agent, "stuffing_proxy"
                )

    def _proxy(self, near: bool) -> Place:
        country = (
            self.dice.choice(list(self.setting.countries))
            if near
            else self.countries.draw(self.dice)
        )
        return self.from_home(country)

    def _wrong(self, at: float, place: Place, agent: str, label: str) -> Row:
        user = self.dice.choice(self.victims.people).name if self.dice.chance(0.3) else ""
        return Row(at, user, place, agent, "", "", ok=False, label=label)

    def _right(self, at: float, place: Place, agent: str, label: str) -> Row:
        return Row(
            at, self.victims.somebody(at)[0].name, place, agent, "", "", ok=True, label=label
        )


class Campaign(Protocol):
    """One attacker at work."""

    def attempt(self, at: float) -> Row | None:
        """The next sign-in; None where there was nothing to copy."""
        ...


class Naive:
    """Any place in the world, any browser."""

    def __init__(self, around: Attackers, start: float) -> None:
        self.around, self.provider = around, around.provider(around.countries.draw(around.dice))
        self.place, self.agent = self._place(), around.any_agent(start)

    def _place(self) -> Place:
        return Place(
            self.provider.anywhere(self.around.dice), self.provider.country, self.provider.asn
        )

    def attempt(self, at: float) -> Row | None:
        person, _ = self.around.victims.somebody(at)
        place = self.place if self.around.dice.chance(0.7) else self._place()
        return Row(at, person.name, place, self.agent, "", "", ok=True, label="naive")


class OverVpn:
    """The victim's country through a commercial VPN, with a browser that many have."""

    def __init__(self, around: Attackers, start: float) -> None:
        self.around, self.agent = around, around.popular(start)

    def attempt(self, at: float) -> Row | None:
        person, _ = self.around.victims.somebody(at)
        return Row(
            at,
            person.name,
            self.around.from_vpn(person.country),
            self.agent,
            "",
            "",
            ok=True,
            label="vpn",
        )


class Targeted:
    """The victim's country or even provider, a copy of their browser's words,
    mostly at their hours. No cookie."""

    def __init__(self, around: Attackers, _start: float) -> None:
        self.around = around

    def attempt(self, at: float) -> Row | None:
        dice, setting = self.around.dice, self.around.setting
        person, seen = self.around.victims.somebody(at)
        if dice.chance(setting.their_hours):
            at = at // DAY * DAY + (dice.choices(range(24), person.hours)[0] + dice.random()) * 3600
        known = [row for row in seen if row.at < at]
        if not known:
            return None
        copied = dice.choice(known[-20:])
        place = (
            self.around.beside(copied.place)
            if dice.chance(setting.same_provider)
            else self._near(person.country)
        )
        return Row(
            at,
            person.name,
            place,
            _aged(self.around, copied, at),
            "",
            "",
            ok=True,
            label="targeted",
        )

    def _near(self, country: str) -> Place:
        return (
            self.around.from_vpn(country)
            if self.around.dice.chance(0.2)
            else self.around.from_home(country)
        )


class Thief:
    """The victim's cookie and the words of their browser as they were then,
    from a place that may be near."""

    def __init__(self, around: Attackers, start: float) -> None:
        self.around = around
        share, setting = around.dice.random(), around.setting
        self.how = (
            "near"
            if share < setting.thief_near
            else "vpn"
            if share < setting.thief_near + setting.thief_vpn
            else "far"
        )
        self.far = around.from_home(around.countries.draw(around.dice))
        self.own = around.any_agent(start)

    def attempt(self, at: float) -> Row | None:
        dice = self.around.dice
        person, seen = self.around.victims.somebody(at)
        recent = [row for row in seen if (row.cookie or row.given) and row.at > at - 20 * DAY]
        if not recent:
            return None
        copied = dice.choice(recent)
        place = self._place(person, copied)
        agent = self.own if dice.chance(self.around.setting.other_agent) else copied.agent
        return Row(
            at,
            person.name,
            place,
            agent,
            copied.cookie or copied.given,
            "",
            ok=True,
            label="stealer",
        )

    def _place(self, person: Person, copied: Row) -> Place:
        if self.how == "far":
            return self.far
        if self.how == "vpn":
            return self.around.from_vpn(person.country)
        return (
            self.around.beside(copied.place)
            if self.around.dice.chance(0.3)
            else self.around.from_home(person.country)
        )


def _aged(around: Attackers, copied: Row, at: float) -> str:
    """What was copied, or the victim's newest words."""
    if around.dice.chance(around.setting.stale_agent):
        return copied.agent
    newest = [row for row in around.victims.seen[copied.user] if row.at < at]
    return newest[-1].agent


CAMPAIGNS: dict[str, Callable[[Attackers, float], Campaign]] = {
    "naive": Naive,
    "vpn": OverVpn,
    "targeted": Targeted,
    "stealer": Thief,
}
