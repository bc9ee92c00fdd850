"""Who runs once asks for nothing in which the two runs differ."""

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.db import connection, connections

from mfaproject.tests import plugin, twice


@pytest.mark.django_db
def test_who_has_the_mark_of_the_database_runs_twice(request: pytest.FixtureRequest) -> None:
    assert twice.asks(request.node)


@pytest.mark.usefixtures("admin_user")
def test_so_does_who_has_a_fixture_whose_fixture_asks_for_it(
    request: pytest.FixtureRequest,
) -> None:
    assert twice.asks(request.node)


@pytest.mark.both
def test_so_does_who_says_so(request: pytest.FixtureRequest) -> None:
    assert twice.asks(request.node)


def test_who_asks_for_nothing_runs_once(request: pytest.FixtureRequest) -> None:
    assert not twice.asks(request.node)
    assert not plugin.with_services()


@pytest.fixture(scope="module")
def watched_while_made() -> bool:
    return twice.watching()


def test_and_is_watched_with_the_fixtures_of_its_module(watched_while_made: bool) -> None:
    assert watched_while_made
    assert twice.watching()


@pytest.mark.both
def test_who_runs_twice_is_not_watched() -> None:
    assert not twice.watching()


@pytest.mark.both
@pytest.mark.parametrize(
    "take",
    [
        lambda: cache.get("x"),
        lambda: caches["default"],
        lambda: connection.vendor,
        lambda: connections["default"],
    ],
)
def test_and_fails_where_it_takes_a_connection_in_hand(take: Callable[[], object]) -> None:
    with (
        pytest.raises(pytest.fail.Exception, match=r"took (CACHES|DATABASES)\['default'\] in hand"),
        twice.once(),
    ):
        take()


@pytest.mark.both
def test_so_it_does_where_a_thread_that_it_starts_takes_one() -> None:
    def start() -> None:
        thread = threading.Thread(target=cache.get, args=("x",))
        thread.start()
        thread.join()

    with pytest.raises(pytest.fail.Exception, match="in hand"), twice.once():
        start()


@pytest.mark.both
def test_threads_of_others_may_finish() -> None:
    begin = threading.Event()
    thread = threading.Thread(target=lambda: begin.wait() and cache.get("x"))
    thread.start()
    with twice.once():
        begin.set()
        thread.join()


@pytest.mark.both
def test_django_may_close_what_is_open() -> None:
    assert cache.get("x") is None
    with twice.once():
        caches.close_all()
        connections.close_all()


@pytest.mark.both
def test_a_database_of_its_own_is_nothing_to_the_runs() -> None:
    connections.databases["own"] = connections.configure_settings(
        {"default": {}, "own": {"ENGINE": "django.db.backends.sqlite3"}}
    )["own"]
    with twice.once():
        assert connections["own"].vendor == "sqlite"
    del connections["own"], connections.databases["own"]


@pytest.mark.both
@pytest.mark.parametrize("environment", [None, {"DATA_DIR": os.environ["DATA_DIR"]}])
def test_and_where_it_starts_a_command_with_the_settings_of_this_run(
    environment: dict[str, str] | None,
) -> None:
    with (
        pytest.raises(
            pytest.fail.Exception, match=r"started manage\.py with the settings of this run"
        ),
        twice.once(),
    ):
        subprocess.run(["true", "manage.py"], env=environment, check=True)


@pytest.mark.both
def test_it_may_start_one_that_has_settings_of_its_own_and_any_other_program(
    tmp_path: Path,
) -> None:
    with twice.once():
        subprocess.run(
            ["true", "manage.py"], env=os.environ | {"DATA_DIR": str(tmp_path)}, check=True
        )
        subprocess.run(["true"], check=True)
