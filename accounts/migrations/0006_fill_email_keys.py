"""Every address gets its one spelling. A confirmed one keeps the domain that its confirmation went to.

Until now mail to `faß.example` went to `fass.example`. Who confirmed it reads the mailbox there, so
that is the address from now on, and the same holds for an address that an undo link would put back.
Who has not confirmed it yet gets a code at the right domain: codes that are under way work no more.
"""

from typing import Any

from django.db import migrations, transaction

from mfaproject.lib import mailbox, tokens
from mfaproject.lib.idna2003 import went_to

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """A thousand rows in a transaction: nobody who signs in waits for the whole table. Twice does no harm."""
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    last: int | None = 0
    while last is not None:
        with transaction.atomic(schema_editor.connection.alias):
            rows = users.select_for_update(no_key=True).filter(pk__gt=last).order_by("pk")
            last = respell(users, list(rows.only("pk", "email", "email_confirmed_at")[:BATCH]))


def respell(users: Any, rows: list[Any]) -> int | None:
    for row in rows:
        then = went_to(row.email)
        if then is not None and row.email_confirmed_at is not None:
            row.email = then
            users.filter(pk=row.pk).update(email=then)
        elif then is not None:
            users.filter(pk=row.pk).update(auth_epoch=tokens.new_epoch())
        row.email_key = mailbox.key(row.email)
    users.bulk_update(rows, ["email_key"])
    return rows[-1].pk if rows else None


def keep_undo_links(apps: Any, schema_editor: Any) -> None:
    links = apps.get_model("accounts", "Link").objects.using(schema_editor.connection.alias)
    for pk, address in list(links.filter(purpose="undo").values_list("pk", "address")):
        then = went_to(address)
        if then is not None:
            links.filter(pk=pk).update(address=then)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0005_email_key"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(keep_undo_links, migrations.RunPython.noop),
    ]
