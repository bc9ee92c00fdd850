"""/outbox/ and who may look."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from mfa import outbox as messages
from mfa.channels.files import TextFileChannel
from mfa.tests.helpers import ask_code, code_of, opened
from mfa.tests.test_channels import parcel
from mfa.views.outbox import may_look

FILES = {
    "email": "mfa.channels.files.EmailFileChannel",
    "sms": "mfa.channels.files.TextFileChannel",
    "push": "mfa.channels.memory.MemoryChannel",
}


@pytest.fixture(autouse=True)
def _trial(db: None, settings: Any) -> None:
    settings.EMBEDDED, settings.EMAIL_URL, settings.IS_LOCAL, settings.OUTBOX_KEY = (
        True,
        "",
        True,
        "k" * 43,
    )
    settings.MFA_CHANNELS = FILES


def look(key: str = "k" * 43, **headers: str) -> Any:
    local: dict[str, Any] = {"HTTP_HOST": "localhost:8000", "REMOTE_ADDR": "127.0.0.1"}
    return Client().get("/outbox/", {"key": key} if key else {}, **(local | headers))


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"])
def test_the_person_at_the_machine_may_look(host: str, peer: str) -> None:
    assert look(HTTP_HOST=host, REMOTE_ADDR=peer).status_code == 200


@pytest.mark.parametrize(
    "key", ["", "k" * 42, "K" * 43, "k" * 44, "\ud800".encode("utf-8", "replace").decode(), "é"]
)
def test_not_without_the_key(key: str) -> None:
    assert look(key).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "10.0.0.1"},
        {"REMOTE_ADDR": "::ffff:192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_HOST": "localhost.evil.example"},
        {"HTTP_HOST": "127.0.0.1.nip.io"},
        {"HTTP_HOST": "login.example.org"},
        {"HTTP_HOST": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_HOST": "localhost"},
        {"HTTP_X_FORWARDED_PROTO": "http"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
)
def test_not_from_elsewhere_and_not_through_a_proxy(headers: dict[str, str]) -> None:
    assert look(**headers).status_code in (400, 404)


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("localhost", True),
        ("[::1]", True),
        ("LOCALHOST.evil.example", False),
        ("[::2]:8000", False),
        ("auth.localhost", False),
    ],
)
def test_only_a_localhost_name_will_do_even_where_the_site_answers_to_others(
    host: str, may: bool
) -> None:
    assert (
        may_look(
            RequestFactory().get(
                "/outbox/", {"key": "k" * 43}, HTTP_HOST=host, REMOTE_ADDR="127.0.0.1"
            )
        )
        is may
    )


@pytest.mark.parametrize(
    "change",
    [
        {"EMBEDDED": False},
        {"EMAIL_URL": "smtp://mail.example.org"},
        {"IS_LOCAL": False},
        {"OUTBOX_KEY": ""},
    ],
)
def test_not_where_the_site_is_more_than_a_trial(settings: Any, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    assert look(key=settings.OUTBOX_KEY or "").status_code == 404
    assert look().status_code == 404


def test_it_is_for_reading() -> None:
    assert Client().post("/outbox/?key=" + "k" * 43, HTTP_HOST="localhost").status_code in (
        403,
        405,
    )


def test_it_shows_the_newest_first(alice: Any, clock: Any) -> None:
    asked = opened(ask_code(alice))
    code = code_of(asked)
    messages.deliver_due()
    clock.forward(seconds=1)
    TextFileChannel().send(parcel(channel="sms", to="+33612345642", text="Your code is 999111"))
    page = look().content.decode()
    assert code in page
    assert "alice@example.org" in page
    assert "Your code for Nod" in page
    assert page.index("999111") < page.index(code)


def test_an_empty_outbox_says_what_to_do() -> None:
    assert "Sign up or sign in" in look().content.decode()


def test_it_looks_again_without_a_script() -> None:
    assert 'href="/outbox/?key=' + "k" * 43 + '"' in look().content.decode()


def test_nothing_of_a_mail_is_markup_and_nothing_is_cached() -> None:
    TextFileChannel().send(
        parcel(to="+33612345642", text="<script>alert(1)</script> http://localhost:8000/x")
    )
    answer = look()
    assert "<script>alert" not in answer.content.decode()
    assert 'href="http://localhost:8000/x"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
