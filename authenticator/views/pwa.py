"""The authenticator's own pages, manifest and service worker. Nobody is signed in here: no cookie
is read or set, every visitor gets the same.
"""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from authenticator import service_worker
from authenticator.notification_words import notices

ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("maskable-512.png", "512x512", "maskable"),
)
PAPER = "#f7f6f2"
# Kept by the browser, but asked about each time: a page of yesterday would meet a server of today.
# `gzip_page` is safe on these answers: nothing in them is secret or comes from the visitor, so
# their packed length tells nothing.
fresh = cache_control(no_cache=True)


def _page(request: HttpRequest, name: str) -> HttpResponse:
    facts = {
        "authenticator_origin": settings.AUTHENTICATOR_ORIGIN,
        "push_key": service_worker.push_key(),
        "patience": json.dumps(settings.AUTHENTICATOR_PATIENCE),
        "notices": notices(),
        "fcm_config": json.dumps(settings.FCM.web_config) if settings.FCM else "",
        "fcm_key": settings.FCM.vapid_key if settings.FCM else "",
    }
    return render(request, f"authenticator/{name}.html", facts)


@require_safe
@gzip_page
@fresh
def shell(request: HttpRequest) -> HttpResponse:
    """The page with every screen in it. What shows is decided in the browser,
    where the keys are."""
    return _page(request, "shell")


@require_safe
@gzip_page
@fresh
def pair(request: HttpRequest) -> HttpResponse:
    """Where a pairing link leads. Its token is in the fragment, so it never comes here."""
    return _page(request, "pair")


@require_safe
@gzip_page
@fresh
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows in place of a page that it does not keep."""
    return _page(request, "offline")


@require_safe
@gzip_page
@fresh
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; browsers ask for it again at every visit."""
    response = HttpResponse(
        service_worker.script(notices()), content_type="text/javascript; charset=utf-8"
    )
    response["Service-Worker-Allowed"] = reverse("pwa:shell")
    return response


@require_safe
@fresh
def manifest(request: HttpRequest) -> JsonResponse:
    """What makes the authenticator installable."""
    home = reverse("pwa:shell")
    icons = [
        {
            "src": static(f"authenticator/icons/{file}"),
            "sizes": sizes,
            "type": "image/png",
            "purpose": purpose,
        }
        for file, sizes, purpose in ICONS
    ]
    facts = {
        "id": home,
        "scope": home,
        "start_url": home,
        "name": _("%(app)s authenticator") % {"app": settings.APP_NAME},
        "short_name": settings.APP_NAME,
        "description": _("Answers when somebody signs in as you."),
        "lang": get_language(),
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")
