"""Calls to the workers. The rows are the truth: a lost call is repeated, a repeated one finds nothing to do."""

from functools import partial

from celery import current_app
from django.db import transaction

from contacts.models import Import

ANALYSE = "contacts.tasks.analyse_import"
RUN = "contacts.tasks.run_import"
# The task that an import waits for.
WAITING_FOR = {Import.Status.UPLOADED: ANALYSE, Import.Status.QUEUED: RUN}


def call(task: str, account_id: int, import_id: int) -> None:
    """Put a task for one import at the end of the queue once the transaction is committed."""
    ids = {"account_id": account_id, "import_id": import_id}
    # A broker that is down must not fail what is committed: the rescue repeats the call.
    transaction.on_commit(partial(current_app.send_task, task, kwargs=ids), robust=True)
