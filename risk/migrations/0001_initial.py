import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeatureCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.BigIntegerField()),
                ("chain", models.CharField(max_length=8)),
                ("level", models.CharField(max_length=8)),
                ("digest", models.CharField(max_length=31)),
                ("parent", models.CharField(blank=True, max_length=31)),
                ("n", models.FloatField(default=0.0)),
                ("times", models.IntegerField(default=0)),
                ("distinct", models.IntegerField(default=0)),
                ("mark", models.IntegerField(default=0)),
                ("first_seen", models.BigIntegerField()),
                ("last_seen", models.BigIntegerField()),
                ("shared", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("shared", False)),
                        fields=["first_seen"],
                        name="feature_count_to_share",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "digest"), name="feature_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LoginLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("name_digest", models.CharField(blank=True, editable=False, max_length=31)),
                (
                    "door",
                    models.CharField(
                        choices=[("form", "form"), ("api", "API")],
                        max_length=4,
                        verbose_name="door",
                    ),
                ),
                (
                    "request_id",
                    models.CharField(db_index=True, max_length=22, verbose_name="request id"),
                ),
                ("sealed_ip", models.TextField(blank=True, editable=False)),
                ("network", models.CharField(blank=True, max_length=43, verbose_name="network")),
                ("ip_digest", models.CharField(blank=True, editable=False, max_length=31)),
                ("source_digest", models.CharField(blank=True, editable=False, max_length=31)),
                ("subnet_digest", models.CharField(blank=True, editable=False, max_length=31)),
                (
                    "user_agent",
                    models.CharField(blank=True, max_length=400, verbose_name="user agent"),
                ),
                ("agent_digest", models.CharField(blank=True, editable=False, max_length=22)),
                ("browser", models.CharField(blank=True, max_length=60, verbose_name="browser")),
                ("version", models.CharField(blank=True, max_length=60, verbose_name="version")),
                ("system", models.CharField(blank=True, max_length=60, verbose_name="system")),
                ("known_browser", models.BooleanField(default=False, verbose_name="known browser")),
                ("browser_digest", models.CharField(blank=True, editable=False, max_length=43)),
                ("score", models.SmallIntegerField(blank=True, null=True, verbose_name="score")),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("low", "Usual"), ("medium", "Careful"), ("high", "Alarming")],
                        max_length=6,
                        verbose_name="level",
                    ),
                ),
                ("findings", models.JSONField(blank=True, default=list, verbose_name="reasons")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("allow", "Password enough"),
                            ("step_up", "More proof"),
                            ("block", "Refused"),
                        ],
                        max_length=7,
                        verbose_name="decision",
                    ),
                ),
                (
                    "required",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "nothing more"),
                            ("weak", "any second factor"),
                            ("strong", "a strong factor"),
                        ],
                        max_length=6,
                        verbose_name="required",
                    ),
                ),
                ("model", models.CharField(blank=True, max_length=40, verbose_name="model")),
                ("model_version", models.CharField(blank=True, max_length=40)),
                ("policy", models.CharField(blank=True, max_length=40, verbose_name="policy")),
                ("policy_version", models.PositiveIntegerField(blank=True, null=True)),
                ("challenge", models.SmallIntegerField(blank=True, null=True)),
                ("strict", models.SmallIntegerField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("admitted", "Signed in"),
                            ("wrong_password", "Wrong password"),
                            ("unknown_user", "Unknown name"),
                            ("inactive", "Account is closed"),
                            ("throttled", "Not heard: too many tries"),
                            ("blocked", "Refused"),
                            ("denied", "Denied"),
                            ("not_me", "“It was not me”"),
                            ("wrong_number", "Wrong number"),
                            ("expired", "Nobody answered"),
                            ("cancelled", "Cancelled"),
                            ("superseded", "Replaced by a newer one"),
                            ("locked", "Too many wrong codes"),
                            ("failed", "Second factor failed"),
                            ("disavowed", "Undone: “this was not me”"),
                            ("enrolment", "Enrolment link used"),
                            ("password_reset", "Password reset"),
                            ("admin_act", "Act of an admin"),
                        ],
                        max_length=14,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "factor",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("password", "Password alone"),
                            ("push", "Authenticator"),
                            ("email", "E-mail code"),
                            ("sms", "Text message"),
                            ("totp", "Code app"),
                            ("passkey", "Passkey"),
                            ("recovery", "Recovery code"),
                        ],
                        max_length=16,
                        verbose_name="proof",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=120, verbose_name="detail")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("learned", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="KnownBrowser",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("selector", models.CharField(editable=False, max_length=22)),
                ("validator_digest", models.CharField(editable=False, max_length=43)),
                ("previous_digest", models.CharField(blank=True, editable=False, max_length=43)),
                ("rotated_at", models.DateTimeField(editable=False)),
                (
                    "agent",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="what the browser said it is, without versions",
                        max_length=130,
                    ),
                ),
                ("browser", models.CharField(blank=True, max_length=60, verbose_name="browser")),
                ("system", models.CharField(blank=True, max_length=60, verbose_name="system")),
                ("first_seen", models.DateTimeField(verbose_name="first seen")),
                ("last_used", models.DateTimeField(verbose_name="last used")),
                (
                    "added_by",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="public id of the session that made it known",
                        max_length=43,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "revoked_why",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "ended"), ("copied", "its cookie was copied")],
                        max_length=6,
                        verbose_name="why",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "last_log",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="risk.loginlog",
                        verbose_name="last sign-in",
                    ),
                ),
            ],
            options={
                "verbose_name": "known browser",
                "verbose_name_plural": "known browsers",
                "ordering": ["-id"],
                "permissions": [("end_knownbrowser", "Can end known browsers")],
            },
        ),
        migrations.CreateModel(
            name="HeldSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_digest", models.CharField(max_length=31)),
                (
                    "why",
                    models.CharField(
                        choices=[("not_me", "Not Me"), ("disavowed", "Disavowed")], max_length=9
                    ),
                ),
                ("established", models.BooleanField(default=False)),
                ("until", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source_digest", "user"), name="held_source_once_per_user"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["user", "at"], name="login_user_at"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["source_digest", "at"], name="login_source_at"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["subnet_digest", "at"], name="login_subnet_at"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["agent_digest", "at"], name="login_agent_at"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["ip_digest"], name="login_ip"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(
                condition=models.Q(("sealed_ip", ""), _negated=True),
                fields=["at"],
                name="login_address_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="knownbrowser",
            constraint=models.UniqueConstraint(
                fields=("selector", "user"), name="known_browser_once_per_user"
            ),
        ),
    ]
