"""Each variable with something else in it than belongs there: a sentence that names it, and shows
no secret.
"""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from mfaproject import environment
from mfaproject.tests.plugin import ROOT, known_variables
from mfaproject.tests.serving import clean_environment

SECRET = "hunter2"
TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+15005550006"}
NO_NUMBERS = ("", "x", "-1", "1.5", "８", "9" * 5000, f"user:{SECRET}@host")
NO_FLAGS = ("maybe", "2", f"user:{SECRET}@host")
NO_ORIGINS = (
    "login.example.org",
    "ftp://a.example",
    "https://",
    "https://a.example/x",
    f"https://u:{SECRET}@a.example",
    "https://[::1",
    "https://a b.example",
    "*",
)
NO_HOSTS = (
    "https://a.example",
    "a.example:80",
    "a..example",
    "a b",
    "-a.example",
    f"u:{SECRET}@a.example",
    "[::1",
    "a" * 64,
)
NO_ADDRESSES = (
    SECRET,
    f"//user:{SECRET}@host/0",
    f"http://user:{SECRET}@host/0",
    f"mysql://user:{SECRET}@host/name",
    *(f"{{scheme}}://user:{SECRET}{char}x@host/0" for char in "#?/%[ \u2100"),
    "{scheme}://user:1/x@host/0",
    "{scheme}://user:1?x@host/0",
    f"{{scheme}}://user:%FF{SECRET}@host/0",
    f"{{scheme}}://user:{SECRET}@/0",
    f"{{scheme}}://user:{SECRET}@:25/0",
    f"{{scheme}}://user:{SECRET}@host:port/0",
    f"{{scheme}}://user:{SECRET}@host:0/0",
    f"{{scheme}}://user:{SECRET}@host:65536/0",
    f"{{scheme}}://user:{SECRET}@ho_st..example/0",
)


def with_scheme(scheme: str, *more: str) -> tuple[str, ...]:
    return (*(each.format(scheme=scheme) for each in NO_ADDRESSES), *more)


REFUSED: dict[str, tuple[str, ...]] = {
    "HOST": NO_HOSTS,
    "PORT": (*NO_NUMBERS, "0", "65536"),
    "PUBLIC_ORIGIN": NO_ORIGINS,
    "AUTHENTICATOR_ORIGIN": NO_ORIGINS,
    "SHARED_ORIGIN_ACCEPTED": NO_FLAGS,
    "EXTRA_HOSTS": (*NO_HOSTS, "a.example,https://b.example"),
    "API_CORS_ORIGINS": (*NO_ORIGINS, "null", "https://a.example,b.example"),
    "TRUSTED_PROXY_COUNT": NO_NUMBERS,
    "TRUSTED_PROXIES": (
        "proxy.example.org",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "10.0.0.1,x",
        "2001:db8::/129",
        f"http://u:{SECRET}@h",
    ),
    "WEB_PROCESSES": (*NO_NUMBERS, "0", "65", "2"),
    "SECURITY_CONTACT": (
        "us",
        "mailto:",
        "http://a.example",
        "mailto:a@localhost",
        "tel:112",
        "https://a b",
        f"https://u:{SECRET}@a.example",
    ),
    "APP_NAME": ("a\nb", "a\x1bb", "a\u202eb", "\u200b", "x" * 65),
    "DATABASE_URL": with_scheme(
        "postgres", "postgres://host", "sqlite:///x", f"postgres://user:{SECRET}@a,:1/name"
    ),
    "DATABASE_POOL": (*NO_NUMBERS, "0"),
    "REDIS_URL": with_scheme(
        "redis",
        "redis://host/x",
        "redis://host/0?db=x",
        "unix://",
        "unix://host/x",
        "memcache://host",
    ),
    "CELERY_BROKER_URL": with_scheme(
        "redis", "amqp://", "sqs://x", "redis+socket://", f"sentinel://a;http://u:{SECRET}@b"
    ),
    "VAPID_SUBJECT": (
        "ops@example.org",
        "mailto:",
        "http://example.org",
        f"https://u:{SECRET}@example.org",
    ),
    "EMAIL_URL": with_scheme(
        "smtp",
        "file:///x",
        "smtp://user@host",
        "smtp://host/x",
        "smtp://host?x=1",
        f"smtp://us\u00e9r:{SECRET}@host",
    ),
    "DEFAULT_FROM_EMAIL": (
        *(
            "nod",
            "@example.org",
            "nod@",
            "a@b@example.org",
            "a b@example.org",
            "a@example.org, b@example.org",
            "A <a@x.example> B",
            "<a@x.example",
        ),
        *(
            "j\u00f6rg@example.org",
            "a..b@example.org",
            '"a b"@example.org',
            "a@exa mple.org",
            f"smtp://u:{SECRET}@host",
            "x" * 201 + " <a@x.example>",
        ),
    ),
    "SMS_WEBHOOK_URL": (
        SECRET,
        "ftp://a.example",
        "https://",
        "https://[::1",
        "https://a.example:x",
        "https://a b",
        f"https://u:{SECRET}@a.example",
    ),
    "SMS_WEBHOOK_SECRET": (SECRET,),
    "TWILIO_ACCOUNT_SID": ("", "a b"),
    "TWILIO_AUTH_TOKEN": ("", f"\u00e9{SECRET}"),
    "TWILIO_FROM": ("", "+", "015005550006x", "MG123", "x" * 12, f"u:{SECRET}@h"),
    "SMS_COUNTRIES": ("France", "+33", "F1"),
    "SMS_PER_PREFIX_HOUR": (*NO_NUMBERS, "0"),
    "SMS_PER_SITE_HOUR": (*NO_NUMBERS, "0"),
    "PUSH_ALLOW_LOOPBACK": NO_FLAGS,
    "FCM_SERVICE_ACCOUNT": ("/nowhere/a", "{", "{" + '"a":' * 9000, f"{SECRET}\n{SECRET}", "{}"),
    "FCM_WEB_CONFIG": ("/nowhere/a", "{", "{}"),
    "FCM_VAPID_KEY": ("x", "B" * 88),
    "BCRYPT_ROUNDS": (*NO_NUMBERS, "3", "32"),
    "PUSH_DIGITS": (*NO_NUMBERS, "4"),
    "RISK_ADDRESS_DAYS": (*NO_NUMBERS, "0", "99999999999"),
    "RISK_NEVER_LOCK_OUT": ("alice bob", "9" * 5000, "x" * 41),
    "METRICS_PORT": (*NO_NUMBERS, "65536", "8000"),
    "LOG_LEVEL": ("LOUD", "10", f"u:{SECRET}@h"),
    "LOG_FORMAT": ("xml",),
    "DEBUG": NO_FLAGS,
}
"""What the settings refuse."""

FOUND = {
    "TLS_CERT": "/nowhere/cert.pem",
    "TLS_KEY": "/nowhere/key.pem",
    "SECRET_KEY": SECRET,
    "VAPID_PRIVATE_KEY": SECRET,
    "METRICS_TOKEN": f"to ken{SECRET}",
    "PUSH_HOSTS": f"https://u:{SECRET}@push.example",
    "SMS_COUNTRIES": "UK",
    "RISK_MODEL": "risk.nowhere.Model",
    "RISK_CHALLENGERS": "nonsense",
    "RISK_SIGNALS": "risk.nowhere",
    "GEO_COUNTRY_DB": "/nowhere/country.mmdb",
    "GEO_ASN_DB": "/nowhere/asn.mmdb",
    "STATICFILES_STORAGE": "nowhere.Storage",
    "REDIS_URL": f"redis://:{SECRET}@host/0?colour=blue",
}
"""What `manage.py check` finds, and each start with it."""

ELSEWHERE = {
    "DATA_DIR": (
        "test_serve.py: it is a folder, and what is wrong with one is found by writing to it"
    ),
    "SECRET_KEY_FALLBACKS": "test_checks.py: as SECRET_KEY",
}
NEEDED: dict[str, dict[str, str]] = {
    "DATABASE_POOL": {"DATABASE_URL": "postgres://host/name"},
    "TWILIO_ACCOUNT_SID": TWILIO,
    "TWILIO_AUTH_TOKEN": TWILIO,
    "TWILIO_FROM": TWILIO,
    "SMS_WEBHOOK_SECRET": {"SMS_WEBHOOK_URL": "https://sms.example.org"},
    "SMS_WEBHOOK_URL": {"SMS_WEBHOOK_SECRET": "s" * 32},
    "FCM_SERVICE_ACCOUNT": {"FCM_WEB_CONFIG": "{}", "FCM_VAPID_KEY": "B" + "a" * 86},
    "FCM_WEB_CONFIG": {"FCM_SERVICE_ACCOUNT": "account.json", "FCM_VAPID_KEY": "B" + "a" * 86},
    "FCM_VAPID_KEY": {"FCM_SERVICE_ACCOUNT": "account.json", "FCM_WEB_CONFIG": "config.json"},
}
"""What must be set too, so that a variable is looked at."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Has the secrets of a first start after the first of these."""
    made = tmp_path_factory.mktemp("environment")
    (made / "account.json").write_text(
        '{"project_id": "p", "client_email": "a", "private_key": "k", "token_uri": "t"}'
    )
    (made / "config.json").write_text(
        '{"apiKey": "a", "projectId": "p", "messagingSenderId": "1", "appId": "1"}'
    )
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Any:
    """Reads the settings with these variables and no others; gives them."""

    def reading(**variables: str) -> dict[str, Any]:
        for name in known_variables():
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DATA_DIR", str(folder / "data"))
        for name, value in variables.items():
            monkeypatch.setenv(name, str(folder / value) if value.endswith(".json") else value)
        return runpy.run_path(str(ROOT / "mfaproject" / "settings.py"))

    return reading


def test_the_tables_name_every_variable() -> None:
    assert {*REFUSED, *FOUND, *ELSEWHERE} == set(known_variables())


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_what_does_not_belong_there_is_refused_in_a_sentence(
    read: Any, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(**NEEDED.get(name, {}) | {name: value})
    said = str(refused.value)
    assert name in said
    assert SECRET not in said
    assert len(said.splitlines()) == 1
    assert len(said) < 400
    assert refused.value.__suppress_context__ or refused.value.__context__ is None, (
        "what libraries say holds a piece of the value"
    )


NO_TEXTS = [(name, "\udcff", "is not text in UTF-8") for name in known_variables()]
NO_TEXTS += [
    (name, "a\x07b", "must be one line")
    for name in known_variables()
    # JSON may have several lines, and says what else is wrong with it
    if not name.startswith("FCM_")
]


@pytest.mark.parametrize(("name", "value", "said"), NO_TEXTS)
def test_no_variable_holds_what_is_no_text(read: Any, name: str, value: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} {said}"):
        read(**NEEDED.get(name, {}) | {name: value})


@pytest.mark.parametrize("name", known_variables())
def test_a_file_that_cannot_be_read_is_named(
    read: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe" + SECRET.encode())
    for path in (tmp_path / "none", tmp_path, tmp_path / "binary"):
        monkeypatch.setenv(f"{name}_FILE", str(path))
        with pytest.raises(ImproperlyConfigured) as refused:
            read(**NEEDED.get(name, {}))
        assert str(refused.value).startswith(f"{name}_FILE: {path}")
        assert SECRET not in str(refused.value)


def test_what_only_a_look_at_the_outside_shows_is_found_by_the_checks(tmp_path: Path) -> None:
    given = (
        clean_environment()
        | FOUND
        | {
            "DATA_DIR": str(tmp_path),
            "PUBLIC_ORIGIN": "http://localhost:8000",
        }
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr
    missing = [
        name for name in FOUND if not re.search(rf"^\S*:? ?.*\b{name}\b", done.stderr, re.MULTILINE)
    ]
    assert missing == ["TLS_KEY"], "of a pair the first that cannot be read is named"


def test_a_start_says_it_in_one_line_and_no_traceback(tmp_path: Path) -> None:
    given = clean_environment() | {
        "DATA_DIR": str(tmp_path),
        "EMAIL_URL": f"smtp://nod:{SECRET}#x@mail.example.org:587",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith(
        "Nod cannot start: EMAIL_URL cannot be read. In user and password write # as %23"
    )


@pytest.mark.parametrize(
    ("variables", "setting", "expected"),
    [
        ({}, "ALLOWED_HOSTS", ["localhost", "localhost", "localhost", "127.0.0.1", "[::1]"]),
        (
            {"PUBLIC_ORIGIN": "https://LOGIN.Example.org.:443/"},
            "PUBLIC_ORIGIN",
            "https://login.example.org",
        ),
        (
            {"PUBLIC_ORIGIN": "https://fa\u00df.example"},
            "PUBLIC_ORIGIN",
            "https://xn--fa-hia.example",
        ),
        (
            {"PUBLIC_ORIGIN": "http://[2001:DB8::1]:8000"},
            "ALLOWED_HOSTS",
            ["[2001:db8::1]", "[2001:db8::1]"],
        ),
        ({"AUTHENTICATOR_ORIGIN": ""}, "AUTHENTICATOR_HAS_OWN_ORIGIN", False),
        (
            {"AUTHENTICATOR_ORIGIN": "https://AUTH.example.org."},
            "AUTHENTICATOR_ORIGIN",
            "https://auth.example.org",
        ),
        (
            {"EXTRA_HOSTS": " A.example. , .B.example,10.0.0.7, [::2] ,*"},
            "ALLOWED_HOSTS",
            ["a.example", ".b.example", "10.0.0.7", "[::2]", "*"],
        ),
        (
            {"API_CORS_ORIGINS": "https://APP.example.org:443, http://a.example."},
            "API_CORS_ORIGINS",
            ["https://app.example.org", "http://a.example"],
        ),
        (
            {"PUSH_HOSTS": " Push.example. ,*.A.example"},
            "PUSH_HOSTS",
            ["push.example", "*.a.example"],
        ),
        ({"APP_NAME": ""}, "APP_NAME", "Nod"),
        ({"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL", "Nod <nod@localhost>"),
        (
            {"RISK_MODEL": "", "LOG_LEVEL": "", "HOST": "", "STATICFILES_STORAGE": ""},
            "RISK_MODEL",
            "risk.scoring.chain_model.ChainModel",
        ),
        (
            {"SECURITY_CONTACT": "security@a.example, https://a.example/x"},
            "SECURITY_CONTACT",
            ["mailto:security@a.example", "https://a.example/x"],
        ),
        ({"DEBUG": "Yes"}, "DEBUG", True),
        ({"DEBUG": ""}, "DEBUG", False),
        ({"METRICS_TOKEN": "$ecret"}, "METRICS_TOKEN", "$ecret"),
        ({"SECRET_KEY": "$" * 40}, "ROOT_KEYS", ["$" * 40]),
        (
            {"EMAIL_URL": "smtp+tls://u%40x:p%23%20%3Fq@mail.example.org:587"},
            "EMAIL_HOST_PASSWORD",
            "p# ?q",
        ),
        ({"EMAIL_URL": "smtp://127.0.0.1:2525"}, "EMAIL_HOST_USER", ""),
        (
            {"REDIS_URL": "unix:///run/redis.sock?db=2"},
            "CELERY_BROKER_URL",
            "redis+socket:///run/redis.sock?virtual_host=2",
        ),
        ({"REDIS_URL": "redis://h/0", "CELERY_BROKER_URL": ""}, "CELERY_BROKER_URL", ""),
        (
            {"CELERY_BROKER_URL": "sentinel://a:1;sentinel://b:2"},
            "CELERY_BROKER_URL",
            "sentinel://a:1;sentinel://b:2",
        ),
        ({"RISK_NEVER_LOCK_OUT": " root, 7 ,"}, "RISK_NEVER_LOCK_OUT", ["root", "7"]),
        (
            {
                "FCM_SERVICE_ACCOUNT": "account.json",
                "FCM_WEB_CONFIG": "config.json",
                "FCM_VAPID_KEY": "B" + "a" * 86,
            },
            "PUSH_DIGITS",
            3,
        ),
    ],
)
def test_what_belongs_there_is_read(
    read: Any, variables: dict[str, str], setting: str, expected: object
) -> None:
    found = read(**variables)[setting]
    assert (
        found[-5:] if setting == "ALLOWED_HOSTS" and "EXTRA_HOSTS" in variables else found
    ) == expected


@pytest.mark.parametrize(
    ("url", "host", "port", "password"),
    [
        ("postgres://nod:p%23%25%2F%3F%40%20@db.example:6432/nod", "db.example", 6432, "p#%/?@ "),
        ("postgresql://nod:p+a@[::1]:5432/nod?sslmode=require", "::1", 5432, "p+a"),
        ("postgres://nod:p@a:5432,b:5433/nod", "a,b", "5432,5433", "p"),
        ("postgres://nod@/nod?host=/run/postgresql", "", "", ""),
    ],
)
def test_addresses_of_postgres(read: Any, url: str, host: str, port: object, password: str) -> None:
    found = read(DATABASE_URL=url)["DATABASES"]["default"]
    assert (found["HOST"], found["PORT"], found["PASSWORD"], found["NAME"]) == (
        host,
        port,
        password,
        "nod",
    )


def test_a_value_is_shown_unless_it_looks_like_a_password() -> None:
    assert environment.shown("login.example.org") == "; it is 'login.example.org'"
    assert environment.shown("mailto:ops@localhost") == "; it is 'mailto:ops@localhost'"
    assert (
        environment.shown(f"redis://:{SECRET}@host")
        == environment.shown(f"user:{SECRET}@host")
        == ""
    )
    assert len(environment.shown("x" * 5000)) < 80
