"""The first staff account, and anybody who lost everything: a link, printed on the terminal, that
leads to a strong factor.
"""

from django.db import transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.journey import Over
from accounts.models import Link, Session, User
from accounts.services import arrivals, links, mails, passwords, security, step_up
from risk import services as risk


def make_admin(username: str, email: str, full_name: str) -> User:
    """A superuser without password: the enrolment link sets it. The address counts as confirmed by
    who runs the server."""
    return User.objects.create_superuser(username, email, None, full_name=full_name)


@transaction.atomic
def issue(user: User) -> str:
    """A token for one enrolment, 30 minutes; earlier ones die."""
    Link.objects.filter(user=user, purpose=Link.Purpose.ENROL, used_at=None).delete()
    return links.issue(user, Link.Purpose.ENROL)


def find(token: str) -> Link | None:
    """The enrolment link while it lives; reads only."""
    return links.find(Link.Purpose.ENROL, token)


def begin(arrival: Arrival, token: str, password: str) -> str | Over:
    """Sets the password, ends everything else, and opens a session that can add an authenticator
    and nothing more. Gives its key."""
    link = links.find(Link.Purpose.ENROL, token)
    if link is None:
        return Over("gone")
    with passwords.gate.slot(known=False), transaction.atomic():
        if not links.use(link):
            transaction.set_rollback(True)
            return Over("gone")
        epoch = security.set_password(link.user, password)
        context = arrivals.login_context(arrival, step_up.NOBODY)
        log_id = risk.record_login(
            context=context,
            outcome="enrolment",
            assessment=None,
            user_id=link.user_id,
            typed_name=link.user.username,
        )
        mails.password_changed(link.user, arrival)
        _, key = sessions.open_session(
            link.user, sessions.Evidence(Session.Proof.ENROL, "link", ledger_id=log_id), epoch=epoch
        )
        return key
