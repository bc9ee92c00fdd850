"""The 253 frozen vectors of nod-push-v1, run against our own verifier."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from authenticator import signing
from authenticator.canonical import Rejected, base64url, canonical, digest, parse
from authenticator.signing import PublicKey

SUITE: dict[str, Any] = json.loads(
    Path(__file__).with_name("vectors").joinpath("nod-push-v1.json").read_text()
)
VECTORS: list[dict[str, Any]] = SUITE["vectors"]
KEYS = {name: PublicKey(jwk["x"], jwk["y"]) for name, jwk in SUITE["keys"].items()}
by_id = pytest.mark.parametrize("case", VECTORS, ids=[case["id"] for case in VECTORS])


def body_of(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(case["body_hex"]) if "body_hex" in case else case["body"].encode()


def pick(state: dict[str, Any], names: str) -> dict[str, Any]:
    return {name: state[name] for name in names.split()}


def pair(case: dict[str, Any], state: dict[str, Any], key: PublicKey) -> str:
    signing.verify_pair(body_of(case), refused_keys=(), **pick(state, "aud now"))
    return "ok"


def request(case: dict[str, Any], state: dict[str, Any], key: PublicKey) -> str:
    seen = set(state["seen"])
    known = pick(state, "device_id htm htu now")
    signing.verify_request(
        signing.read_header(case["header"]),
        key=key,
        body=body_of(case),
        remember=lambda jti: jti not in seen,
        **known,
    )
    return "ok"


def decide(case: dict[str, Any], state: dict[str, Any], key: PublicKey) -> str:
    known = pick(state, "aud challenge_id nonce device_id user context exp now")
    decision = signing.verify_decide(
        body_of(case),
        key=key,
        decided_by=None,
        number_matches=lambda typed: typed == state["number"],
        **known,
    )
    return "ok" if decision.number_right else "wrong_number"


def rotate(case: dict[str, Any], state: dict[str, Any], key: PublicKey) -> str:
    signing.verify_rotate(body_of(case), key=key, **pick(state, "aud device_id now"))
    return "ok"


VERIFIERS = {"pair": pair, "request": request, "decide": decide, "rotate": rotate}


def outcome(case: dict[str, Any]) -> str:
    state = SUITE["server"] | case.get("server", {})
    try:
        return VERIFIERS[case["message"]](case, state, KEYS[state["key"]])
    except Rejected as refusal:
        return refusal.reason


def test_the_suite_is_whole() -> None:
    assert len(VECTORS) == len({case["id"] for case in VECTORS}) == 253
    assert {case["message"] for case in VECTORS} == set(VERIFIERS)


@by_id
def test_each_vector_ends_as_frozen(case: dict[str, Any]) -> None:
    assert outcome(case) == case["expect"]


@pytest.mark.parametrize(
    "case", [case for case in VECTORS if "fields" in case], ids=lambda case: case["id"]
)
def test_the_bytes_to_sign_are_the_frozen_ones(case: dict[str, Any]) -> None:
    data = signing.bytes_to_sign(case["message"], case["fields"])
    assert base64url(data) == case["bytes"]
    assert digest(data) == case["digest"]


@pytest.mark.parametrize(
    "case", [case for case in VECTORS if "signed" in case], ids=lambda case: case["id"]
)
def test_forged_bytes_carry_a_good_signature_so_only_the_bytes_are_wrong(
    case: dict[str, Any],
) -> None:
    data = base64.urlsafe_b64decode(case["signed"] + "=" * (-len(case["signed"]) % 4))
    signature = (
        case["header"].rsplit(".", 1)[1] if "header" in case else json.loads(case["body"])["sig"]
    )
    KEYS[case["signed_by"]].verify(signature, data)


@pytest.mark.parametrize(
    "case",
    [case for case in VECTORS if case["expect"] == "ok" and "body" in case],
    ids=lambda case: case["id"],
)
def test_good_bodies_are_their_own_canonical_form(case: dict[str, Any]) -> None:
    if body_of(case):
        assert canonical(parse(body_of(case))) == body_of(case)
