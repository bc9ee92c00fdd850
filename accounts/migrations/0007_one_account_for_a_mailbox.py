"""One confirmed account for a mailbox. Of several the oldest holds it: none is merged or unconfirmed."""

import logging
from typing import Any

from django.db import migrations, models
from django.db.models import Count

log = logging.getLogger("nod.accounts")


def mark_doubles(apps: Any, schema_editor: Any) -> None:
    """In the transaction of the constraint, with writers kept out: nobody makes another double in between."""
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("LOCK TABLE accounts_user IN SHARE ROW EXCLUSIVE MODE")
    confirmed = users.filter(email_confirmed_at__isnull=False)
    several = (
        confirmed.values("email_key").annotate(n=Count("pk")).filter(n__gt=1).order_by("email_key")
    )
    doubled = 0
    for key in list(several.values_list("email_key", flat=True)):
        oldest = (
            confirmed.filter(email_key=key)
            .order_by("email_confirmed_at", "pk")
            .values_list("pk", flat=True)[0]
        )
        doubled += confirmed.filter(email_key=key).exclude(pk=oldest).update(email_doubled=True)
    if doubled:
        log.warning(
            "accounts share an address with an older one: see manage.py doubled_addresses",
            extra={"number": doubled},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_fill_email_keys"),
    ]

    operations = [
        migrations.RunPython(mark_doubles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email_confirmed_at__isnull", False), ("email_doubled", False)),
                fields=("email_key",),
                name="user_confirmed_mailbox_unique",
            ),
        ),
    ]
