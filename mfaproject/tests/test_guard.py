"""The fence around the tests themselves."""

import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django_redis import get_redis_connection  # type: ignore[import-untyped]

from mfaproject.lib.patience import PATIENCE
from mfaproject.tests import guard, plugin
from mfaproject.tests.services import Ports, free_port


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (None, True),
        ("", True),
        ("localhost", True),
        ("auth.localhost", True),
        (b"127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::1%lo", True),
        ("example.org", False),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("2001:db8::1", False),
        (7, False),
    ],
)
def test_only_this_machine_is_here(host: object, expected: bool) -> None:
    assert guard.stays_here(host) is expected


def test_a_connection_to_elsewhere_fails_and_is_remembered() -> None:
    with socket.socket() as outside, pytest.raises(guard.LeftLoopback):
        outside.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as outside, pytest.raises(guard.LeftLoopback):
        outside.sendto(b"x", ("192.0.2.1", 53))
    with pytest.raises(guard.LeftLoopback):
        socket.getaddrinfo("example.org", 443)
    assert len(guard.taken()) == 3
    assert guard.taken() == []


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("url", "worker", "expected"),
    [
        ("unix:///run/v.sock?db=0", "", "unix:///run/v.sock?db=0"),
        ("unix:///run/v.sock?db=0", "gw0", "unix:///run/v.sock?db=1"),
        ("redis://:secret@127.0.0.1:6379/0", "gw3", "redis://:secret@127.0.0.1:6379/4"),
        ("redis://127.0.0.1:6379", "gw1", "redis://127.0.0.1:6379/2"),
    ],
)
def test_each_worker_empties_a_cache_of_its_own(url: str, worker: str, expected: str) -> None:
    assert plugin.cache_of_worker(url, worker) == expected


@pytest.mark.both
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_starts_with_an_empty_cache(turn: int) -> None:
    assert cache.add("left-behind", turn)


@pytest.mark.both
def test_the_run_uses_what_its_header_says() -> None:
    assert connection.vendor == ("postgresql" if plugin.with_services() else "sqlite")
    assert bool(settings.REDIS_URL) is plugin.with_services()
    assert "var" not in settings.DATA_DIR.parts[-1]


@pytest.mark.both
def test_settings_of_the_developer_do_not_reach_the_tests() -> None:
    kept = {
        "DATA_DIR",
        *plugin.FIXED,
        *(("DATABASE_URL", "REDIS_URL") if plugin.with_services() else ()),
    }
    assert {name for name in plugin.known_variables() if name in os.environ} == kept


def test_a_free_port_is_free_and_no_other_run_is_given_it() -> None:
    port = free_port()
    command = (
        f"from mfaproject.tests.services import Ports; print(Ports({port - Ports.FIRST}).take())"
    )
    theirs = int(subprocess.check_output([sys.executable, "-c", command], cwd=plugin.ROOT))
    assert Ports.FIRST <= theirs != port
    with socket.create_server(("127.0.0.1", port)):
        assert free_port() != port


def test_a_port_that_somebody_listens_on_is_passed_over() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert Ports(port - Ports.FIRST).take() != port


@pytest.mark.services
def test_a_machine_that_is_slow_is_not_taken_for_a_cache_that_is_away() -> None:
    pool = get_redis_connection("default").connection_pool
    assert {pool.connection_kwargs[name] for name in plugin.TIME_OUTS} == {PATIENCE}
