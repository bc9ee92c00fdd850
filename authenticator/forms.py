"""What a person types about a device."""

from django import forms
from django.utils.translation import gettext_lazy as _

from authenticator.shapes import LONGEST_NAME, is_name


class NameForm(forms.Form):
    """Another name for a device."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not is_name(name):
            raise forms.ValidationError(_("Use letters, digits and signs that one can see."))
        return name
