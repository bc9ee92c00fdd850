"""The authenticator's host serves the authenticator, and nothing that knows somebody."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from mfaproject import environment as ours
from mfaproject.tests import site

pytestmark = [pytest.mark.urls(site.__name__), pytest.mark.django_db]

LOGIN = "login.example.org"
AUTH = "auth.example.org"


@pytest.fixture
def two_origins(settings: Settings) -> None:
    settings.PUBLIC_ORIGIN, settings.AUTHENTICATOR_ORIGIN = f"https://{LOGIN}", f"https://{AUTH}"
    settings.AUTHENTICATOR_HAS_OWN_ORIGIN = True
    settings.ALLOWED_HOSTS = [LOGIN, AUTH]


@pytest.mark.usefixtures("two_origins")
class TestWithTwoOrigins:
    @pytest.mark.parametrize(
        "path", ["/authenticator/test/echo", "/v1/authenticator/test/echo", "/healthz"]
    )
    def test_the_authenticator_host_serves_its_own(self, client: Client, path: str) -> None:
        assert client.get(path, headers={"Host": AUTH}).status_code == 200

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/login/",
            "/signup/",
            "/admin/",
            "/security/",
            "/help/",
            "/outbox/",
            "/readyz",
            "/metrics",
            "/test/echo",
            "/v1/me",
        ],
    )
    def test_the_authenticator_host_has_nothing_else(self, client: Client, path: str) -> None:
        assert client.get(path, headers={"Host": AUTH}).status_code == 404

    @pytest.mark.parametrize("host", [AUTH, AUTH.upper()])
    def test_the_authenticator_host_reads_and_sets_no_cookie(
        self, client: Client, host: str
    ) -> None:
        client.cookies["nod_session"] = "secret"
        answer = client.get("/authenticator/test/echo?lang=fr", headers={"Host": host})
        assert answer.content.decode() == "cookies: []; language: fr"
        assert not answer.cookies

    def test_the_login_host_reads_and_sets_cookies(self, client: Client) -> None:
        client.cookies["nod_session"] = "secret"
        answer = client.get("/test/echo", headers={"Host": LOGIN})
        assert "nod_session" in answer.content.decode()
        assert "crumb" in answer.cookies

    def test_the_login_host_sends_people_to_the_authenticator(self, client: Client) -> None:
        answer = client.get("/authenticator/pair/?x=1", headers={"Host": LOGIN})
        assert answer.status_code == 302
        assert answer["Location"] == f"https://{AUTH}/authenticator/pair/?x=1"

    def test_a_path_cannot_turn_the_redirect_elsewhere(self, client: Client) -> None:
        answer = client.get("/authenticator//evil.example/", headers={"Host": LOGIN})
        assert answer["Location"].startswith(f"https://{AUTH}/authenticator/")

    def test_signed_calls_belong_to_the_authenticator_host(self, client: Client) -> None:
        assert client.get("/v1/authenticator/test/echo", headers={"Host": LOGIN}).status_code == 404
        assert client.post("/authenticator/test/echo", headers={"Host": LOGIN}).status_code == 404

    @pytest.mark.parametrize(
        "spelt",
        [
            *(
                "auth.example.org.",
                "AUTH.example.org",
                "Auth.Example.org.:443",
                "auth.example.org:8443",
            ),
            *("auth.example.org..", "auth.example.org..:443", "auth.example.org.:80:80"),
        ],
    )
    def test_the_authenticators_host_is_known_however_it_is_spelt(
        self, client: Client, spelt: str
    ) -> None:
        answer = client.get("/login/", headers={"Host": spelt})
        assert answer.status_code == 404
        assert not answer.cookies

    @pytest.mark.parametrize("host", ["[", "[::1", "]", "\xff", "a b"])
    def test_a_host_that_is_none_is_refused(self, client: Client, host: str) -> None:
        assert client.get("/login/", headers={"Host": host}).status_code == 400

    @pytest.mark.parametrize("path", ["/help/", "/login/"])
    def test_another_host_is_refused(self, client: Client, path: str) -> None:
        assert client.get(path, headers={"Host": "evil.example"}).status_code == 400

    @pytest.mark.parametrize(
        ("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 401)]
    )
    def test_machines_may_ask_by_an_inner_address(
        self, client: Client, path: str, status: int
    ) -> None:
        assert client.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == status


def test_with_one_origin_everything_is_served_there(client: Client) -> None:
    assert client.get("/authenticator/test/echo").status_code == 200
    assert client.get("/test/echo").status_code == 200


def test_ports_tell_origins_apart(client: Client, settings: Settings) -> None:
    settings.PUBLIC_ORIGIN, settings.AUTHENTICATOR_ORIGIN = (
        "http://localhost:8000",
        "http://localhost:8001",
    )
    settings.AUTHENTICATOR_HAS_OWN_ORIGIN = True
    assert client.get("/help/", headers={"Host": "localhost:8000"}).status_code == 200
    assert client.get("/help/", headers={"Host": "localhost:8001"}).status_code == 404


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://login.example.org", "https://login.example.org"),
        ("https://LOGIN.example.org:443/", "https://login.example.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:65535", "http://[::1]:65535"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(
    monkeypatch: pytest.MonkeyPatch, given: str, read: str
) -> None:
    monkeypatch.setenv("SOME_ORIGIN", given)
    assert ours.origin("SOME_ORIGIN", "") == read


@pytest.mark.parametrize(
    "given",
    [
        "",
        "login.example.org",
        "ftp://login.example.org",
        "https://",
        "https://login.example.org/app",
        "https://login.example.org?x",
        "https://login.example.org#x",
        "https://login.example.org:70000",
        "https://login.example.org:http",
        "https://login.example.org:0",
        "https://login.example.org:-1",
        "https://[::1",
        "https://[nonsense]",
        "https://user@login.example.org",
        f"https://{'a' * 64}.example.org",
        "https://a..example.org",
    ],
)
def test_what_is_no_origin_is_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SOME_ORIGIN", given)
    with pytest.raises(ImproperlyConfigured, match="SOME_ORIGIN must be an origin such as"):
        ours.origin("SOME_ORIGIN", given)


@pytest.mark.parametrize("given", ["", "x", "-1", "1.5", "８０", "9", "3", "9" * 5000])
def test_a_number_out_of_bounds_is_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SOME_NUMBER", given)
    with pytest.raises(
        ImproperlyConfigured, match=r"SOME_NUMBER must be a whole number, 4 to 8; it is"
    ) as refused:
        ours.number("SOME_NUMBER", 5, 4, 8)
    assert len(str(refused.value)) < 120
