"""How an endpoint is described in the schema: its answers, each refusal by its code, and an example of every one."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from mfaproject.lib.problems import CONTENT_TYPE, document

F = TypeVar("F", bound=Callable[..., Any])
Caller = Literal["anybody", "token", "device"]
"""Who may call: a device signs each request by nod-push-v1."""
Shape = type[serializers.Serializer[Any]] | Any
Answer = tuple[Shape, Mapping[str, Any] | list[Mapping[str, Any]] | None]

EXAMPLE_ID = "kR3vD1mZq8sT5uXy7wAbCg"
REFUSALS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "Some fields need another look."),
    "clock_skew": (401, "The clock of this device is off. Sign again with the time given here."),
    "unauthorized": (401, "Authentication credentials were not provided."),
    "invalid_credentials": (401, "Name and password do not go together, or there were too many tries: then none is looked at for up to an hour."),
    "invalid_reference": (401, "There is no such sign-in, or it is over. Begin again."),
    "invalid_code": (401, "That is not the code."),
    "invalid_private_key": (401, "This private key does not work, or not any more. Verify again."),
    "access_denied": (403, "This is not allowed."),
    "proof_required": (403, "Prove that it is you first: step up, then try again."),
    "wrong_number": (403, "That was not the number shown. This sign-in has ended."),
    "not_found": (404, "There is nothing here."),
    "not_acceptable": (406, "Could not satisfy the request Accept header."),
    "method_unavailable": (409, "This way is not open to you now. Choose another one."),
    "already_decided": (409, "This question has been answered or has ended."),
    "expired": (410, "This code is over. Send another one."),
    "payload_too_large": (413, "A body has at most 65536 bytes."),
    "unsupported_media_type": (415, "Unsupported media type."),
    "rate_limited": (429, "Too many requests. Wait a little."),
    "slow_down": (429, "Ask less often."),
    "too_many_attempts": (429, "This code had its tries. Use another way, or begin again."),
    "unavailable": (503, "This does not work right now. Try again in a moment."),
}
_MORE: dict[str, dict[str, Any]] = {
    "bad_request": {"errors": {"username": ["This field is required."]}},
    "clock_skew": {"now": 1_773_144_000},
    "proof_required": {"step_up": "/v1/auth/step-up"},
}
ANYWHERE = ("not_acceptable", "unavailable")
WITH_BODY = ("bad_request", "payload_too_large", "unsupported_media_type")
SIGNED_IN = ("unauthorized", "access_denied")


class Problem(serializers.Serializer[Any]):
    """Every refusal (RFC 9457). `code` is for programs; `detail` is for people, in their language; `request_id` is in our logs too."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.ChoiceField(choices=sorted({*REFUSALS, "method_not_allowed", "error"}))
    request_id = serializers.CharField()
    errors = serializers.DictField(required=False, help_text="400: sentences for each field")  # type: ignore[assignment]  # a member by this name
    step_up = serializers.CharField(required=False, help_text="proof_required: where to prove it")
    now = serializers.IntegerField(required=False, help_text="clock_skew: the server's time")


def _example(code: str) -> OpenApiExample:
    status, detail = REFUSALS[code]
    told = document(status, code, detail, **_MORE.get(code, {})) | {"request_id": EXAMPLE_ID}
    return OpenApiExample(code, value=told, response_only=True, status_codes=[str(status)], media_type=CONTENT_TYPE)


def _refusals(codes: Iterable[str]) -> dict[tuple[int, str], OpenApiResponse]:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(REFUSALS[code][0], []).append(code)
    return {
        (status, CONTENT_TYPE): OpenApiResponse(Problem, ", ".join(f"`{code}`" for code in found), [_example(code) for code in found])
        for status, found in sorted(by_status.items())
    }


def _answers(answers: Mapping[int, Answer]) -> dict[tuple[int, str], OpenApiResponse]:
    described = {}
    for status, (shape, example) in answers.items():
        values = example if isinstance(example, list) else [] if example is None else [example]
        examples = [OpenApiExample(f"{status} ({n})" if n > 1 else str(status), value=value, response_only=True) for n, value in enumerate(values, 1)]
        described[status, "application/json"] = OpenApiResponse(shape, "Done." if status < 300 else "", examples)
    return described


HEADERS = [
    OpenApiParameter("X-Request-ID", OpenApiTypes.STR, OpenApiParameter.HEADER, description="the same as in our logs", response=True),
    OpenApiParameter("Retry-After", OpenApiTypes.INT, OpenApiParameter.HEADER, description="whole seconds, never 0", response=[429, 503]),
]


def described(
    name: str,
    summary: str,
    answers: Mapping[int, Answer],
    *refusals: str,
    body: Shape | None = None,
    sent: Mapping[str, Any] | None = None,
    parameters: Iterable[OpenApiParameter] = (),
    caller: Caller = "anybody",
    tag: str = "Signing in",
) -> Callable[[F], F]:
    """The description of one method. `answers`: status → shape and example; `refusals`: codes besides those that every such method has."""
    codes = [*refusals, *ANYWHERE, *(WITH_BODY if body is not None else ()), *(SIGNED_IN if caller == "token" else ())]
    return extend_schema(
        operation_id=name,
        summary=summary,
        tags=[tag],
        request=body,
        parameters=[*parameters, *HEADERS],
        responses={**_answers(answers), **_refusals(dict.fromkeys(codes))},
        examples=[OpenApiExample("request", value=sent, request_only=True)] if sent is not None else None,
        auth=[] if caller == "anybody" else None,
    )
