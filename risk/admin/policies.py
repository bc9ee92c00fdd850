"""Policies: written, put in shadow, made to decide, retired."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Model, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mfaproject.lib import clock, http, request_id
from mfaproject.lib.admin import ModelAdmin
from risk.admin import policy_page
from risk.admin.policy_confirmation import confirmation
from risk.admin.policy_form import PolicyForm, words
from risk.models import RiskPolicy
from risk.models.risk_policy import State, sources
from risk.policy.drafts import DraftError
from risk.services import policies
from risk.services.arriving import arrived
from risk.services.policies import Actor

MOVES = (State.SHADOW, State.ACTIVE, State.RETIRED)
_RANK = Case(
    *[
        When(state=state, then=Value(rank))
        for rank, state in enumerate((State.ACTIVE, State.SHADOW, State.DRAFT))
    ],
    default=Value(9),
)


@admin.register(RiskPolicy)
class RiskPolicyAdmin(ModelAdmin):
    """Only drafts are edited or deleted; the others have a button for a next version."""

    form = PolicyForm
    fields = PolicyForm.Meta.fields
    list_display = ("what", "state_pill", "thresholds", "whom", "since", "created_by")
    list_display_links = ("what",)
    list_filter = ("state",)
    list_per_page = 50
    actions = None

    @admin.display(description=_("policy"), ordering="name")
    def what(self, row: RiskPolicy) -> str:
        return str(row)

    @admin.display(description=_("state"))
    def state_pill(self, row: RiskPolicy) -> SafeString:
        return policy_page.pill(row)

    @admin.display(description=_("asks from / strongly from"))
    def thresholds(self, row: RiskPolicy) -> SafeString:
        return policy_page.scale(row)

    @admin.display(description=_("for"))
    def whom(self, row: RiskPolicy) -> str:
        return policy_page.whom(row)

    @admin.display(description=_("since"))
    def since(self, row: RiskPolicy) -> str:
        return date_format(row.since, "j F Y, H:i")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_ordering(self, request: HttpRequest) -> Any:
        """What decides comes first."""
        return (_RANK, "name", "-version")

    def get_readonly_fields(
        self,
        request: HttpRequest,
        obj: RiskPolicy | None = None,
    ) -> tuple[str, ...]:
        return ("name",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **more: Any) -> Any:
        """Groups are made where groups are."""
        field: Any = super().formfield_for_dbfield(db_field, request, **more)
        if db_field.name == "groups":
            field.widget.can_add_related = False
        return field

    def may_move(self, request: HttpRequest) -> bool:
        """`risk.change_riskpolicy`, whatever the state."""
        return super().has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_open(obj)

    def save_model(self, request: HttpRequest, obj: RiskPolicy, form: Any, change: bool) -> None:
        if not change:
            policies.write(obj, by=request.user.get_username())
        elif not policies.rewrite(obj):
            raise PermissionDenied  # it was moved on meanwhile

    def delete_model(self, request: HttpRequest, obj: RiskPolicy) -> None:
        if not policies.discard(obj.pk):
            raise PermissionDenied

    def response_post_save_add(self, request: HttpRequest, obj: RiskPolicy) -> HttpResponseRedirect:
        return _to(obj)

    response_post_save_change = response_post_save_add

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With who decides, and who is never locked out."""
        active = list(policies.live(State.ACTIVE))
        told = {
            "decides": policy_page.who_decides(active),
            "built_in": policies.built_in() if not active else None,
            "title": gettext("Policies"),
        }
        return super().changelist_view(
            request, told | {"spared": policies.never_locked_out()} | (extra_context or {})
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        told: dict[str, Any] = {"show_save_and_continue": False, "show_save_and_add_another": False}
        if obj is not None:
            told |= {
                "page": policy_page.page(obj, may_change=self.may_move(request)),
                "title": str(obj),
                "subtitle": None,
            }
        return super().render_change_form(request, context | told, add, change, form_url, obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.move_view)
        moves = [
            path(f"<path:object_id>/{to}/", view, {"to": str(to)}, name=f"risk_riskpolicy_{to}")
            for to in MOVES
        ]
        return moves + super().get_urls()

    def move_view(self, request: HttpRequest, object_id: str, to: str) -> HttpResponse:
        """GET asks, POST does it."""
        if not self.may_move(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if request.method == "POST":
            return self._move(request, row, to)
        if row.state not in sources(to):
            return self._late(request, row)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": row,
            "title": str(row),
            "confirm": confirmation(row, to),
        }
        return TemplateResponse(request, "admin/risk/riskpolicy/confirm.html", context)

    def _move(self, request: HttpRequest, row: RiskPolicy, to: str) -> HttpResponse:
        try:
            with transaction.atomic():
                if not policies.move(row, to, _actor(request)):
                    return self._late(request, row)
                self.log_change(request, row, f"{row.state} → {to}")
        except DraftError as error:
            self.message_user(request, words(error), messages.ERROR)
            return _to(row)
        row.state = to
        self.message_user(request, f"{row}: {row.get_state_display()}", messages.SUCCESS)
        return _to(row)

    def _late(self, request: HttpRequest, row: RiskPolicy) -> HttpResponse:
        """Somebody was faster."""
        self.message_user(
            request,
            gettext("Nothing was done: the policy had been moved on already."),
            messages.WARNING,
        )
        return _to(row)


def _is_open(obj: Model | None) -> bool:
    return obj is None or (isinstance(obj, RiskPolicy) and obj.state == State.DRAFT)


def _to(row: RiskPolicy) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:risk_riskpolicy_change", args=[row.pk]))


def _actor(request: HttpRequest) -> Actor:
    context = arrived(
        http.client_ip(request),
        http.user_agent(request),
        at=clock.now(),
        request_id=request_id.current(),
        door="form",
    )
    return Actor(request.user.get_username(), request.user.pk, context)
