"""The signed-in pages: add an authenticator, answer "is this yours?", manage one. Guarded by the
pairing rule.
"""

from dataclasses import dataclass
from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authenticator.forms import NameForm
from authenticator.services import devices, pairing, replay_guard
from authenticator.services.devices import DeviceView
from authenticator.services.pairing import PairingView
from mfaproject.lib.http import client_ip
from mfaproject.lib.proof import recent_proof, recent_proof_to_add, session_facts, signed_in


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in here. `confined`: these pages are all they reach."""

    user_id: int
    epoch: int
    session: str
    browser: str
    confined: bool


def _me(request: HttpRequest) -> Me:
    facts = session_facts(request)
    if facts.user_id is None or facts.epoch is None:
        raise PermissionDenied
    return Me(facts.user_id, facts.epoch, facts.public_id, facts.browser, facts.is_confined)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, f"authenticator/security_{name}.html", context, status=status)


def drawing(url: str) -> SafeString:
    """The QR code as inline SVG without a style; the page's tile is its quiet zone."""
    picture = segno.make(url, micro=False, error="m").svg_inline(
        omitsize=True, border=0, dark="#15181c", svgclass=None, lineclass=None
    )
    return mark_safe(picture)  # noqa: S308 - drawn by segno: squares, no text of anybody's


def waiting_words(view: PairingView | None) -> str:
    """What stands beside the code: how long it can still be used, or that it cannot."""
    if view is None:
        return _("This code has run out.")
    minutes = -(-view.seconds_left // 60)
    return (_waiting_here(minutes) if view.here else _waiting_there(minutes)) % {"minutes": minutes}


def _waiting_there(minutes: int) -> str:
    return ngettext(
        "Waiting for your phone. The code works once, for one more minute.",
        "Waiting for your phone. The code works once, for %(minutes)d more minutes.",
        minutes,
    )


def _waiting_here(minutes: int) -> str:
    return ngettext(
        "Waiting for the other tab. The link works once, for one more minute.",
        "Waiting for the other tab. The link works once, for %(minutes)d more minutes.",
        minutes,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof_to_add
def add(request: HttpRequest) -> HttpResponse:
    """Shows a code for the phone. POST: this very browser instead, where it is a known one, so that
    the device can be tied to it."""
    me = _me(request)
    if wait := replay_guard.session_wait(me.session):
        return _later(request, wait)
    view = pairing.current(me.session)
    if view is not None and view.words:
        return redirect("authenticator:confirm")
    here = request.method == "POST" and bool(me.browser)
    begun = pairing.begin(
        user_id=me.user_id,
        epoch=me.epoch,
        session_id=me.session,
        tied_browser=me.browser if here else "",
    )
    return _page(
        request,
        "add",
        {
            "me": me,
            "here": here,
            "url": begun.url,
            "qr": drawing(begun.url),
            "waiting": waiting_words(begun.view),
        },
    )


def _later(request: HttpRequest, wait: int) -> HttpResponse:
    response = _page(request, "later", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response


@require_safe
@signed_in
def state(request: HttpRequest) -> JsonResponse:
    """What the page with the code asks every two seconds: waiting, answered or
    over, and the words to show."""
    view = pairing.current(_me(request).session)
    return JsonResponse({"state": view.state if view else "over", "words": waiting_words(view)})


@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof_to_add
def confirm(request: HttpRequest) -> HttpResponse:
    """GET asks "is this yours?", POST says yes to the very pairing that was shown."""
    me = _me(request)
    if request.method == "POST":
        name = pairing.confirm(request.POST.get("pairing", ""), me.session, client_ip(request))
        return _confirmed(request, me, name) if name else redirect("authenticator:confirm")
    view = pairing.current(me.session)
    if view is None:
        return _page(request, "over", {"me": me})
    return _page(
        request,
        "question" if view.words else "waiting",
        {"me": me, "pairing": view, "waiting": waiting_words(view)},
    )


def _confirmed(request: HttpRequest, me: Me, name: str) -> HttpResponse:
    if me.confined:
        return redirect("authenticator:done")
    messages.success(
        request, _("%(device)s can approve your sign-ins from now on.") % {"device": name}
    )
    return redirect("accounts:security")


@require_POST
@signed_in
def refuse(request: HttpRequest) -> HttpResponse:
    """No: the device goes. Asks for no fresh proof, since it only takes away."""
    me = _me(request)
    if pairing.refuse(request.POST.get("pairing", ""), me.session):
        messages.success(request, _("Removed. That device never could approve anything."))
    return redirect("authenticator:add" if me.confined else "accounts:security")


@require_safe
@signed_in
def done(request: HttpRequest) -> HttpResponse:
    """Where an enrolment ends: signing in again, now with the authenticator."""
    return _page(request, "done", {"me": _me(request)})


def _device(request: HttpRequest, handle: str) -> DeviceView:
    device = devices.find(_me(request).user_id, handle)
    if device is None:
        raise Http404
    return device


@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof
def manage(request: HttpRequest, handle: str) -> HttpResponse:
    """One authenticator: its facts, and another name for it."""
    device = _device(request, handle)
    form = NameForm(request.POST or None, initial={"name": device.name})
    if request.method == "POST" and form.is_valid():
        devices.rename(_me(request).user_id, handle, form.cleaned_data["name"], client_ip(request))
        messages.success(
            request, _("It is called %(device)s now.") % {"device": form.cleaned_data["name"]}
        )
        return redirect("accounts:security")
    return _page(request, "manage", {"device": device, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof
def revoke(request: HttpRequest, handle: str) -> HttpResponse:
    """GET asks once more, POST removes it."""
    device = _device(request, handle)
    if request.method != "POST":
        return _page(request, "revoke", {"device": device})
    me = _me(request)
    if devices.revoke(me.user_id, handle, client_ip(request), me.session):
        messages.success(
            request,
            _("%(device)s is removed. Its key opens nothing any more.") % {"device": device.name},
        )
    return redirect("accounts:security")
