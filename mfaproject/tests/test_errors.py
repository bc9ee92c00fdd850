"""What people and programs see when something goes wrong."""

import json
from unittest import mock

import pytest
from django.db import InterfaceError, OperationalError
from django.template import TemplateDoesNotExist
from django.test import Client, RequestFactory

from mfaproject import errors
from mfaproject.lib.database_faults import is_database_fault
from mfaproject.tests import site

pytestmark = [pytest.mark.urls(site.__name__), pytest.mark.django_db]

CASES = [
    ("suspect", 400, "bad_request"),
    ("forbid", 403, "access_denied"),
    ("nowhere", 404, "not_found"),
    ("crash", 500, "error"),
]
CASES += [("database", 503, "unavailable")]


@pytest.fixture
def quiet(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(("name", "status", "code"), CASES)
def test_people_get_a_page_that_names_the_request(
    quiet: Client, name: str, status: int, code: str
) -> None:
    answer = quiet.get(f"/test/{name}")
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert answer["X-Request-ID"] in answer.content.decode()


@pytest.mark.parametrize(("name", "status", "code"), CASES)
def test_programs_get_a_problem_document(quiet: Client, name: str, status: int, code: str) -> None:
    answer = quiet.get(f"/v1/test/{name}")
    problem = json.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["request_id"] == answer["X-Request-ID"]


@pytest.mark.parametrize(("name", "status", "code"), CASES)
def test_no_error_tells_what_the_code_looks_like(
    quiet: Client, name: str, status: int, code: str
) -> None:
    text = quiet.get(f"/test/{name}").content.decode()
    assert "Traceback" not in text
    assert "something broke" not in text
    assert "connection refused" not in text


def test_a_database_that_is_away_says_when_to_come_back(quiet: Client) -> None:
    assert quiet.get("/test/database")["Retry-After"] == "2"
    assert quiet.get("/v1/test/database")["Retry-After"] == "2"
    assert "Retry-After" not in quiet.get("/test/crash")


def test_a_database_that_is_away_fills_no_log_with_tracebacks(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """This client raises what reaches Django's own handler; here nothing does."""
    with caplog.at_level("ERROR"):
        assert client.get("/test/database").status_code == 503
    assert "the database does not answer" in [record.getMessage() for record in caplog.records]
    assert not any(record.exc_info for record in caplog.records)


def test_a_database_fault_inside_a_middleware_is_a_503_too(quiet: Client) -> None:
    with mock.patch(
        "mfaproject.middleware.LanguageMiddleware.__call__", side_effect=OperationalError("gone")
    ):
        answer = quiet.get("/help/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(OperationalError(), True), (InterfaceError(), True), (ValueError(), False), (None, False)],
)
def test_only_a_database_that_does_not_answer_is_a_database_fault(
    fault: BaseException | None, expected: bool
) -> None:
    assert is_database_fault(fault) is expected


def test_a_body_over_64_kib_is_refused(quiet: Client) -> None:
    answer = quiet.post("/v1/test/large", data=b"x" * 65_537, content_type="application/json")
    assert answer.status_code == 413
    assert json.loads(answer.content)["code"] == "payload_too_large"
    assert (
        quiet.post(
            "/v1/test/large", data=b"x" * 65_536, content_type="application/json"
        ).status_code
        == 200
    )


def test_a_form_from_elsewhere_gets_a_kind_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "alice"})
    assert answer.status_code == 403
    assert answer["X-Request-ID"] in answer.content.decode()


def test_a_broken_error_page_still_gives_an_answer() -> None:
    with mock.patch(
        "mfaproject.errors.render_to_string", side_effect=TemplateDoesNotExist("error.html")
    ):
        answer = errors.answer(RequestFactory().get("/"), 500)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503])
def test_error_pages_ask_the_database_nothing(status: int) -> None:
    with mock.patch(
        "django.db.backends.base.base.BaseDatabaseWrapper.cursor",
        side_effect=OperationalError("away"),
    ):
        assert errors.answer(RequestFactory().get("/"), status).status_code == status
