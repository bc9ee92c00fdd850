"""PURE: did somebody say "this was not me" about the address in the last day? It never speaks
against a browser that the person knows.
"""

from risk.login.attempt import Attempt
from risk.login.history import Held, History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.words import many

WIDELY = 3
"""Established people who must name a source before it counts for others. Fewer
could be one person's doing."""


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """At most one remark; "disavowed_widely" is a hard signal."""
    found = None if attempt.knows else _worst(history.held)
    return (found,) if found else ()


def _worst(held: Held) -> Remark | None:
    if held.disavowed_by >= WIDELY:
        people = many(held.disavowed_by, "person", "people")
        return Remark(
            "disavowed_widely",
            f"{people} undid a sign-in from this address.",
            {"people": held.disavowed_by},
        )
    if held.by_this_person:
        return Remark(
            "source_held",
            "A sign-in to this account from this address was called false in the last day.",
        )
    if held.named_by >= WIDELY:
        people = many(held.named_by, "person", "people")
        return Remark(
            "source_named",
            f"{people} called sign-ins from this address false.",
            {"people": held.named_by},
        )
    return None


def measure(attempt: Attempt, history: History) -> Measured:
    """1 where there is something to say."""
    if look(attempt, history):
        yield "held", 1.0


SIGNAL = Signal(
    name="held",
    look=look,
    measure=measure,
    inputs={
        "held": Input(
            "1: somebody called a sign-in from the address false", by_hand=3.0, from_ledger=False
        )
    },
    findings={
        name: gettext_noop("Source") for name in ("disavowed_widely", "source_held", "source_named")
    },
    careful=(
        Careful(
            10,
            gettext_noop("Somebody said that a sign-in from there was not theirs."),
            frozenset({"source_held", "source_named"}),
        ),
    ),
    told_last=True,
)
