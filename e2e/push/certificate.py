"""A certificate for this machine, made on the spot. Chromium is told to accept this one key and no
other.
"""

import base64
import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from mfaproject.lib import clock

LOOPBACK = ipaddress.ip_address("127.0.0.1")


@dataclass(frozen=True)
class Certificate:
    """`pin`: SHA-256 of the public key, base64, as
    `--ignore-certificate-errors-spki-list` wants it."""

    tls: ssl.SSLContext
    pin: str


def make(folder: Path, names: tuple[str, ...] = ("localhost",)) -> Certificate:
    """For these host names and 127.0.0.1; it lasts a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    signed = _signed(key, names)
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + signed.public_bytes(Encoding.PEM)
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(path)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Certificate(tls, base64.b64encode(hashlib.sha256(public).digest()).decode())


def _signed(key: ec.EllipticCurvePrivateKey, names: tuple[str, ...]) -> x509.Certificate:
    itself = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    also = x509.SubjectAlternativeName([*map(x509.DNSName, names), x509.IPAddress(LOOPBACK)])
    now, day = clock.now(), timedelta(days=1)
    draft = (
        x509.CertificateBuilder()
        .subject_name(itself)
        .issuer_name(itself)
        .public_key(key.public_key())
    )
    draft = (
        draft.serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
    )
    return draft.add_extension(also, critical=False).sign(key, hashes.SHA256())
