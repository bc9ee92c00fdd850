"""What a code word is called."""

from django.utils.translation import gettext_lazy as _

from mfa.registry.words import Change, Words, letters

WORDS = Words(
    name=_("code word"),
    title=_("Code word"),
    offer=_("Say your code word"),
    done=_("with the code word"),
    mail_label=_("Proof"),
    mail_value=_("your code word"),
    mail_line=_("Proof: your code word"),
    changes={
        "toy_added": Change(
            _("A code word was added"),
            _("A code word was added. It lets in whoever knows it."),
        ),
        "toy_removed": Change(
            _("The code word was removed"), _("The code word was removed. It opens nothing.")
        ),
    },
    add=_("Choose a code word"),
)
TYPED = letters(_("Code word"), longest=40)
