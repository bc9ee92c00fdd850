"""The cast, their phones, and questions for them."""

from dataclasses import fields, replace
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from authenticator.context import Visit
from authenticator.models import Device
from authenticator.services import pairing
from authenticator.tests.signer import Phone
from mfa.factors.push import answers
from mfa.prompt import Prompt
from mfa.services import challenges
from mfa.services.challenges import Asker, Opened
from mfaproject.lib import clock
from risk import services as risk

INBOX = "/v1/authenticator/inbox"
SESSION = "s" * 22
HOME = "203.0.113.9"
SUBJECT = "login:" + "r" * 43


def person(name: str) -> Any:
    """Somebody whose address is confirmed."""
    fields = {"full_name": f"{name.title()} Martin", "email_confirmed_at": clock.now()}
    return get_user_model().objects.create_user(name, f"{name}@example.org", None, **fields)


def link(user: Any, *, session: str = SESSION, tied_browser: str = "") -> str:
    """A fresh pairing token."""
    user.refresh_from_db(fields=["auth_epoch"])
    begun = pairing.begin(
        user_id=user.pk, epoch=user.auth_epoch, session_id=session, tied_browser=tied_browser
    )
    return begun.url.partition("#")[2]


def visit(ip: str | None = HOME) -> Visit:
    return Visit(ip, "Chrome on Android", "", clock.now())


def answered(
    user: Any,
    *,
    name: str = "Pixel 8",
    session: str = SESSION,
    tied_browser: str = "",
    sub: str | None = None,
) -> Phone:
    """A phone that has taken a link; nobody has said yet whose it is."""
    phone = Phone(settings.AUTHENTICATOR_ORIGIN, name=name)
    done = pairing.complete(
        phone.pair_body(link(user, session=session, tied_browser=tied_browser), sub=sub), visit()
    )
    assert done is not None
    phone.device_id, phone.user = done.device_id, done.user
    return phone


def paired(user: Any, **how: Any) -> Phone:
    """A phone that counts."""
    phone = answered(user, **how)
    session = how.get("session", SESSION)
    view = pairing.current(session)
    assert view is not None
    assert pairing.confirm(view.public_id, session, HOME)
    user.refresh_from_db(fields=["auth_epoch"])  # renewed, and whoever asks next reads it anew
    return phone


def row(phone: Phone) -> Device:
    return Device.objects.select_related("user", "factor").get(public_id=phone.device_id)


def login(user: Any, ip: str = "8.8.8.8") -> int:
    """A ledger row of a sign-in that waits."""
    context = risk.arrived(ip, "Mozilla/5.0", at=clock.now(), request_id="-", door="form")
    return risk.record_login(
        context=context, outcome="pending", assessment=None, user_id=user.pk, typed_name=""
    )


def ask(user: Any, **changed: Any) -> Opened:
    """A question for every authenticator of this person."""
    now = clock.now()
    asker = Asker(
        user.pk,
        SUBJECT,
        user.auth_epoch,
        "other",
        "login",
        None,
        now.replace(microsecond=0) + pairing.LIFE,
    )
    asker = replace(
        asker,
        **{each.name: changed.pop(each.name) for each in fields(Asker) if each.name in changed},
    )
    prompt = Prompt(
        user.username, "Nod", int(now.timestamp()), "Firefox 145", "8.8.8.8", "Linux", ""
    )
    opened = challenges.open_elsewhere(
        asker,
        "push",
        **{"required": "weak", "prompt": prompt, "digits": 3, "browser": "", **changed},
    )
    assert isinstance(opened, Opened), opened
    return opened


def wrong(number: str) -> str:
    """Another number of the same length."""
    return str((int(number) + 1) % 10 ** len(number)).zfill(len(number))


def call(
    phone: Phone, method: str, path: str, body: bytes, *, header: str | None = None, **environ: Any
) -> HttpResponse:
    """One signed request, as a browser sends it."""
    signed = phone.header(method, path, body) if header is None else header
    answer = Client().generic(
        method,
        path,
        body,
        content_type="application/json",
        headers={"authorization": signed},
        **environ,
    )
    return cast(HttpResponse, answer)


def post(path: str, body: bytes, **environ: Any) -> Any:
    """An unsigned call."""
    return Client().post(path, body, content_type="application/json", **environ)


def inbox(phone: Phone) -> list[dict[str, Any]]:
    """What the phone finds when it asks."""
    answer: Any = call(phone, "POST", INBOX, b"{}")
    assert answer.status_code == 200, answer.content
    items: list[dict[str, Any]] = answer.json()["challenges"]
    return items


def send(phone: Phone, item: dict[str, Any], body: bytes, **environ: Any) -> tuple[int, str]:
    """Sends a decision; gives the status and what it says: the state, or the code of a problem."""
    answer: Any = call(
        phone,
        "POST",
        f"/v1/authenticator/challenges/{item['challenge_id']}/answer",
        body,
        **environ,
    )
    said = answer.json()
    return answer.status_code, said.get("state") or said["code"]


def queued(template: str) -> int:
    """How many mails by this template wait."""
    return apps.get_model("mfa", "OutboxMessage").objects.filter(template=template).count()


def state_of(user: Any, opened: Opened) -> str:
    """What became of a question."""
    found = answers.question(opened.public_id, user.pk)
    assert found is not None
    return found.state


def new_phone(**facts: Any) -> Phone:
    """A browser that nothing is paired with."""
    return Phone(settings.AUTHENTICATOR_ORIGIN, **facts)
