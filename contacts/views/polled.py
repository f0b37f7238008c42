"""Pages that follow work in the background."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from contacts.models.jobs import Job
from smsplatform.accounts.access import AccountRequest


def job_page(request: AccountRequest, job: Job, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show a job. A page that polls gets its bar ("progress"), and is told to reload when it is over."""
    if request.htmx and job.has_ended:
        return HttpResponseClientRefresh()
    return render(request, "contacts/job_progress.html" if request.htmx else template, {"url": request.path, **context})
