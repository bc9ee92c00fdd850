"""What machines ask: up, ready, how much."""

import json
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils.module_loading import import_string
from prometheus_client import REGISTRY
from pytest_django import Settings

from mfaproject.lib import clock, metrics
from mfaproject.tests import site

pytestmark = [pytest.mark.urls(site.__name__), pytest.mark.django_db]


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_healthz_asks_nobody(client: Client) -> None:
    with (
        mock.patch("mfaproject.ops.connection.cursor", side_effect=OperationalError),
        mock.patch.object(cache, "get", side_effect=OSError),
    ):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_is_ok_when_database_and_cache_answer(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, json.loads(answer.content)) == (
        200,
        {"status": "ok", "database": "up", "cache": "up"},
    )


@pytest.mark.parametrize(
    "failure",
    [mock.Mock(side_effect=OSError("no route")), mock.Mock(return_value=None)],
    ids=["raises", "forgets"],
)
def test_readyz_is_degraded_without_the_cache(client: Client, failure: mock.Mock) -> None:
    with mock.patch.object(cache, "get", failure):
        answer = client.get("/readyz")
    assert (answer.status_code, json.loads(answer.content)["status"]) == (200, "degraded")


def stop_web_push() -> None:
    """As a delivery does that our credential was refused for."""
    import_string("authenticator.services.push_health.stop")(
        "webpush", "push.example answered 403", clock.now()
    )


def test_readyz_is_degraded_while_a_push_service_refuses_us(client: Client) -> None:
    stop_web_push()
    answer = client.get("/readyz")
    assert (answer.status_code, json.loads(answer.content)) == (
        200,
        {"status": "degraded", "database": "up", "cache": "up", "push": "stopped"},
    )


def test_metrics_know_it_though_another_process_was_refused(
    client: Client, settings: Settings
) -> None:
    def told() -> str:
        return client.get(
            "/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
        ).content.decode()

    assert 'nod_push_stopped{service="webpush"} 0.0' in told()
    stop_web_push()
    metrics.push_stopped("webpush", stopped=False)
    assert 'nod_push_stopped{service="webpush"} 1.0' in told()


def test_metrics_are_shown_without_a_database(client: Client, settings: Settings) -> None:
    settings.READINESS = {"push": f"{__name__}.no_database"}
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    assert answer.status_code == 200


def no_database() -> str:
    raise OperationalError


def test_readyz_is_503_without_the_database(client: Client) -> None:
    with mock.patch("mfaproject.ops.connection.cursor", side_effect=OperationalError):
        answer = client.get("/readyz")
    assert (answer.status_code, json.loads(answer.content)["status"], answer["Retry-After"]) == (
        503,
        "down",
        "2",
    )


def test_readyz_is_503_where_the_database_goes_away_while_it_asks(
    client: Client, settings: Settings
) -> None:
    settings.READINESS = {"push": f"{__name__}.no_database"}
    answer = client.get("/readyz")
    assert (answer.status_code, json.loads(answer.content)["status"], answer["Retry-After"]) == (
        503,
        "down",
        "2",
    )


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize(
    ("given", "blamed"),
    [
        ("", False),
        ("Bearer", False),
        ("Bearer ", True),
        ("Bearer wrong", True),
        ("Basic {token}", False),
        ("{token}", False),
        ("bearer {token}", True),
    ],
)
def test_metrics_are_for_who_has_the_token(
    client: Client, settings: Settings, given: str, blamed: bool
) -> None:
    settings.METRICS_TOKEN = "a-token-for-metrics"
    answer = client.get(
        "/metrics", headers={"Authorization": given.format(token=settings.METRICS_TOKEN)}
    )
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith('Bearer realm="localhost"')
    assert ('error="invalid_token"' in answer["WWW-Authenticate"]) is blamed
    assert b"nod_logins" not in answer.content


def test_metrics_show_logins_by_decision_and_outcome(client: Client, settings: Settings) -> None:
    metrics.login_ended("step_up", "admitted")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    assert answer.status_code == 200
    assert 'nod_logins_total{decision="step_up",outcome="admitted"}' in answer.content.decode()


def test_a_login_without_a_decision_is_counted_as_none() -> None:
    before = value("nod_logins_total", decision="none", outcome="wrong_password")
    metrics.login_ended("", "wrong_password")
    assert value("nod_logins_total", decision="none", outcome="wrong_password") == before + 1


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/healthz", {"method": "GET", "view": "healthz", "status": "200"}),
        ("GET", "/nowhere/with/a/handle", {"method": "GET", "view": "none", "status": "404"}),
        ("BREW", "/healthz", {"method": "other", "view": "healthz", "status": "405"}),
        (
            "GET",
            "/test/echo",
            {"method": "GET", "view": "mfaproject.tests.site.echo", "status": "200"},
        ),
    ],
)
def test_requests_are_counted_by_method_view_and_status(
    client: Client, method: str, path: str, labels: dict[str, str]
) -> None:
    before = value("nod_http_requests_total", **labels)
    client.generic(method, path)
    assert value("nod_http_requests_total", **labels) == before + 1


def test_no_label_says_who() -> None:
    names = {
        label
        for metric in REGISTRY.collect()
        if metric.name.startswith("nod_")
        for sample in metric.samples
        for label in sample.labels
    }
    assert names <= {
        "decision",
        "outcome",
        "method",
        "view",
        "status",
        "le",
        "service",
        "result",
        "role",
        "model",
        "what",
    }
