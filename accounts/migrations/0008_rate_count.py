"""Another name in Python; the table keeps the one that it has."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_one_account_for_a_mailbox")]

    operations = [
        migrations.AlterModelTable(name="tally", table="accounts_tally"),
        migrations.RenameModel(old_name="Tally", new_name="RateCount"),
    ]
