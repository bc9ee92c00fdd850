"""What every page of the admin keeps to, so that none has to remember it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.utils import get_fields_from_path
from django.core.checks import CheckMessage, Error
from django.db import models
from django.http import HttpRequest

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:  # generic for the type checker alone
    _ModelAdmin = admin.ModelAdmin

FILTERED = ("", "__exact", "__isnull", "__gte", "__lt", "__isempty")
"""What Django's own filters ask of their column."""
DATED = ("__year", "__month", "__day", "__gte", "__lt")
"""What the links of a date hierarchy ask of theirs."""


class Checks(ModelAdminChecks):
    """Django's own, and that no action forgets to say who may do it."""

    def check(self, admin_obj: Any, **kwargs: Any) -> list[CheckMessage]:
        hint = (
            "Give it permissions=[...] with one that means this act: whoever may look may not act."
        )
        unguarded = [
            name
            for function, name, _words in admin_obj._get_base_actions()
            if not is_guarded(function)
        ]
        errors = [
            Error(
                f"Nobody is offered the action {name!r}.",
                hint=hint,
                obj=admin_obj.__class__,
                id="nod.E012",
            )
            for name in unguarded
        ]
        return [*super().check(admin_obj, **kwargs), *errors]


class ModelAdmin(_ModelAdmin):
    """Rows are looked up by what the page offers, and acts need a permission of their own.

    That whoever acts has proved it lately is held by the site: `accounts.admin_site`.
    """

    checks_class = Checks

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """What a filter or the dates of this page ask, and nothing else.

        Yes or no, or how many rows, would tell what hidden columns hold.
        """
        return lookup in self._offered(request)

    def _offered(self, request: HttpRequest | None) -> set[str]:
        filters = self.get_list_filter(request) if request is not None else self.list_filter
        found = {lookup for each in filters for lookup in self._asked_by(each)}
        return found | {f"{self.date_hierarchy}{part}" for part in DATED if self.date_hierarchy}

    def _asked_by(self, list_filter: Any) -> Iterator[str]:
        if isinstance(list_filter, type):
            yield getattr(list_filter, "parameter_name", "")
            return
        path = list_filter[0] if isinstance(list_filter, tuple | list) else list_filter
        yield from (f"{path}{part}" for part in FILTERED)
        column: Any = get_fields_from_path(self.model, path)[-1]
        if column.is_relation:
            yield f"{path}__{column.target_field.name}__exact"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without those that name no permission, or the one to look."""
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if action and is_guarded(action[0])
        }


def is_guarded(action: Callable[..., Any]) -> bool:
    """Whether an action asks for more than the permission to look. Any that it
    names would do, so all must be."""
    permissions = set(getattr(action, "allowed_permissions", ()))
    return bool(permissions) and "view" not in permissions


class ReadOnlyAdmin(ModelAdmin):
    """Nothing is added, edited or deleted here; actions may still end things."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
