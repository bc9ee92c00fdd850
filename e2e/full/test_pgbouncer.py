"""Nod behind a real PgBouncer in transaction mode: each statement outside a transaction may meet
another connection.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from e2e.outbox import Outbox
from e2e.person import PASSWORD
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.services import Service, start_pgbouncer, start_postgres
from mfaproject.tests.serving import Served

PEOPLE = ("alice", "bob", "carol", "dave")
LATE = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from mfaproject.lib import clock
from mfaproject.lib.testing import person
for number in range(5):
    person(f"late{number}", email_confirmed_at=None, joined_at=clock.now() - timedelta(days=2))
"""
SWEEP = """
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.module_loading import import_string
for path in settings.SWEEPERS:
    import_string(path)()
print(get_user_model().objects.filter(username__startswith="late").count(), "left")
"""
CURSOR = """
from django.contrib.auth import get_user_model
print(sum(1 for _ in get_user_model().objects.order_by("pk").iterator(chunk_size=1)), "read")
"""
DRAFT = """
name = "default"
challenge = 30
strict = 80
"""


@pytest.fixture(scope="module")
def bouncer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("pgbouncer")
    postgres = start_postgres(folder)
    with psycopg.connect(postgres.url.replace("/nod", "/postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE nod")
    running = start_pgbouncer(folder, postgres.url)
    yield running
    running.stop()
    postgres.stop()


@pytest.fixture(scope="module")
def nod(bouncer: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Migrates through the pooler, serves and delivers through it."""
    server = Served(
        tmp_path_factory.mktemp("nod"),
        DATABASE_URL=bouncer.url,
        PUBLIC_ORIGIN="http://localhost:{port}",
    )
    server.manage("migrate")
    yield server.start()
    server.stop()


def call(server: Served, path: str, method: str = "POST", token: str = "", **body: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"http://localhost:{server.port}/v1/{path}"
    answer = httpx.request(method, url, json=body or None, headers=headers, timeout=PATIENCE)
    assert answer.status_code < 300, (path, answer.text)
    return answer.json() if answer.content else {}


def signs_in(server: Served, name: str) -> str:
    """Registers, and signs in with a code by mail; gives who the token is of."""
    address, outbox = f"{name}@example.org", Outbox(server.data_dir / "outbox")
    call(
        server,
        "auth/register",
        fullname=name.title(),
        username=name,
        password=PASSWORD,
        email=address,
    )
    reference = call(server, "auth/login", username=name, password=PASSWORD)["reference_id"]
    call(server, "auth/send-login-email-code", reference_id=reference)
    proven = call(
        server,
        "auth/verify-login-email-code",
        reference_id=reference,
        code=outbox.next_code(address),
    )
    token = call(server, "auth/login-with-mfa", **proven)["token"]
    account = call(server, "me", "GET", token)
    call(server, "logout", "DELETE", token)
    return str(account["username"])


def test_people_sign_in_at_once(nod: Served) -> None:
    first, *others = PEOPLE
    assert signs_in(nod, first) == first
    with ThreadPoolExecutor(len(others)) as pool:
        assert list(pool.map(lambda name: signs_in(nod, name), others)) == others


def test_the_sweep_goes_through(nod: Served) -> None:
    nod.manage("shell", "-c", LATE)
    assert nod.manage("shell", "-c", SWEEP).splitlines()[-1] == "0 left"


def test_long_readings_keep_nothing_in_a_connection(nod: Served) -> None:
    signs_in(nod, "erin")
    assert int(nod.manage("shell", "-c", CURSOR).splitlines()[-1].split()[0]) > 0
    nod.manage("rebuild_risk_counts")
    draft = nod.data_dir / "draft.toml"
    draft.write_text(DRAFT)
    nod.manage("backtest_risk", "--policy", str(draft), "--draws", "1")


def test_it_serves_on_without_a_fault(nod: Served) -> None:
    assert nod.status("/readyz") == 200
    assert "the database does not answer" not in nod.printed
    assert "Traceback" not in nod.printed
