"""Who signs in: one line of what `bench.seed` wrote into the server's database."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from authenticator.tests.signer import Phone

PASSWORD = "a walk along the river"


@dataclass(frozen=True, slots=True)
class Person:
    """`cookie` is that of a browser that knows her, "" without one; `key` the phone's private
    scalar, 0 without a phone."""

    username: str
    ip: str
    handle: str
    cookie: str = ""
    device_id: str = ""
    key: int = 0

    @property
    def email(self) -> str:
        """As `bench.seed` writes it."""
        return f"{self.username}@example.org"

    def phone(self, origin: str) -> Phone:
        """Her authenticator, as it answers for the server at `origin`."""
        return Phone(
            origin, self.device_id, self.handle, key=ec.derive_private_key(self.key, ec.SECP256R1())
        )


def address(number: int) -> str:
    """An address of her own in public space for the person with this number,
    each in a /24 of its own."""
    return f"81.{number // 250 % 250}.{number % 250}.7"


def write(path: Path, people: list[Person]) -> None:
    """For the process that measures."""
    path.write_text(json.dumps([asdict(person) for person in people]))


def read(path: Path) -> list[Person]:
    """What `write` wrote."""
    return [Person(**fields) for fields in json.loads(path.read_text())]
