"""PURE: is the sign-in too far from the last one to have travelled there? From countries alone, so
only what is certain: end to nearest end.

A weak part. Nothing where a place is not known or hidden by a VPN, nothing for a known browser,
little for a country where the person was before.
"""

from risk.geo import countries
from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.networks import unlike

FASTEST = 1000.0  # km/h: an airliner with the wind behind it, and no way to the airport
LEAST_HOURS = 1 / 60
HIDING = frozenset({"vpn", "tor"})


def measure(attempt: Attempt, history: History) -> Measured:
    """1 for a journey that nobody can make; less with each sign-in from that country, and for
    whoever often hides."""
    if _journey(attempt, history):
        country = next((step for step in history.address if step.node.level == "country"), None)
        value = unlike(history) / (1 + (country.mine.times if country else 0))
        if value:
            yield "travel", value


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """One remark, for a journey that nobody can make."""
    journey = _journey(attempt, history)
    if not journey:
        return ()
    kilometres, minutes, before = journey
    here, there = (countries.name(code, countries.USUAL) for code in (attempt.country, before))
    sentence = (
        f"The last sign-in, {_ago(minutes)} before, came from {there}: at least {kilometres} km"
        f" from {here}."
    )
    return (Remark("travel", sentence, {"kilometres": kilometres, "minutes": minutes}),)


def _journey(attempt: Attempt, history: History) -> tuple[int, int, str] | None:
    """Kilometres at least, minutes, and the country before; None where it could
    be made, or nobody knows."""
    if attempt.knows or attempt.listed & HIDING or not history.lately.successes:
        return None
    last = history.lately.successes[0]
    kilometres = countries.apart(attempt.country, last.country)
    seconds = attempt.at.timestamp() - last.at
    if last.listed or not kilometres or kilometres <= FASTEST * max(LEAST_HOURS, seconds / 3600):
        return None
    return round(kilometres), max(0, round(seconds / 60)), last.country


def _ago(minutes: int) -> str:
    hours = round(minutes / 60)
    number, unit = (hours, "hour") if hours > 1 else (minutes, "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


SIGNAL = Signal(
    name="travel",
    look=look,
    measure=measure,
    inputs={
        "travel": Input(
            "1: too far from the last sign-in to have travelled; less where the person was before",
            by_hand=1.0,
        )
    },
    findings={"travel": gettext_noop("Travel")},
    careful=(
        Careful(
            40,
            gettext_noop(
                "New browser, and too far from your last sign-in to have travelled there."
            ),
            frozenset({"travel"}),
            in_new_browser=True,
        ),
    ),
)
