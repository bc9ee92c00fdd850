"""Secrets of an embedded start: made once, kept in files that only the owner reads (mode 600)."""

import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from mfaproject.lib import tokens


@dataclass(frozen=True)
class Secrets:
    """What a start needs. `root_key` is the one from which every purpose's key is derived."""

    root_key: str
    django_key: str
    vapid_key: str
    metrics_token: str
    outbox_key: str


def _new_vapid_key() -> str:
    """The private scalar of a P-256 key, base64url, as VAPID (RFC 8292) libraries take it."""
    scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(scalar.to_bytes(32)).rstrip(b"=").decode()


def kept(folder: Path, name: str, make: Callable[[], str] = tokens.new_token) -> str:
    """The secret in `folder/name`; made on the first call. Two processes that start together agree:
    the file that exists wins."""
    path = folder / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f"{name}.{tokens.new_id()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(make() + "\n")
    try:
        os.link(scratch, path)  # fails when somebody was faster, so nobody overwrites a key in use
    except FileExistsError:
        pass
    finally:
        scratch.unlink()
    return path.read_text().strip()


def first_start_secrets(data_dir: Path, *, root_key: str, vapid_key: str) -> Secrets:
    """Given keys win; what is missing is read from, or made in, `data_dir/secrets`."""
    folder = data_dir / "secrets"
    root = root_key or kept(folder, "root_key")
    return Secrets(
        root_key=root,
        django_key=hashlib.sha256(b"nod/django\0" + root.encode()).hexdigest(),
        vapid_key=vapid_key or kept(folder, "vapid_private_key", _new_vapid_key),
        metrics_token=kept(folder, "metrics_token"),
        outbox_key=kept(folder, "outbox_key"),
    )
