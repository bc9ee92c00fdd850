"""People, sessions and journeys for admins: they end and send; they never set password, address, factor or epoch."""

from django.contrib import admin, messages
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.context import arrival
from accounts.models import LoginAttempt, Session, User
from accounts.services import administration
from mfaproject.lib.admin import ModelAdmin, ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ModelAdmin):
    """`active`, `staff`, `superuser` and groups can be changed, by a superuser with a recent strong proof, never one's own."""

    list_display = ("username", "full_name", "email", "email_confirmed_at", "is_active", "is_staff", "joined_at")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("username_key", "full_name", "email")
    fields = ("username", "full_name", "email", "email_confirmed_at", "phone", "joined_at", "is_active", "is_staff", "is_superuser", "groups")
    changeable = ("is_active", "is_staff", "is_superuser", "groups")
    actions = ("end_everything", "send_reset")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - people sign up
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002 - deactivating keeps the ledger whole
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.pk != request.user.pk)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        open_fields = self.changeable if request.user.is_superuser and request.session.proof_is_recent else ()  # type: ignore[attr-defined]
        return tuple(str(field) for field in self.fields if field not in open_fields)

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:  # noqa: ARG002 - Django's signature
        flags = [name for name in form.changed_data if name != "groups"]
        administration.set_flags(obj, {name: form.cleaned_data[name] for name in flags}, by=str(request.user), arrival=arrival(request))

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def end_everything(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        for user in queryset:
            administration.end_everything(user, by=str(request.user), arrival=arrival(request))
        count = queryset.count()
        self.message_user(
            request, ngettext("%(count)d person is signed out.", "%(count)d people are signed out.", count) % {"count": count}, messages.SUCCESS
        )

    @admin.action(description=_("Mail a link to a new password"), permissions=["change"])
    def send_reset(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        with transaction.atomic():
            sent = sum(administration.send_reset(user, by=str(request.user), arrival=arrival(request)) for user in queryset)
        self.message_user(request, gettext("Links mailed: %(count)d. Addresses that nobody confirmed get none.") % {"count": sent}, messages.SUCCESS)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who is signed in where; ending is an action."""

    list_display = ("user", "kind", "proof", "factor", "created_at", "last_seen_at", "expires_at", "ended_at")
    list_filter = ("kind", "proof")
    search_fields = ("user__username_key", "public_id")
    list_select_related = ("user",)
    exclude = ("key_digest", "epoch")
    actions = ("end",)

    @admin.action(description=_("End these sessions"), permissions=["view"])
    def end(self, request: HttpRequest, queryset: models.QuerySet[Session]) -> None:
        for session in queryset.select_related("user"):
            administration.end_session(session, by=str(request.user), arrival=arrival(request))
        self.message_user(request, gettext("These sessions have ended."), messages.SUCCESS)


@admin.register(LoginAttempt)
class LoginAttemptAdmin(ReadOnlyAdmin):
    """Journeys under way and just ended."""

    list_display = ("user", "purpose", "state", "lane", "required", "factor", "created_at", "expires_at")
    list_filter = ("purpose", "state", "lane")
    search_fields = ("user__username_key",)
    list_select_related = ("user",)
    exclude = ("reference_digest", "binding_digest", "private_key_digest", "client_challenge", "epoch", "source")
