"""What Django's permission system asks."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class SessionOnlyBackend(ModelBackend):
    """Groups and permissions as Django knows them. Nobody signs in through it: there is one journey."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: object) -> AbstractBaseUser | None:  # noqa: ARG002 - Django's signature
        return None
