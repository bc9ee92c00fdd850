"""How a person could answer: what pages, programs and services loop over."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mfa.registry.words import Words


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer. `hint`: the masked address that a code would go to, "" where none is sent.

    `wait`: whole seconds until it may be asked, 0 for now. `is_open` is false for one that rests:
    only its `wait` is told. `is_spent`: this journey has had its share of it.
    """

    kind: str
    icon: str
    words: Words = field(repr=False)
    hint: str = ""
    is_elsewhere: bool = False
    is_mailbox: bool = False
    wait: int = 0
    is_open: bool = True
    is_spent: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """How this person could answer here and now, the way to try first at the front.

    `devices` are the names of those that may answer; `is_resting`: there are some, and they are not
    asked for a time.
    """

    every: tuple[Way, ...] = ()
    devices: tuple[str, ...] = ()
    is_resting: bool = False

    def get(self, kind: str) -> Way | None:
        """That way, if it is open or its wait may be told."""
        return next((way for way in self.every if way.kind == kind), None)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What could be asked, now or after its wait."""
        return tuple(way.kind for way in self.every if way.is_open)

    @property
    def hints(self) -> Mapping[str, str]:
        """Where a message would go, by kind."""
        return {way.kind: way.hint for way in self.every if way.is_open and way.hint}

    @property
    def waits(self) -> Mapping[str, int]:
        """Seconds to wait, by kind; only those that are not open now."""
        return {way.kind: way.wait for way in self.every if way.wait}

    @property
    def spent(self) -> frozenset[str]:
        """Kinds of which this journey has had its share."""
        return frozenset(way.kind for way in self.every if way.is_spent)
