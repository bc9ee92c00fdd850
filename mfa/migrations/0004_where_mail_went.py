"""Addresses whose mail went to another domain than today's rules give: see accounts, 0006.

A mailbox that was proved keeps the domain where it was. A code that is under way to such an address
proves nothing any more, and a message that waits for it is dropped: nobody knows whose it would be.
"""

from typing import Any

from django.db import migrations

from mfaproject.lib import clock
from mfaproject.lib.idna2003 import went_to

BATCH = 1000


def keep_factors(apps: Any, schema_editor: Any) -> None:
    factors = apps.get_model("mfa", "Factor").objects.using(schema_editor.connection.alias)
    last = 0
    rows = factors.filter(kind="email", revoked_at=None).order_by("pk")
    while found := list(rows.filter(pk__gt=last).values_list("pk", "label")[:BATCH]):
        for pk, label in found:
            then = went_to(label)
            if then is not None:
                factors.filter(pk=pk, confirmed_at=None).update(revoked_at=clock.now())
                factors.filter(pk=pk, confirmed_at__isnull=False).update(label=then)
        last = found[-1][0]


def drop_messages(apps: Any, schema_editor: Any) -> None:
    messages = apps.get_model("mfa", "OutboxMessage").objects.using(schema_editor.connection.alias)
    waiting = messages.filter(channel="email", state="queued")
    for pk, sent_to in list(waiting.values_list("pk", "sent_to")):
        if went_to(sent_to) is not None:
            waiting.filter(pk=pk).update(
                state="dropped", reason="respelled", payload="", ended_at=clock.now()
            )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("mfa", "0003_typed_factors"),
    ]

    operations = [
        migrations.RunPython(keep_factors, migrations.RunPython.noop),
        migrations.RunPython(drop_messages, migrations.RunPython.noop),
    ]
