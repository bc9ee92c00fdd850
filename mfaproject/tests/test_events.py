"""A real server, and pages, programs and phones that wait before it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from bench import flows
from bench.people import PASSWORD
from bench.web import FORM, form
from mfaproject.lib import tokens
from mfaproject.tests.serving import Served
from mfaproject.tests.waiters import (
    EVENTS,
    INBOX_EVENTS,
    SETTINGS,
    Crowd,
    Waiter,
    database,
    none_waits,
    seeded,
    waiting,
)
from mfaproject.tests.wires import Wire, close_wires, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A server after its first start, with people: others begin with a copy of its folder."""
    first = Served(tmp_path_factory.mktemp("prepared"), **SETTINGS).start()
    first.stop()
    seeded(first, 80)
    return first


@pytest.fixture(scope="module")
def start(
    prepared: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Served]]:
    """`start()`: one that delivers nothing, so that nothing happens by itself."""
    with ExitStack() as running:

        def begin() -> Served:
            folder = tmp_path_factory.mktemp("served")
            shutil.copytree(prepared.data_dir, folder / "data")
            served = Served(folder, "--no-delivery", **SETTINGS).start()
            running.callback(served.kill)
            return served

        yield begin


@pytest.fixture(scope="module")
def served(start: Callable[[], Served]) -> Served:
    return start()


@pytest.fixture(scope="module")
def crowd(served: Served, prepared: Served) -> Iterator[Crowd]:
    with Crowd.of(served, prepared) as people:
        yield people


@pytest.fixture(autouse=True)
def _closed(served: Served) -> Iterator[None]:
    yield
    close_wires()
    none_waits(served)


@pytest.fixture
def alice(crowd: Crowd) -> Waiter:
    return crowd.next()


def known(waiter: Waiter) -> Waiter:
    """In a browser that she knows, and asked all the same: she is of the staff."""
    waiter.is_asked().approves()
    waiter.is_in()
    cookie = waiter.cookies["nod_kb"]
    with database(waiter.served) as rows:
        rows.execute(
            "UPDATE accounts_user SET is_staff = 1 WHERE username = ?",
            (waiter.journey.person.username,),
        )
    waiter.journey.known = True
    waiter.journey.browser.cookies.clear()
    waiter.journey.browser.cookies["nod_kb"] = cookie
    return waiter.is_asked()


# The wait page


def approve(waiter: Waiter) -> bytes:
    return waiter.journey.phone.approve(waiter.journey.challenge, waiter.journey.number)


def mistype(waiter: Waiter) -> bytes:
    right = waiter.journey.number
    return waiter.journey.phone.approve(
        waiter.journey.challenge, f"{(int(right) + 1) % 10 ** len(right):0{len(right)}}"
    )


def deny(waiter: Waiter) -> bytes:
    return waiter.journey.phone.deny(waiter.journey.challenge, "cancelled")


def refuse(waiter: Waiter) -> bytes:
    return waiter.journey.phone.deny(waiter.journey.challenge, "not_me")


@pytest.mark.parametrize(
    ("says", "state"),
    [(approve, "approved"), (mistype, "stopped"), (deny, "stopped"), (refuse, "stopped")],
)
def test_an_unknown_browser_is_woken_by_the_answer_and_by_nothing_before_it(
    alice: Waiter, says: Any, state: str
) -> None:
    stream = alice.is_asked().stream()
    flows.fetch_inbox(alice.journey)  # somebody looks at the phone, which is nobody else's business
    other = alice.stream()  # what opens after that says what came before it, if anything did
    assert stream.is_silent()
    alice.decide(says(alice))
    stream.look()
    other.look()
    assert stream.is_silent()
    assert alice.poll() == state


@pytest.mark.parametrize(
    ("says", "state"),
    [(approve, "approved"), (mistype, "wrong_number"), (deny, "denied"), (refuse, "not_me")],
)
def test_a_known_browser_is_woken_when_the_phone_looks_and_when_it_answers(
    alice: Waiter, says: Any, state: str
) -> None:
    stream = known(alice).stream()
    flows.fetch_inbox(alice.journey)
    stream.look()
    flows.fetch_inbox(alice.journey)
    alice.decide(says(alice))
    stream.look()
    assert stream.is_silent(), "that it looked again was no news"
    assert alice.poll() == state


def test_a_question_whose_time_runs_out_ends_the_stream(alice: Waiter) -> None:
    alice.is_asked()
    with database(alice.served) as rows:
        last = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+3 seconds')"
        rows.execute(
            f"UPDATE mfa_challenge SET expires_at = {last} WHERE state = 'pending' AND subject LIKE"
            " 'login:%'"
        )
    alice.stream().ends()
    until(lambda: alice.poll() == "expired")


def test_giving_up_in_one_tab_wakes_the_other(alice: Waiter) -> None:
    stream = alice.is_asked().stream()
    alice.journey.post("/login/cancel/", "/login/")
    stream.look()


def test_a_sixth_sign_in_wakes_the_first(alice: Waiter, crowd: Crowd) -> None:
    stream = alice.is_asked().stream()
    for _ in range(5):
        flows.open_login(alice.journey)
        alice.journey.post(
            "/login/", "/login/", username=alice.journey.person.username, password=PASSWORD
        )
    stream.look()


def test_a_new_password_elsewhere_wakes_and_ends_what_waits(alice: Waiter, crowd: Crowd) -> None:
    elsewhere = crowd.beside(alice)
    elsewhere.is_asked().approves()
    elsewhere.is_in()
    stream, inbox = alice.is_asked().stream(), alice.inbox_stream()
    elsewhere.journey.csrf = flows.token_of(elsewhere.journey.get("/security/password/"))
    body = form(
        csrfmiddlewaretoken=elsewhere.journey.csrf, password="another quiet walk along the river"
    )
    assert (
        elsewhere.journey.browser.send(
            "POST", "/security/password/", body, {"Content-Type": FORM}
        ).status
        == 302
    )
    stream.look()
    assert alice.poll() == "gone"
    inbox.ends()


def test_a_device_that_is_removed_is_cut_and_hears_no_more(alice: Waiter, crowd: Crowd) -> None:
    elsewhere = crowd.beside(alice)
    elsewhere.is_asked().approves()
    elsewhere.is_in()
    stream, inbox = alice.is_asked().stream(), alice.inbox_stream()
    path = f"/security/authenticators/{alice.journey.person.device_id}/revoke/"
    elsewhere.journey.csrf = flows.token_of(elsewhere.journey.get(path))
    elsewhere.journey.post(path, "/security/")
    inbox.ends()
    assert alice.inbox_events().answer()[0] == 401
    stream.look()
    assert alice.poll() == "gone"


@pytest.mark.parametrize(
    "cookie",
    ["", "nonsense", f"{tokens.new_token()}.{tokens.new_token()}"],
    ids=["none", "no ticket", "a ticket of nobody's"],
)
def test_who_has_no_journey_is_not_listened_for(alice: Waiter, cookie: str) -> None:
    alice.is_asked()
    assert alice.events(nod_login=cookie).answer()[0] == 204
    assert waiting(alice.served) == 0


def test_the_reference_without_its_binding_never_listens(alice: Waiter) -> None:
    reference = alice.is_asked().cookies["nod_login"].partition(".")[0]
    alice.poll()  # so that the answer for the right binding is in the cache
    assert alice.events(nod_login=f"{reference}.{tokens.new_token()}").answer()[0] == 204
    assert waiting(alice.served) == 0
    alice.stream()


@pytest.mark.parametrize("says", [approve, deny])
def test_a_journey_that_was_answered_is_not_listened_for(alice: Waiter, says: Any) -> None:
    alice.is_asked()
    flows.fetch_inbox(alice.journey)
    alice.decide(says(alice))
    assert alice.events().answer()[0] == 204


def test_a_third_stream_of_one_journey_is_one_too_many(alice: Waiter) -> None:
    alice.is_asked()
    first, _second = alice.stream(), alice.stream()
    assert alice.events().answer()[0] == 204
    first.close()
    until(lambda: waiting(alice.served) == 1)
    alice.stream()


def test_streams_that_are_opened_again_and_again_are_refused_for_a_while(alice: Waiter) -> None:
    alice.is_asked()
    for _ in range(10):
        alice.stream().close()
    assert alice.events().answer()[0] == 204


def test_nothing_secret_is_in_an_address_and_nobody_keeps_it(alice: Waiter) -> None:
    wire = alice.is_asked().events()
    fields = wire.head()[1]
    assert EVENTS == "/login/events/"
    assert (fields["cache-control"], fields["x-accel-buffering"]) == ("no-store", "no")


@pytest.mark.parametrize(("method", "status"), [("POST", 403), ("HEAD", 200), ("PUT", 403)])
def test_only_a_get_opens_a_stream(alice: Waiter, method: str, status: int) -> None:
    kept = "; ".join(f"{name}={value}" for name, value in alice.is_asked().cookies.items())
    assert Wire(alice.served.port).ask(EVENTS, method, Cookie=kept).head()[0] == status
    assert waiting(alice.served) == 0


def test_a_binding_that_was_renewed_is_told_nothing_more(alice: Waiter) -> None:
    before = dict(alice.is_asked().cookies)
    mine, copied = alice.stream(), alice.stream()
    alice.poll()  # so that the answer for the old binding is in the cache
    alice.journey.csrf = flows.token_of(alice.journey.get("/login/"))
    alice.journey.post(
        "/login/", "/login/wait/", username=alice.journey.person.username, password=PASSWORD
    )
    assert alice.cookies["nod_login"].partition(".")[0] == before["nod_login"].partition(".")[0], (
        "one journey"
    )
    mine.ends()
    copied.ends()
    assert alice.events(nod_login=before["nod_login"]).answer()[0] == 204
    alice.stream()
    assert alice.poll() == "pending"
    alice.journey.browser.cookies.update(before)
    assert alice.poll() == "gone"


# Programs


def later(alice: Waiter, reference: str, prefer: str = "wait=25") -> Wire:
    return alice.call("verify-login-push", prefer, reference_id=reference)


def told(wire: Wire) -> tuple[int, dict[str, Any], str]:
    """Status, document, and which preference was applied."""
    status, fields, body = wire.answer()
    return status, json.loads(body), fields.get("preference-applied", "")


def test_a_program_that_waits_is_answered_when_the_phone_has_spoken(alice: Waiter) -> None:
    reference = alice.program_is_asked()
    wire = later(alice, reference)
    until(lambda: waiting(alice.served) == 1)
    flows.fetch_inbox(alice.journey)
    assert waiting(alice.served) == 1
    alice.decide(approve(alice))
    status, document, applied = told(wire)
    assert (status, applied) == (200, "wait=25")
    assert alice.call("login-with-mfa", **document).answer()[0] == 200


def test_a_program_that_waits_is_told_of_a_no(alice: Waiter) -> None:
    wire = later(alice, alice.program_is_asked())
    until(lambda: waiting(alice.served) == 1)
    flows.fetch_inbox(alice.journey)
    alice.decide(deny(alice))
    status, document, _applied = told(wire)
    assert (status, document["code"]) == (403, "access_denied")


def test_a_long_poll_counts_once_and_a_quick_one_is_slowed_down_all_the_same(alice: Waiter) -> None:
    reference = alice.program_is_asked()
    assert told(later(alice, reference, "wait=1"))[::2] == (202, "wait=1")
    assert told(later(alice, reference, "wait=1"))[::2] == (202, "wait=1")
    answers = [later(alice, reference, "wait=0").answer()[0] for _ in range(3)]
    assert answers[-1] == 429
    status, document, applied = told(later(alice, reference))
    assert (status, document["code"], applied) == (429, "slow_down", "")


def test_a_program_that_asks_for_too_many_answers_gets_one_now(alice: Waiter) -> None:
    reference = alice.program_is_asked()
    later(alice, reference)
    later(alice, reference)
    until(lambda: waiting(alice.served) == 2)
    until(lambda: told(later(alice, reference))[::2] == (202, ""))


def test_a_verifier_that_does_not_fit_never_waits(alice: Waiter) -> None:
    reference = alice.program_is_asked()
    wire = alice.call(
        "verify-login-push", "wait=25", reference_id=reference, client_verifier="v" * 43
    )
    assert wire.answer()[0] == 401
    assert waiting(alice.served) == 0


# Phones


def test_an_open_phone_is_told_when_a_question_is_put_answered_and_ended(alice: Waiter) -> None:
    phone = alice.inbox_stream()
    assert alice.inbox() == []
    alice.is_asked()
    phone.look()
    assert len(alice.inbox()) == 1
    alice.approves()
    phone.look()
    assert alice.inbox() == []
    alice.is_in()
    alice.is_asked()
    phone.look()
    alice.journey.post("/login/cancel/", "/login/")
    phone.look()


def test_a_phone_hears_nothing_of_somebody_elses_questions(alice: Waiter, crowd: Crowd) -> None:
    bob = crowd.next()
    hers, his = alice.inbox_stream(), bob.inbox_stream()
    bob.is_asked()
    his.look()
    assert hers.is_silent()


def test_only_a_device_of_ours_listens_and_only_once_for_each_signature(alice: Waiter) -> None:
    signed = alice.journey.phone.header("POST", INBOX_EVENTS, b"{}")
    first = alice.inbox_events(Authorization=signed)
    assert first.head()[0] == 200
    assert alice.inbox_events(Authorization=signed).answer()[0] == 401
    assert (
        alice.inbox_events(
            Authorization=alice.journey.phone.header("POST", "/v1/authenticator/inbox", b"{}")
        ).answer()[0]
        == 401
    )
    assert alice.inbox_events(Authorization="Nod nonsense").answer()[0] == 401


def test_a_third_stream_of_one_device_is_one_too_many(alice: Waiter) -> None:
    wires = [alice.inbox_stream(), alice.inbox_stream()]
    assert alice.inbox_events().answer()[0] == 204
    wires.pop().close()
    until(lambda: waiting(alice.served) == 1)
    alice.inbox_stream()


def test_who_wants_events_alone_gets_them_and_refusals_as_always(alice: Waiter) -> None:
    assert alice.inbox_events(Accept="text/event-stream").head()[0] == 200
    status, fields, _body = alice.inbox_events(
        Accept="text/event-stream", Authorization="Nod nonsense"
    ).answer()
    assert (status, fields["content-type"]) == (401, "application/problem+json")


# The end


def test_it_ends_with_everybody_waiting_and_each_is_told(
    start: Callable[[], Served], prepared: Served
) -> None:
    served = start()
    with Crowd.of(served, prepared) as crowd:
        waiters = [crowd.next().is_asked() for _ in range(12)]
        streams = [waiter.stream() for waiter in waiters for _ in range(2)]
        phones = [waiter.inbox_stream() for waiter in waiters]
        program = later(waiters[0], waiters[0].program_is_asked())
        until(lambda: waiting(served) == 37)
        assert served.stop() == 0
        for wire in streams + phones:
            wire.ends()
            assert wire.is_closed
        assert program.answer()[0] == 202
        assert len(served.printed.splitlines()) == 2
