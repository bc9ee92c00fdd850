"""Chance, from a seed: the same seed makes the same log on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import exp, log
from random import Random  # noqa: TID251 - repeatable chance for a simulation, never for a secret
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Dice(Random):
    """The few throws that the simulator needs beside those of Python."""

    def chance(self, share: float) -> bool:
        return self.random() < share

    def around(self, median: float, spread: float) -> float:
        """Log-normal: most lie within a factor e^spread of the median, a few far above."""
        return median * exp(self.gauss(0.0, spread))

    def wait(self, mean: float) -> float:
        """Until the next thing that happens once in `mean` on average."""
        return self.expovariate(1.0 / mean)

    def word(self, length: int = 16) -> str:
        return "".join(self.choices(LETTERS, k=length))

    def poisson(self, mean: float) -> int:
        """How many happen when `mean` are expected."""
        if mean > 50:
            return max(0, round(self.gauss(mean, mean**0.5)))
        number, left = 0, self.expovariate(1.0)
        while left < mean:
            number, left = number + 1, left + self.expovariate(1.0)
        return number


class Lot(Generic[Thing]):
    """Things drawn with their weights."""

    def __init__(self, weights: dict[Thing, float] | Sequence[tuple[Thing, float]]) -> None:
        pairs = list(weights.items()) if isinstance(weights, dict) else list(weights)
        self.things = [thing for thing, _ in pairs]
        self.sums = list(accumulate(weight for _, weight in pairs))

    def draw(self, dice: Dice) -> Thing:
        return dice.choices(self.things, cum_weights=self.sums)[0]


def zipf(number: int, slope: float) -> list[float]:
    """Weights 1, 1/2^slope, 1/3^slope …"""
    return [exp(-slope * log(rank)) for rank in range(1, number + 1)]
