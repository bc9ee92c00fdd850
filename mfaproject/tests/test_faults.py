"""A server whose database or cache goes away, and comes back."""

import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mfaproject.tests.services import Service, start_postgres, start_valkey
from mfaproject.tests.serving import Served

pytestmark = pytest.mark.services

ASKS_THE_DATABASE = {"Cookie": f"nod_session={'x' * 43}"}


@dataclass
class Scene:
    """A server, and the two it leans on."""

    served: Served
    folder: Path
    postgres: Service
    valkey: Service

    def restart_postgres(self) -> None:
        self.postgres = start_postgres(self.folder, urlsplit(self.postgres.url).port)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.served.port}"} | headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("faults")
    postgres, valkey = start_postgres(folder), start_valkey(folder)
    database = postgres.url.replace("/nod", "/postgres")
    served = Served(folder, "--no-delivery", DATABASE_URL=database, REDIS_URL=valkey.url).start()
    running = Scene(served, folder, postgres, valkey)
    yield running
    served.kill()
    running.postgres.stop()
    running.valkey.stop()


def test_the_database_goes_away_and_comes_back(scene: Scene) -> None:
    assert scene.get("/", **ASKS_THE_DATABASE)[0] == 302
    scene.postgres.stop()
    try:
        for _ in range(3):
            began = time.perf_counter()
            status, headers, page = scene.get("/", **ASKS_THE_DATABASE)
            assert (status, headers["retry-after"]) == (503, "2")
            assert headers["x-request-id"] in page
            assert time.perf_counter() - began < 15, "it gives up; the usual thirty seconds would hold every worker"
        assert scene.get("/readyz")[0] == 503
        assert scene.get("/healthz")[0] == 200
    finally:
        scene.restart_postgres()
    deadline = time.monotonic() + 20
    while scene.get("/readyz")[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert scene.get("/", **ASKS_THE_DATABASE)[0] == 302


def test_the_cache_goes_away_and_the_site_goes_on(scene: Scene) -> None:
    assert json.loads(scene.get("/readyz")[2]) == {"status": "ok", "database": "up", "cache": "up"}
    scene.valkey.stop()
    try:
        status, _, body = scene.get("/readyz")
        assert (status, json.loads(body)["status"]) == (200, "degraded")
        assert scene.get("/login/")[0] == 200
        assert scene.get("/help/")[0] == 200
    finally:
        scene.valkey = start_valkey(scene.folder)
    assert json.loads(scene.get("/readyz")[2])["status"] == "ok"
