"""Pages that factors bring: each below /security/<kind>/."""

from django.urls import URLResolver, include, path

from mfa import registry


def factor_pages() -> list[URLResolver]:
    """Of every kind that is on."""
    return [
        path(f"security/{factor.kind}/", include(factor.urls))
        for factor in registry.every()
        if factor.urls
    ]
