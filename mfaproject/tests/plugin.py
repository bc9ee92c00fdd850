"""Sets the scene before Django reads its settings: `pytest -p mfaproject.tests.plugin`
(pyproject.toml says so).

Without NOD_TEST_SERVICES the tests run on what `make run` uses with nothing set: SQLite and an
in-process cache. With NOD_TEST_SERVICES=1 they run on PostgreSQL and Valkey: those of DATABASE_URL
and REDIS_URL where set, else our own.
"""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from itertools import compress
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from mfaproject.lib import racing
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests import emptying, guard, twice
from mfaproject.tests.services import start_postgres, start_valkey

ROOT = Path(__file__).resolve().parents[2]
FIXED = {
    # the hash is right at any cost; at 12 every login in a test would take a fifth of a second
    "BCRYPT_ROUNDS": "4",
    "DATABASE_POOL": str(racing.THREADS + 4),  # all that race at once, and who looks on
    # no worker listens: tests deliver themselves, and those of the broker set their own
    "CELERY_BROKER_URL": "",
    # no collectstatic before a test
    "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
ROUNDS = int(os.environ.get("NOD_RACES", "1"))
_ended = ExitStack()
# for a run that ends before it began, such as one with a broken import
atexit.register(_ended.close)


def with_services() -> bool:
    return os.environ.get("NOD_TEST_SERVICES") == "1"


def known_variables() -> list[str]:
    """Every variable that the settings read, as `.env.example` lists them."""
    return re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)


def cache_of_worker(url: str, worker: str) -> str:
    """The same server, with a database of its own for each xdist worker: tests
    empty the cache, each only its own."""
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


TIME_OUTS = ("socket_timeout", "socket_connect_timeout")


def patient(url: str) -> str:
    """The same server, which may take its time: how soon it is given up is not
    for every test to find out."""
    address, _mark, asked = url.partition("?")
    return f"{address}?{urlencode(dict(parse_qsl(asked)) | dict.fromkeys(TIME_OUTS, PATIENCE))}"


def _forget_the_outside(keep: set[str]) -> None:
    for name in known_variables():
        if name not in keep:
            os.environ.pop(name, None)
            os.environ.pop(f"{name}_FILE", None)


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="nod-test-"))
    _ended.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _set_services(folder: Path) -> None:
    if "DATABASE_URL" not in os.environ:
        postgres = start_postgres(folder)
        _ended.callback(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url
    if "REDIS_URL" not in os.environ:
        valkey = start_valkey(folder)
        _ended.callback(valkey.stop)
        os.environ["REDIS_URL"] = valkey.url
    own = cache_of_worker(os.environ["REDIS_URL"], os.environ.get("PYTEST_XDIST_WORKER", ""))
    os.environ["REDIS_URL"] = patient(own)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """A wrapper, because those run before pytest-django's own hook, which reads the settings.
    Workers inherit the servers' addresses."""
    _forget_the_outside(keep={"DATABASE_URL", "REDIS_URL"} if with_services() else set())
    folder = _temporary_folder()
    os.environ.update(FIXED, DATA_DIR=str(folder / "data"))
    # WhiteNoise warns of a folder that is not there
    (folder / "data" / "static").mkdir(parents=True)
    if with_services():
        _set_services(folder)
    guard.install()
    twice.install()
    emptying.install()
    return (yield)


def pytest_unconfigure() -> None:
    _ended.close()


def pytest_report_header() -> str:
    return (
        "services: PostgreSQL and Valkey"
        if with_services()
        else "services: none (SQLite, in-process cache)"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`make race` runs each race again and again, with a database that is empty each time."""
    if ROUNDS > 1 and metafunc.definition.get_closest_marker("races"):
        metafunc.fixturenames.append("again")
        metafunc.parametrize("again", range(ROUNDS))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help="only what asks for no database and starts no server",
    )


def is_quick(test: pytest.Item) -> bool:
    """Whether it is over in moments: no database, no process beside this one."""
    slow = any(test.get_closest_marker(marker) for marker in ("services", "both", "slow"))
    return not twice.asks(test) and not slow


def runs_here(test: pytest.Item) -> bool:
    """Races need a database that lets two writers in at once; SQLite has one writer, so they would
    prove nothing there.

    What no database and no cache can change is proven once.
    """
    if not with_services():
        return not any(test.get_closest_marker(marker) for marker in ("races", "services"))
    return twice.asks(test) and not test.get_closest_marker("embedded")


def watched(test: pytest.Item) -> AbstractContextManager[None]:
    return nullcontext() if twice.asks(test) else twice.once()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """With the fixtures of its module and its class."""
    with watched(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    with watched(item):
        return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    quick = config.getoption("--quick")
    here = [runs_here(test) and (not quick or is_quick(test)) for test in items]
    config.hook.pytest_deselected(
        items=[test for test, stays in zip(items, here, strict=True) if not stays]
    )
    items[:] = compress(items, here)
