"""How passwords are kept."""

from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class PasswordHasher(BCryptSHA256PasswordHasher):
    """bcrypt over SHA-256, so that nothing is cut off at 72 bytes; cost 12
    unless BCRYPT_ROUNDS says otherwise."""

    rounds = settings.BCRYPT_ROUNDS
