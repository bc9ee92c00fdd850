"""What a kind of factor is called, where people read of it. Whole sentences, each translatable."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Change:
    """What a mail says when something was added or removed: a heading, and a sentence in which
    `%(item)s` is the address or name concerned."""

    heading: Text
    sentence: Text


@dataclass(frozen=True, slots=True)
class Typed:
    """The field for what is typed: its label, and attributes of its `<input>`."""

    label: Text
    attrs: Mapping[str, str]


def letters(label: Text, *, longest: int, placeholder: str = "") -> Typed:
    """A field for more than digits. Nothing of it is kept or put right by the browser."""
    looks = {"inputmode": "text", "maxlength": str(longest), "placeholder": placeholder}
    return Typed(
        label, {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", **looks}
    )


@dataclass(frozen=True, slots=True)
class Words:
    """`name` is for the middle of a sentence, `title` for a heading and the ledger, `offer` for a
    button ("Get a code by e-mail").

    `again`, `once_more`, `instead`: the same button on the page of an open question of this kind,
    on the page after nobody answered, and on the page of another kind; like `offer` where "".

    `done` says how a sign-in went, `done_with` the same where something has a name; in both, and
    in what mails say, `%(device)s` is the device or the masked address. `mail_label` and
    `mail_value` are a row of a mail, `mail_line` the same in plain text; "" for no row.

    `changes`: what a mail says by the name of the change, `<kind>_added` and `<kind>_removed`.
    `add` is the link that begins an enrolment.
    """

    name: Text
    title: Text
    offer: Text
    again: Text = ""
    once_more: Text = ""
    instead: Text = ""
    done: Text = ""
    done_with: Text = ""
    mail_label: Text = ""
    mail_value: Text = ""
    mail_line: Text = ""
    changes: Mapping[str, Change] = field(default_factory=dict)
    add: Text = ""

    @property
    def again_or_offer(self) -> Text:
        return self.again or self.offer

    @property
    def once_more_or_offer(self) -> Text:
        return self.once_more or self.offer

    @property
    def instead_or_offer(self) -> Text:
        return self.instead or self.offer

    def how(self, device: str) -> str:
        """How a sign-in with it went, for a list."""
        if self.done_with and device:
            return str(self.done_with) % {"device": device}
        return str(self.done or self.name)

    def row(self, device: str) -> tuple[str, str, str]:
        """Label and value of a mail's row, and its line in plain text."""
        named = {"device": device}
        return (
            str(self.mail_label),
            str(self.mail_value) % named,
            str(self.mail_line) % named,
        )
