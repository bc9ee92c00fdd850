"""Django's messages in a cookie of ours."""

from django.contrib.messages.storage import cookie

from mfaproject.settings import cookie_name


class CookieStorage(cookie.CookieStorage):
    """Signed, and named like our other cookies; Django takes Secure, HttpOnly and SameSite from the
    session cookie's settings."""

    cookie_name = cookie_name("messages")
