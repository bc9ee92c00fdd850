"""What push needs from the settings: said at the start, in a sentence that names it, and not when
somebody waits for a question.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.checks import CheckMessage, registry
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from mfaproject import checks_push, firebase, webpush
from mfaproject.firebase import Firebase
from mfaproject.tests.plugin import ROOT

pytestmark = pytest.mark.slow

ACCOUNT = {
    "type": "service_account",
    "project_id": "p",
    "client_email": "a@p.example",
    "private_key": "k",
    "token_uri": "https://t.example",
}
CONFIG = {"apiKey": "AIza", "projectId": "p", "messagingSenderId": "1", "appId": "1:1:web:1"}
KEY = "B" + "a" * 86


def ids(found: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in found), "each finding says what to do"
    return [message.id for message in found]


def start(folder: Path, **variables: str) -> tuple[int, str]:
    """Reads the settings in a process of its own; gives exit code and what it said."""
    outside = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")
    }
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        " print(s.VAPID_SUBJECT, s.FCM, s.PUSH_ALLOW_LOOPBACK)"
    )
    given = (
        outside
        | {"DJANGO_SETTINGS_MODULE": "mfaproject.settings", "DATA_DIR": str(folder)}
        | variables
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


class TestFirebase:
    def test_nothing_is_off(self) -> None:
        assert firebase.read("", "", "") is None

    def test_all_three_are_on(self) -> None:
        assert firebase.read(json.dumps(ACCOUNT), json.dumps(CONFIG), KEY) == Firebase(
            ACCOUNT, CONFIG, KEY
        )

    def test_files_do_as_well(self, tmp_path: Path) -> None:
        for name, content in (("account", ACCOUNT), ("config", CONFIG)):
            (tmp_path / name).write_text(json.dumps(content))
        assert firebase.read(str(tmp_path / "account"), str(tmp_path / "config"), KEY) == Firebase(
            ACCOUNT, CONFIG, KEY
        )

    @pytest.mark.parametrize(
        "given", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1)]
    )
    def test_some_of_them_stop_the_start_and_say_what_is_missing(
        self, given: tuple[int, int, int]
    ) -> None:
        values = [
            value if wanted else ""
            for value, wanted in zip(
                (json.dumps(ACCOUNT), json.dumps(CONFIG), KEY), given, strict=True
            )
        ]
        with pytest.raises(ImproperlyConfigured) as refused:
            firebase.read(*values)
        said = str(refused.value).partition("missing:")[2]
        names = (firebase.ACCOUNT, firebase.CONFIG, firebase.KEY)
        assert [name in said for name in names] == [not wanted for wanted in given]

    @pytest.mark.parametrize("lacking", ["project_id", "client_email", "private_key", "token_uri"])
    def test_an_account_that_lacks_something_is_named(self, lacking: str) -> None:
        half = {name: value for name, value in ACCOUNT.items() if name != lacking}
        with pytest.raises(ImproperlyConfigured, match=f"FCM_SERVICE_ACCOUNT lacks {lacking}"):
            firebase.read(json.dumps(half), json.dumps(CONFIG), KEY)

    @pytest.mark.parametrize("lacking", ["apiKey", "projectId", "messagingSenderId", "appId"])
    def test_a_configuration_that_lacks_something_is_named(self, lacking: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=f"FCM_WEB_CONFIG lacks {lacking}"):
            firebase.read(json.dumps(ACCOUNT), json.dumps(CONFIG | {lacking: None}), KEY)

    def test_two_projects_do_not_go_together(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="different projects"):
            firebase.read(json.dumps(ACCOUNT), json.dumps(CONFIG | {"projectId": "q"}), KEY)

    @pytest.mark.parametrize("key", ["x", "A" * 87, "B" * 86, "B" * 88, "B" * 86 + "="])
    def test_a_key_of_another_form_is_refused(self, key: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="FCM_VAPID_KEY"):
            firebase.read(json.dumps(ACCOUNT), json.dumps(CONFIG), key)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("/nowhere/account.json", "cannot be read"),
            ("{", "neither JSON"),
            ('{"a":1', "neither JSON"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, given: str, said: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=said):
            firebase.read(given, json.dumps(CONFIG), KEY)

    def test_json_that_is_no_object_lacks_everything(self, tmp_path: Path) -> None:
        (tmp_path / "list").write_text("[]")
        with pytest.raises(ImproperlyConfigured, match="lacks project_id, client_email"):
            firebase.read(str(tmp_path / "list"), json.dumps(CONFIG), KEY)

    def test_the_private_key_is_in_no_repr(self) -> None:
        assert "private_key" not in repr(
            firebase.read(json.dumps(ACCOUNT), json.dumps(CONFIG), KEY)
        )


class TestTheSubject:
    @pytest.mark.parametrize(
        ("given", "sender", "origin", "expected"),
        [
            ("mailto:ops@example.org", "x", "http://localhost:8000", "mailto:ops@example.org"),
            ("https://example.org", "x", "http://localhost:8000", "https://example.org"),
            ("", "Nod <nod@example.com>", "http://localhost:8000", "mailto:nod@example.com"),
            ("", "nod@example.com", "https://login.example.org", "mailto:nod@example.com"),
            ("", "Nod <nod@localhost>", "https://login.example.org", "https://login.example.org"),
            (
                "",
                "Nod <nod@localhost>",
                "https://login.example.org:8443",
                "https://login.example.org",
            ),
            ("", "Nod <nod@localhost>", "http://localhost:8000", webpush.NOBODY),
            ("", "Nod <nod@localhost>", "https://localhost:8443", webpush.NOBODY),
            ("", "", "http://login.example.org", webpush.NOBODY),
        ],
    )
    def test_is_given_or_made_from_what_is_known(
        self, given: str, sender: str, origin: str, expected: str
    ) -> None:
        assert webpush.subject(given, sender=sender, origin=origin) == expected

    @pytest.mark.parametrize(
        "given",
        [
            "ops@example.org",
            "mailto:ops@localhost",
            "mailto:",
            "http://example.org",
            "https://example.org/x",
            "x",
        ],
    )
    def test_of_another_form_stops_the_start(self, given: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="VAPID_SUBJECT"):
            webpush.subject(given, sender="", origin="http://localhost:8000")

    @pytest.mark.parametrize(
        ("subject", "expected"), [(webpush.NOBODY, ["nod.W010"]), ("mailto:ops@example.com", [])]
    )
    def test_nobody_is_a_caution(
        self, settings: Settings, subject: str, expected: list[str]
    ) -> None:
        settings.VAPID_SUBJECT = subject
        assert ids(checks_push.vapid_subject(None)) == expected


class TestChecks:
    def test_what_is_made_is_right(self) -> None:
        assert (
            checks_push.vapid_key(None)
            == checks_push.push_hosts(None)
            == checks_push.firebase_account(None)
            == []
        )

    @pytest.mark.parametrize(
        "key", ["", "x", "A" * 43, "_" * 43, "A" * 42, "-----BEGIN PRIVATE KEY-----"]
    )
    def test_a_vapid_key_that_is_none(self, settings: Settings, key: str) -> None:
        settings.VAPID_PRIVATE_KEY = key
        assert ids(checks_push.vapid_key(None)) == ["nod.E020"]

    @pytest.mark.parametrize(
        "host",
        [
            "*",
            "*.com:443",
            "https://push.example.org",
            "PUSH.example.org",
            "*.*.example.org",
            "localhost",
            "",
            "a..b",
        ],
    )
    def test_hosts_that_say_too_much_or_nothing(self, settings: Settings, host: str) -> None:
        settings.PUSH_HOSTS = ["push.example.org", host]
        assert ids(checks_push.push_hosts(None)) == ["nod.E021"]

    @pytest.mark.parametrize("host", ["push.example.org", "*.example.org", "10.0.0.1"])
    def test_hosts_that_may_stand_there(self, settings: Settings, host: str) -> None:
        settings.PUSH_HOSTS = [host]
        assert ids(checks_push.push_hosts(None)) == []

    def test_an_account_whose_key_cannot_be_read(self, settings: Settings) -> None:
        settings.FCM = Firebase(ACCOUNT, CONFIG, KEY)
        assert ids(checks_push.firebase_account(None)) == ["nod.E022"]

    def test_an_account_whose_key_can_be_read(self, settings: Settings) -> None:
        pem = (
            ec.generate_private_key(ec.SECP256R1())
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode()
        )
        settings.FCM = Firebase(ACCOUNT | {"private_key": pem}, CONFIG, KEY)
        assert ids(checks_push.firebase_account(None)) == []

    @pytest.mark.parametrize(("there", "expected"), [(True, []), (False, ["nod.W012"])])
    def test_a_library_that_nobody_bundled(
        self, settings: Settings, tmp_path: Path, there: bool, expected: list[str]
    ) -> None:
        settings.FCM, settings.BASE_DIR = Firebase(ACCOUNT, CONFIG, KEY), tmp_path
        if there:
            bundle = tmp_path / checks_push.FIREBASE_BUNDLE
            bundle.parent.mkdir(parents=True)
            bundle.touch()
        found = checks_push.firebase_bundle(None)
        assert ids(found) == expected
        assert all("make firebase" in str(message.hint) for message in found)
        settings.FCM = None
        assert checks_push.firebase_bundle(None) == [], (
            "who does not use Firebase hears nothing of it"
        )

    def test_it_is_looked_for_where_it_is_made(self) -> None:
        assert (
            f"FIREBASE_BUNDLE := {checks_push.FIREBASE_BUNDLE}\n" in (ROOT / "Makefile").read_text()
        )
        assert {checks_push.firebase_bundle} <= set(registry.registry.registered_checks)


class TestTheStart:
    def test_with_nothing_set(self, tmp_path: Path) -> None:
        code, said = start(tmp_path)
        assert (code, said.split()) == (0, [webpush.NOBODY, "None", "False"])

    def test_loopback_is_for_one_machine(self, tmp_path: Path) -> None:
        assert start(tmp_path, PUSH_ALLOW_LOOPBACK="1")[0] == 0

    @pytest.mark.parametrize(
        "more",
        [
            {"PUBLIC_ORIGIN": "https://login.example.org"},
            {"DATABASE_URL": "postgres://u:p@127.0.0.1/n"},
        ],
    )
    def test_on_others_it_stops_the_start(self, tmp_path: Path, more: dict[str, str]) -> None:
        code, said = start(tmp_path, PUSH_ALLOW_LOOPBACK="1", **more)
        assert code != 0
        assert "PUSH_ALLOW_LOOPBACK is for tests" in said

    def test_half_of_firebase_stops_it(self, tmp_path: Path) -> None:
        code, said = start(tmp_path, FCM_VAPID_KEY=KEY)
        assert code != 0
        assert "missing: FCM_SERVICE_ACCOUNT, FCM_WEB_CONFIG" in said

    def test_firebase_from_files_as_secrets_come(self, tmp_path: Path) -> None:
        files: dict[str, Any] = {
            "FCM_SERVICE_ACCOUNT": json.dumps(ACCOUNT),
            "FCM_WEB_CONFIG": json.dumps(CONFIG),
            "FCM_VAPID_KEY": KEY,
        }
        for name, content in files.items():
            (tmp_path / name).write_text(content + "\n")
        code, said = start(tmp_path, **{f"{name}_FILE": str(tmp_path / name) for name in files})
        assert code == 0, said
        assert "Firebase(web_config=" in said

    def test_loads_no_service_that_has_nothing_to_send(self, tmp_path: Path) -> None:
        code = (
            "import django, sys; django.setup(); import mfaproject.urls,"
            " authenticator.push.channel; print(*sys.modules)"
        )
        given = os.environ | {
            "DJANGO_SETTINGS_MODULE": "mfaproject.settings",
            "DATA_DIR": str(tmp_path),
        }
        loaded = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=given,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        assert "authenticator.push.channel" in loaded
        assert not {"firebase_admin", "pywebpush", "aiohttp"} & set(loaded)
