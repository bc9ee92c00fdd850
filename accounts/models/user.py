"""The person."""

import unicodedata
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from mfaproject.lib import clock, mailbox, texts, tokens


def name_key(typed: str) -> str:
    """One spelling for one account: `Admin`, `ADMIN`, full width, zero width,
    NFD and NFC all give the same key."""
    visible = texts.without_invisible(unicodedata.normalize("NFKC", typed))
    return unicodedata.normalize("NFKC", visible.casefold()).strip()


def still_hers() -> models.Exists:
    """For rows with `user` and `epoch`: the person is active and her epoch is still the one copied.

    A subquery, not a join: Django writes an UPDATE through a join as `id IN (SELECT …)`, whose
    inner conditions PostgreSQL does not look at again when it had to wait for the row, so both of
    two racing updates would win.
    """
    return models.Exists(
        User.objects.filter(
            pk=models.OuterRef("user_id"), auth_epoch=models.OuterRef("epoch"), is_active=True
        )
    )


class MailboxKey(models.TextField):  # type: ignore[type-arg]  # generic for the type checker alone
    """What addresses are compared by, made of `email` whenever a row is written.

    To migrations it is plain text. No length: a folded address may be longer than a typed one.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        made = mailbox.key(model_instance.email)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, made)
        return made

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class UserManager(BaseUserManager["User"]):
    """Looks people up by the key of what was typed."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username_key=name_key(username or ""))

    def create_user(
        self, username: str, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        """A person whose address is not confirmed yet, unless `email_confirmed_at` says so."""
        user = self.model(username=username, email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        """For Django's own command; the way meant is `make admin`, which also
        enrols a strong factor."""
        return self.create_user(
            username,
            email,
            password,
            **{"is_staff": True, "is_superuser": True, "email_confirmed_at": clock.now()} | fields,
        )


class User(AbstractBaseUser, PermissionsMixin):
    """`auth_epoch` is the random stamp that sessions, tokens and journeys copy: renew it, and all
    are dead.

    `email` is what was typed. `email_doubled`: confirmed before addresses had one spelling, and an
    older account has the same one; that account holds it, this one signs in by its name.
    """

    last_login = None  # the ledger knows more

    username = models.CharField(_("username"), max_length=40)
    username_key = models.CharField(max_length=80, unique=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=100)
    email = models.EmailField(_("e-mail"))
    email_key = MailboxKey(editable=False, db_default="")
    email_doubled = models.BooleanField(
        _("an older account has this address"), default=False, db_default=False, editable=False
    )
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    new_email = models.EmailField(_("new e-mail, not confirmed yet"), blank=True)
    new_phone = models.CharField(_("new phone, not confirmed yet"), max_length=16, blank=True)
    language = models.CharField(max_length=10, blank=True)
    handle = models.CharField(max_length=22, unique=True, default=tokens.new_id, editable=False)
    auth_epoch = models.BigIntegerField(default=tokens.new_epoch, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=clock.now)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"],
                condition=models.Q(email_confirmed_at__isnull=False, email_doubled=False),
                name="user_confirmed_mailbox_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username_key = name_key(self.username)
        if "email" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = [*kwargs["update_fields"], "email_key"]
        super().save(*args, **kwargs)

    @property
    def first_word(self) -> str:
        """What a greeting calls the person."""
        return self.full_name.split(" ")[0] or self.username
