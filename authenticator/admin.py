"""What admins see of authenticators: everything but secrets, and one thing to do, revoke."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from authenticator.models import Device, PairingCode, PushService, PushSubscription
from authenticator.services import administration
from mfaproject.lib import clock, http, request_id
from mfaproject.lib.admin import ReadOnlyAdmin
from risk.services import arrived

STANDING = (
    "kind",
    "created_at",
    "proven_at",
    "last_success",
    "last_failure",
    "reason",
    "undeliverable",
)


class StandingInline(admin.StackedInline):
    """How a device is woken, and what became of it, on the device's own page."""

    model = PushSubscription
    fields = STANDING
    readonly_fields = STANDING
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """Who approves sign-ins with what."""

    list_display = [
        "name",
        "user",
        "browser_label",
        "paired_at",
        "confirmed_at",
        "last_answer_at",
        "revoked_at",
    ]
    fields = [
        "public_id",
        "name",
        "user",
        "factor",
        "browser_label",
        "place",
        "paired_at",
        "confirmed_at",
        "revoked_at",
        "last_seen_at",
        "last_answer_at",
        "added_by",
    ]
    list_filter = ["confirmed_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username_key", "public_id"]
    date_hierarchy = "paired_at"
    inlines = [StandingInline]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Who may revoke: holders of the model's change permission, although
        nothing can be edited here."""
        return request.user.has_perm("authenticator.change_device")

    @admin.action(permissions=["revoke"], description=_("Revoke the selected authenticators"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        """Ends key and factor; the ledger keeps who did it, and the owner is told."""
        context = arrived(
            http.client_ip(request),
            http.user_agent(request),
            at=clock.now(),
            request_id=request_id.current(),
            door="form",
        )
        by = request.user.get_username()
        done = [
            row
            for row in queryset.select_related("user")
            if administration.revoke(row, by=by, context=context)
        ]
        words = ngettext(
            "%(count)d authenticator revoked.", "%(count)d authenticators revoked.", len(done)
        )
        self.message_user(request, words % {"count": len(done)})


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """Whether devices can be woken."""

    list_display = ["device", *STANDING]
    fields = ["device", *STANDING]
    list_filter = ["kind", "undeliverable"]
    list_select_related = ["device"]


@admin.register(PairingCode)
class PairingCodeAdmin(ReadOnlyAdmin):
    """Pairings of the last day."""

    list_display = ["user", "state", "created_at", "answered_at", "expires_at"]
    fields = ["user", "state", "device", "created_at", "answered_at", "expires_at"]
    list_filter = ["state"]
    list_select_related = ["user"]
    search_fields = ["user__username_key"]


@admin.register(PushService)
class PushServiceAdmin(ReadOnlyAdmin):
    """Push services that refuse our credential. Empty while all is well."""

    list_display = ["kind", "refused_at", "reason", "until"]
    fields = ["kind", "refused_at", "reason", "until"]
