"""The worker's application: `celery -A smsplatform.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smsplatform.settings")

app = Celery("smsplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # "current" is per thread, and the web server answers from several
app.autodiscover_tasks()
