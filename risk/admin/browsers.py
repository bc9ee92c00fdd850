"""The known browsers."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mfaproject.lib import clock, http, request_id
from mfaproject.lib.admin import ReadOnlyAdmin
from risk.models import KnownBrowser
from risk.services.administration import end_browsers
from risk.services.arriving import arrived
from risk.services.description import label


@admin.register(KnownBrowser)
class KnownBrowserAdmin(ReadOnlyAdmin):
    """Who signs in from where without being asked. The one thing to do here is to end that."""

    list_display = ("who", "what", "first_seen", "last_used", "revoked_at", "revoked_why")
    list_display_links = ("what",)
    list_filter = ("revoked_why", "last_used")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = _("Name")
    fields = (
        "user",
        "browser",
        "system",
        "first_seen",
        "last_used",
        "last_log",
        "revoked_at",
        "revoked_why",
    )
    actions = ("end_trust",)

    @admin.display(description=_("who"), ordering="user")
    def who(self, row: KnownBrowser) -> str:
        return str(row.user)

    @admin.display(description=_("browser"))
    def what(self, row: KnownBrowser) -> str:
        return label(row.browser, row.system)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Reading is one thing, acting another: `risk.end_knownbrowser`."""
        return request.user.has_perm("risk.end_knownbrowser")

    @admin.action(description=_("End: ask again there from now on"), permissions=["end"])
    def end_trust(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Conditional: what was ended before keeps its date and reason."""
        context = arrived(
            http.client_ip(request),
            http.user_agent(request),
            at=clock.now(),
            request_id=request_id.current(),
            door="form",
        )
        chosen = KnownBrowser.objects.filter(pk__in=queryset.values("pk"))
        number = len(end_browsers(chosen, by=request.user.get_username(), context=context))
        words = ngettext(
            "%(number)d browser is asked again.", "%(number)d browsers are asked again.", number
        )
        self.message_user(request, words % {"number": number}, messages.SUCCESS)
