"""The pairing rule: who changes a factor, device, address or password has proved lately that it is
them.

Every session carries how it was last proved and when; `recent_proof` guards a view by these facts
and sends everybody else to prove it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from mfaproject.lib import clock

FRESH = timedelta(minutes=10)
ENROLMENT = timedelta(minutes=30)
READING = ("GET", "HEAD", "OPTIONS", "TRACE")
"""RFC 9110, 9.2.1: what asks for nothing to be done."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class SessionFacts(Protocol):
    """What accounts' session middleware puts on `request.session`."""

    user_id: int | None
    epoch: int | None
    public_id: str
    browser: str  # selector of the known browser, "" for an unknown one
    # password, weak (e-mail or SMS), strong, or enrol (an enrolment link and a password)
    proof: str
    proven_at: datetime | None
    is_confined: bool  # an enrolment session, or staff without strong proof
    needs_strong: bool  # whether this person has a strong factor, so that nothing less will do


def session_facts(request: HttpRequest) -> SessionFacts:
    """The session of this request, typed."""
    return cast(SessionFacts, request.session)


def _is_within(span: timedelta, proven_at: datetime | None, now: datetime) -> bool:
    """A proof from the future is no proof."""
    return proven_at is not None and timedelta(0) <= now - proven_at < span


def proof_suffices(
    proof: str, proven_at: datetime | None, *, needs_strong: bool, now: datetime
) -> bool:
    """For any change: fresh, and strong where the person can be strong. A
    password alone never suffices."""
    return _is_within(FRESH, proven_at, now) and (
        proof == "strong" or (proof == "weak" and not needs_strong)
    )


def proof_suffices_to_add(
    proof: str, proven_at: datetime | None, *, needs_strong: bool, now: datetime
) -> bool:
    """For adding an authenticator: as for any change, or an enrolment link, which is good for this
    and for nothing else."""
    enrols = proof == "enrol" and _is_within(ENROLMENT, proven_at, now)
    return enrols or proof_suffices(proof, proven_at, needs_strong=needs_strong, now=now)


def is_proved_to_act(request: HttpRequest) -> bool:
    """For acts of staff: a strong proof and a fresh one, whatever factors the person has."""
    facts = session_facts(request)
    return proof_suffices(facts.proof, facts.proven_at, needs_strong=True, now=clock.now())


class Decision(Protocol):
    """One of the two above."""

    def __call__(
        self, proof: str, proven_at: datetime | None, *, needs_strong: bool, now: datetime
    ) -> bool: ...


def _sent_to(name: str, request: HttpRequest, back: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': back or request.path})}")


def signed_in(view: View[P]) -> View[P]:
    """Anonymous people go to the login page, and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if session_facts(request).user_id is None:
            return _sent_to("accounts:login", request)
        return view(request, *args, **kwargs)

    return guarded


def _guard(view: View[P], suffices: Decision) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        facts = session_facts(request)
        if not suffices(
            facts.proof, facts.proven_at, needs_strong=facts.needs_strong, now=clock.now()
        ):
            return _sent_to("accounts:prove", request)
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def recent_proof(view: View[P]) -> View[P]:
    """Signed in and proved within ten minutes, else to the page that asks for it. It comes back by
    GET: what was posted is not kept."""
    return _guard(view, proof_suffices)


def recent_proof_to_add(view: View[P]) -> View[P]:
    """The same for the pages that add an authenticator."""
    return _guard(view, proof_suffices_to_add)


def recent_proof_to_act(view: View[P]) -> View[P]:
    """For pages that staff may read for hours: whatever is not reading asks for a strong, fresh
    proof.

    It comes back to the same page by GET, and nothing has been done.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in READING and not is_proved_to_act(request):
            messages.warning(
                request, _("Nothing was done yet. Prove that it is you, then do it again.")
            )
            return _sent_to("accounts:prove", request, back=request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
