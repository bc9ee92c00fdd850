"""Where sign-ins came from, to filter and search by."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from risk.geo.countries import countries
from risk.models import LoginLog
from risk.services.description import country

OFFERED_FROM = 1000
"""Newest rows whose countries the filter offers: looking through a large ledger for them would take
longer than reading a page of it."""

_OWNER = re.compile(r"AS(\d{1,10})", re.IGNORECASE | re.ASCII)


class CountryFilter(admin.SimpleListFilter):
    """The countries of the newest sign-ins by name, and the one that is chosen."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        newest = LoginLog.objects.order_by("-pk").values_list("country", flat=True)[:OFFERED_FROM]
        codes = {*newest, self.value() or ""} & set(countries())
        return sorted(((code, country(code)) for code in codes), key=lambda each: each[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(country=self.value()) if self.value() else queryset


def of_place(term: str) -> Q | None:
    """ "AS24940" is a network's owner; "Germany", "Allemagne" and "DE" are a
    country. None for what is no place."""
    owner = _OWNER.fullmatch(term)
    if owner:
        return Q(asn=int(owner[1]))
    codes = [
        code
        for code, found in countries().items()
        if term == code or term.casefold() in map(str.casefold, found.names.values())
    ]
    return Q(country__in=codes) if codes else None
