"""People, groups, sessions and journeys for admins: they end and send, and never set what proves
somebody.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.context import arrival
from accounts.models import LoginAttempt, Session, User
from accounts.services import administration
from accounts.services.administration import Actor
from mfaproject.lib.admin import ModelAdmin, ReadOnlyAdmin
from mfaproject.lib.proof import is_proved_to_act


def actor(request: HttpRequest) -> Actor:
    """Who does it, on which session, and how the request came."""
    return Actor(request.session, arrival(request))  # type: ignore[arg-type]


@admin.register(User)
class UserAdmin(ModelAdmin):
    """`active`, `staff`, `superuser` and groups can be changed, by a superuser with a recent strong
    proof, never one's own."""

    list_display = (
        "username",
        "full_name",
        "email",
        "email_confirmed_at",
        "is_active",
        "is_staff",
        "joined_at",
    )
    list_filter = ("is_active", "is_staff", "groups", "email_doubled")
    search_fields = ("username_key", "full_name", "email")
    fields = (
        "username",
        "full_name",
        "email",
        "email_confirmed_at",
        "email_doubled",
        "phone",
        "joined_at",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
    )
    changeable = ("is_active", "is_staff", "is_superuser", "groups")
    actions = ("end_everything", "send_reset")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or obj.pk != request.user.pk
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        open_fields = (
            self.changeable if request.user.is_superuser and is_proved_to_act(request) else ()
        )
        return tuple(str(field) for field in self.fields if field not in open_fields)

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: "ModelForm[User]",
        change: bool,
    ) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        groups = changes.pop("groups", None)
        if changes or groups is not None:
            _or_refuse(administration.set_rights(obj, changes, groups, actor(request)))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Groups are rights: they were set with the others."""

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def end_everything(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        for user in queryset:
            administration.end_everything(user, by=str(request.user), arrival=arrival(request))
        count = queryset.count()
        self.message_user(
            request,
            ngettext("%(count)d person is signed out.", "%(count)d people are signed out.", count)
            % {"count": count},
            messages.SUCCESS,
        )

    @admin.action(description=_("Mail a link to a new password"), permissions=["change"])
    def send_reset(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        with transaction.atomic():
            sent = sum(
                administration.send_reset(user, by=str(request.user), arrival=arrival(request))
                for user in queryset
            )
        self.message_user(
            request,
            gettext("Links mailed: %(count)d. Addresses that nobody confirmed get none.")
            % {"count": sent},
            messages.SUCCESS,
        )


# Django's own page: whoever has its permission could give himself all others.
admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ModelAdmin):
    """What a group may do its people may do: guarded as `staff` is, and never a
    group of one's own."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "permissions")
    filter_horizontal = ("permissions",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_not_of(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_not_of(request, obj)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The names of permissions hold those of their models: one SELECT for all of them."""
        if db_field.name == "permissions":
            options["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **options)

    def save_model(
        self,
        request: HttpRequest,
        obj: Group,
        form: "ModelForm[Group]",
        change: bool,
    ) -> None:
        if form.has_changed():
            _or_refuse(
                administration.write_group(obj, form.cleaned_data["permissions"], actor(request))
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The permissions were set with the group."""

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        _or_refuse(administration.delete_group(obj, actor(request)))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Group]) -> None:
        with transaction.atomic():
            for group in queryset:
                self.delete_model(request, group)


def _is_not_of(request: HttpRequest, group: Group | None) -> bool:
    """Whether this is a superuser, and the group another one's."""
    return request.user.is_superuser and (
        group is None or not request.user.groups.filter(pk=group.pk).exists()
    )


def _or_refuse(done: bool) -> None:
    """What the page allowed may not be allowed any more when it is done."""
    if not done:
        raise PermissionDenied


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who is signed in where; ending is an action."""

    list_display = (
        "user",
        "kind",
        "proof",
        "factor",
        "created_at",
        "last_seen_at",
        "expires_at",
        "ended_at",
    )
    list_filter = ("kind", "proof")
    search_fields = ("user__username_key", "public_id")
    list_select_related = ("user",)
    fields = (
        "public_id",
        "user",
        "kind",
        "name",
        "proof",
        "proven_at",
        "proof_stale",
        "factor",
        "browser",
        "ledger",
        "added_by",
        "created_at",
        "last_seen_at",
        "expires_at",
        "ended_at",
    )
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Holders of the model's change permission, although nothing can be edited here."""
        return request.user.has_perm("accounts.change_session")

    @admin.action(description=_("End these sessions"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: models.QuerySet[Session]) -> None:
        for session in queryset.select_related("user"):
            administration.end_session(session, by=str(request.user), arrival=arrival(request))
        self.message_user(request, gettext("These sessions have ended."), messages.SUCCESS)


@admin.register(LoginAttempt)
class LoginAttemptAdmin(ReadOnlyAdmin):
    """Journeys under way and just ended."""

    list_display = (
        "user",
        "purpose",
        "state",
        "lane",
        "required",
        "factor",
        "created_at",
        "expires_at",
    )
    list_filter = ("purpose", "state", "lane")
    search_fields = ("user__username_key",)
    list_select_related = ("user",)
    fields = (
        "user",
        "door",
        "purpose",
        "state",
        "lane",
        "required",
        "browser",
        "ledger",
        "factor",
        "created_at",
        "expires_at",
        "ended_at",
    )
