"""A site with django-allauth's password → TOTP, set up as its documentation says, to compare with.
Runs in an environment of its own.
"""
