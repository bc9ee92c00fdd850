"""The form of a draft. Its rules are those of `risk.policy.drafts`; only the words are its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from risk.models import RiskPolicy
from risk.policy.drafts import DraftError, check_groups, check_name, check_thresholds

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[RiskPolicy]
else:  # generic for the type checker alone
    ModelForm = forms.ModelForm

_WORDS: dict[str, Promise] = {
    "name_shape": _("Small letters, digits and single hyphens, 40 at most."),
    "name_taken": _("The policy of the settings is called so."),
    "challenge_range": _("A whole number from 1 to 99."),
    "strict_range": _("A whole number above the first mark, 100 at most."),
    "groups_some": _("“default” is for everybody. Choose no group, or another name."),
    "groups_none": _("Choose a group. Only “default” is for everybody."),
}


def words(error: DraftError) -> str:
    """The problem in the reader's language."""
    return str(_WORDS.get(error.code, error.problem))


class PolicyForm(ModelForm):
    """What an admin writes down; the version follows from the name."""

    class Meta:
        model = RiskPolicy
        fields = ("name", "challenge", "strict", "groups", "note")
        widgets = {
            "challenge": forms.NumberInput(attrs={"min": 1, "max": 99}),
            "strict": forms.NumberInput(attrs={"min": 2, "max": 100}),
            "groups": forms.CheckboxSelectMultiple,
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "name" in data:
            self._check(check_name, data["name"])
        if data.get("challenge") is not None and data.get("strict") is not None:
            self._check(check_thresholds, data["challenge"], data["strict"])
        name = data.get("name", self.instance.name)  # gone again where it did not fit
        if name and "groups" in data:
            self._check(check_groups, name, len(data["groups"]))
        return data

    def _check(self, check: Callable[..., None], *values: Any) -> None:
        try:
            check(*values)
        except DraftError as error:
            self.add_error(error.field, words(error))
