"""Django admin behind Nod's own journey."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, NotSupportedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mfaproject.lib.proof import is_proved_to_act, recent_proof_to_act

log = logging.getLogger("nod.admin")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def _answered(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """404 for what is no filter, no date, no row: numbers and texts that no column can hold are
    faults only where they are looked up.

    Drawn here, because a page's own parts look things up as well. The log keeps the whole of it, in
    case the fault is ours.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            page = view(request, *args, **kwargs)
            return page.render() if isinstance(page, SimpleTemplateResponse) else page
        except (ValueError, OverflowError, ValidationError, DataError, NotSupportedError) as fault:
            if not (request.GET or request.POST or kwargs):
                raise
            log.warning(
                "an admin page was asked for what is none",
                extra={"path": request.path[:200]},
                exc_info=True,
            )
            raise Http404 from fault

    return answered


class NodAdminSite(admin.AdminSite):
    """Asks the session on each request, not `is_staff` alone: a strong proof, no older than a staff
    session may be.

    For acts a fresh one.
    """

    site_header = _("nod admin")
    site_title = _("nod admin")
    index_title = _("Sign-ins and people")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and request.session.is_strong  # type: ignore[attr-defined]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Reading is one thing, acting another: here for all pages, also those that are not written
        yet.

        Who leaves just leaves. Odd questions are answered, on pages of Django's own models too.
        """
        guarded: Any = view if view == self.logout else recent_proof_to_act(cast(Any, view))
        return cast(View, super().admin_view(_answered(guarded), cacheable))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"is_proved_to_act": is_proved_to_act(request)}

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """There is one door: the login page. Who came through it already may
        simply not open this."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("accounts:logout"), status=307)  # 307 keeps the POST

    def password_change(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("accounts:password_change"))
