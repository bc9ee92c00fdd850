"""The backtest as a page: a draft beside what was decided, over the newest sign-ins."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.admin import backtest_page
from risk.admin.policy_form import words
from risk.models import RiskPolicy
from risk.policy.drafts import FOR_EVERYBODY, DraftError, PolicyDraft, check_thresholds
from risk.services import policies

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin

AT_MOST, STOP = 5.0, 50.0
"""Per cent, what is looked for until somebody says otherwise."""


class BacktestForm(forms.Form):
    """Two numbers to try. `policy` gives name and groups, where one is tried."""

    challenge = forms.IntegerField(label=gettext_lazy("asks from"), min_value=1, max_value=99)
    strict = forms.IntegerField(
        label=gettext_lazy("asks for a strong factor from"), min_value=2, max_value=100
    )
    at_most = forms.FloatField(
        label=gettext_lazy("good sign-ins asked at most, %"),
        min_value=0,
        max_value=100,
        required=False,
    )
    stop = forms.FloatField(
        label=gettext_lazy("attackers stopped at least, %"),
        min_value=0,
        max_value=100,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("challenge") is not None and data.get("strict") is not None:
            try:
                check_thresholds(data["challenge"], data["strict"])
            except DraftError as error:
                self.add_error(error.field if error.field in self.fields else None, words(error))
        return data

    def draft(self, policy: RiskPolicy | None) -> PolicyDraft:
        """What is asked about; only once the form is valid."""
        name = policy.name if policy else FOR_EVERYBODY
        groups = tuple(group.name for group in policy.groups.order_by("name")) if policy else ()
        return PolicyDraft(
            name,
            self.cleaned_data["challenge"],
            self.cleaned_data["strict"],
            groups,
            _("Tried on the past."),
        )


def route(model_admin: Admin) -> URLPattern:
    """`admin:risk_backtest`."""

    def view(request: HttpRequest) -> HttpResponse:
        if not model_admin.has_view_permission(request):
            raise PermissionDenied
        policy = _policy(request)
        return (
            _save(request, policy)
            if request.method == "POST"
            else _show(request, policy, model_admin)
        )

    return path("backtest/", model_admin.admin_site.admin_view(view), name="risk_backtest")


def _policy(request: HttpRequest) -> RiskPolicy | None:
    wanted = request.POST.get("policy") or request.GET.get("policy")
    if not wanted:
        return None
    if not (
        request.user.has_perm("risk.view_riskpolicy")
        or request.user.has_perm("risk.change_riskpolicy")
    ):
        raise PermissionDenied  # the ledger's readers are not the policies' readers
    found = (
        RiskPolicy.objects.filter(pk=int(wanted)).first()
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10
        else None
    )
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, policy: RiskPolicy | None) -> BacktestForm:
    """With what was asked; a policy alone is asked about as it is; else what
    decides now, to begin with."""
    start = policy or policies.built_in()
    usual = {"challenge": start.challenge, "strict": start.strict, "at_most": AT_MOST, "stop": STOP}
    if "challenge" in request.GET:
        return BacktestForm(request.GET)
    return BacktestForm(usual) if policy else BacktestForm(initial=usual)


def _show(request: HttpRequest, policy: RiskPolicy | None, model_admin: Admin) -> HttpResponse:
    form, told = _form(request, policy), None
    if form.is_bound and form.is_valid():
        try:
            told = backtest_page.page(
                form.draft(policy), form.cleaned_data["at_most"], form.cleaned_data["stop"]
            )
        except DraftError as error:
            form.add_error(None, words(error))
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("Backtest"),
        "form": form,
        "page": told,
        "policy": policy,
        "kept": _kept(form, policy),
        "may_save": request.user.has_perm("risk.add_riskpolicy"),
    }
    return TemplateResponse(request, "admin/risk/backtest.html", context)


def _kept(form: BacktestForm, policy: RiskPolicy | None) -> str:
    """What stays in the address when other thresholds are tried."""
    asked = {name: form[name].value() for name in ("at_most", "stop")}
    about = {"policy": policy.pk} if policy else {}
    return "&" + urlencode(
        about | {name: "" if value is None else value for name, value in asked.items()}
    )


def _save(request: HttpRequest, policy: RiskPolicy | None) -> HttpResponse:
    """As a draft, which decides nothing."""
    if not request.user.has_perm("risk.add_riskpolicy"):
        raise PermissionDenied
    form = BacktestForm(request.POST)
    if form.is_valid():
        try:
            saved = policies.bring(form.draft(policy), by=request.user.get_username())
        except DraftError as error:
            messages.error(request, words(error))
        else:
            messages.success(
                request, _("%(policy)s is a draft now. It decides nothing yet.") % {"policy": saved}
            )
            return HttpResponseRedirect(reverse("admin:risk_riskpolicy_change", args=[saved.pk]))
    else:
        messages.error(request, _("These numbers are no policy."))
    return HttpResponseRedirect(reverse("admin:risk_backtest"))
