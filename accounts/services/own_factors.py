"""What the security page lists of a person's factors."""

from collections.abc import Sequence
from dataclasses import dataclass

from mfa import registry
from mfa.registry.base import Factor
from mfa.results import FactorView
from mfa.services import enrolment


@dataclass(frozen=True, slots=True)
class Row:
    """One factor with what is known of its kind; `name` is its own, or that of the kind."""

    factor: FactorView
    kind: Factor

    @property
    def name(self) -> str:
        return self.factor.label or str(self.kind.words.title)


@dataclass(frozen=True, slots=True)
class OwnFactors:
    """`devices` have pages of their own, `rows` are the others that are listed. `addable`: kinds of
    which one more may be added here. `only_mailbox`: nothing else proves the person."""

    devices: list[FactorView]
    rows: list[Row]
    addable: list[Factor]
    only_mailbox: bool


def of(user_id: int) -> OwnFactors:
    """One SELECT."""
    found = enrolment.factors(user_id)
    rows = [Row(each, registry.of(each.kind)) for each in found]
    return OwnFactors(
        devices=[row.factor for row in rows if row.kind.is_elsewhere],
        rows=[row for row in rows if row.kind.is_listed],
        addable=_addable(found),
        only_mailbox=all(row.kind.is_mailbox for row in rows),
    )


def listed(user_id: int, factor_id: int) -> Row | None:
    """That row of the security page; None for what is not hers, or not removed there."""
    return next((row for row in of(user_id).rows if row.factor.id == factor_id), None)


def _addable(found: Sequence[FactorView]) -> list[Factor]:
    have = {each.kind for each in found}
    return [
        kind
        for kind in registry.every()
        if kind.is_listed and kind.add_url and (kind.has_several or kind.kind not in have)
    ]
