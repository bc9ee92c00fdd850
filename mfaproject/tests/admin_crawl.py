"""What a walk through the admin needs: a row of everything that is shown, somebody of each kind,
what is hidden.

All of it follows from the registry: a page that is added is walked by itself, and where there is no
row to look at, a test says so.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts import sessions
from accounts.models import User
from accounts.tests.helpers import Browser
from authenticator.services import push_health
from authenticator.tests.helpers import paired
from authenticator.tests.signer import WEBPUSH
from mfaproject.lib import clock
from mfaproject.lib.testing import person
from risk.tests.policies import written

SECRET = re.compile(
    r"password|secret|digest|sealed|payload|mac|nonce|epoch|token|key|echo"
    r"|evidence|learned|opinions|context|thumbprint|^[xy]$|^topic$"
)
"""Names of columns that nobody is shown. `username_key` is the name itself in one spelling."""
PLAIN = {"username_key"}
PAGES: dict[str, tuple[Any, Any]] = {
    model._meta.label: (model, page) for model, page in admin.site._registry.items()
}


def rows() -> dict[str, Any]:
    """One row of every model that has a page, by its label: somebody with a
    phone, whose sign-in waits."""
    alice: User = person()
    phone = paired(alice, sub=WEBPUSH)
    assert phone.name
    Browser().sign_in()
    push_health.stop("webpush", "push.example answered 403", clock.now())
    now = clock.now()
    sessions.open_session(alice, sessions.Evidence("strong"), epoch=alice.auth_epoch)
    known = apps.get_model("risk", "KnownBrowser")
    known.objects.create(
        selector="k" * 22,
        validator_digest="v",
        user=alice,
        first_seen=now,
        last_used=now,
        rotated_at=now,
    )
    written("office", 30, 70, "office")
    alice.groups.add(Group.objects.get())
    return {
        label: model._default_manager.order_by("pk").first()
        for label, (model, _page) in PAGES.items()
    }


def person_with(proven: timedelta = timedelta(0), permissions: str = "", **flags: bool) -> Client:
    """Somebody signed in, proved strongly so long ago, with the permissions whose names fit."""
    flags = {"is_staff": True} | flags
    user: User = person("robin", **flags)
    if permissions:
        user.user_permissions.set(Permission.objects.filter(codename__regex=permissions))
    row, key = sessions.open_session(user, sessions.Evidence("strong"), epoch=user.auth_epoch)
    type(row)._default_manager.filter(pk=row.pk).update(proven_at=row.proven_at - proven)
    browser = Browser()
    browser.cookies["nod_session"] = key
    return browser


LATE = timedelta(minutes=11)
EVERYBODY: dict[str, Callable[[], Client]] = {
    "nobody": Browser,
    "a member": lambda: person_with(is_staff=False, permissions="."),
    "staff without permission": person_with,
    "staff who may look": lambda: person_with(permissions="^view_"),
    "staff who may act, proved long ago": lambda: person_with(LATE, permissions="."),
    "a superuser, proved long ago": lambda: person_with(LATE, is_superuser=True),
    "staff who may act": lambda: person_with(permissions="."),
    "a superuser": lambda: person_with(is_superuser=True),
}
ACTING = ("staff who may act", "a superuser")


def request_of(user: Any) -> HttpRequest:
    """A visit of somebody who has just proved it."""
    request = RequestFactory().get("/admin/")
    request.user = user
    request.session = SimpleNamespace(proof="strong", proven_at=clock.now())  # type: ignore[assignment]
    return request


def offered(page: Any, request: HttpRequest) -> set[str]:
    """The columns that a page filters by, those of related rows by their keys."""
    filters = [
        each[0] if isinstance(each, tuple | list) else getattr(each, "parameter_name", each)
        for each in page.get_list_filter(request)
    ]
    keys = {
        f"{name}__id"
        for name, field in columns(page.model, hops=0)
        if name in filters and field.is_relation
    }
    return {*filters, page.date_hierarchy, *keys}


def columns(model: Any, hops: int = 1, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The paths of all columns, those of related rows too: `user__password`."""
    for field in model._meta.get_fields(include_hidden=True):
        path, there = f"{prefix}{field.name}", field.related_model
        if not isinstance(field, models.ForeignObjectRel):
            yield path, field
        if there and hops:
            yield from columns(there, hops - 1, f"{path}__")


def is_secret(path: str) -> bool:
    name = path.rpartition("__")[2]
    return bool(SECRET.search(name)) and name not in PLAIN


def secret_texts(model: Any) -> list[Any]:
    """Columns of a model that nobody is shown and that hold text."""
    texts = (models.CharField, models.TextField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, texts) and is_secret(field.name) and not field.choices
    ]


def told(page: Any, row: Any, request: HttpRequest) -> set[str]:
    """Every column that a page names: in its list, its form, its filters, its search, its order."""
    filters = [
        each[0] if isinstance(each, tuple | list) else each
        for each in page.get_list_filter(request)
    ]
    named = [
        *page.get_list_display(request),
        *flatten_fieldsets(page.get_fieldsets(request, row)),
        *page.get_readonly_fields(request, row),
    ]
    named += [
        *filters,
        *page.get_search_fields(request),
        *page.get_ordering(request),
        page.date_hierarchy or "",
    ]
    named += [
        name
        for inline in page.get_inline_instances(request, row)
        for name in flatten_fieldsets(inline.get_fieldsets(request, row))
    ]
    listed = page.get_changelist_instance(request)
    named += [listed.get_ordering_field(name) or "" for name in page.get_list_display(request)]
    return {name.lstrip("-^=@") for name in named if isinstance(name, str)}
