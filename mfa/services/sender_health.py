"""Whether what we send with works: a sender or a credential that is refused is nobody's fault but
our own, and is said in `/readyz`.
"""

from django.conf import settings
from django.db.models import Q

from mfa.channels.base import AWAY, OURS
from mfa.channels.names import MAIL, TEXT
from mfa.models import OutboxMessage

_TELLING = Q(state=OutboxMessage.State.SENT) | Q(reason__in=sorted(OURS | AWAY))
"""Rows that say something of us, and not of a recipient."""
FILES = "mfa.channels.files."


def mail() -> str:
    """Gives "up", "refused" where the newest mail met a fault of our own, "away" where its server
    did not answer. One SELECT at most."""
    return _report(MAIL)


def texts() -> str:
    """The same for text messages."""
    return _report(TEXT)


def _report(channel: str) -> str:
    if settings.MFA_CHANNELS[channel].startswith(FILES):
        return "up"
    newest = (
        OutboxMessage.objects.filter(_TELLING, channel=channel)
        .order_by("-created_at")
        .values_list("state", "reason")
        .first()
    )
    if newest is None or newest[0] == OutboxMessage.State.SENT:
        return "up"
    return "refused" if newest[1] in OURS else "away"
