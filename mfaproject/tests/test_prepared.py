"""Queries that are built once: the same rows as the ORM's own, for whatever is put into them, and a
refusal where that could not be.
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.test.utils import CaptureQueriesContext

from accounts.models import LoginAttempt, User
from accounts.services.people import OTHER
from mfaproject.lib import clock
from mfaproject.lib.prepared import NotPrepared, Prepared, PreparedUpdate, insert
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db


def by_name(name: str, now: datetime) -> QuerySet[Any]:
    live = (
        LoginAttempt.objects.filter(user=OuterRef("pk"), expires_at__gt=now)
        .values("user")
        .annotate(n=Count("*"))
        .values("n")
    )
    return User.objects.filter(username_key=name).annotate(live=Subquery(live))


def journey_of(user: User, expires_at: datetime) -> LoginAttempt:
    ours = {
        "purpose": "login",
        "epoch": user.auth_epoch,
        "lane": OTHER,
        "required": "weak",
        "source": "192.0.2.0/24",
    }
    name = f"{user.pk}-{expires_at.timestamp()}"
    return LoginAttempt.objects.create(
        user=user,
        reference_digest=name,
        binding_digest=name,
        created_at=clock.now(),
        expires_at=expires_at,
        **ours,
    )


def test_each_call_sees_its_own_values() -> None:
    alice, bob, now = person("alice"), person("bob"), clock.now()
    journey_of(alice, now + timedelta(minutes=1))
    find = Prepared(by_name, name=str, now=datetime)
    assert find.first(name="alice", now=now) == alice
    assert find.first(name="bob", now=now) == bob
    assert find.first(name="mallory", now=now) is None
    assert [row.live for row in find(name="alice", now=now)] == [1]
    assert [row.live for row in find(name="alice", now=now + timedelta(minutes=1))] == [None]


def test_values_are_never_part_of_the_sql() -> None:
    person("alice")
    find = Prepared(by_name, name=str, now=datetime)
    assert find(name="alice' OR '1'='1", now=clock.now()) == []
    assert find(name="%s", now=clock.now()) == []


def test_a_row_is_whole_and_brings_its_relations() -> None:
    attempt = journey_of(person("alice"), clock.now() + timedelta(minutes=1))
    find = Prepared(
        lambda user_id: LoginAttempt.objects.filter(user=user_id).select_related("user", "push"),
        user_id=int,
    )
    found = find.first(user_id=attempt.user_id)
    assert found == attempt
    assert (found.created_at, found.expires_at) == (attempt.created_at, attempt.expires_at)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert (found.user.username, found.push) == ("alice", None)
    assert len(asked) == 0


def test_dictionaries_are_given_as_asked_for() -> None:
    alice = person("alice")
    find = Prepared(
        lambda user_id: User.objects.filter(pk=user_id).values("username", "joined_at"), user_id=int
    )
    assert find(user_id=alice.pk) == [{"username": "alice", "joined_at": alice.joined_at}]


def test_one_statement_and_no_building_after_the_first_call() -> None:
    built = []

    def by_id(user_id: int) -> QuerySet[User]:
        built.append(user_id)
        return User.objects.filter(pk=user_id)

    alice = person("alice")
    find = Prepared(by_id, user_id=int)
    find.first(user_id=alice.pk)
    times = len(built)
    with CaptureQueriesContext(connection) as asked:
        assert find.first(user_id=alice.pk) == alice
    assert len(asked) == 1
    assert len(built) == times


@pytest.mark.parametrize(
    ("build", "kinds"),
    [
        (lambda now: User.objects.filter(joined_at__gt=now - timedelta(days=1)), {"now": datetime}),
        (lambda name: User.objects.filter(username_key=name.upper() + "!"), {"name": str}),
        (lambda number: User.objects.filter(pk__in=range(number % 7)), {"number": int}),
        (lambda number: User.objects.all()[: number - 1_999_999_999], {"number": int}),
        (lambda number: User.objects.filter(pk=number)[: number - 1_999_999_999], {"number": int}),
        (
            lambda a, b, c: User.objects.filter(pk__in=[a, b] if a % 2 else [b, a], auth_epoch=c),
            {"a": int, "b": int, "c": int},
        ),
        (lambda name: User.objects.all(), {"name": str}),
        (lambda name, other: User.objects.filter(username_key=name), {"name": str, "other": str}),
    ],
    ids=[
        "an earlier moment",
        "another text",
        "many values",
        "a limit",
        "a limit beside a value",
        "another order",
        "unused",
        "one of two unused",
    ],
)
def test_what_cannot_be_built_once_is_refused(build: Any, kinds: dict[str, type]) -> None:
    with pytest.raises(NotPrepared):
        Prepared(build, **kinds)(
            **{name: clock.now() if kind is datetime else kind(1) for name, kind in kinds.items()}
        )


def test_threads_do_not_see_the_values_of_each_other() -> None:
    find = Prepared(
        lambda first, second: User.objects.filter(pk=first, auth_epoch=second).values_list(
            "pk", flat=True
        ),
        first=int,
        second=int,
    )
    find(first=0, second=0)
    wrong: list[object] = []

    def ask(number: int) -> None:
        for _ in range(300):
            rows: Any = find.rows({"first": number, "second": -number})
            compiler = rows.queryset.query.get_compiler()
            if not {number, -number} <= set(compiler.as_sql()[1]):
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_related_rows_of_further_queries_are_refused() -> None:
    with pytest.raises(NotPrepared, match="further queries"):
        Prepared(lambda pk: User.objects.prefetch_related("groups").filter(pk=pk), pk=int)(pk=1)


def test_an_update_changes_what_its_condition_allows_and_says_how_many() -> None:
    alice, bob = person("alice"), person("bob")
    rename = PreparedUpdate(
        lambda pk, name, language: (
            User.objects.filter(pk=pk, language=""),
            {"full_name": name, "language": language},
        ),
        **WORDS,
    )
    assert rename(pk=alice.pk, name="Alice of the river", language="fr") == 1
    assert rename(pk=alice.pk, name="Alice again", language="en") == 0
    alice.refresh_from_db()
    bob.refresh_from_db()
    assert (alice.full_name, alice.language, bob.language) == ("Alice of the river", "fr", "")


def test_an_update_that_breaks_a_rule_of_the_table_spoils_the_transaction_as_the_orms_own() -> None:
    alice = person("alice")
    person("bob")
    rename = PreparedUpdate(
        lambda pk, key: (User.objects.filter(pk=pk), {"username_key": key}), pk=int, key=str
    )
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            rename(pk=alice.pk, key="bob")
        assert connection.needs_rollback


def test_an_update_that_cannot_be_built_once_is_refused() -> None:
    shout = PreparedUpdate(
        lambda pk, name, language: (
            User.objects.filter(pk=pk),
            {"full_name": name.upper() + "!", "language": language},
        ),
        **WORDS,
    )
    with pytest.raises(NotPrepared):
        shout(pk=1, name="alice", language="fr")


WORDS: dict[str, type] = {"pk": int, "name": str, "language": str}


AT = datetime(2026, 11, 22, 9, 30, 0, 123_456, tzinfo=UTC)
TIMES = {"created_at": AT, "expires_at": AT}
ROWS: list[tuple[str, dict[str, Any]]] = [
    (
        "accounts.LoginAttempt",
        {
            "reference_digest": "r",
            "binding_digest": "b",
            "purpose": "login",
            "epoch": 7,
            "lane": OTHER,
            "required": "weak",
            **TIMES,
        },
    ),
    (
        "risk.LoginLog",
        {
            "at": AT,
            "findings": [{"name": "place", "points": 7}],
            "evidence": {"facts": {"a": None}},
            "score": 7,
            "learned": None,
        },
    ),
    ("mfa.Budget", {"kind": "push", "lane": OTHER, "sends": [[1, "é"]], "only_strong": True}),
    (
        "mfa.OutboxMessage",
        {
            "id": "a" * 22,
            "channel": "email",
            "template": "%s",
            "sent_to": "x",
            "payload": "p",
            "due_at": AT,
            **TIMES,
        },
    ),
]


def columns(row: Model) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not (field.primary_key and row._meta.auto_field)
    }


@pytest.mark.parametrize(("name", "values"), ROWS)
def test_an_insert_writes_what_save_would(name: str, values: dict[str, Any]) -> None:
    user, model = person("alice"), apps.get_model(name)
    for _ in range(2):  # built, and built before
        with CaptureQueriesContext(connection) as asked:
            insert(row := model(user_id=user.pk, **values))
        assert len(asked) == 1
        assert not row._state.adding
        ours = columns(model.objects.get(pk=row.pk))
        model.objects.all().delete()
        saved = model(user_id=user.pk, **values)
        saved.save(force_insert=True)
        assert columns(model.objects.get(pk=saved.pk)) == ours
        model.objects.all().delete()


def test_an_insert_that_is_refused_spoils_the_transaction_as_a_save_does() -> None:
    values, user, model = ROWS[0][1], person("alice"), LoginAttempt
    insert(model(user=user, **values))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(model(user=user, **values))
    assert model.objects.count() == 1
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(model(user=user, **values))
        assert connection.needs_rollback
        transaction.set_rollback(True)
