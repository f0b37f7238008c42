"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smsplatform.settings")
os.environ.setdefault("PROCESS", "web")  # whose database connections wait for seconds, where a worker's wait for jobs

application = get_wsgi_application()
