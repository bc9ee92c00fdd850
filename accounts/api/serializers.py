"""What goes in and comes out. Rules about who may do what live in the services."""

from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import names
from accounts.api.fields import CHALLENGE, Spelled, Text, composed
from accounts.services.passwords import normalised


class Register(serializers.Serializer[Any]):
    """A new account. The rules for each field are those of the sign-up page."""

    fullname = Spelled(composed, max_length=100)
    username = Spelled(names.user_name, max_length=40, help_text="letters, digits and . - _")
    password = Spelled(normalised, max_length=1024, help_text="12 characters or more")
    email = Text(max_length=254)
    phone = Text(
        max_length=30,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="with + and the country",
    )


class Login(serializers.Serializer[Any]):
    username = Text(max_length=150)
    password = Spelled(normalised, max_length=1024)
    client_challenge = Text(
        validators=[RegexValidator(CHALLENGE)],
        required=False,
        help_text="base64url(SHA-256(verifier)): RFC 7636",
    )


class Reference(serializers.Serializer[Any]):
    """A sign-in that is going on. `client_verifier` where the login gave a `client_challenge`."""

    reference_id = Text(max_length=100)
    client_verifier = Text(
        max_length=128, required=False, help_text="needed where the login gave a client_challenge"
    )


class ReferenceAndCode(Reference):
    code = Text(max_length=100)


class Code(serializers.Serializer[Any]):
    code = Text(max_length=100)


class ReferenceAndKey(Reference):
    private_key = Text(max_length=100)


class DisavowRef(serializers.Serializer[Any]):
    ref = Text(max_length=100)


@extend_schema_field({"type": "boolean", "const": False})
class No(serializers.BooleanField):
    """`false`: by this a client tells one answer from the other."""


@extend_schema_field({"type": "boolean", "const": True})
class Yes(serializers.BooleanField):
    """`true`."""


class LetIn(serializers.Serializer[Any]):
    required_mfa = No()
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class MoreNeeded(serializers.Serializer[Any]):
    required_mfa = Yes()
    reference_id = serializers.CharField()
    methods = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class SteppedUp(serializers.Serializer[Any]):
    reference_id = serializers.CharField()
    methods = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class CodeSent(serializers.Serializer[Any]):
    sent_to = serializers.CharField()
    expires_at = serializers.DateTimeField()
    resend_after = serializers.IntegerField(allow_null=True)


class PushSent(serializers.Serializer[Any]):
    number = serializers.CharField()
    expires_at = serializers.DateTimeField()
    poll_after = serializers.IntegerField()


class Waiting(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["pending"])
    poll_after = serializers.IntegerField()


class PrivateKey(serializers.Serializer[Any]):
    reference_id = serializers.CharField()
    private_key = serializers.CharField()


class Token(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    device_id = serializers.CharField(allow_null=True)


class ConfirmDisavow(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["confirmation_required"])
    confirm = serializers.URLField()


class Disavowed(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["disavowed"])


class Method(serializers.Serializer[Any]):
    kind = serializers.CharField()
    # A field that happens to be called as an attribute is.
    label = serializers.CharField()  # type: ignore[assignment]
    added_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    strong = serializers.BooleanField()


class MethodList(serializers.Serializer[Any]):
    methods = Method(many=True)


class Account(serializers.Serializer[Any]):
    """Who the token belongs to. `new_…`: an address that is not confirmed yet."""

    id = serializers.CharField()
    username = serializers.CharField()
    fullname = serializers.CharField()
    email = serializers.EmailField()
    email_verified = serializers.BooleanField()
    new_email = serializers.EmailField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    phone_verified = serializers.BooleanField()
    new_phone = serializers.CharField(allow_null=True)
    joined_at = serializers.DateTimeField()


class AccountChange(serializers.Serializer[Any]):
    fullname = Spelled(composed, max_length=100, required=False)
    email = Text(max_length=254, required=False)
    phone = Text(
        max_length=30,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="with + and the country; empty: none",
    )


class SignIn(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    browser = serializers.CharField()
    place = serializers.CharField(allow_null=True)
    ip = serializers.CharField(allow_null=True)
    outcome = serializers.CharField()
    factor = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)
    known_browser = serializers.BooleanField()
    careful = serializers.CharField(allow_null=True)


class Place(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=["browser", "token"])
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    proof = serializers.ChoiceField(choices=["password", "weak", "strong"])
    proven_at = serializers.DateTimeField()
    current = serializers.BooleanField()


class VerifiedAddress(serializers.Serializer[Any]):
    """The address that is a factor now."""

    verified = serializers.CharField()
