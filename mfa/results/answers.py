"""What an answer came to, and what it proves."""

from dataclasses import dataclass, field
from typing import Literal

from mfa.registry.base import Strength


@dataclass(frozen=True, slots=True)
class Right:
    """The typed code was right and the challenge is approved: collect it with `spend`."""

    kind: str
    label: str
    strength: Strength
    factor_id: int | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """The typed code was wrong; `left` tries remain for it."""

    left: int


@dataclass(frozen=True, slots=True)
class Dead:
    """Nothing was looked at: the code is too old, has had its tries, or was used, replaced or never
    this journey's.

    `retry_after`: whole seconds until there are tries again, where there were too many; 0 where no
    time brings them.
    """

    code: Literal["expired", "too_many_attempts", "used"]
    retry_after: int = field(default=0, compare=False)


CodeResult = Right | Wrong | Dead


@dataclass(frozen=True, slots=True)
class Proof:
    """What a collected challenge proves. `label` names the device, or the masked address; "" for
    what has no name of its own."""

    kind: str
    label: str
    strength: Strength
    factor_id: int | None
