"""Several processes that answer behind one port."""

import http.client
import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.services import start_postgres, start_valkey
from mfaproject.tests.serving import Served
from mfaproject.tests.test_front_crowd import until, workers

pytestmark = pytest.mark.services

MANY, TOKEN = 3, "a-token-for-this-test-alone"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("processes")
    with ExitStack() as ending:
        postgres, valkey = start_postgres(folder), start_valkey(folder)
        ending.callback(valkey.stop)
        ending.callback(postgres.stop)
        database = postgres.url.replace("/nod", "/postgres")
        options = {"DATABASE_URL": database, "REDIS_URL": valkey.url, "METRICS_TOKEN": TOKEN}
        running = Served(folder, "--no-delivery", WEB_PROCESSES=str(MANY), **options).start()
        ending.callback(running.kill)
        yield running


def get(served: Served, path: str, **headers: str) -> str:
    """On a socket of its own: whoever is free takes it."""
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)) as one:
        one.request("GET", path, headers=headers)
        return one.getresponse().read().decode()


def help_pages(served: Served) -> int:
    """How many were counted, by whichever process tells."""
    page = get(served, "/metrics", Authorization=f"Bearer {TOKEN}")
    found = re.findall(
        r'^nod_http_requests_total\{.*view="help".*\} ([0-9.]+)$', page, re.MULTILINE
    )
    return sum(int(float(each)) for each in found)


def test_there_are_as_many_as_were_asked_for(served: Served) -> None:
    until(lambda: len(workers(served.launched.pid)) == MANY)


def test_any_of_them_tells_for_all(served: Served) -> None:
    before = help_pages(served)
    for _each in range(12):
        get(served, "/help/")
    assert help_pages(served) == before + 12


def test_one_that_dies_is_started_again_and_the_others_go_on(served: Served) -> None:
    parent = served.launched.pid
    first, *others = workers(parent)
    os.kill(first, signal.SIGKILL)
    for _each in range(12):
        assert served.status("/help/") == 200
    until(lambda: len(workers(parent)) == MANY)
    assert set(others) < set(workers(parent))


def test_a_connection_that_waited_for_one_that_died_is_served_by_another(served: Served) -> None:
    """One socket listens for all, so nothing is lost with the process."""
    for pid in workers(served.launched.pid):
        os.kill(pid, signal.SIGKILL)
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)) as one:
        one.request("GET", "/healthz")
        assert one.getresponse().status == 200


def test_all_of_them_end_together(tmp_path: Path) -> None:
    with ExitStack() as ending:
        postgres, valkey = start_postgres(tmp_path), start_valkey(tmp_path)
        ending.callback(valkey.stop)
        ending.callback(postgres.stop)
        database = postgres.url.replace("/nod", "/postgres")
        served = Served(tmp_path, DATABASE_URL=database, REDIS_URL=valkey.url, WEB_PROCESSES="2")
        served.start()
        ending.callback(served.kill)
        pids = workers(served.launched.pid)
        assert served.stop() == 0
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL"])
def test_several_need_what_they_share(tmp_path: Path, missing: str) -> None:
    given = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    del given[missing]
    served = Served(tmp_path, WEB_PROCESSES="2", **given)
    try:
        assert served.launch().wait(PATIENCE) == 1
        assert "WEB_PROCESSES above 1 needs DATABASE_URL and REDIS_URL" in served.printed
    finally:
        served.kill()
