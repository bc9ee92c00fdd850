"""Makers of policies for tests."""

from typing import Any

from django.contrib.auth.models import Group

from risk.models import RiskPolicy
from risk.models.risk_policy import State
from risk.policy.drafts import PolicyDraft
from risk.services import policies
from risk.services.policies import Actor
from risk.tests.helpers import login


def actor(name: str = "root", user_id: int | None = None) -> Actor:
    return Actor(name, user_id, login())


def written(
    name: str = "default", challenge: int = 40, strict: int = 80, *groups: str
) -> RiskPolicy:
    """A draft; its groups are made where there are none."""
    for group in groups:
        Group.objects.get_or_create(name=group)
    return policies.bring(PolicyDraft(name, challenge, strict, groups), by="root")


def moved(row: RiskPolicy, to: str) -> RiskPolicy:
    assert policies.move(row, to, actor())
    row.refresh_from_db()
    return row


def active(
    name: str = "default", challenge: int = 40, strict: int = 80, *groups: str
) -> RiskPolicy:
    return moved(written(name, challenge, strict, *groups), State.ACTIVE)


def in_shadow(
    name: str = "default", challenge: int = 40, strict: int = 80, *groups: str
) -> RiskPolicy:
    return moved(written(name, challenge, strict, *groups), State.SHADOW)


def joins(user: Any, *groups: str) -> None:
    user.groups.add(*[Group.objects.get_or_create(name=name)[0] for name in groups])
