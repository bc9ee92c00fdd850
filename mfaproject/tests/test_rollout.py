"""Several servers that start at once: on one database, on one data folder, with tables that a job
made.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mfaproject.lib.patience import LONG, PATIENCE, until
from mfaproject.tests.services import Service, start_postgres
from mfaproject.tests.serving import Served

pytestmark = pytest.mark.slow


def all_up(servers: list[Served]) -> None:
    """Starts all of them before it looks at any."""
    try:
        for served in servers:
            served.launch()
        for served in servers:
            until(
                lambda: is_up(served),  # noqa: B023 - at once
                lambda: f"it did not come up:\n{served.printed}",  # noqa: B023 - at once
                patience=LONG,
            )
            assert served.status("/login/") == 200
    finally:
        for served in servers:
            served.kill()


def is_up(served: Served) -> bool:
    assert served.launched.poll() is None, f"it ended:\n{served.printed}"
    return served.status("/readyz") == 200


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = start_postgres(tmp_path_factory.mktemp("rollout"))
    yield running
    running.stop()


def empty(postgres: Service, name: str) -> str:
    """The address of a new database."""
    with psycopg.connect(postgres.url.replace("/nod", "/postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres.url.replace("/nod", f"/{name}")


@pytest.mark.services
class TestOnPostgreSQL:
    def test_three_come_up_on_an_empty_database(self, postgres: Service, tmp_path: Path) -> None:
        url = empty(postgres, "three")
        all_up(
            [Served(tmp_path / str(each), "--no-delivery", DATABASE_URL=url) for each in range(3)]
        )

    def test_three_come_up_on_one_data_folder(self, postgres: Service, tmp_path: Path) -> None:
        url, shared = empty(postgres, "shared"), str(tmp_path / "shared")
        all_up(
            [
                Served(tmp_path / str(each), "--no-delivery", DATABASE_URL=url, DATA_DIR=shared)
                for each in range(3)
            ]
        )

    def test_one_that_leaves_the_tables_to_a_job_waits_for_none_and_makes_none(
        self, postgres: Service, tmp_path: Path
    ) -> None:
        served = Served(
            tmp_path, "--no-delivery", "--no-migrate", DATABASE_URL=empty(postgres, "job")
        )
        assert served.launch().wait(PATIENCE) == 1
        assert served.printed.startswith("Nod cannot start: the tables are not up to date")
        served.manage("migrate", "--verbosity", "0")
        all_up([served])


def test_three_come_up_on_one_sqlite_file(tmp_path: Path) -> None:
    all_up(
        [
            Served(tmp_path / str(each), "--no-delivery", DATA_DIR=str(tmp_path / "shared"))
            for each in range(3)
        ]
    )
