"""The WSGI application, for any server that several machines may run."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfaproject.settings")

application = get_wsgi_application()
