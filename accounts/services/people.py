"""Finding the person behind a typed name, together with everything that may speak against listening: one statement."""

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
    """`lane` is "known" when this browser is known to this very person. `live` counts her open journeys in it, `live_here` all of this network."""

    user: User | None
    lane: str
    row: str
    failures: throttle.Record
    network_failures: throttle.Record
    live: int
    live_here: int

    def must_wait(self, now: datetime) -> bool:
        return throttle.is_waiting(self.failures, now)

    def network_wait(self, now: datetime) -> int:
        """Seconds for which nobody of this network is heard, else 0."""
        if self.live_here >= throttle.LIVE_PER_ADDRESS:
            return throttle.ADDRESS_ALL.per
        return throttle.address_wait(self.network_failures, now)


def _live(now: datetime) -> QuerySet[LoginAttempt]:
    return LoginAttempt.objects.filter(state__in=journey.LIVE, expires_at__gt=now).order_by()


def _per_lane(lane: str, now: datetime) -> Coalesce:
    rows = _live(now).filter(user=OuterRef("pk"), lane=lane).values("user").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(rows), 0)


def _person(name: str, now: datetime, known: str, other: str, network: str) -> QuerySet[Any]:
    here = _live(now).filter(source=network).values("source").annotate(n=Count("*")).values("n")
    return User.objects.filter(username_key=name).annotate(
        live_here=Coalesce(Subquery(here), 0),
        live_known=_per_lane(KNOWN, now),
        live_other=_per_lane(OTHER, now),
        **throttle.columns({KNOWN: known, OTHER: other, "network": network}),
    )


_PERSON = Prepared(_person, name=str, now=datetime, known=str, other=str, network=str)


def find(typed_name: str, arrival: Arrival, recognition: Recognition) -> Found:
    """The person, or nobody: then the same questions are asked for the name alone."""
    rows = {lane: throttle.name_row(typed_name, lane) for lane in (KNOWN, OTHER)} | {"network": arrival.network}
    user = _PERSON.first(name=name_key(typed_name), now=arrival.at, **rows)
    if user is None:
        records = throttle.read(rows)
        return Found(None, OTHER, rows[OTHER], records[OTHER], records["network"], 0, _live(arrival.at).filter(source=arrival.network).count())
    lane = KNOWN if recognition.knows(user.pk) else OTHER
    live = user.live_known if lane == KNOWN else user.live_other
    return Found(user, lane, rows[lane], throttle.record_of(user, lane), throttle.record_of(user, "network"), live, user.live_here)


def held(user_id: int) -> User | None:
    """The person's row as it is now, locked until the caller's transaction ends: first of all locks. None where she is gone."""
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
    """Whose confirmed address this is, however it is spelt: of several accounts, the one that holds it."""
    confirmed = User.objects.filter(email_confirmed_at__isnull=False)
    return confirmed.filter(email_key=mailbox.key(address), email_doubled=False).first()


def doubles() -> dict[str, list[User]]:
    """Accounts that share a confirmed address, by its one spelling: the one that holds it, then the others by age."""
    confirmed = User.objects.filter(email_confirmed_at__isnull=False)
    shared = confirmed.filter(email_key__in=confirmed.filter(email_doubled=True).values("email_key"))
    found: dict[str, list[User]] = {}
    for user in shared.order_by("email_key", "email_doubled", "email_confirmed_at", "pk"):
        found.setdefault(user.email_key, []).append(user)
    return found
