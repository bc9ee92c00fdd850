"""What `manage.py check` and `check --deploy` find, each with an id and a way out."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.checks import CheckMessage, registry
from pytest_django import Settings

from mfaproject import checks
from mfaproject.lib import clock

Check = Callable[..., list[CheckMessage]]


def ids(check: Check) -> list[str | None]:
    found = check(None)
    assert all(message.hint for message in found), "each finding says what to do"
    return [message.id for message in found]


def write_pair(folder: Path, name: str) -> tuple[str, str]:
    """A self-signed certificate for localhost and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number()
    )
    now = clock.now()
    certificate = (
        builder.not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / f"{name}.crt", folder / f"{name}.key"
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key_path.write_bytes(key.private_bytes(*form))
    return str(cert_path), str(key_path)


class TestTheTLSPair:
    def test_neither_is_fine(self, settings: Settings) -> None:
        settings.TLS_CERT = settings.TLS_KEY = ""
        assert ids(checks.tls_pair) == []

    def test_a_pair_is_fine(self, settings: Settings, tmp_path: Path) -> None:
        settings.TLS_CERT, settings.TLS_KEY = write_pair(tmp_path, "one")
        assert ids(checks.tls_pair) == []

    @pytest.mark.parametrize(("cert", "key"), [("some.crt", ""), ("", "some.key")])
    def test_half_a_pair_is_not(self, settings: Settings, cert: str, key: str) -> None:
        settings.TLS_CERT, settings.TLS_KEY = cert, key
        assert ids(checks.tls_pair) == ["nod.E001"]

    def test_a_missing_file_is_not(self, settings: Settings, tmp_path: Path) -> None:
        settings.TLS_CERT, _ = write_pair(tmp_path, "one")
        settings.TLS_KEY = str(tmp_path / "none.key")
        assert ids(checks.tls_pair) == ["nod.E002"]

    def test_two_halves_of_different_pairs_are_not(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        settings.TLS_CERT, _ = write_pair(tmp_path, "one")
        _, settings.TLS_KEY = write_pair(tmp_path, "other")
        assert ids(checks.tls_pair) == ["nod.E003"]

    def test_a_file_of_something_else_is_not(self, settings: Settings, tmp_path: Path) -> None:
        settings.TLS_CERT, settings.TLS_KEY = write_pair(tmp_path, "one")
        Path(settings.TLS_CERT).write_text("shopping list")
        assert ids(checks.tls_pair) == ["nod.E003"]


class TestSecretFiles:
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            (0o600, []),
            (0o400, []),
            (0o640, ["nod.E004"]),
            (0o604, ["nod.E004"]),
            (0o666, ["nod.E004"]),
        ],
    )
    def test_have_one_reader(
        self, settings: Settings, tmp_path: Path, mode: int, expected: list[str]
    ) -> None:
        settings.DATA_DIR = tmp_path
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "root_key").touch(mode)
        (tmp_path / "secrets" / "root_key").chmod(mode)
        assert ids(checks.secret_files) == expected

    def test_need_not_exist(self, settings: Settings, tmp_path: Path) -> None:
        settings.DATA_DIR = tmp_path / "none"
        assert ids(checks.secret_files) == []


@pytest.mark.parametrize(
    ("login", "authenticator", "accepted", "expected"),
    [
        ("https://login.example.org", "https://auth.example.org", False, []),
        ("https://login.example.org", "https://login.example.org", False, ["nod.E006"]),
        ("https://login.example.org", "https://login.example.org", True, []),
        ("https://login.example.org", "https://login.example.org:8443", False, ["nod.E007"]),
        ("https://login.example.org", "http://auth.example.org", False, ["nod.E008"]),
        ("http://login.example.org", "http://auth.example.org", False, ["nod.E005"]),
        ("http://login.example.org", "http://login.example.org", True, ["nod.E005"]),
    ],
)
def test_the_authenticator_needs_a_host_of_its_own(
    settings: Settings, login: str, authenticator: str, accepted: bool, expected: list[str]
) -> None:
    settings.PUBLIC_ORIGIN, settings.AUTHENTICATOR_ORIGIN, settings.SHARED_ORIGIN_ACCEPTED = (
        login,
        authenticator,
        accepted,
    )
    settings.PUBLIC_HOST, settings.IS_HTTPS = login.partition("://")[2], login.startswith("https")
    settings.AUTHENTICATOR_HAS_OWN_ORIGIN = login != authenticator
    assert ids(checks.origins) == expected


@pytest.mark.parametrize(
    ("check", "values", "expected"),
    [
        (checks.root_key, {"ROOT_KEYS": ["k" * 32]}, []),
        (checks.root_key, {"ROOT_KEYS": ["k" * 31]}, ["nod.E009"]),
        (checks.root_key, {"ROOT_KEYS": ["k" * 32, "old"]}, ["nod.E009"]),
        (checks.metrics_token, {"METRICS_TOKEN": "t0ken-._~+/="}, []),
        (checks.metrics_token, {"METRICS_TOKEN": "to ken"}, ["nod.E012"]),
        (checks.metrics_token, {"METRICS_TOKEN": "töken"}, ["nod.E012"]),
        (
            checks.static_storage,
            {"STORAGES": {"staticfiles": {"BACKEND": "nowhere.Storage"}}},
            ["nod.E013"],
        ),
        (checks.cache_address, {"REDIS_URL": ""}, []),
        (
            checks.cache_address,
            {"REDIS_URL": "rediss://h/0?ssl_ca_certs=/ca.pem&socket_timeout=1"},
            [],
        ),
        (checks.cache_address, {"REDIS_URL": "redis://h/0?colour=blue"}, ["nod.E014"]),
        (checks.cache_address, {"REDIS_URL": "redis://h/0?socket_timeout=soon"}, ["nod.E014"]),
        (checks.mail, {"EMAIL_URL": "smtp://localhost:25"}, []),
        (checks.mail, {"EMAIL_URL": ""}, ["nod.E010"]),
        (checks.debugging, {"DEBUG": False}, []),
        (checks.debugging, {"DEBUG": True}, ["nod.E011"]),
        (checks.shared_cache, {"EMBEDDED": True, "REDIS_URL": ""}, []),
        (checks.shared_cache, {"EMBEDDED": False, "REDIS_URL": "redis://localhost"}, []),
        (checks.shared_cache, {"EMBEDDED": False, "REDIS_URL": ""}, ["nod.W001"]),
    ],
)
def test_what_must_not_go_live_is_named(
    settings: Settings, check: Check, values: dict[str, Any], expected: list[str]
) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    assert ids(check) == expected


def test_the_checks_run() -> None:
    always, deploy = registry.registry.registered_checks, registry.registry.deployment_checks
    assert {
        checks.tls_pair,
        checks.secret_files,
        checks.root_key,
        checks.metrics_token,
        checks.static_storage,
        checks.cache_address,
    } <= set(always)
    assert {checks.origins, checks.mail, checks.debugging, checks.shared_cache} <= set(deploy)
