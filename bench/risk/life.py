"""The sign-ins of one person, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.risk.dice import Dice, Lot
from bench.risk.lines import Line, Place, Wiring
from bench.risk.people import Machine, Person, Town
from bench.risk.settings import DAY, START, Setting


@dataclass(slots=True)
class Row:
    """One line of the log. `given`: the identifier that the browser gets with
    this sign-in, "" where it has one."""

    at: float
    user: str
    place: Place
    agent: str
    cookie: str
    given: str
    ok: bool
    label: str


class Life:
    """Walks through a person's time. Machines are replaced, lose their cookies, are used in private
    windows, travel and move."""

    def __init__(
        self, setting: Setting, dice: Dice, town: Town, wiring: Wiring, person: Person
    ) -> None:
        self.setting, self.dice, self.town, self.wiring, self.person = (
            setting,
            dice,
            town,
            wiring,
            person,
        )
        self.weights = [0.68, 0.25, 0.07]
        self.replaced = [
            person.joined + dice.wait(setting.new_device * DAY) for _ in person.machines
        ]

    def rows(self) -> Iterator[Row]:
        for at in self._times():
            yield from self._session(at)

    def _times(self) -> list[float]:
        """Days drawn by what kind they are, hours by habit. The first is when somebody joins."""
        dice, person, end = self.dice, self.person, START + self.setting.days * DAY
        hours = Lot(list(enumerate(person.hours)))
        first_day, days = person.joined // DAY, max(1, int((end - person.joined) // DAY))
        weights = [person.weekend if (first_day + day + 3) % 7 >= 5 else 1.0 for day in range(days)]
        number = dice.poisson(person.rate * days)
        chosen = dice.choices(range(days), weights, k=number) if number else []
        times = [
            (first_day + day) * DAY + (hours.draw(dice) + dice.random()) * 3600 for day in chosen
        ]
        return sorted({person.joined, *(at for at in times if at > person.joined)})

    def _session(self, at: float) -> Iterator[Row]:
        machine = self._machine(at)
        if at > machine.loses:
            machine.cookie, machine.loses = "", at + self.dice.wait(self.setting.cookie_life * DAY)
        private = self.dice.chance(self.setting.private_mode)
        cookie = "" if private or not machine.keeps else machine.cookie
        if self.dice.chance(self.setting.shared_device) and not cookie:
            cookie = self.dice.word()  # of somebody who used that browser before
        place, agent = self._line(at, machine).place(self.dice, at), machine.browser.agent(at)
        while self.dice.chance(self.setting.mistyped):
            at += self.dice.uniform(5, 40)
            yield Row(at, self.person.name, place, agent, cookie, "", ok=False, label="legit")
        given = "" if cookie else self.dice.word()
        if machine.keeps and not private and given:
            machine.cookie = given
        yield Row(at + 3, self.person.name, place, agent, cookie, given, ok=True, label="legit")

    def _machine(self, at: float) -> Machine:
        machines = self.person.machines
        number = self.dice.choices(range(len(machines)), self.weights[: len(machines)])[0]
        if at > self.replaced[number]:
            self.replaced[number] = at + self.dice.wait(self.setting.new_device * DAY)
            old = machines[number]
            fresh = self.town.machine(phone=old.browser.is_phone, blocks=not old.keeps, vpn=old.vpn)
            if self.dice.chance(0.5):  # people stay with their kind of browser
                fresh.browser = type(old.browser)(
                    old.browser.system,
                    old.browser.family,
                    fresh.browser.lag,
                    fresh.browser.model,
                    fresh.browser.android,
                )
            machines[number] = fresh
        return machines[number]

    def _line(self, at: float, machine: Machine) -> Line:
        dice, person = self.dice, self.person
        if at > person.moves:
            person.home, person.moves = (
                self.wiring.household(person.country),
                at + dice.wait(self.setting.moves * DAY),
            )
        if machine.vpn and dice.chance(person.vpn_use):
            return person.vpn
        trip = next((trip for trip in person.trips if trip.start <= at < trip.end), None)
        if trip:
            return (
                person.carrier
                if machine.browser.is_phone and trip.roams and dice.chance(0.7)
                else trip.line
            )
        if dice.chance(self.setting.elsewhere):
            if person.cafe is None or dice.chance(0.4):
                person.cafe = self.wiring.elsewhere(person.country)
            return person.cafe
        if machine.browser.is_phone and dice.chance(0.5):
            return person.carrier
        working = (at // DAY + 3) % 7 < 5 and person.hours[int(at % DAY // 3600)] > 0.4
        return person.office if person.office and working and dice.chance(0.8) else person.home
