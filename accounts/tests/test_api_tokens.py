"""Tokens: hashed, expiring, listed and revocable; and what one may do with them."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import sessions
from accounts.models import Session, User
from accounts.services import security
from accounts.tests.api import Program, refusal
from accounts.tests.helpers import Browser, arriving, mailbox, mails_to, phone
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock, person

pytestmark = pytest.mark.django_db
UNAUTHORIZED = (401, "unauthorized")


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    return user


def token_of(user: User, proof: str = "strong", name: str = "curl/8.14.1") -> str:
    return sessions.open_session(
        user, sessions.Evidence(proof, token_name=name), epoch=user.auth_epoch
    )[1]


def holder(user: User, proof: str = "strong", **options: Any) -> Program:
    program = Program(**options)
    program.token = token_of(user, proof)
    return program


def test_the_bare_token_counts_too(alice: User) -> None:
    token = token_of(alice)
    for header in (f"Bearer {token}", f"bearer {token}", token, f"  {token}  "):
        assert Program().get("/v1/me", headers={"authorization": header}).status_code == 200, header


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer  ",
        "Bearer x",
        "Basic YTpi",
        "Nod x",
        "Bearer {token} x",
        "Token {token}",
        "{token}x",
        "ü",
    ],
)
def test_anything_else_is_nobody(alice: User, header: str) -> None:
    filled = header.replace("{token}", token_of(alice))
    answer = Program().get("/v1/me", headers={"authorization": filled.encode().decode("latin-1")})
    assert refusal(answer) == UNAUTHORIZED


def test_tokens_are_kept_as_digests(alice: User) -> None:
    token = token_of(alice)
    assert token not in str(Session.objects.values().get())


def test_no_cookie_opens_anything_under_v1(alice: User) -> None:
    browser = Browser()
    _, key = sessions.open_session(alice, sessions.Evidence("strong"), epoch=alice.auth_epoch)
    browser.cookies["nod_session"] = key
    assert browser.get("/security/").status_code == 200
    for path in ("me", "sessions", "login-history", "list-mfa-methods"):
        assert refusal(browser.get(f"/v1/{path}")) == UNAUTHORIZED, path
    assert (
        refusal(browser.get("/v1/me", headers={"authorization": f"Bearer {key}"})) == UNAUTHORIZED
    )


def test_a_token_in_a_cookie_opens_nothing(alice: User) -> None:
    browser = Browser()
    browser.cookies["nod_session"] = token_of(alice)
    assert browser.get("/security/").status_code == 302


def test_a_token_ends_after_fourteen_days_however_busy_it_is(
    clock: FrozenClock, alice: User
) -> None:
    program = holder(alice)
    for _ in range(27):
        clock.forward(hours=12)
        assert program.get_page("me").status_code == 200
    clock.forward(hours=12)
    assert refusal(program.get_page("me")) == UNAUTHORIZED


def test_a_token_that_nobody_uses_ends_after_a_day(clock: FrozenClock, alice: User) -> None:
    program = holder(alice)
    clock.forward(hours=24)
    assert refusal(program.get_page("me")) == UNAUTHORIZED


def test_a_staff_token_that_was_not_proved_strongly_is_good_for_nothing(alice: User) -> None:
    User.objects.update(is_staff=True)
    alice.refresh_from_db()
    assert refusal(holder(alice, "weak").get_page("me")) == (403, "access_denied")
    assert holder(alice, "strong").get_page("me").status_code == 200


def test_logging_out_ends_this_token_and_no_other(alice: User) -> None:
    one, other = holder(alice), holder(alice)
    assert one.call("logout", "DELETE").status_code == 204
    assert refusal(one.get_page("me")) == UNAUTHORIZED
    assert other.get_page("me").status_code == 200


def password_changed(user: User) -> None:
    security.set_password(user, "another one, quite long")


def signed_out_everywhere(user: User) -> None:
    security.end_everything(user.pk)


def deactivated(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("event", [password_changed, signed_out_everywhere, deactivated])
def test_what_ends_sessions_ends_tokens(alice: User, event: Any) -> None:
    program = holder(alice)
    event(alice)
    assert refusal(program.get_page("me")) == UNAUTHORIZED


def test_a_changed_password_in_a_browser_ends_every_token(alice: User) -> None:
    program = holder(alice)
    _, key = sessions.open_session(alice, sessions.Evidence("strong"), epoch=alice.auth_epoch)
    security.change_password(sessions.load(key), arriving(), "another one, quite long")
    assert refusal(program.get_page("me")) == UNAUTHORIZED


def test_tokens_and_sessions_are_listed_together(alice: User) -> None:
    program = holder(alice)
    sessions.open_session(alice, sessions.Evidence("password"), epoch=alice.auth_epoch)
    sessions.open_session(person("bob"), sessions.Evidence("password"), epoch=1)
    listed = program.get_page("sessions").json()
    assert listed["count"] == 2
    assert {row["kind"] for row in listed["results"]} == {"token", "browser"}
    mine = next(row for row in listed["results"] if row["current"])
    assert mine["name"] == "curl/8.14.1"
    assert mine["proof"] == "strong"


def test_a_token_is_on_the_security_page_by_its_name(alice: User) -> None:
    token_of(alice, name="backup-script/2.1")
    browser = Browser()
    browser.cookies["nod_session"] = sessions.open_session(
        alice, sessions.Evidence("strong"), epoch=alice.auth_epoch
    )[1]
    assert "backup-script/2.1" in browser.get("/security/").content.decode()


def test_any_of_them_can_be_ended_by_its_id_and_nobody_elses(alice: User) -> None:
    program, other = holder(alice), holder(alice)
    ids = [
        row["id"] for row in program.get_page("sessions").json()["results"] if not row["current"]
    ]
    assert refusal(holder(person("mallory")).call(f"sessions/{ids[0]}", "DELETE")) == (
        404,
        "not_found",
    )
    assert other.get_page("me").status_code == 200
    assert program.call(f"sessions/{ids[0]}", "DELETE").status_code == 204
    assert refusal(other.get_page("me")) == UNAUTHORIZED
    assert refusal(program.call(f"sessions/{ids[0]}", "DELETE")) == (404, "not_found")


def test_lists_come_a_page_at_a_time(alice: User) -> None:
    program = holder(alice)
    for _ in range(2):
        token_of(alice)
    first = program.get_page("sessions", page_size=2).json()
    assert (first["count"], first["next"], first["previous"], len(first["results"])) == (
        3,
        2,
        None,
        2,
    )
    second = program.get_page("sessions", page_size=2, page=2).json()
    assert (second["next"], second["previous"], len(second["results"])) == (None, 1, 1)
    assert program.get_page("sessions", page=9).json()["results"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "x"},
        {"page": "-1"},
        {"page": "１"},
        {"page": "9" * 5000},
        {"page_size": "101"},
    ],
)
def test_a_page_that_is_no_number_is_named(alice: User, query: dict[str, str]) -> None:
    answer = holder(alice).get_page("sessions", **query)
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == query.keys()


def test_the_history_shows_what_the_pages_show() -> None:
    program = Program()
    program.sign_in()
    (login,) = program.get_page("login-history").json()["results"]
    assert login["outcome"] == "admitted"
    assert login["factor"] == "email"
    assert login["ip"] == "198.51.100.7"


def test_the_methods_name_the_mailbox_even_where_it_was_never_added(alice: User) -> None:
    listed = holder(alice).get_page("list-mfa-methods").json()
    assert listed == {"methods": [listed["methods"][0]]}
    assert listed["methods"][0].keys() == {"kind", "label", "added_at", "last_used_at", "strong"}
    assert (
        listed["methods"][0]["kind"],
        listed["methods"][0]["label"],
        listed["methods"][0]["strong"],
    ) == ("email", "alice@example.org", False)


def test_the_methods_say_which_are_strong(alice: User) -> None:
    mailbox(alice)
    phone(alice)
    listed = holder(alice).get_page("list-mfa-methods").json()["methods"]
    assert [(method["kind"], method["label"], method["strong"]) for method in listed] == [
        ("email", "alice@example.org", False),
        ("push", "Pixel 8", True),
    ]


def test_the_account_reads_as_its_owner_wrote_it(alice: User) -> None:
    program = holder(alice)
    assert program.call("me", "PATCH", fullname="Alice Martin").json()["fullname"] == "Alice Martin"
    assert program.get_page("me").json() == {
        "id": alice.handle,
        "username": "alice",
        "fullname": "Alice Martin",
        "email": "alice@example.org",
        "email_verified": True,
        "new_email": None,
        "phone": None,
        "phone_verified": False,
        "new_phone": None,
        "joined_at": alice.joined_at.isoformat().replace("+00:00", "Z"),
    }


def test_what_is_no_part_of_the_account_is_not_changed(alice: User) -> None:
    program = holder(alice)
    for sent in ({"is_staff": True}, {"username": "root"}, {"auth_epoch": 1}, {"user_id": 7}):
        assert program.call("me", "PATCH", **sent).status_code == 200
    alice.refresh_from_db()
    assert (alice.is_staff, alice.username) == (False, "alice")


def test_deleting_the_account_needs_a_fresh_proof(clock: FrozenClock, alice: User) -> None:
    program = holder(alice, "weak")
    clock.forward(minutes=10)
    answer = program.call("me", "DELETE")
    assert refusal(answer) == (403, "proof_required")
    assert answer.json()["step_up"] == "/v1/auth/step-up"
    assert User.objects.filter(username="alice").exists()


def test_deleting_the_account_ends_everything_and_says_so_in_a_last_mail(alice: User) -> None:
    program = holder(alice, "weak")
    assert program.call("me", "DELETE").status_code == 204
    assert not User.objects.filter(username="alice").exists()
    assert refusal(program.get_page("me")) == UNAUTHORIZED
    assert "deleted" in mails_to("alice@example.org")[-1].text


def test_staff_do_not_delete_themselves(alice: User) -> None:
    User.objects.update(is_staff=True)
    alice.refresh_from_db()
    assert refusal(holder(alice).call("me", "DELETE")) == (403, "access_denied")
    assert User.objects.filter(username="alice").exists()


def test_a_proof_that_was_given_again_makes_the_token_fresh_under_a_new_key(
    clock: FrozenClock, alice: User
) -> None:
    program = holder(alice, "password")
    clock.forward(hours=1)
    assert refusal(program.call("me", "DELETE")) == (403, "proof_required")
    step = program.call("auth/step-up")
    assert step.status_code == 200
    assert step.json().keys() == {"reference_id", "methods", "expires_at"}
    key = program.key(step.json()["reference_id"])
    answer = program.call(
        "auth/login-with-mfa", reference_id=step.json()["reference_id"], private_key=key
    )
    assert answer.json()["device_id"] is None
    assert refusal(program.get_page("me")) == UNAUTHORIZED
    program.token = answer.json()["token"]
    row = Session.objects.get()
    assert (row.kind, row.proof, row.proven_at) == ("token", "weak", time.now())
    assert program.call("me", "DELETE").status_code == 204


def test_who_has_a_phone_proves_with_it_and_not_with_the_mailbox(alice: User) -> None:
    phone(alice)
    User.objects.filter(pk=alice.pk).update(joined_at=time.now() - timedelta(days=9))
    program = holder(alice, "weak")
    assert refusal(program.call("me", "DELETE")) == (403, "proof_required")
    step = program.call("auth/step-up").json()
    assert step["methods"] == ["push"]
    assert refusal(
        program.call("auth/send-login-email-code", reference_id=step["reference_id"])
    ) == (409, "method_unavailable")


def test_a_step_up_of_a_token_that_was_ended_meanwhile_opens_nothing(alice: User) -> None:
    program = holder(alice, "password")
    reference = program.call("auth/step-up").json()["reference_id"]
    key = program.key(reference)
    program.call("logout", "DELETE")
    assert refusal(
        program.call("auth/login-with-mfa", reference_id=reference, private_key=key)
    ) == (401, "invalid_reference")


def test_a_step_up_needs_a_token() -> None:
    assert refusal(Program().call("auth/step-up")) == UNAUTHORIZED
