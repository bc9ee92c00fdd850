"""The cast of a test: people with their browsers and phones, brought to where the test begins."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from playwright.sync_api import BrowserContext

from authenticator.tests import signer
from authenticator.words import words_of
from e2e import shortcuts
from e2e.pages import ADD, CONFIRM, Laptop, Phone
from e2e.person import Person, somebody
from e2e.server import Nod

PHONE = {
    "viewport": {"width": 360, "height": 640},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": (
        "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/145.0.0.0 Mobile Safari/537.36"
    ),
}


@dataclass
class People:
    """Makes people with their browsers, for one test on one server."""

    nod: Nod
    new_browser: Callable[..., BrowserContext]

    def laptop(self, **options: object) -> Laptop:
        """A browser that nobody has used."""
        return Laptop(self.nod, self.new_browser(**options))

    def phone(self, **options: object) -> Phone:
        return Phone(self.nod, self.new_browser(**{**PHONE, **options}))

    def newcomer(self, person: Person | None = None, **options: object) -> tuple[Person, Laptop]:
        """Signed up and in, without an authenticator; no page is open yet."""
        person, laptop = person or somebody(), self.laptop(**options)
        shortcuts.send(laptop.context, f"{self.nod.origin}/signup/", asdict(person))
        shortcuts.send(
            laptop.context,
            f"{self.nod.origin}/login/code/",
            {"code": self.nod.outbox.next_code(person.email)},
        )
        return person, laptop

    def paired(
        self, person: Person | None = None, device: str = "Pixel 8", **options: object
    ) -> tuple[Person, Laptop, Phone]:
        """Signed up, with a phone that lies open on its first page. Its service worker stays off:
        it is another file's subject."""
        person, laptop = self.newcomer(person, **options)
        phone = self.phone(service_workers="block")
        self.have_paired(laptop, phone, device)
        return person, laptop, phone

    def with_key(
        self, person: Person | None = None, device: str = "Pixel 8", **options: object
    ) -> tuple[Person, Laptop]:
        """Like `paired`, with a phone that nobody looks at: there is its key, and no browser."""
        person, laptop = self.newcomer(person, **options)
        origin, question = self.nod.authenticator_origin, self.nod.origin + CONFIRM
        token = shortcuts.pairing_link(laptop.context, self.nod.origin + ADD).partition("#")[2]
        phone = signer.Phone(origin, name=device)
        shortcuts.post(laptop.context, f"{origin}/v1/authenticator/pair", phone.pair_body(token))
        shown = shortcuts.pairing_words(laptop.context, question)
        assert shown == " ".join(words_of(phone.public.thumbprint))
        shortcuts.send(laptop.context, question, {})
        return person, laptop

    def have_paired(self, laptop: Laptop, phone: Phone, name: str = "Pixel 8") -> None:
        """Like `pair`, with the phone's pages only."""
        question = self.nod.origin + CONFIRM
        phone.arrive(shortcuts.pairing_link(laptop.context, self.nod.origin + ADD))
        shown = phone.agree(name)
        assert shortcuts.pairing_words(laptop.context, question) == shown
        shortcuts.send(laptop.context, question, {})
        phone.is_ready()

    def pair(self, laptop: Laptop, phone: Phone, name: str = "Pixel 8") -> None:
        """By the link, as who has no camera does it."""
        phone.arrive(laptop.pairing_link())
        shown = phone.agree(name)
        assert laptop.say_yes() == shown
        phone.is_ready()
