"""What the services of this app answer: plain values for other apps."""

from mfa.registry.base import Strength
from mfa.results.answers import CodeResult, Dead, Proof, Right, Wrong
from mfa.results.asking import Asker, Lane, LookState, NotAsked, Opened, Wake, WakeState
from mfa.results.enrolled import FACTOR_COLUMNS, Enrolled, FactorView
from mfa.results.prompts import BudgetRow, DecisionFacts, Person, PushQuestion
from mfa.results.ways import Way, Ways

__all__ = [
    "FACTOR_COLUMNS",
    "Asker",
    "BudgetRow",
    "CodeResult",
    "Dead",
    "DecisionFacts",
    "Enrolled",
    "FactorView",
    "Lane",
    "LookState",
    "NotAsked",
    "Opened",
    "Person",
    "Proof",
    "PushQuestion",
    "Right",
    "Strength",
    "Wake",
    "WakeState",
    "Way",
    "Ways",
    "Wrong",
]
