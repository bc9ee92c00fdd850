"""A server whose database or cache goes away, and comes back."""

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from mfaproject.lib.patience import PATIENCE, until
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
        return self.send("GET", path, headers)

    def send(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers by names in lower case, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=PATIENCE)
        try:
            connection.request(
                method, path, body, {"Host": f"localhost:{self.served.port}"} | headers
            )
            answer = connection.getresponse()
            return (
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read().decode(),
            )
        finally:
            connection.close()

    def until(self, holds: Callable[[], bool]) -> None:
        until(holds, lambda: f"it did not come about:\n{self.served.printed[-3000:]}")


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


ANY = "x" * 43
SIGNED = {
    "Authorization": f"Nod {'d' * 22}.{1_773_144_000}.{'j' * 22}.{'s' * 86}",
    "Content-Type": "application/json",
}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "nod_csrf={secret}"}
PAGES = (
    "/",
    "/login/",
    "/signup/",
    "/help/",
    "/nowhere",
    "/security/",
    "/security/history/",
    "/logout/",
    "/admin/",
    "/admin/risk/loginlog/",
)
ROUTES: list[tuple[str, str, dict[str, str], str | None]] = [
    *[("GET", path, ASKS_THE_DATABASE, None) for path in PAGES],
    ("HEAD", "/", ASKS_THE_DATABASE, None),
    ("GET", "/login/state/", {"Cookie": f"nod_login={ANY}.{ANY}"}, None),
    ("GET", "/readyz", {}, None),
    ("GET", "/v1/me", {"Authorization": f"Bearer {ANY}"}, None),
    ("GET", "/v1/sessions", {"Authorization": f"Bearer {ANY}"}, None),
    ("POST", "/v1/auth/login", JSON, '{"username": "alice", "password": "wrong"}'),
    ("POST", "/v1/auth/send-login-push", JSON, f'{{"reference_id": "{ANY}"}}'),
    ("POST", "/v1/authenticator/pair/look", JSON, f'{{"token":"{ANY}"}}'),
    ("POST", "/v1/authenticator/inbox", SIGNED, "{}"),
    ("POST", f"/v1/authenticator/challenges/{'c' * 22}/answer", SIGNED, "{}"),
    ("POST", "/login/", FORM, "username=alice&password=wrong"),
    ("POST", "/reset/", FORM, "email=alice%40example.org"),
    (
        "POST",
        "/logout/",
        FORM | {"Cookie": f"nod_csrf={{secret}}; {ASKS_THE_DATABASE['Cookie']}"},
        "",
    ),
]


def filled(scene: Scene) -> list[tuple[str, str, dict[str, str], str | None]]:
    """The forms with a token that is right."""
    _status, headers, page = scene.get("/login/")
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    secret = re.findall("nod_csrf=([^;]+)", headers["set-cookie"])[0]

    def fill(
        method: str, path: str, headers: dict[str, str], body: str | None
    ) -> tuple[str, str, dict[str, str], str | None]:
        cookies = {
            name: value.format(secret=secret) if name == "Cookie" else value
            for name, value in headers.items()
        }
        whole = (
            f"{urlencode({'csrfmiddlewaretoken': token})}&{body}"
            if headers.get("Content-Type") == FORM["Content-Type"]
            else body
        )
        return method, path, cookies, whole

    return [fill(*route) for route in ROUTES]


def each_is_503(
    scene: Scene, routes: list[tuple[str, str, dict[str, str], str | None]], threads: int
) -> None:
    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(lambda route: scene.send(*route), routes))
    for (method, path, *_rest), (status, headers, body) in zip(routes, answers, strict=True):
        assert status == 503, f"{method} {path}: {status}"
        assert headers["retry-after"] == "2", path
        assert headers["x-request-id"], path
        assert "default-src" in headers["content-security-policy"], path
        if path.startswith("/v1/"):
            assert json.loads(body)["code"] == "unavailable", path
        elif path != "/readyz" and method != "HEAD":
            assert headers["x-request-id"] in body, path


def all_is_well(scene: Scene) -> None:
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: scene.get("/", **ASKS_THE_DATABASE)[0], range(32)))
    assert statuses == [302] * 32


def test_every_route_is_503_while_the_database_says_nothing_and_all_is_well_two_seconds_after(
    scene: Scene,
) -> None:
    routes = filled(scene)
    all_is_well(scene)
    scene.postgres.freeze()
    try:
        each_is_503(scene, routes, threads=len(routes))
        each_is_503(scene, routes, threads=1)
        assert scene.get("/healthz")[0] == 200
    finally:
        scene.postgres.thaw()
    time.sleep(2)
    all_is_well(scene)
    assert scene.get("/readyz")[0] == 200
    assert busy_sessions(scene) == [], "nothing is left of what was given up"


def busy_sessions(scene: Scene) -> list[tuple[object, ...]]:
    with psycopg.connect(scene.postgres.url.replace("/nod", "/postgres"), autocommit=True) as other:
        found = (
            "SELECT state, query FROM pg_stat_activity WHERE backend_type = 'client backend' AND"
            " pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return other.execute(found).fetchall()


def test_every_route_is_503_while_the_database_takes_no_connection_and_all_is_well_when_it_is_back(
    scene: Scene,
) -> None:
    routes = filled(scene)
    scene.postgres.stop()
    try:
        each_is_503(scene, routes, threads=len(routes))
        each_is_503(scene, routes, threads=1)
        assert scene.get("/healthz")[0] == 200
    finally:
        scene.restart_postgres()
    scene.until(lambda: scene.get("/readyz")[0] == 200)
    all_is_well(scene)


def test_a_restart_while_nobody_asks_is_noticed_by_nobody(scene: Scene) -> None:
    all_is_well(scene)
    scene.postgres.stop()
    scene.restart_postgres()
    all_is_well(scene)


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
