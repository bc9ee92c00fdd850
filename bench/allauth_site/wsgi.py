"""Served by granian, as Nod is."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
