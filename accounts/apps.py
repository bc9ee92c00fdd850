"""The accounts app, and Django's admin with our site in it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who people are, and the login journey."""

    name = "accounts"
    verbose_name = _("People")
    default = True


class NodAdminConfig(admin_apps.AdminConfig):
    """Makes `admin.site` ours."""

    default = False
    default_site = "accounts.admin_site.NodAdminSite"
