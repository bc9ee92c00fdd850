"""Every page of the admin, as everybody.

Nobody reads a hidden column through a list, and nobody acts without permission and a fresh proof.
"""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import URLPattern

from accounts.models import Session, User
from mfaproject.lib import admin as lib
from mfaproject.lib.testing import FrozenClock, person
from mfaproject.tests.admin_crawl import (
    ACTING,
    EVERYBODY,
    PAGES,
    columns,
    is_secret,
    offered,
    person_with,
    request_of,
    rows,
    secret_texts,
    told,
)

pytestmark = pytest.mark.django_db
LOOKUPS = (
    "",
    "exact",
    "startswith",
    "contains",
    "regex",
    "gt",
    "isnull",
    "in",
    "year",
    "length",
    "m",
)


@pytest.fixture
def samples(clock: FrozenClock) -> dict[str, Any]:
    return rows()


def list_of(label: str) -> str:
    return f"/admin/{label.lower().replace('.', '/')}/"


def test_there_is_a_row_of_everything_to_look_at(samples: dict[str, Any]) -> None:
    assert [label for label, row in samples.items() if row is None] == [], (
        "admin_crawl.rows() makes none"
    )


def test_every_page_is_one_of_ours() -> None:
    others = [
        label for label, (_model, page) in PAGES.items() if not isinstance(page, lib.ModelAdmin)
    ]
    assert others == [], "they would go without the guards of mfaproject.lib.admin.ModelAdmin"


class TestLookingUp:
    def test_no_page_names_a_secret(self, samples: dict[str, Any]) -> None:
        request = request_of(person("root", is_staff=True, is_superuser=True))
        for label, (_model, page) in PAGES.items():
            assert {
                name for name in told(page, samples[label], request) if is_secret(name)
            } == set(), label

    def test_columns_are_asked_about_by_filters_and_dates_alone(self) -> None:
        request = request_of(person("root", is_staff=True, is_superuser=True))
        for model, page in PAGES.values():
            open_to_all = offered(page, request)
            for path, _field in columns(model, hops=2):
                for lookup in LOOKUPS:
                    asked = f"{path}__{lookup}".removesuffix("__")
                    assert not page.lookup_allowed(asked, "1", request) or (
                        path in open_to_all and not is_secret(path)
                    ), (model, asked)

    def test_a_question_about_a_hidden_column_has_one_answer(self) -> None:
        robin = person_with(permissions="^view_")
        for label, (model, _page) in PAGES.items():
            for path in (
                path for path, field in columns(model) if is_secret(path) and not field.is_relation
            ):
                for value in ("", "bcrypt")[: 1 + ("__" not in path)]:
                    assert (
                        robin.get(list_of(label), {f"{path}__startswith": value}).status_code == 400
                    ), (label, path)

    def test_what_a_page_offers_is_answered(self, samples: dict[str, Any]) -> None:
        browser = person_with(permissions="^view_")
        for label, (_model, admin_page) in PAGES.items():
            page = browser.get(list_of(label), {"_facets": "True"})
            listed = page.context["cl"]
            queries = [
                choice["query_string"]
                for spec in listed.filter_specs
                for choice in list(spec.choices(listed))[1:4]
            ]
            if dates := admin_page.date_hierarchy:
                at = getattr(samples[label], dates)
                queries.append(
                    f"?{dates}__year={at.year}&{dates}__month={at.month}&{dates}__day={at.day}"
                )
            for query in queries:
                assert browser.get(list_of(label) + query).status_code == 200, (label, query)

    def test_no_search_finds_what_is_hidden(self, samples: dict[str, Any]) -> None:
        marks, request = (
            list(marked(samples)),
            request_of(person("root", is_staff=True, is_superuser=True)),
        )
        for label, (model, page) in PAGES.items():
            for mark in marks if page.search_fields else ():
                assert not page.get_search_results(request, model._default_manager.all(), mark)[
                    0
                ].exists(), (label, mark)

    def test_no_page_shows_what_is_hidden(self, samples: dict[str, Any]) -> None:
        marks, browser = list(marked(samples)), person_with(is_superuser=True)
        for label, row in samples.items():
            for path in ("", f"{row.pk}/change/", f"{row.pk}/history/", f"{row.pk}/delete/"):
                page = browser.get(list_of(label) + path).content.decode()
                assert [mark for mark in marks if mark in page] == [], (label, path)

    def test_the_column_that_a_popup_refers_to_is_no_question_either(self) -> None:
        browser = person_with(permissions="^view_")
        for label, (model, _page) in PAGES.items():
            for field in secret_texts(model):
                assert browser.get(list_of(label), {"_to_field": field.name}).status_code == 400, (
                    label,
                    field,
                )


def marked(samples: dict[str, Any]) -> Iterator[str]:
    """Puts a word that nobody has into every hidden text of every row, and gives those words."""
    for number, (model, _page) in enumerate(PAGES.values()):
        for place, field in enumerate(secret_texts(model)):
            mark = f"zq{number}w{place}j"[: field.max_length]
            if model is User and field.name == "username_key":
                continue
            model._default_manager.filter(pk=samples[model._meta.label].pk).update(
                **{field.name: mark}
            )
            yield mark


def declared() -> list[tuple[str, str]]:
    """Every action of every page, Django's own among them."""
    pages = [(label, page) for label, (_model, page) in PAGES.items() if page.actions is not None]
    return [
        (label, name)
        for label, page in pages
        for _function, name, _words in page._get_base_actions()
    ]


class TestActing:
    @pytest.mark.parametrize(("label", "name"), declared())
    def test_an_action_is_for_who_has_its_permission_and_has_just_proved_it(
        self, samples: dict[str, Any], label: str, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = PAGES[label][1]
        action = mock.Mock(return_value=None, __name__=name, **page.get_action(name)[0].__dict__)
        monkeypatch.setattr(type(page), name, action, raising=False)
        acted = set()
        for who, arrives in EVERYBODY.items():
            arrives().post(
                list_of(label),
                {"action": name, "_selected_action": [samples[label].pk], "post": "yes"},
            )
            if action.called:
                acted.add(who)
            action.reset_mock()
            User.objects.filter(username="robin").delete()
        assert acted <= set(ACTING)
        if name != "delete_selected":
            assert "a superuser" in acted, "nobody can do it"

    def test_an_action_that_forgot_its_permission_is_offered_to_nobody(self) -> None:
        class Forgetful(lib.ModelAdmin):
            actions = ("bare", "seen", "both", "meant")

            def bare(self, *_given: Any) -> None: ...

            @admin.action(permissions=["view"])
            def seen(self, *_given: Any) -> None: ...

            @admin.action(permissions=["view", "change"])
            def both(self, *_given: Any) -> None: ...

            @admin.action(permissions=["change"])
            def meant(self, *_given: Any) -> None: ...

        page, root = (
            Forgetful(Session, admin.site),
            person("root", is_staff=True, is_superuser=True),
        )
        assert set(page.get_actions(request_of(root))) == {"meant", "delete_selected"}
        assert [(error.id, error.msg) for error in page.check() if error.id == "nod.E012"] == [
            ("nod.E012", f"Nobody is offered the action {name!r}.")
            for name in ("bare", "seen", "both")
        ]

    @pytest.mark.parametrize("who", [name for name in EVERYBODY if name not in ACTING])
    def test_whatever_is_posted_anywhere_by_anybody_else_changes_nothing(
        self, samples: dict[str, Any], who: str
    ) -> None:
        browser = EVERYBODY[who]()
        before = everything()
        for address in addresses(samples):
            label = next((label for label in PAGES if address == list_of(label)), "")
            for action in [name for each, name in declared() if each == label] or [""]:
                data = {"action": action, "_selected_action": [samples[label].pk if label else 1]}
                assert browser.post(address, MANY | data).status_code in (
                    200,
                    302,
                    403,
                    404,
                    405,
                ), (address, action)
        assert everything() == before

    @pytest.mark.parametrize(
        "who", ["staff who may act, proved long ago", "a superuser, proved long ago"]
    )
    def test_who_proved_it_long_ago_is_asked_again_wherever_something_is_posted(
        self, samples: dict[str, Any], who: str
    ) -> None:
        browser = EVERYBODY[who]()
        for address in addresses(samples):
            page = browser.post(f"{address}?q=x", MANY)
            assert page.headers["Location"].startswith("/security/prove/?next=%2Fadmin%2F"), address
            assert page.headers["Location"].endswith("%3Fq%3Dx"), "back to the same list"

    def test_who_leaves_need_not_prove_anything(self) -> None:
        page = EVERYBODY["a superuser, proved long ago"]().post("/admin/logout/")
        assert (page.status_code, page.headers["Location"]) == (307, "/logout/")

    def test_pages_open_for_who_may_look(self) -> None:
        for who, arrives in EVERYBODY.items():
            browser, expected = (
                arrives(),
                {"nobody": 302, "a member": 302, "staff without permission": 403}.get(who, 200),
            )
            for label in PAGES:
                assert browser.get(list_of(label)).status_code == expected, (who, label)
            User.objects.filter(username="robin").delete()

    def test_a_page_says_beforehand_that_acting_asks_for_a_proof(self) -> None:
        sentence = b"Before you change something, prove that it is you."
        assert sentence in EVERYBODY["a superuser, proved long ago"]().get("/admin/").content
        User.objects.filter(username="robin").delete()
        assert sentence not in EVERYBODY["a superuser"]().get("/admin/").content


MANY = {
    "post": "yes",
    "name": "another",
    "challenge": "5",
    "strict": "6",
    "note": "x",
    "is_active": "",
    "is_staff": "on",
    "is_superuser": "on",
    "permissions": "1",
    "groups": "1",
}
"""As much as any form of the admin could want."""


def addresses(samples: dict[str, Any]) -> Iterator[str]:
    """Every address of every page, an existing row's where it wants one."""
    yield from ("/admin/", "/admin/password_change/", "/admin/autocomplete/", "/admin/jsi18n/")
    for label, (_model, page) in PAGES.items():
        for pattern in page.get_urls():
            assert isinstance(pattern, URLPattern)
            yield list_of(label) + str(pattern.pattern).replace(
                "<path:object_id>", str(samples[label].pk)
            )


def everything() -> dict[str, list[Any]]:
    """All rows of all models that have a page, and the admin's own log."""
    models = [model for model, _page in PAGES.values()] + [LogEntry, User.groups.through]
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for model in models
    }
