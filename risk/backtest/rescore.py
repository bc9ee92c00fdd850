"""PURE: a verdict made again from what its row noted: from the findings by the rules, and from the
inputs by the weights.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from math import fsum

from risk.backtest.records import Verdict
from risk.login.context import Finding
from risk.policy.rules import rule
from risk.scoring import sheets
from risk.scoring.additive import GROUPS, Part, in_order, in_points
from risk.scoring.sheets import Sheets
from risk.scoring.signals import failures, held_source

FIRST_WORDS = {
    "browser": ("browser",),
    "address": ("address", "network", "provider", "country"),
    "reputation": ("reputation",),
    "agent": ("agent", "device", "system", "version"),
    "hours": ("hour",),
    "networks": ("networks",),
    "travel": ("travel",),
    "away": ("away",),
    "changes": ("change",),
}
"""How the names of findings begin, for each group of inputs."""

RESCORED = "rescored"
"""The one finding of a score whose parts cannot be told from each other."""


def is_ruled(finding: Finding) -> bool:
    """Whether the rules added it: everything else is the model's."""
    return finding.name == "staff" or finding.name.startswith(("floor_", "ceiling_"))


def raw(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What the model found."""
    return tuple(finding for finding in findings if not is_ruled(finding))


def differences(verdict: Verdict, weights: Sheets | None) -> tuple[str, ...]:
    """The parts of a verdict that do not come out again; none where all do. Without `facts` none
    can. `weights`: those that made it, if known.
    """
    if verdict.facts is None:
        return ("evidence",)
    found = raw(verdict.findings)
    ruling = rule(found, verdict.policy, verdict.facts)
    told = {
        "score": ruling.score,
        "level": ruling.level,
        "decision": ruling.decision,
        "required": ruling.required,
        "findings": ruling.findings,
    }
    wrong = [name for name, value in told.items() if getattr(verdict, name) != value]
    if weights and not _has_weight(verdict, found, weights):
        wrong.append("points")
    return tuple(wrong)


def _has_weight(verdict: Verdict, found: tuple[Finding, ...], weights: Sheets) -> bool:
    """Whether the inputs give the points: of each group, where the findings say which group they
    are of, and in all.
    """
    again = rescored(verdict, weights)
    if sum(each.points for each in again) != sum(each.points for each in found):
        return False
    return again[0].name == RESCORED or _by_group(again) == _by_group(found)


def _by_group(findings: Iterable[Finding]) -> dict[str, int]:
    ordered = sorted(findings, key=_group)
    return {
        group: sum(each.points for each in found) for group, found in groupby(ordered, key=_group)
    }


def z_of(verdict: Verdict, weights: Sheets) -> float:
    """The log-odds that these weights see in the noted inputs."""
    return fsum(_sums(verdict, weights).values())


def _sums(verdict: Verdict, weights: Sheets) -> dict[str, float]:
    """What each group adds to z. What belongs to no group is under ""."""
    sheet = weights.sheet(knows="knows" in verdict.inputs, places="places" in verdict.inputs)
    terms = sheet.terms(verdict.inputs)
    sums = {
        group: fsum(terms.pop(name) for name in names if name in terms)
        for group, names in GROUPS.items()
    }
    sums["browser"] += sheet.bias
    sums["failures"] = terms.pop("failures", 0.0)
    sums["held"] = weights.held if "held" in verdict.inputs else 0.0
    sums[""] = fsum(terms.values())
    return sums


def rescored(verdict: Verdict, weights: Sheets) -> tuple[Finding, ...]:
    """What the model would have found with these weights: the same words with other points. Several
    failures share theirs as they did.

    Where a group has weight and no words for it, everything is one finding.
    """
    found, sums = raw(verdict.findings), _sums(verdict, weights)
    groups = [_group(each) for each in found]
    if any(z and group not in groups for group, z in sums.items()) or "" in groups or not found:
        return (Finding(RESCORED, round(sheets.points(fsum(sums.values()))), "Scored again."),)
    order = [*GROUPS, "failures", "held"]
    parts = [
        Part(
            sums[group]
            * _share(
                each, [other for other, its in zip(found, groups, strict=True) if its == group]
            ),
            each,
        )
        for each, group in sorted(
            zip(found, groups, strict=True), key=lambda pair: order.index(pair[1])
        )
    ]
    return tuple(in_points(in_order(parts)))


def _share(finding: Finding, group: list[Finding]) -> float:
    """Of what its group weighs: as the points say, evenly where they say nothing."""
    total = sum(abs(each.points) for each in group)
    return abs(finding.points) / total if total else 1 / len(group)


def _group(finding: Finding) -> str:
    return _group_of(finding.name)


@lru_cache(maxsize=1024)
def _group_of(name: str) -> str:
    if name in failures.NAMES:
        return "failures"
    if name in held_source.NAMES:
        return "held"
    word = name.partition("_")[0]
    return next((group for group, words in FIRST_WORDS.items() if word in words), "")
