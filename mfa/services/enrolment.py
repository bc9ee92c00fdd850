"""Enrolling and removing what can prove a person. The rule who may do it is the callers', and so
are the mails about devices.

Whatever is typed or sent (apps, recovery codes, addresses) mails the person from here when it is
added or removed.
"""

from collections.abc import Collection, Iterable

from django.db import transaction

from mfa import poll, registry
from mfa.models import Budget, Factor
from mfa.results import FactorView
from mfa.services import budgets, notices
from mfa.services.addresses import confirm_address, open_address
from mfa.services.binding import changing, hold, live, rebound, revoke
from mfa.services.challenges.collecting import cancel_all
from mfaproject.lib import clock

__all__ = [
    "add_factor",
    "added_by",
    "confirm_address",
    "confirm_factor",
    "devices",
    "factors",
    "has_more_than_mailbox",
    "mailbox_proved",
    "open_address",
    "password_changed",
    "reachable",
    "rebound",
    "rename_factor",
    "revoke_added_by",
    "revoke_all",
    "revoke_factor",
    "revoke_mailboxes",
    "unreachable",
]


@transaction.atomic
def add_factor(
    user_id: int,
    kind: str,
    label: str,
    added_by: str,
    tied_browser: str = "",
    confirmed: bool = True,
) -> int:
    """Enrols a factor; gives its id. Unconfirmed it counts for nothing yet, but a mailbox, which
    its first right code confirms.

    `label`: a device's name, or the address. `added_by`: public id of the session that adds it.
    Nothing ends by it: `confirm_factor` sees to that.
    """
    now = clock.now()
    row = Factor.objects.create(
        user_id=user_id,
        kind=kind,
        label=label,
        added_by=added_by,
        tied_browser=tied_browser,
        added_at=now,
        confirmed_at=now if confirmed else None,
    )
    if confirmed:
        rebound(user_id, kind)
    return row.pk


@transaction.atomic
def confirm_factor(user_id: int, factor_id: int) -> bool:
    """From now on it counts. True for one caller only."""
    hold(user_id)
    row = live(user_id).filter(pk=factor_id, confirmed_at=None)
    draft = row.first()
    if draft is None:
        return False
    done = changing(user_id, draft.added_by)
    rebound(user_id, draft.kind)
    cancel_all(user_id)
    if not row.update(confirmed_at=clock.now()):
        transaction.set_rollback(True)
        return False
    done()
    return True


def rename_factor(user_id: int, factor_id: int, label: str) -> bool:
    """Gives a device another name. Addresses are no names: they are added anew."""
    return (
        live(user_id)
        .filter(pk=factor_id)
        .exclude(kind__in=registry.kinds(lambda factor: factor.address != ""))
        .update(label=label)
        == 1
    )


@transaction.atomic
def revoke_factor(user_id: int, factor_id: int, *, session: str = "", ip: str = "") -> bool:
    """It proves nothing any more, what it has just approved included. True for one caller only.

    `session`: the public id of the one that asked, "" where it is nobody's of hers. `ip`: who
    asked, for the mail.
    """
    hold(user_id)
    row = live(user_id).filter(pk=factor_id)
    known = row.filter(confirmed_at__isnull=False).first()
    if known is None:
        return revoke(row, clock.now()) == 1
    done = changing(user_id, session)
    cancel_all(user_id)
    if revoke(row, clock.now()) != 1:
        transaction.set_rollback(True)
        return False
    done()
    if not registry.of(known.kind).is_elsewhere:
        notices.factor_changed(
            user_id, f"{known.kind}_removed", item=known.label, ip=ip, also=[known.label]
        )
    return True


@transaction.atomic
def revoke_all(user_id: int, *, but: Iterable[str] | None = None, only: Iterable[str] = ()) -> int:
    """Removes every factor but those kinds: the mailbox, so that nobody is shut out. Or those of
    the kinds `only`. Gives how many went."""
    kept = [registry.mailbox().kind] if but is None else list(but)
    rows = (
        live(user_id).filter(kind__in=list(only)) if only else live(user_id).exclude(kind__in=kept)
    )
    return revoke(rows, clock.now())


def revoke_mailboxes(user_id: int) -> int:
    """Removes the addresses that codes go to by mail; gives how many went."""
    return revoke_all(user_id, only=[registry.mailbox().kind])


@transaction.atomic
def revoke_added_by(user_id: int, session_id: str) -> int:
    """Removes what a session added; gives how many went."""
    return revoke(live(user_id).filter(added_by=session_id), clock.now()) if session_id else 0


def added_by(user_id: int, session_id: str) -> list[int]:
    """Ids of what a session added, removed or not: a disavow follows them to
    the sessions they proved."""
    return (
        list(
            Factor.objects.filter(user_id=user_id, added_by=session_id).values_list("pk", flat=True)
        )
        if session_id
        else []
    )


def factors(user_id: int) -> list[FactorView]:
    """What counts, the oldest first."""
    return [row.view() for row in Factor.objects.counting().filter(user_id=user_id).order_by("pk")]


def devices(user_id: int) -> list[FactorView]:
    """Those that answer while a page waits, the oldest first."""
    return [factor for factor in factors(user_id) if registry.of(factor.kind).is_elsewhere]


def has_more_than_mailbox(user_id: int, *, but: Collection[int] = ()) -> bool:
    """Whether something besides the mailbox proves this person, without those with these ids."""
    return any(
        not registry.of(factor.kind).is_mailbox and factor.id not in but
        for factor in factors(user_id)
    )


def mailbox_proved(user_id: int) -> None:
    """A link that was mailed came back: what limits had switched off of codes by mail is on."""
    rebound(user_id, registry.mailbox().kind)


def unreachable(factor_id: int) -> bool:
    """Nothing can wake this device any more, because its subscription is gone.
    True for the first to say so."""
    return _reach(factor_id, Factor.objects.filter(pk=factor_id).lost(clock.now()))


def reachable(factor_id: int) -> bool:
    """This device has shown that a wake-up arrives. True where that was news."""
    return _reach(factor_id, Factor.objects.filter(pk=factor_id).found())


def _reach(factor_id: int, changed: int) -> bool:
    if changed:
        poll.reach_changed(factor_id)
    return changed == 1


def password_changed(user_id: int) -> None:
    """A new password: who knew the old one is a stranger again, so the weaker ways are open to
    unknown browsers again."""
    Budget.objects.filter(user_id=user_id, only_strong=True).update(
        **budgets.changed(only_strong=False, failures=0)
    )
