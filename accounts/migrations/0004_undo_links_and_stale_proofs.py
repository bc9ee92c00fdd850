from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_api_door"),
    ]

    operations = [
        migrations.AddField(
            model_name="link",
            name="address",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="session",
            name="proof_stale",
            field=models.BooleanField(
                default=False,
                help_text="a factor was changed elsewhere since: prove it again before changing anything",
            ),
        ),
        migrations.AlterField(
            model_name="link",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("reset", "new password"),
                    ("enrol", "enrolment"),
                    ("disavow", "disavow"),
                    ("undo", "old address"),
                ],
                max_length=8,
            ),
        ),
    ]
