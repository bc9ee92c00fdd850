"""What is enrolled, as other apps may see it."""

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FactorView:
    """Something enrolled. `label` is a device's name or an address; `tied_browser` the selector of
    the browser that is its own authenticator.

    `unreachable_since`: a wake-up to this device cannot arrive; it may still answer what it finds
    in its inbox.
    """

    id: int
    user_id: int
    kind: str
    label: str
    tied_browser: str
    added_by: str
    added_at: datetime
    confirmed_at: datetime | None
    unreachable_since: datetime | None = None
    last_used_at: datetime | None = None


FACTOR_COLUMNS = tuple(each.name for each in fields(FactorView))
"""Columns of a factor's row, in the order in which `FactorView` takes them."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The code was right: this address is a factor now."""

    factor_id: int
    kind: str
    address: str
