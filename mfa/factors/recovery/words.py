"""What codes on paper are called."""

from django.utils.translation import gettext_lazy as _

from mfa.registry.words import Change, Words, letters

WORDS = Words(
    name=_("recovery code"),
    title=_("Recovery code"),
    offer=_("Use a recovery code"),
    mail_label=_("Code"),
    mail_value=_("a recovery code"),
    mail_line=_("Code: a recovery code"),
    changes={
        "recovery_added": Change(
            _("New recovery codes were made"),
            _("New recovery codes were made. Those that you had before do not work any more."),
        ),
        "recovery_removed": Change(
            _("The recovery codes were removed"),
            _("The recovery codes were removed. None of them works any more."),
        ),
    },
)
TYPED = letters(_("Recovery code"), longest=40, placeholder="xxxx-xxxx-xxxx-xxxx")
