"""The ledger of sign-ins."""

import re
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mfaproject.lib import ip_addresses
from mfaproject.lib.admin import ReadOnlyAdmin
from risk.admin import backtest, models_page, words
from risk.admin.page import page
from risk.admin.places import CountryFilter, of_place
from risk.geo import age
from risk.history import addresses, digests
from risk.models import LoginLog
from risk.services.description import label, place, versioned

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{22}")
MOST_REASONS = 3


@admin.register(LoginLog)
class LoginLogAdmin(ReadOnlyAdmin):
    """Newest first. Search by name (also one that nobody has), exact address,
    network, country, or request id."""

    list_display = (
        "when",
        "who",
        "risk",
        "reasons",
        "where",
        "what",
        "decision",
        "proof",
        "outcome",
    )
    list_display_links = ("when",)
    list_per_page = 50
    # counting a large ledger would take longer than reading a page of it
    show_full_result_count = False
    list_filter = (
        "decision",
        "outcome",
        "level",
        "factor",
        "known_browser",
        "door",
        CountryFilter,
        "at",
    )
    list_select_related = ("user",)
    search_fields = ("request_id",)  # shows the field; see get_search_results
    search_help_text = _("Name, exact address, network such as AS24940, country, or request id")
    fields = ("at",)

    @admin.display(description=_("when"), ordering="id")
    def when(self, row: LoginLog) -> str:
        return f"{row.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("who"))
    def who(self, row: LoginLog) -> str:
        return str(row.user) if row.user else "–"

    @admin.display(description=_("risk"), ordering="score")
    def risk(self, row: LoginLog) -> SafeString | str:
        return words.pill(row)

    @admin.display(description=_("reasons"))
    def reasons(self, row: LoginLog) -> str:
        """The heaviest ones; the page of the sign-in has them all."""
        heaviest = sorted(
            (finding for finding in row.findings if finding["points"] > 0),
            key=lambda finding: -finding["points"],
        )
        return ", ".join(
            f"{words.title(finding['name'])} +{finding['points']}"
            for finding in heaviest[:MOST_REASONS]
        )

    @admin.display(description=_("address"))
    def where(self, row: LoginLog) -> SafeString | str:
        """The place softly under the address."""
        found, ip = place(row.country, row.as_name), addresses.opened(row) or row.network
        return format_html('{}<br><span class="quiet">{}</span>', ip, found) if found else ip

    @admin.display(description=_("browser"))
    def what(self, row: LoginLog) -> str:
        return label(versioned(row.browser, row.version), row.system)

    @admin.display(description=_("proof"), ordering="factor")
    def proof(self, row: LoginLog) -> str:
        return words.proof(row)

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Addresses and unknown names are found by their digests, under each
        key that we hold: all of it or nothing."""
        term = search_term.strip()
        return (queryset.filter(_search(term)) if term else queryset), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With a line about the data that know where addresses are."""
        return super().changelist_view(
            request,
            {"geo": age.files(), "title": capfirst(self.opts.verbose_name_plural)}
            | (extra_context or {}),
        )

    def get_urls(self) -> list[URLPattern]:
        mine = [
            path("models/", self.admin_site.admin_view(self.models_view), name="risk_models"),
            backtest.route(self),
        ]
        return [*mine, *super().get_urls()]

    def models_view(self, request: HttpRequest) -> HttpResponse:
        """The one that decides, and those in shadow."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": gettext("Models"),
            "page": models_page.page(),
        }
        return TemplateResponse(request, "admin/risk/loginlog/models.html", context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """No form, but an explanation."""
        told = page(obj)
        return super().render_change_form(
            request,
            context | {"page": told, "title": told.title, "subtitle": None},
            add,
            change,
            form_url,
            obj,
        )


def _search(term: str) -> Q:
    ip = ip_addresses.parse_ip(term)
    if ip is not None:
        return Q(ip_digest__in=digests.of_address(ip))
    found = Q(**{f"user__{get_user_model().USERNAME_FIELD}__icontains": term}) | Q(
        name_digest__in=digests.of_name(term)
    )
    somewhere = of_place(term)
    if somewhere is not None:
        found |= somewhere
    return found | Q(request_id=term) if REQUEST_ID.fullmatch(term) else found
