"""Finding the person behind a typed name, and how her browser stands to her: one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts import journey
from accounts.context import Arrival
from accounts.models import LoginAttempt, User
from accounts.models.user import name_key
from accounts.services import throttle
from mfaproject.lib import clock, mailbox
from mfaproject.lib.prepared import Prepared
from risk.services import Recognition

KNOWN, OTHER = "known", "other"


@dataclass(frozen=True, slots=True)
class Found:
    """The person behind a typed name, or nobody, and how this browser stands to her.

    `lane` is "known" when this browser is known to this very person. `row` counts wrong passwords
    for the name in it. `live` are her open journeys in the lane, `live_here` those of all unknown
    browsers of this network.
    """

    user: User | None
    lane: str
    row: str
    live: int = 0
    live_here: int = 0

    @property
    def is_known(self) -> bool:
        """Whether the limits of strangers, of her name and of this network, are none of hers."""
        return self.lane == KNOWN


def _live(now: datetime) -> QuerySet[LoginAttempt]:
    return LoginAttempt.objects.filter(state__in=journey.LIVE, expires_at__gt=now).order_by()


def _per_lane(lane: str, now: datetime) -> Coalesce:
    rows = _live(now).filter(user=OuterRef("pk"), lane=lane)
    return Coalesce(Subquery(rows.values("user").annotate(n=Count("*")).values("n")), 0)


def _person(name: str, now: datetime, network: str) -> QuerySet[Any]:
    here = _live(now).filter(source=network, lane=OTHER)
    return User.objects.filter(username_key=name).annotate(
        live_here=Coalesce(Subquery(here.values("source").annotate(n=Count("*")).values("n")), 0),
        live_known=_per_lane(KNOWN, now),
        live_other=_per_lane(OTHER, now),
    )


_PERSON = Prepared(_person, name=str, now=datetime, network=str)


def find(typed_name: str, arrival: Arrival, recognition: Recognition) -> Found:
    """The person, or nobody: the same statement for both."""
    user = _PERSON.first(name=name_key(typed_name), now=arrival.at, network=arrival.network)
    lane = KNOWN if user is not None and recognition.knows(user.pk) else OTHER
    row = throttle.name_row(typed_name, lane)
    if user is None:
        return Found(None, lane, row)
    live = user.live_known if lane == KNOWN else user.live_other
    return Found(user, lane, row, live, user.live_here)


def held(user_id: int) -> User | None:
    """The person's row as it is now, locked until the caller's transaction ends: first of all
    locks. None where she is gone."""
    return User.objects.select_for_update(no_key=True).filter(pk=user_id).first()


def moves_to(user: User, address: str, *also: str) -> None:
    """The address is hers, proved now, and the one before is not. `also`: other columns to write.

    Raises IntegrityError where it is another's.
    """
    user.email, user.email_confirmed_at, user.email_doubled, user.new_email = (
        address,
        clock.now(),
        False,
        "",
    )
    user.save(update_fields=["email", "email_confirmed_at", "email_doubled", "new_email", *also])


def owner_of(address: str) -> User | None:
    """Whose confirmed address this is, however it is spelt: of several
    accounts, the one that holds it."""
    return _owners(address).first()


def owner_among(address: str, users: Collection[int]) -> User | None:
    """The same, where it is one of these people's. Nothing is asked where there are none."""
    return _owners(address).filter(pk__in=users).first() if users else None


def _owners(address: str) -> QuerySet[User]:
    confirmed = User.objects.filter(email_confirmed_at__isnull=False)
    return confirmed.filter(email_key=mailbox.key(address), email_doubled=False)


def doubles() -> dict[str, list[User]]:
    """Accounts that share a confirmed address, by its one spelling: the one
    that holds it, then the others by age."""
    confirmed = User.objects.filter(email_confirmed_at__isnull=False)
    shared = confirmed.filter(
        email_key__in=confirmed.filter(email_doubled=True).values("email_key")
    )
    found: dict[str, list[User]] = {}
    for user in shared.order_by("email_key", "email_doubled", "email_confirmed_at", "pk"):
        found.setdefault(user.email_key, []).append(user)
    return found
