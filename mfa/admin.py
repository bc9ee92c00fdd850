"""Second factors in the admin: to be looked at, never changed. No secret, code, number or message
is shown.
"""

from django.contrib import admin

from mfa.models import Challenge, Factor, OutboxMessage
from mfaproject.lib.admin import ReadOnlyAdmin


@admin.register(Factor)
class FactorAdmin(ReadOnlyAdmin):
    """What is enrolled."""

    fields = (
        "user",
        "kind",
        "label",
        "added_at",
        "added_by",
        "confirmed_at",
        "last_used_at",
        "unreachable_since",
        "revoked_at",
    )
    list_display = (
        "user",
        "kind",
        "label",
        "added_at",
        "confirmed_at",
        "last_used_at",
        "unreachable_since",
        "revoked_at",
    )
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__username", "label")


@admin.register(Challenge)
class ChallengeAdmin(ReadOnlyAdmin):
    """What was asked, and how it ended."""

    fields = (
        "user",
        "kind",
        "purpose",
        "lane",
        "required",
        "state",
        "created_at",
        "expires_at",
        "attempts",
        "factor",
        "strength",
        "decided_at",
        "reason",
    )
    list_display = (
        "created_at",
        "user",
        "kind",
        "purpose",
        "lane",
        "state",
        "factor",
        "decided_at",
    )
    list_filter = ("state", "kind", "purpose", "lane")
    list_select_related = ("user", "factor")
    search_fields = ("user__username",)
    date_hierarchy = "created_at"


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """What left or waits. What it says is sealed, and gone once it has left."""

    fields = (
        "user",
        "channel",
        "template",
        "sent_to",
        "factor",
        "state",
        "reason",
        "attempts",
        "created_at",
        "due_at",
        "expires_at",
        "ended_at",
        "seen_at",
    )
    list_display = (
        "created_at",
        "channel",
        "template",
        "sent_to",
        "state",
        "reason",
        "attempts",
        "ended_at",
    )
    list_filter = ("state", "channel", "template")
    search_fields = ("user__username",)
    date_hierarchy = "created_at"
