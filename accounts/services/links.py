"""Single-use links: issued as a token, kept as a digest, used by one conditional UPDATE."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from accounts.models import Link, LoginAttempt, User
from accounts.models.user import still_hers
from mfaproject.lib import clock, mailbox, tokens
from mfaproject.lib.prepared import insert

LIVES = {
    Link.Purpose.RESET: timedelta(minutes=30),
    Link.Purpose.ENROL: timedelta(minutes=30),
    Link.Purpose.DISAVOW: timedelta(days=7),
    Link.Purpose.UNDO: timedelta(days=7),
}
OUTLIVING = (Link.Purpose.DISAVOW, Link.Purpose.UNDO)
"""Bound to journey, or session, and person only: they must outlive the password
change of a thief."""


def _digest(purpose: str, token: str) -> str:
    return tokens.digest(f"link/{purpose}", token)


def issue(
    user: User,
    purpose: Link.Purpose,
    *,
    attempt: LoginAttempt | None = None,
    session: str = "",
    ledger_id: int | None = None,
    address: str = "",
) -> str:
    """A new token. `address`: for an undo link, what it puts back."""
    token, now = tokens.new_token(), clock.now()
    epoch = None if purpose in OUTLIVING else user.auth_epoch
    row = Link(
        token_digest=_digest(purpose, token),
        purpose=purpose,
        user=user,
        epoch=epoch,
        attempt=attempt,
        session=session,
        address=address,
        ledger_id=ledger_id,
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    insert(row)
    return token


def _usable(purpose: str) -> QuerySet[Link]:
    return Link.objects.filter(
        Q(epoch=None) | Q(still_hers()), purpose=purpose, used_at=None, expires_at__gt=clock.now()
    )


def find(purpose: Link.Purpose, token: str) -> Link | None:
    """The link of this token while it can still be used; reads only."""
    return (
        _usable(purpose)
        .select_related("user", "ledger")
        .filter(token_digest=_digest(purpose, token))
        .first()
    )


def use(link: Link) -> bool:
    """Spends it: True for one caller only."""
    return _usable(link.purpose).filter(pk=link.pk).update(used_at=clock.now()) == 1


def undo_to(user_id: int, address: str) -> Link | None:
    """The live link that would put this address back, the oldest of them."""
    mine = _usable(Link.Purpose.UNDO).filter(user_id=user_id).order_by("pk")
    return next((link for link in mine if mailbox.same(link.address, address)), None)


def end_since(link: Link) -> None:
    """This link and those of its purpose that the same person was sent later
    can do nothing any more."""
    _usable(link.purpose).filter(user_id=link.user_id, pk__gte=link.pk).update(used_at=clock.now())


def prune() -> None:
    """Removes links that nobody can use any more."""
    Link.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()
