"""`manage.py serve` as a person meets it: a process that starts, says where it is, and stops."""

import http.client
import signal
import socket
import ssl
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mfaproject.lib.patience import LONG, PATIENCE, until
from mfaproject.tests.services import free_port
from mfaproject.tests.serving import Served
from mfaproject.tests.test_checks import write_pair

pytestmark = pytest.mark.slow


@dataclass
class FirstStart:
    """In an empty folder: what it answered, printed and left behind; and what the next one
    answered, on the same port."""

    data_dir: Path
    port: int
    status: int | None
    code: int
    printed: list[str]
    modes: set[int]
    journals: list[Path]
    status_again: int | None


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    served = Served(tmp_path_factory.mktemp("first")).start()
    data, status, code, printed = (
        served.data_dir,
        served.status("/help/"),
        served.stop(),
        served.printed.splitlines(),
    )
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (data / "nod.sqlite3", *(data / "secrets").iterdir())
    }
    journals = list(data.glob("nod.sqlite3-*"))
    status_again = served.start().status("/help/")
    served.stop()
    return FirstStart(data, served.port, status, code, printed, modes, journals, status_again)


@pytest.fixture
def prepared(first: FirstStart) -> Path:
    """Its folder, so that not each test migrates and collects again."""
    return first.data_dir


@pytest.fixture
def running(prepared: Path, tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path, DATA_DIR=str(prepared)).start()
    yield served
    served.kill()


def fails(folder: Path, *options: str, **variables: str) -> str:
    """What a start prints that must not succeed: exit code 1, one line, no traceback."""
    served = Served(folder, *options, **variables)
    try:
        assert served.launch().wait(PATIENCE) == 1, served.printed
    finally:
        served.kill()
    (line,) = served.printed.splitlines()
    assert line.startswith("Nod cannot start: ")
    return line


def test_the_first_start_makes_everything_and_keeps_it_private(first: FirstStart) -> None:
    assert (first.status, first.code) == (200, 0)
    assert first.modes == {0o600}
    assert not first.journals, "the journal was folded in"


def test_it_prints_one_line_with_the_address_and_one_with_the_outbox(first: FirstStart) -> None:
    address, outbox = first.printed
    assert address == f"Nod is at http://localhost:{first.port} (Ctrl-C stops it)"
    assert f"http://localhost:{first.port}/outbox/?key=" in outbox


def test_with_a_mail_server_there_is_no_outbox_line(prepared: Path, tmp_path: Path) -> None:
    served = Served(tmp_path, DATA_DIR=str(prepared), EMAIL_URL="smtp://127.0.0.1:2525").start()
    served.stop()
    assert "outbox" not in served.printed


@pytest.mark.parametrize(
    ("how", "group"), [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)]
)
def test_it_stops_at_once_and_says_nothing_more(
    running: Served, how: signal.Signals, group: bool
) -> None:
    running.status("/")
    assert running.stop(how, group=group) == 0
    assert len(running.printed.splitlines()) == 2, "it was not killed either"


def test_a_worker_does_not_outlive_its_killed_parent(running: Served) -> None:
    assert running.process is not None
    running.process.kill()
    running.process.wait()
    until(lambda: running.status("/healthz") is None, lambda: "somebody still has the port")


def test_it_answers_after_it_was_stopped_and_started_again(first: FirstStart) -> None:
    assert first.status_again == 200


def test_with_a_certificate_it_speaks_https(prepared: Path, tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path, "nod")
    served = Served(tmp_path, DATA_DIR=str(prepared), TLS_CERT=cert, TLS_KEY=key)
    served.launch()
    try:
        assert https_status(served.port, cert) == 200
        assert f"Nod is at https://localhost:{served.port} " in served.printed
    finally:
        served.kill()


def https_status(port: int, cert: str) -> int:
    """The status of /healthz, asked until somebody answers."""
    trusting = ssl.create_default_context(cafile=cert)
    trusting.check_hostname = False

    def ask() -> int | None:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port, context=trusting, timeout=PATIENCE
        )
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except ConnectionError:
            return None
        finally:
            connection.close()

    return until(ask, lambda: "nobody answers", patience=LONG)


def test_metrics_on_a_port_of_their_own(prepared: Path, tmp_path: Path) -> None:
    port = free_port()
    served = Served(
        tmp_path, "--no-delivery", DATA_DIR=str(prepared), METRICS_PORT=str(port)
    ).start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/metrics")
        assert "nod_http_requests_total" in connection.getresponse().read().decode()
        connection.close()
    finally:
        served.kill()


@pytest.mark.parametrize("setting", ["PORT", "METRICS_PORT"])
def test_a_port_that_is_taken_is_named(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = fails(tmp_path, **{setting: str(port)})
    assert f"127.0.0.1:{port} cannot be used (Address already in use)" in line
    assert f"PORT={port + 1}" in line


def test_two_servers_do_not_share_a_port(running: Served, tmp_path: Path) -> None:
    assert "cannot be used" in fails(tmp_path / "other", PORT=str(running.port))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "PORT must be a whole number"),
        ("PORT", "70000", "PORT must be a whole number, 1 to 65535; it is '70000'"),
        ("PORT", "8" * 5000, "PORT must be a whole number, 1 to 65535"),
        ("METRICS_PORT", "65536", "METRICS_PORT must be a whole number, 0 to 65535"),
        ("HOST", "203.0.113.9", "203.0.113.9"),
        ("PUBLIC_ORIGIN", "login.example.org", "PUBLIC_ORIGIN must be an origin"),
        (
            "AUTHENTICATOR_ORIGIN",
            "https://auth.example.org/app",
            "AUTHENTICATOR_ORIGIN must be an origin",
        ),
        (
            "AUTHENTICATOR_ORIGIN",
            "https://auth.example.org:70000",
            "AUTHENTICATOR_ORIGIN must be an origin",
        ),
        ("BCRYPT_ROUNDS", "3", "BCRYPT_ROUNDS must be a whole number, 4 to 18"),
        ("PUSH_DIGITS", "4", "PUSH_DIGITS must be 3 or 6"),
        ("TRUSTED_PROXY_COUNT", "-1", "TRUSTED_PROXY_COUNT must be"),
        ("EMAIL_URL", "nonsense", "EMAIL_URL must be an address such as"),
        ("TLS_CERT", "nod.crt", "TLS_KEY is missing"),
        ("DATA_DIR", "/proc/none", "DATA_DIR must be a folder that Nod may write to"),
        (
            "DATABASE_URL",
            "postgres://nobody@127.0.0.1:1/none",
            "DATABASE_URL: the database does not answer: connection failed",
        ),
        (
            "DATABASE_URL",
            "mysql://nod:hunter2@127.0.0.1/nod",
            "DATABASE_URL must be an address such as postgres://",
        ),
    ],
)
def test_a_bad_setting_is_named_in_one_sentence(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    assert said in fails(tmp_path, **{name: value})


def test_secrets_that_others_can_read_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "data" / "secrets").mkdir(parents=True)
    root_key = tmp_path / "data" / "secrets" / "root_key"
    root_key.write_text("k" * 43)
    root_key.chmod(0o644)
    assert "chmod 600" in fails(tmp_path)
