"""The schema says what the API does, and the API does what the schema says: Schemathesis calls
every operation, and walks along the links.

`make fuzz` does the same for longer: NOD_FUZZ is how many calls for each operation.
"""

import os
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache as counters
from hypothesis import HealthCheck, given, settings
from schemathesis import checks

from accounts import sessions
from accounts.api import schema
from accounts.models import User
from accounts.tests.document import OPERATIONS, WRITTEN
from mfaproject.lib.testing import PASSWORD, person
from mfaproject.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]
CALLS = int(os.environ.get("NOD_FUZZ", "8"))
QUIET = settings(
    max_examples=CALLS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    stateful_step_count=8,
)
checks.load_all_checks()
KEPT: list[Any] = [
    checks.not_a_server_error,
    checks.CHECKS.get_one("status_code_conformance"),
    checks.CHECKS.get_one("content_type_conformance"),
    checks.CHECKS.get_one("response_headers_conformance"),
    checks.CHECKS.get_one("response_schema_conformance"),
]


@cache
def loaded() -> Any:
    """The schema as a client loads it, with this process as the server."""
    return schemathesis.openapi.from_wsgi("/v1/schema/", application)


@pytest.fixture
def token() -> str:
    alice: User = person()
    return sessions.open_session(
        alice, sessions.Evidence("weak", token_name="fuzz"), epoch=alice.auth_epoch
    )[1]


def test_the_file_in_the_tree_is_the_schema_of_this_code() -> None:
    assert WRITTEN.read_text() == schema.as_yaml(), "Run: make schema"


@pytest.mark.parametrize(
    ("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS]
)
def test_every_operation_answers_as_the_schema_says(token: str, path: str, method: str) -> None:
    operation = loaded()[path][method.upper()]

    @QUIET
    @given(case=operation.as_strategy())
    def answers(case: schemathesis.Case[Any]) -> None:
        counters.clear()
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=KEPT)

    answers()


def test_the_links_lead_through_a_sign_in(token: str) -> None:
    machine = loaded().as_state_machine()
    seen: set[tuple[str, int]] = set()

    class Walk(machine):  # type: ignore[misc, valid-type]
        """Every login is a right one; the links carry its reference and key on."""

        def before_call(self, case: schemathesis.Case[Any]) -> None:
            counters.clear()
            if case.operation.path == "/v1/auth/login":
                case.body = {"username": "alice", "password": PASSWORD}

        def get_call_kwargs(self, _case: schemathesis.Case[Any]) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {token}"}}

        def validate_response(
            self, response: Any, case: schemathesis.Case[Any], **_options: Any
        ) -> None:
            seen.add((case.operation.path, response.status_code))
            case.validate_response(response, checks=KEPT)

    Walk.run(settings=settings(QUIET, max_examples=2 * CALLS, derandomize=True))
    assert ("/v1/auth/send-login-email-code", 202) in seen, seen
