"""Every list of the admin, asked with what no page of it would ask: an answer for staff who
mistyped, never a fault.
"""

from typing import Any

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.models import User
from accounts.tests.helpers import Browser, phone
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db

HUGE, NUL = "9" * 30, "a%00b"
RUBBISH = (
    "",
    "x",
    "-1",
    "1.5",
    HUGE,
    "9" * 5000,
    NUL,
    "%ED%A0%80",
    "%27%22%3Cscript%3E",
    "1,2,x",
    "٣",
)
OWN = {
    "p": RUBBISH,
    "o": (*RUBBISH, "1.2.3", "-1.-2", "99.1", "1.x"),
    "e": RUBBISH,
    "all": RUBBISH,
    "q": (*RUBBISH, "a%20b%20c%20%22"),
    "_popup": RUBBISH,
}
DATES = (
    "2026-02-30",
    "0000-01-01",
    "10000-01-01",
    "99999-01-01",
    "x",
    "2026-13-01",
    "2026-01-01T25:00",
    HUGE,
    NUL,
    "",
)
PARTS = (
    ("2026", "2", "30"),
    ("2026", "13", "1"),
    ("0", "1", "1"),
    ("-1", "1", "1"),
    ("10000", "1", "1"),
    ("9999", "12", "31"),
    ("x", "y", "z"),
    (HUGE, "1", "1"),
    ("2026", HUGE, "1"),
    ("2026", "1", "0"),
    ("1", "1", "1"),
    (NUL, NUL, NUL),
)


def lists() -> list[tuple[str, type[models.Model]]]:
    """Every list there is."""
    return [
        (reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), model)
        for model in admin.site._registry
    ]


@pytest.fixture
def boss() -> Client:
    user: User = person(is_staff=True, is_superuser=True)
    phone(user)
    browser = Browser()
    browser.cookies["nod_session"] = sessions.open_session(
        user, sessions.Evidence("strong"), epoch=user.auth_epoch
    )[1]
    return browser


def asked(browser: Client, address: str, **posted: Any) -> int:
    """The status. On PostgreSQL a statement that fails ends the test's own transaction; a server
    has none around a request."""
    point = transaction.savepoint()
    try:
        return (browser.post(address, posted) if posted else browser.get(address)).status_code
    finally:
        transaction.savepoint_rollback(point)


def filters(model: type[models.Model]) -> list[str]:
    """What the list can be filtered by."""
    shown: Any = admin.site._registry[model]
    return [
        str(each[0] if isinstance(each, tuple) else each)
        for each in shown.list_filter
        if isinstance(each, str | tuple)
    ]


def queries(model: type[models.Model]) -> list[str]:
    """Odd query strings for the list of this model."""
    found = [f"{name}={value}" for name, values in OWN.items() for value in values]
    found += [f"{name}=1&{name}=x" for name in OWN]
    for field in (each for each in model._meta.get_fields() if isinstance(each, models.Field)):
        end = (
            "__year"
            if isinstance(field, models.DateField)
            else "__gte"
            if field.is_relation
            else "__contains"
        )
        found += [f"{field.name}{end}={value}" for value in (HUGE, NUL)]
    for name in filters(model):
        found += [
            f"{name}{end}={value}"
            for end in ("__exact", "__id__exact", "__isnull")
            for value in (HUGE, NUL, "x")
        ]
        found += [
            f"{name}{end}={value}"
            for end in ("__gte", "__lt")
            for value in DATES
            if isinstance(model._meta.get_field(name), models.DateField)
        ]
    dated = getattr(admin.site._registry[model], "date_hierarchy", None)
    for name in [dated] if dated else []:
        for parts in PARTS:
            kinds = list(zip(("year", "month", "day"), parts, strict=True))
            found += [
                "&".join(f"{name}__{kind}={value}" for kind, value in kinds[:count])
                for count in (1, 2, 3)
            ]
            found += [f"{name}__{kind}={value}" for kind, value in kinds]
    return [
        *found,
        "&",
        "=",
        "%",
        "a=b&c=d",
        "_changelist_filters=x",
        "_to_field=x",
        "_to_field=password",
    ]


@pytest.mark.parametrize(
    ("address", "model"), lists(), ids=[model.__name__ for _, model in lists()]
)
def test_a_list_answers_whatever_it_is_asked(
    boss: Client, address: str, model: type[models.Model]
) -> None:
    for query in dict.fromkeys(queries(model)):
        assert asked(boss, f"{address}?{query}") in (200, 302, 400, 404), query


@pytest.mark.parametrize(
    ("address", "model"), lists(), ids=[model.__name__ for _, model in lists()]
)
def test_an_action_answers_whatever_was_chosen(
    boss: Client, address: str, model: type[models.Model]
) -> None:
    actions = [
        "",
        "x",
        "delete_selected",
        *(
            getattr(each, "__name__", str(each))
            for each in admin.site._registry[model].actions or ()
        ),
    ]
    for action in actions:
        for chosen, index in (
            (HUGE, "0"),
            ("x", "0"),
            ("a\0b", "0"),
            ("-1", HUGE),
            ("9" * 5000, "x"),
        ):
            posted = {
                "action": action,
                "_selected_action": [chosen, "1"],
                "index": index,
                "select_across": "0",
            }
            assert asked(boss, address, **posted) in (200, 302, 400, 403, 404), (
                action,
                chosen,
                index,
            )


@pytest.mark.parametrize(
    ("address", "model"), lists(), ids=[model.__name__ for _, model in lists()]
)
def test_a_page_answers_whatever_row_is_asked_for(
    boss: Client, address: str, model: type[models.Model]
) -> None:
    for row in (HUGE, "x", NUL, "9" * 5000, "1_5F2", "%FF"):
        for end in ("change/", "delete/", "history/"):
            assert asked(boss, f"{address}{row}/{end}") in (200, 302, 403, 404), (row, end)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "term=x",
        f"app_label=accounts&model_name=user&field_name={NUL}",
        "app_label=auth&model_name=group&field_name=x&p=x",
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "autocomplete/",
        "jsi18n/",
        f"r/{HUGE}/{HUGE}/",
        "r/1/x/",
        "r/x/1/",
        "nowhere/",
        "accounts/",
        "accounts/nothing/",
    ],
)
def test_the_other_pages_answer_too(boss: Client, path: str, query: str) -> None:
    assert asked(boss, f"/admin/{path}?{query}") in (200, 302, 403, 404)


@pytest.mark.parametrize("path", ["risk/loginlog/models/", "risk/loginlog/backtest/"])
@pytest.mark.parametrize(
    "name", ["days", "champion", "challenger", "challenge", "strict", "p", "o", "x"]
)
def test_our_own_pages_answer_too(boss: Client, path: str, name: str) -> None:
    for value in RUBBISH:
        assert asked(boss, f"/admin/{path}?{name}={value}") in (200, 302, 400, 404), value
