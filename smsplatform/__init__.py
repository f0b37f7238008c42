"""The composition root. Celery's application is made here, so that every process can send tasks."""

from smsplatform.celery import app as celery_app

__all__ = ["celery_app"]
