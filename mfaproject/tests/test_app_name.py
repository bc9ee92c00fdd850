"""APP_NAME is put into many syntaxes: it stays a name in each of them."""

import html
import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.conf import settings as site
from django.test import Client

from mfa import mails, otp
from mfa.channels import files
from mfa.channels.files import EmailFileChannel
from mfa.prompt import Prompt, canonical
from mfa.tests.test_channels import parcel
from mfaproject import mail_sender, webpush

NAMES = [
    "Acme, Inc.",
    'Tom & "Jerry" <script>',
    "100% sûr: %(app)s {{ app }} {% now %}",
    "O’Brien's; a\\b",
    "日本語サービス",
    "🦊 Fox",
    "شرکت می‌خواهم",
    "x" * 64,
    "javascript:alert(1)",
    "=?utf-8?q?x?=",
]
TEMPLATES = sorted(
    path.name.removesuffix(".subject.txt")
    for path in (site.BASE_DIR / "templates" / "emails").glob("*.subject.txt")
)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.APP_NAME = mail_sender.app_name(request.param)
    settings.DEFAULT_FROM_EMAIL = mail_sender.mailbox(
        "", app=settings.APP_NAME, host="login.example.org"
    )
    return str(settings.APP_NAME)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_in_mails_and_texts(name: str, language: str) -> None:
    for template in TEMPLATES:
        words = mails.rendered(
            template, {"code": "123456", "name": "Alice", "days": 7, "minutes": 30}, language
        )
        assert len(words.subject.splitlines()) == 1
        for text in (words.subject, words.text):
            assert "&amp;" not in text
            assert "&#" not in text
        assert name not in words.html or html.escape(name) == name
    assert name in mails.rendered("signup_code", {"code": "123456"}, language).text
    assert html.escape(name) in mails.rendered("signup_code", {"code": "123456"}, language).html
    assert name in mails.texted("code", {"code": "123456"}, language).text


def test_in_the_head_of_a_mail(name: str, tmp_path: Path, settings: Any) -> None:
    settings.OUTBOX_DIR = tmp_path
    EmailFileChannel().send(parcel(subject=mails.rendered("signup_code", {}, "en").subject))
    ((path, _),) = files.newest()
    mail = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    assert mail["From"].addresses[0].addr_spec == "nod@login.example.org"
    assert len(mail["From"].addresses) == 1
    assert mail["From"].addresses[0].display_name.replace(" ", "") == name.replace(" ", "")
    if "=?" not in name:  # what looks like an encoded word is read as one, in a subject
        assert mail["Subject"].strip() == f"Confirm your address for {name}"


def test_in_the_address_of_a_code_app(name: str) -> None:
    issuer = otp.issuer_of(name)
    uri = otp.provisioning_uri(SECRET, account="हिन्दी", issuer=issuer)
    assert uri.isascii()
    assert not set(uri) & set(' "<>\\{}|^`')
    label = uri.removeprefix("otpauth://totp/").partition("?")[0]
    assert label.count(":") + label.count("%3A") == 1, (
        "apps take what stands before the first for the issuer"
    )
    found = pyotp.parse_uri(uri)
    assert (found.issuer, found.name) == (issuer, "हिन्दी")
    assert issuer == " ".join(name.replace(":", " ").split())


@pytest.mark.django_db
def test_in_pages_and_in_the_manifest(name: str) -> None:
    page = Client().get("/help/").content.decode()
    assert name not in page or html.escape(name) == name
    facts = json.loads(Client().get("/authenticator/manifest.webmanifest").content)
    assert (facts["name"], facts["short_name"]) == (f"{name} authenticator", name)


def test_in_what_a_phone_signs(name: str) -> None:
    context = Prompt("alice", name, 1_773_144_000, "Firefox", "192.0.2.1", "Linux", "").context()
    assert json.loads(canonical(context))["app"] == name


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("nod", "nod"),
        ("o'brien+x", "o'brien+x"),
        ("a%b", "a%25b"),
        ("a?b&c=d", "a%3Fb%26c%3Dd"),
        ("a/b", "a%2Fb"),
    ],
)
def test_a_sender_becomes_an_address_that_push_services_can_read(local: str, expected: str) -> None:
    from_whom = mail_sender.mailbox(f"Acme, Inc. <{local}@example.com>", app="x", host="x")
    assert (
        webpush.subject("", sender=from_whom, origin="http://localhost:8000")
        == f"mailto:{expected}@example.com"
    )
