"""The web server's entry point."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from smsplatform.encodings import TextsOnly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smsplatform.settings")
os.environ.setdefault("PROCESS", "web")  # whose database connections wait for seconds, where a worker's wait for jobs

application = get_wsgi_application()
if not settings.ALLAUTH_TRUSTED_PROXY_COUNT:  # a proxy would receive requests whole
    from smsplatform.bodies import FewBodiesAtOnce

    application = FewBodiesAtOnce(application)
application = TextsOnly(application)
