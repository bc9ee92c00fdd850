"""Another name in Python; the table keeps the one that it has."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mfa", "0005_limits")]

    operations = [
        migrations.AlterModelTable(name="toll", table="mfa_toll"),
        migrations.RenameModel(old_name="Toll", new_name="SmsQuota"),
    ]
