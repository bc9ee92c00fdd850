"""Another name in Python; the table keeps the one that it has."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("authenticator", "0003_tally")]

    operations = [
        migrations.AlterModelTable(name="tally", table="authenticator_tally"),
        migrations.RenameModel(old_name="Tally", new_name="RateCount"),
    ]
