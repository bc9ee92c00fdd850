"""Django admin behind Nod's own journey."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mfaproject.lib.proof import is_proved_to_act, recent_proof_to_act

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class NodAdminSite(admin.AdminSite):
    """Asks the session on each request, not `is_staff` alone: a strong proof, no older than a staff session may be.

    For acts a fresh one.
    """

    site_header = _("nod admin")
    site_title = _("nod admin")
    index_title = _("Sign-ins and people")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and request.session.is_strong  # type: ignore[attr-defined]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Reading is one thing, acting another: here for all pages, also those that are not written yet.

        Who leaves just leaves.
        """
        guarded: Any = view if view == self.logout else recent_proof_to_act(cast(Any, view))
        return cast(View, super().admin_view(guarded, cacheable))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"is_proved_to_act": is_proved_to_act(request)}

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """There is one door: the login page. Who came through it already may simply not open this."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002 - Django's signature
        return HttpResponseRedirect(reverse("accounts:logout"), status=307)  # 307 keeps the POST

    def password_change(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002 - Django's signature
        return HttpResponseRedirect(reverse("accounts:password_change"))
