"""For each example of the OpenAPI document, what must be so that the example, as it stands, is
answered as the document says.

A scene is named by its operation and by the answer's example, or the status where the answer has no
body.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from django.apps import apps

from accounts import sessions
from accounts.api.descriptions.examples import (
    CODE,
    DEVICE,
    KEY,
    PUBLIC_ID,
    REFERENCE,
)
from accounts.models import User
from accounts.services import api_tokens, attempts
from accounts.tests.api import Program, phone_says
from accounts.tests.helpers import phone
from authenticator.api.descriptions import examples
from authenticator.tests import helpers as phones
from authenticator.tests.signer import WEBPUSH, Phone, key_of
from authenticator.tests.test_vectors import SUITE
from mfa.factors.recovery import codes
from mfa.factors.recovery import enrolment as paper
from mfa.factors.recovery.factor import EXAMPLE
from mfa.factors.totp import enrolment as totp
from mfa.factors.totp.routes import SECRET
from mfa.services import enrolment
from mfaproject.lib import clock, seal, tokens
from mfaproject.lib.hub import hub
from mfaproject.lib.testing import FrozenClock, Loop, person

NUMBER, NEW_NUMBER = "+33612345642", "+33612345678"


@dataclass
class Scene:
    """The caller of one example. What makes values that are drawn by chance elsewhere those of the
    examples is `patch`."""

    patch: pytest.MonkeyPatch
    time: FrozenClock
    settings: Any
    program: Program = field(default_factory=Program)
    headers: dict[str, str] = field(default_factory=dict)
    device: Phone | None = None

    def send(self, method: str, path: str, body: Any) -> Any:
        """The request as the document has it: with spaces where nobody signs the bytes, as
        JSON.stringify writes them where a device does."""
        raw = (
            b""
            if body is None
            else json.dumps(body, separators=(",", ":") if self.device else None).encode()
        )
        headers = dict(self.headers)
        if self.program.token:
            headers["authorization"] = f"Bearer {self.program.token}"
        if self.device:
            headers["authorization"] = self.device.header(method, path, raw)
        return self.program.generic(method, path, raw, "application/json", headers=headers)

    def draw(self, name: str, value: Any) -> None:
        """The next random value of this kind is that one."""
        real, left = getattr(tokens, name), [value]
        self.patch.setattr(tokens, name, lambda *sizes: left.pop() if left else real(*sizes))

    def holds_a_token(self, proof: str = "strong") -> User:
        """Alice, whose program is signed in."""
        alice: User = person()
        self.program.token = sessions.open_session(
            alice, sessions.Evidence(proof, token_name="curl"), epoch=alice.auth_epoch
        )[1]
        return alice

    def is_asked_for_more(self) -> User:
        """Alice at her password step, under the reference of the examples."""
        alice: User = person()
        self.begin()
        return alice

    def begin(self) -> None:
        self.draw("new_token", REFERENCE)
        assert self.program.begin() == REFERENCE

    def has_sent(self, way: str) -> None:
        """A code is on its way."""
        self.draw("new_code", CODE)
        assert (
            self.program.call(f"auth/send-login-{way}-code", reference_id=REFERENCE).status_code
            == 202
        )


def row(app: str, model: str) -> Any:
    return apps.get_model(app, model).objects.order_by("-pk")


def nobody(scene: Scene) -> None:
    """The name is free."""


def at_the_door(scene: Scene) -> None:
    person()


def with_a_device_id(scene: Scene) -> None:
    person()
    scene.program.sign_in()
    scene.program.token = ""
    selector, _, validator = DEVICE.partition(".")
    row("risk", "KnownBrowser").update(
        selector=selector, validator_digest=tokens.digest("known-browser", validator)
    )
    scene.headers["x-device-id"] = DEVICE


def asked_for_more(scene: Scene) -> None:
    scene.is_asked_for_more()


def with_a_number(scene: Scene) -> None:
    enrolment.add_factor(scene.is_asked_for_more().pk, "sms", NUMBER, added_by="")


def with_a_mailed_code(scene: Scene) -> None:
    scene.is_asked_for_more()
    scene.has_sent("email")


def with_a_texted_code(scene: Scene) -> None:
    with_a_number(scene)
    scene.has_sent("phone")


def with_an_app(scene: Scene) -> None:
    alice: User = person()
    scene.draw("new_bytes", base64.b32decode(SECRET))
    draft = totp.begin(alice.pk, "")
    assert totp.confirm(
        alice.pk, draft.factor_id, pyotp.TOTP(draft.secret).at(clock.now(), counter_offset=-1)
    )
    scene.begin()


def with_codes_on_paper(scene: Scene) -> None:
    alice: User = person()
    paper.new_codes(alice.pk, "")
    row("mfa", "RecoveryCode").filter(pk=row("mfa", "RecoveryCode").first().pk).update(
        mac=codes.mac(alice.pk, EXAMPLE)
    )
    scene.begin()


def with_a_phone(scene: Scene) -> int:
    alice: User = person()
    factor = phone(alice)
    scene.begin()
    return factor


def before_the_phone_has_answered(scene: Scene) -> None:
    with_a_phone(scene)
    assert scene.program.call("auth/send-login-push", reference_id=REFERENCE).status_code == 202


def after_the_phone_has_answered(scene: Scene) -> None:
    factor = with_a_phone(scene)
    assert scene.program.call("auth/send-login-push", reference_id=REFERENCE).status_code == 202
    assert phone_says(REFERENCE, factor) == "approved"


def with_a_private_key(scene: Scene) -> None:
    with_a_mailed_code(scene)
    assert (
        scene.program.call(
            "auth/verify-login-email-code", reference_id=REFERENCE, code=CODE
        ).status_code
        == 200
    )
    rows = row("accounts", "LoginAttempt").filter(
        reference_digest=attempts.reference_digest(REFERENCE)
    )
    assert rows.update(private_key_digest=api_tokens.key_digest(KEY)) == 1


def after_the_mail(scene: Scene) -> None:
    person()
    scene.program.sign_in()
    scene.program.token = ""
    row("accounts", "Link").filter(purpose="disavow").update(
        token_digest=tokens.digest("link/disavow", KEY)
    )


def signed_in(scene: Scene) -> None:
    scene.holds_a_token()


def signed_in_with_a_phone(scene: Scene) -> None:
    phone(scene.holds_a_token())


def signed_in_by_mail(scene: Scene) -> None:
    person()
    scene.program.sign_in()


def signed_in_twice(scene: Scene) -> None:
    alice = scene.holds_a_token()
    sessions.open_session(
        alice, sessions.Evidence("weak"), epoch=alice.auth_epoch, public_id=PUBLIC_ID
    )


def with_a_new_number(scene: Scene) -> None:
    scene.holds_a_token()
    assert scene.program.call("me", "PATCH", phone=NEW_NUMBER).status_code == 200


def with_a_code_for_the_address(scene: Scene) -> None:
    scene.holds_a_token()
    scene.draw("new_code", CODE)
    assert scene.program.call("send-email-verification").status_code == 202


def with_a_code_for_the_number(scene: Scene) -> None:
    with_a_new_number(scene)
    scene.draw("new_code", CODE)
    assert scene.program.call("send-phone-verification").status_code == 202


def with_a_secret(scene: Scene) -> None:
    scene.holds_a_token()
    scene.draw("new_bytes", base64.b32decode(SECRET))
    assert scene.program.call("add-totp-method").json()["secret"] == SECRET


def signed_in_with_an_app(scene: Scene) -> None:
    with_a_secret(scene)
    assert (
        scene.program.call(
            "confirm-totp-method", code=pyotp.TOTP(SECRET).at(clock.now())
        ).status_code
        == 200
    )


# What a phone asks: its values are those of the frozen vectors, in their time and for their
# address.


def there(scene: Scene) -> Any:
    scene.settings.AUTHENTICATOR_ORIGIN = SUITE["server"]["aud"]
    scene.time.at = datetime.fromtimestamp(examples.NOW, UTC)
    return phones.person("ana")


def with_a_link(scene: Scene) -> None:
    ana = there(scene)
    scene.draw("new_token", examples.SECRET)
    assert phones.link(ana) == examples.SECRET


def paired(scene: Scene, **how: Any) -> Any:
    """Ana's phone, with the key, the id and the account of the vectors."""
    ana, jwk = there(scene), SUITE["keys"]["phone"]
    scene.device = phones.paired(ana, **how)
    scene.device.key, scene.device.device_id, scene.device.user = (
        key_of(jwk),
        examples.DEVICE,
        examples.ACCOUNT,
    )
    row("authenticator", "Device").update(public_id=examples.DEVICE, x=jwk["x"], y=jwk["y"])
    type(ana).objects.update(handle=examples.ACCOUNT)
    ana.refresh_from_db()
    return ana


def with_a_question(scene: Scene) -> None:
    ana, asked = paired(scene), examples.QUESTION
    phones.ask(ana)
    known = {
        "public_id": asked["challenge_id"],
        "nonce": asked["nonce"],
        "context": json.dumps(examples.CONTEXT),
    }
    row("mfa", "Challenge").update(
        expires_at=datetime.fromtimestamp(examples.NOW + 90, UTC), **known
    )
    scene.patch.setattr(seal, "number", lambda *_facts: examples.APPROVAL["number"])


def with_a_subscription(scene: Scene) -> None:
    paired(scene, sub=WEBPUSH)
    scene.time.forward(minutes=2)  # since the value that was pushed when it was paired


def with_a_value_on_its_way(scene: Scene) -> None:
    paired(scene, sub=WEBPUSH)
    row("authenticator", "PushSubscription").update(
        echo_digest=tokens.digest("echo", examples.ECHO), echo_at=clock.now()
    )


def with_a_phone_of_her_own(scene: Scene) -> None:
    paired(scene)


def with_an_open_phone(scene: Scene) -> None:
    """In a process that tells."""
    paired(scene)
    scene.patch.setattr(hub, "_loop", Loop())
    scene.patch.setattr(hub, "_hears", True)


SCENES: dict[tuple[str, str], Callable[[Scene], object]] = {
    ("register", "201"): nobody,
    ("login", "MoreIsNeeded"): at_the_door,
    ("login", "LetIn"): with_a_device_id,
    ("step_up", "200"): signed_in,
    ("send_login_email_code", "202"): asked_for_more,
    ("send_login_phone_code", "202"): with_a_number,
    ("send_login_push", "202"): with_a_phone,
    ("verify_login_email_code", "200"): with_a_mailed_code,
    ("verify_login_phone_code", "200"): with_a_texted_code,
    ("verify_totp_code", "200"): with_an_app,
    ("verify_recovery_code", "200"): with_codes_on_paper,
    ("verify_login_push", "200"): after_the_phone_has_answered,
    ("verify_login_push", "202"): before_the_phone_has_answered,
    ("login_with_mfa", "200"): with_a_private_key,
    ("disavow_look", "200"): after_the_mail,
    ("disavow", "200"): after_the_mail,
    ("logout", "204"): signed_in,
    ("list_mfa_methods", "200"): signed_in_with_a_phone,
    ("me", "200"): signed_in,
    ("change_me", "200"): signed_in,
    ("delete_me", "204"): signed_in,
    ("login_history", "200"): signed_in_by_mail,
    ("sessions", "200"): signed_in,
    ("end_session", "204"): signed_in_twice,
    ("send_email_verification", "202"): signed_in,
    ("send_phone_verification", "202"): with_a_new_number,
    ("verify_email_verification", "200"): with_a_code_for_the_address,
    ("verify_phone_verification", "200"): with_a_code_for_the_number,
    ("add_totp_method", "200"): signed_in,
    ("confirm_totp_method", "200"): with_a_secret,
    ("delete_totp_method", "204"): signed_in_with_an_app,
    ("pair_look", "200"): with_a_link,
    ("pair", "201"): with_a_link,
    ("inbox", "200"): with_a_question,
    ("inbox_events", "200"): with_an_open_phone,
    ("inbox_events", "204"): with_a_phone_of_her_own,
    ("answer", "Approve"): with_a_question,
    ("answer", "ItWasNotMe"): with_a_question,
    ("change_device", "ANewSubscription"): with_a_phone_of_her_own,
    ("change_device", "NoneAnyMore"): with_a_phone_of_her_own,
    ("echo", "200"): with_a_value_on_its_way,
    ("test_push", "202"): with_a_subscription,
    ("device_health", "200"): with_a_subscription,
}
