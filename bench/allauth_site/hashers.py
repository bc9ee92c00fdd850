"""bcrypt at the cost that the bench takes off again."""

import os

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class Cheap(BCryptSHA256PasswordHasher):
    rounds = int(os.environ["BCRYPT_ROUNDS"])
