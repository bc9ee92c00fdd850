"""What admins may do to people. Each act is a ledger row and a mail to the person concerned."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.models import Link, Session, User
from accounts.services import arrivals, links, mails, security, step_up
from risk import services as risk


def _record(user: User, what: str, by: str, arrival: Arrival, *, item: str = "") -> None:
    context = arrivals.login_context(arrival, step_up.NOBODY)
    detail = f"{what} (by {by})" + (f": {item}" if item else "")
    risk.record_login(
        context=context,
        outcome="admin_act",
        assessment=None,
        user_id=user.pk,
        typed_name=user.username,
        detail=detail,
    )
    mails.changed(user, what, arrival)


@dataclass(frozen=True, slots=True)
class Actor:
    """The session of whoever changes what others may do, and how the request came."""

    session: sessions.BrowserSession
    arrival: Arrival

    @property
    def name(self) -> str:
        return str(self.session.user)


def _may(actor: Actor, people: Iterable[int]) -> bool:
    """Whether the actor is a superuser still, changes nothing of his own, and is signed in.

    Holds all their rows, in one order for everybody. The page has asked the same before; a
    superuser who is demoted in this very moment must not promote anybody any more.
    """
    mine, theirs = actor.session.user_id or 0, set(people)
    held = User.objects.select_for_update(no_key=True).filter(pk__in={mine, *theirs}).order_by("pk")
    is_superuser = {user.pk: user.is_superuser for user in held}
    return mine not in theirs and is_superuser.get(mine, False) and sessions.is_alive(actor.session)


@transaction.atomic
def set_rights(
    user: User, flags: dict[str, Any], groups: Collection[Group] | None, actor: Actor
) -> bool:
    """Active, staff, superuser, and groups where they are given. False where the actor may not.

    A change renews the epoch: whatever the person holds was granted to another account than this.
    """
    if not _may(actor, [user.pk]):
        return False
    User.objects.filter(pk=user.pk).update(**flags)
    joined = set(user.groups.values_list("name", flat=True))
    if groups is not None:
        user.groups.set(groups)
    security.end_everything(user.pk)
    if flags:
        _record(user, "admin_flags", actor.name, actor.arrival)
    if groups is not None:
        _record(
            user,
            "admin_groups",
            actor.name,
            actor.arrival,
            item=_difference(joined, {group.name for group in groups}),
        )
    return True


def _difference(before: set[str], after: set[str]) -> str:
    """`+office, -helpdesk`."""
    return ", ".join(
        [f"+{name}" for name in sorted(after - before)]
        + [f"-{name}" for name in sorted(before - after)]
    )


@transaction.atomic
def write_group(group: Group, permissions: Collection[Permission], actor: Actor) -> bool:
    """A group and what it may do, new or changed. False where the actor may not.

    Where that changes, its people are signed out and told, as if each got it as a flag.
    """
    people = _people_of(group)
    if not _may(actor, (user.pk for user in people)):
        return False
    before = set(group.permissions.values_list("pk", flat=True)) if group.pk else set()
    group.save()
    group.permissions.set(permissions)
    if before != {permission.pk for permission in permissions}:
        _changed(people, f"={group.name}", actor)
    _record_group("admin_group_written", group.name, actor)
    return True


@transaction.atomic
def delete_group(group: Group, actor: Actor) -> bool:
    """It is gone, and its people may do less. False where the actor may not."""
    people = _people_of(group)
    if not _may(actor, (user.pk for user in people)):
        return False
    group.delete()
    _changed(people, f"-{group.name}", actor)
    _record_group("admin_group_deleted", group.name, actor)
    return True


def _people_of(group: Group) -> list[User]:
    return list(User.objects.filter(groups=group).order_by("pk")) if group.pk else []


def _changed(people: Iterable[User], how: str, actor: Actor) -> None:
    for user in people:
        security.end_everything(user.pk)
        _record(user, "admin_groups", actor.name, actor.arrival, item=how)


def _record_group(what: str, name: str, actor: Actor) -> None:
    """In the ledger of the admin, since a group may have nobody in it."""
    context = arrivals.login_context(actor.arrival, step_up.NOBODY)
    user, detail = actor.session.user_id, f"{what} (by {actor.name}): {name}"
    risk.record_login(
        context=context,
        outcome="admin_act",
        assessment=None,
        user_id=user,
        typed_name="",
        detail=detail,
    )


@transaction.atomic
def end_everything(user: User, *, by: str, arrival: Arrival) -> None:
    """Signs a person out everywhere and makes every browser unknown."""
    security.end_everything(user.pk)
    _record(user, "admin_signed_out", by, arrival)


@transaction.atomic
def end_session(session: Session, *, by: str, arrival: Arrival) -> None:
    """Ends one session."""
    if sessions.end_one(session.user_id, session.public_id):
        _record(session.user, "admin_signed_out", by, arrival)


def browsers_ended(people: Collection[int], context: risk.LoginContext) -> None:
    """Tells them that an admin made browsers of theirs unknown: `settings.BROWSERS_ENDED`. The
    ledger's rows are risk's."""
    for user in User.objects.filter(pk__in=people):
        mails.told(user, "admin_browser", at=context.at, ip=context.ip)


def send_reset(user: User, *, by: str, arrival: Arrival) -> bool:
    """Mails a link to a new password; False where no address is confirmed."""
    if user.email_confirmed_at is None or not user.is_active:
        return False
    mails.reset_link(user, links.issue(user, Link.Purpose.RESET))
    _record(user, "admin_sent_reset", by, arrival)
    return True
