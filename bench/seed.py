"""Puts people into the database of a server: `python -m bench.inside bench.seed KNOWN PHONES
MAILBOXES FILE`.

KNOWN people have a browser that knows them and the history that made it known, PHONES have an
authenticator, MAILBOXES only their address.
"""

from itertools import count, islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from accounts.models.user import name_key
from authenticator.models import Device
from authenticator.tests.signer import public
from bench.people import PASSWORD, Person, address, write
from bench.web import FIREFOX
from mfa.services import enrolment
from mfaproject.lib import clock, tokens
from risk import services as risk


def users(names: list[str]) -> list[User]:
    """One hash serves all: what is measured is checking it."""
    encoded = make_password(PASSWORD)
    facts = {"full_name": "Alice Example", "password": encoded, "email_confirmed_at": clock.now()}
    rows = [
        User(username=name, username_key=name_key(name), email=f"{name}@example.org", **facts)
        for name in names
    ]
    return User.objects.bulk_create(rows)


def _known(user: User, ip: str) -> Person:
    """A browser becomes known as it always does: a login that a second factor completed."""
    context = risk.arrived(ip, FIREFOX, at=clock.now(), request_id=tokens.new_id(), door="form")
    log_id = risk.record_login(
        context=context,
        outcome="pending",
        assessment=None,
        user_id=user.pk,
        typed_name=user.username,
    )
    cookie = risk.admit(
        log_id=log_id,
        user_id=user.pk,
        context=context,
        factor="push",
        strength="strong",
        added_by=tokens.new_id(),
    )
    return Person(user.username, ip, user.handle, cookie=cookie or "")


def _with_phone(user: User, ip: str) -> Person:
    key = ec.generate_private_key(ec.SECP256R1())
    point, factor_id = public(key), enrolment.add_factor(user.pk, "push", "Pixel 8", added_by="")
    device = Device.objects.create(
        factor_id=factor_id,
        user=user,
        name="Pixel 8",
        x=point.x,
        y=point.y,
        thumbprint=point.thumbprint,
        confirmed_at=clock.now(),
    )
    return Person(
        user.username,
        ip,
        user.handle,
        device_id=device.public_id,
        key=key.private_numbers().private_value,
    )


def _with_mailbox(user: User, ip: str) -> Person:
    return Person(user.username, ip, user.handle)


def seed(known: int, phones: int, mailboxes: int) -> list[Person]:
    """Writes them all; gives them in this order."""
    made = []
    with transaction.atomic():
        number = count(User.objects.count())
        for many, make in ((known, _known), (phones, _with_phone), (mailboxes, _with_mailbox)):
            mine = list(islice(number, many))
            people = users([f"alice{each}" for each in mine])
            made += [make(user, address(each)) for user, each in zip(people, mine, strict=True)]
    return made


def main(known: str, phones: str, mailboxes: str, file: str) -> None:
    """Called by `bench.inside`."""
    write(Path(file), seed(int(known), int(phones), int(mailboxes)))
