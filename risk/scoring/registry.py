"""PURE: the signals that speak, in the order in which they are told: Nod's own, then those that a
site names in RISK_SIGNALS (`name`, when the process starts).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from math import isfinite

from risk.scoring.signals import (
    address,
    away,
    changes,
    device_cookie,
    failures,
    held_source,
    hours,
    networks,
    reputation,
    travel,
    user_agent,
)
from risk.scoring.signals.base import Careful, Input, Signal

BUILT_IN: tuple[Signal, ...] = (
    device_cookie.SIGNAL,
    address.SIGNAL,
    reputation.SIGNAL,
    user_agent.SIGNAL,
    hours.SIGNAL,
    networks.SIGNAL,
    travel.SIGNAL,
    away.SIGNAL,
    changes.SIGNAL,
    failures.SIGNAL,
    held_source.SIGNAL,
)
"""The browser's comes first: what no other signal shows is counted as its own. Always all of them:
the weights were fitted together."""

RESERVED = ("floor_", "ceiling_", "staff", "model_", "rescored")
"""How the names of what rules and faults say begin."""

CIRCUMSTANCES = frozenset({"knows", "places"})
"""Noted beside the inputs, so no input may be called so."""


class SignalError(Exception):
    """A module of RISK_SIGNALS cannot be used."""


@dataclass(frozen=True)
class Registry:
    """Signals, with what is looked up among them."""

    signals: tuple[Signal, ...]

    @cached_property
    def of_finding(self) -> Mapping[str, Signal]:
        """Who says it."""
        return {name: signal for signal in self.signals for name in signal.findings}

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        return {name: each for signal in self.signals for name, each in signal.inputs.items()}

    @cached_property
    def by_hand(self) -> Mapping[str, float]:
        """Weights that the signals bring themselves."""
        return {
            name: each.by_hand for name, each in self.inputs.items() if each.by_hand is not None
        }

    @cached_property
    def of_strangers(self) -> frozenset[str]:
        """Findings that a policy may take back."""
        return frozenset(name for name, by in self.of_finding.items() if by.of_strangers)

    @cached_property
    def told_last(self) -> frozenset[str]:
        return frozenset(
            name for name, by in self.of_finding.items() if by.told_last or by.of_strangers
        )

    @cached_property
    def careful(self) -> tuple[Careful, ...]:
        """Sentences for the person, the first that fits is told."""
        found = (each for signal in self.signals for each in signal.careful)
        return tuple(sorted(found, key=lambda each: each.rank))


_named: list[str] = []


def name(paths: Iterable[str]) -> None:
    """Which modules of a site's own hold a SIGNAL, by dotted path, from now on."""
    _named[:] = dict.fromkeys(paths)


def installed() -> Registry:
    """All that could be read; never raises."""
    return _read(tuple(_named))[0]


def complete() -> Registry:
    """All of them. Raises SignalError where one is missing: a score without it
    would say less than the site wants."""
    found, faults = _read(tuple(_named))
    for path, fault in faults.items():
        raise SignalError(f"{path}: {fault}") from fault
    return found


def faults() -> Mapping[str, Exception]:
    """What is wrong with which path."""
    return _read(tuple(_named))[1]


@lru_cache(maxsize=8)
def _read(paths: tuple[str, ...]) -> tuple[Registry, Mapping[str, Exception]]:
    found, wrong = list(BUILT_IN), {}
    for path in paths:
        try:
            signal = _load(path)
            if signal not in found:
                check((*found, signal))
                found.append(signal)
        # another's module may raise whatever it likes while it is imported
        except Exception as fault:  # noqa: BLE001
            wrong[path] = fault
    return Registry(tuple(found)), wrong


def _load(path: str) -> Signal:
    signal = getattr(import_module(path), "SIGNAL", None)
    if not isinstance(signal, Signal):
        raise TypeError("the module has no SIGNAL that is a Signal")
    return signal


def check(signals: Iterable[Signal]) -> None:
    """Raises ValueError unless every name has one owner, and every number can be counted with."""
    for problem in _problems(tuple(signals)):
        raise ValueError(problem)


def _problems(signals: tuple[Signal, ...]) -> Iterator[str]:
    claimed = {
        "signal": [each.name for each in signals],
        "input": [*CIRCUMSTANCES, *(name for each in signals for name in each.inputs)],
        "finding": [name for each in signals for name in each.findings],
    }
    for what, names in claimed.items():
        yield from (f"two claim the {what} {name}" for name, n in Counter(names).items() if n > 1)
    for name in claimed["finding"]:
        if name.startswith(RESERVED):
            yield f"only rules say {name}"
    for signal in signals:
        yield from _own_problems(signal)


def _own_problems(signal: Signal) -> Iterator[str]:
    for said in signal.careful:
        if not said.findings <= signal.findings.keys():
            yield f"{signal.name} is careful about findings that are not its own"
    for name, each in signal.inputs.items():
        if each.by_hand is not None and not isfinite(each.by_hand):
            yield f"the weight of {name} is no number"
