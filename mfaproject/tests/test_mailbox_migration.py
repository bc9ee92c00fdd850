"""From addresses that were compared as they stood to mailboxes with one spelling.

Nothing fails, nobody is merged, and no mail goes to another owner.
"""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.journey import StepUp
from accounts.models import Link, User
from accounts.services import login, people, reset
from accounts.tests.helpers import arriving, mails_to
from mfa import outbox
from mfaproject.lib import clock, mailbox
from mfaproject.lib.testing import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("accounts", "0004_undo_links_and_stale_proofs"), ("mfa", "0003_typed_factors")]
DAY = datetime(2026, 3, 1, tzinfo=UTC)
HOSTILE = [
    "",
    "alice",
    "@",
    "a@",
    "@b",
    "a@b@c.example",
    " padded@example.org ",
    "two\nlines@example.org",
    '"quoted"@example.org',
    '"a b"@example.org',
    "é@example.org",
    "e\u0301@example.org",
    "a@[127.0.0.1]",
    "a@[IPv6:::1]",
    "a@[nonsense",
    "a@example.org.",
    "a@..",
    "a@ü..example",
    "a@-ü-.example",
    "a@exa_mple.ü",
    "a@i❤.ws",
    "a@☕☕.example",
    "a@\u202eexample.org",
    "a@exa\u200bmple.net",
    "a@نامه\u200cای.example",
    "a@βόλος.example",
    "a@" + "ü" * 64 + ".example",
    "a@" + "ü." * 120 + "example",
    "a@" + "x" * 200 + ".example",
    "ΐ" * 240 + "@x.example",
    "ﬃ" * 240 + "@x.example",
    "a@١٢٣.example",
    "a@" + "\U000e0041" * 20 + ".example",
    "a@xn--a.example",
    "a@xn--bcher-kva8445foa.example",
    "a@EXAMPLE.COM",
]
"""What can stand in a column that nobody looked at: each confirmed."""


def to(*targets: tuple[str, str]) -> Any:
    """Migrates there, or to the newest tables; the models as they are then."""
    executor = MigrationExecutor(connection)
    newest = [node for node in executor.loader.graph.leaf_nodes() if node[0] in ("accounts", "mfa")]
    executor.migrate([*targets] or newest)
    return executor.loader.project_state([*targets] or newest).apps


@pytest.fixture
def old() -> Iterator[Any]:
    """The tables as they were. Afterwards they are as they are again, whatever happened."""
    apps = to(*BEFORE)
    yield apps
    to()


def person(apps: Any, name: str, email: str, confirmed: int | None = 0, **more: Any) -> Any:
    """A row of then; `confirmed` so many days after the first."""
    at = None if confirmed is None else DAY + timedelta(days=confirmed)
    facts = {
        "full_name": name,
        "password": make_password(PASSWORD),
        "username_key": name,
        "joined_at": clock.now(),
    } | more
    return apps.get_model("accounts", "User").objects.create(
        username=name, email=email, email_confirmed_at=at, **facts
    )


def shown(name: str) -> tuple[str, str, bool, bool]:
    """Address, key, whether it is confirmed, whether an older account holds it."""
    user = User.objects.get(username=name)
    return user.email, user.email_key, user.email_confirmed_at is not None, user.email_doubled


def test_every_address_gets_its_key_in_batches(old: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("accounts.migrations.0006_fill_email_keys"), "BATCH", 2)
    for n in range(7):
        person(old, f"user{n}", f"User{n}@Bücher.example")
    to()
    assert [shown(f"user{n}")[:2] for n in range(7)] == [
        (f"User{n}@Bücher.example", f"user{n}@xn--bcher-kva.example") for n in range(7)
    ]


def test_of_several_the_oldest_confirmation_holds_and_nobody_is_merged_or_unconfirmed(
    old: Any,
) -> None:
    person(old, "late", "w@bücher.example", 2)
    person(old, "first", "w@xn--bcher-kva.example", 1)
    person(old, "third", "W@bu\u0308cher.example.", 3)
    person(old, "nobody", "w@xn--bcher-kva.example", None)
    to()
    key = "w@xn--bcher-kva.example"
    assert [shown(name)[1:] for name in ("first", "late", "third", "nobody")] == [
        (key, True, False),
        (key, True, True),
        (key, True, True),
        (key, False, False),
    ]
    found = people.owner_of("W@BÜCHER.example")
    assert found is not None
    assert found.username == "first"


def test_at_one_moment_the_one_that_was_there_first_holds(old: Any) -> None:
    for name, email in (("one", "w@bücher.example"), ("two", "w@xn--bcher-kva.example")):
        person(old, name, email)
    to()
    assert [shown(name)[3] for name in ("one", "two")] == [False, True]


def test_a_confirmed_address_keeps_the_domain_that_its_confirmation_went_to(old: Any) -> None:
    person(old, "sz", "q@faß.example", 1)
    person(old, "ss", "Q@fass.example", 2)
    to()
    assert shown("sz") == ("q@fass.example", "q@fass.example", True, False)
    assert shown("ss") == ("Q@fass.example", "q@fass.example", True, True)
    assert people.owner_of("q@faß.example") is None, (
        "the owner of faß.example has confirmed nothing"
    )


def test_who_has_not_confirmed_it_starts_again_at_the_right_domain(old: Any) -> None:
    before = person(old, "sz", "q@faß.example", None)
    same = person(old, "ue", "q@bücher.example", None)
    to()
    assert shown("sz") == ("q@faß.example", "q@xn--fa-hia.example", False, False)
    assert User.objects.get(username="sz").auth_epoch != before.auth_epoch, (
        "a code to fass.example is on its way"
    )
    assert User.objects.get(username="ue").auth_epoch == same.auth_epoch


def test_hostile_rows_stop_nothing(old: Any) -> None:
    for number, email in enumerate(HOSTILE):
        person(old, f"user{number}", email)
    to()
    assert User.objects.count() == len(HOSTILE)
    for number, email in enumerate(HOSTILE):
        now, key, confirmed, _doubled = shown(f"user{number}")
        assert confirmed, email
        assert key == mailbox.key(now), email
    holders = User.objects.filter(email_doubled=False).values_list("email_key", flat=True)
    assert len(set(holders)) == len(holders)


def test_it_may_be_done_twice(old: Any) -> None:
    person(old, "sz", "q@faß.example")
    to(("accounts", "0006_fill_email_keys"))
    to(("accounts", "0005_email_key"))
    to()
    assert shown("sz")[:3] == ("q@fass.example", "q@fass.example", True)


def test_an_address_that_may_be_put_back_keeps_its_domain(old: Any) -> None:
    owner = person(old, "alice", "alice@example.org")
    then = old.get_model("accounts", "Link").objects
    facts = {"user": owner, "purpose": "undo", "expires_at": clock.now() + timedelta(days=7)}
    then.create(token_digest="1", address="q@faß.example", **facts)
    then.create(token_digest="2", address="q@bücher.example", **facts)
    to()
    assert list(Link.objects.order_by("token_digest").values_list("address", flat=True)) == [
        "q@fass.example",
        "q@bücher.example",
    ]


class TestTheAddressBookOfFactors:
    def factor(self, old: Any, owner: Any, label: str, **more: Any) -> int:
        kept = old.get_model("mfa", "Factor").objects.create(
            user_id=owner.pk, kind="email", label=label, added_at=clock.now(), **more
        )
        return int(kept.pk)

    def test_a_proved_mailbox_keeps_its_domain_and_a_draft_ends(self, old: Any) -> None:
        owner = person(old, "alice", "alice@example.org")
        proved = self.factor(old, owner, "q@faß.example", confirmed_at=clock.now())
        draft = self.factor(old, owner, "r@faß.example")
        usual = self.factor(old, owner, "s@bücher.example")
        apps = to()
        rows = apps.get_model("mfa", "Factor").objects
        assert rows.get(pk=proved).label == "q@fass.example"
        assert rows.get(pk=proved).revoked_at is None
        assert rows.get(pk=draft).revoked_at is not None
        assert (rows.get(pk=usual).label, rows.get(pk=usual).revoked_at) == (
            "s@bücher.example",
            None,
        )

    def test_what_waits_to_go_to_another_domain_is_dropped(self, old: Any) -> None:
        owner = person(old, "alice", "alice@example.org")
        for address in ("q@faß.example", "q@bücher.example", "q@fass.example"):
            outbox.enqueue(
                channel="email",
                template="reset_link",
                destination=address,
                context={},
                language="en",
                user_id=owner.pk,
                expires_at=clock.now(),
            )
        apps = to()
        rows = apps.get_model("mfa", "OutboxMessage").objects
        assert set(rows.filter(state="queued").values_list("sent_to", flat=True)) == {
            "q•••@bücher.example",
            "q•••@fass.example",
        }
        dropped = rows.get(state="dropped")
        assert (dropped.sent_to, dropped.payload, dropped.reason) == (
            "q•••@faß.example",
            "",
            "respelled",
        )


_PAIR: list[User] = []
"""As the migrations left them: made once in a process, then put back."""


@pytest.mark.usefixtures("pair", "messages_in_memory")
class TestWhoSharesAnAddress:
    """Afterwards: the one that holds it and the one that does not."""

    @pytest.fixture
    def pair(self, request: pytest.FixtureRequest) -> tuple[User, User]:
        if not _PAIR:
            self.migrate_pair(request.getfixturevalue("old"))
            _PAIR.extend(User.objects.order_by("email_confirmed_at"))
        else:
            User.objects.bulk_create([copy.copy(one) for one in _PAIR])
        first, other = User.objects.order_by("email_confirmed_at")
        return first, other

    @staticmethod
    def migrate_pair(old: Any) -> None:
        person(old, "first", "w@xn--bcher-kva.example", 1)
        person(old, "other", "w@bücher.example", 2)
        to()

    @pytest.mark.parametrize("typed", ["w@bücher.example", "W@XN--BCHER-KVA.example"])
    def test_links_to_a_new_password_go_to_the_holder_alone(self, typed: str) -> None:
        assert reset.request_link(arriving(), typed) == reset.Sent()
        assert len(mails_to("w@xn--bcher-kva.example")) == 1
        assert [link.user.username for link in Link.objects.all()] == ["first"]

    def test_the_other_signs_in_by_name_with_a_code_to_its_mailbox(self) -> None:
        step = login.begin(arriving(), name="other", password=PASSWORD)
        assert isinstance(step, StepUp)
        assert step.way == "email"
        assert mails_to("w@xn--bcher-kva.example")[-1].text.count("Your code is") == 1

    def test_the_other_may_be_saved_whole_and_stays_what_it_is(
        self, pair: tuple[User, User]
    ) -> None:
        pair[1].full_name = "Another Name"
        pair[1].save()
        assert shown("other")[2:] == (True, True)

    def test_the_operator_is_told(self, pair: tuple[User, User]) -> None:
        assert listed() == [
            "w@xn--bcher-kva.example",
            "  first: w@xn--bcher-kva.example, confirmed 2026-03-02, holds the address",
            "  other: w@bücher.example, confirmed 2026-03-03, signs in by name",
        ]
        pair[0].delete()
        assert listed()[1:] == ["  other: w@bücher.example, confirmed 2026-03-03, signs in by name"]
        people.moves_to(pair[1], "w@bücher.example")
        assert listed() == ["No account shares its address with another one."]


def listed() -> list[str]:
    out = StringIO()
    call_command("doubled_addresses", stdout=out)
    return out.getvalue().splitlines()
