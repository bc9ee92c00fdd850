"""The pairing rule: who changes a factor, device, address or password has proved lately that it is them.

Every session carries how it was last proved and when; `recent_proof` guards a view by these facts and sends everybody else to prove it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from mfaproject.lib import clock

FRESH = timedelta(minutes=10)
ENROLMENT = timedelta(minutes=30)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class SessionFacts(Protocol):
    """What accounts' session middleware puts on `request.session`."""

    user_id: int | None
    epoch: int | None
    public_id: str
    browser: str  # selector of the known browser, "" for an unknown one
    proof: str  # password, weak (e-mail or SMS), strong, or enrol (an enrolment link and a password)
    proven_at: datetime | None
    needs_strong: bool  # whether this person has a strong factor, so that nothing less will do


def session_facts(request: HttpRequest) -> SessionFacts:
    """The session of this request, typed."""
    return cast(SessionFacts, request.session)


def _is_within(span: timedelta, proven_at: datetime | None, now: datetime) -> bool:
    """A proof from the future is no proof."""
    return proven_at is not None and timedelta(0) <= now - proven_at < span


def proof_suffices(proof: str, proven_at: datetime | None, *, needs_strong: bool, now: datetime) -> bool:
    """For any change: fresh, and strong where the person can be strong. A password alone never suffices."""
    return _is_within(FRESH, proven_at, now) and (proof == "strong" or (proof == "weak" and not needs_strong))


def proof_suffices_to_add(proof: str, proven_at: datetime | None, *, needs_strong: bool, now: datetime) -> bool:
    """For adding an authenticator: as for any change, or an enrolment link, which is good for this and for nothing else."""
    enrols = proof == "enrol" and _is_within(ENROLMENT, proven_at, now)
    return enrols or proof_suffices(proof, proven_at, needs_strong=needs_strong, now=now)


class Decision(Protocol):
    """One of the two above."""

    def __call__(self, proof: str, proven_at: datetime | None, *, needs_strong: bool, now: datetime) -> bool: ...


def _sent_to(name: str, request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.path})}")


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
        if not suffices(facts.proof, facts.proven_at, needs_strong=facts.needs_strong, now=clock.now()):
            return _sent_to("accounts:prove", request)
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def recent_proof(view: View[P]) -> View[P]:
    """Signed in and proved within ten minutes, else to the page that asks for it. It comes back by GET: what was posted is not kept."""
    return _guard(view, proof_suffices)


def recent_proof_to_add(view: View[P]) -> View[P]:
    """The same for the pages that add an authenticator."""
    return _guard(view, proof_suffices_to_add)
