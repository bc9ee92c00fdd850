from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for the one spelling of an address. What was unique so far was not: see 0007."""

    dependencies = [
        ("accounts", "0004_undo_links_and_stale_proofs"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_key",
            field=models.TextField(db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="email_doubled",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="an older account has this address",
            ),
        ),
        # The next step writes where mail went so far, and two such addresses may be one by now.
        migrations.RemoveConstraint(
            model_name="user",
            name="user_confirmed_email_unique",
        ),
        migrations.RemoveIndex(
            model_name="user",
            name="user_email_lower",
        ),
    ]
