"""Everything that risk holds on one person: to hand it out, and to take it away."""

from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from risk.history import addresses
from risk.models import FeatureCount, HeldSource, KnownBrowser, LoginLog

INTERNAL = frozenset({"id", "user", "user_id", "account", "sealed_ip"})
"""Whose it is, or how we store it: said elsewhere in the export. What opens a
browser's trust is left out too."""
SECRET = frozenset({"validator_digest", "previous_digest"})


def export(user_id: int) -> dict[str, Any]:
    """Sign-ins with their addresses in the clear (where they are kept), reasons and verdicts; known
    browsers; held sources; counts by digest."""
    return {
        "sign_ins": [
            _sign_in(row) for row in LoginLog.objects.filter(user_id=user_id).order_by("at", "pk")
        ],
        "known_browsers": _rows(KnownBrowser.objects.filter(user_id=user_id).order_by("pk")),
        "held_sources": _rows(HeldSource.objects.filter(user_id=user_id).order_by("pk")),
        "counts": _rows(
            FeatureCount.objects.filter(account=user_id).order_by("chain", "first_seen", "digest")
        ),
    }


def _sign_in(row: LoginLog) -> dict[str, Any]:
    return {"id": row.pk, "address": addresses.opened(row) or row.network} | _row(row)


def _rows(found: QuerySet[Any]) -> list[dict[str, Any]]:
    return [_row(each) for each in found]


def _row(row: Model) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in INTERNAL | SECRET}


@transaction.atomic
def erase(user_id: int) -> dict[str, int]:
    """Deletes it; gives the number of rows by kind. Everybody's counts hold no person:
    `rebuild_risk_counts` takes the share out of them, too."""
    kinds = {
        "counts": FeatureCount.objects.filter(account=user_id),
        "held_sources": HeldSource.objects.filter(user_id=user_id),
        "known_browsers": KnownBrowser.objects.filter(user_id=user_id),
        "sign_ins": LoginLog.objects.filter(user_id=user_id),
    }
    deleted = {}
    for name, rows in kinds.items():
        deleted[name] = rows.count()
        rows.delete()
    return deleted
