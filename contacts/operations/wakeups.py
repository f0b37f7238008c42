"""The calls to the workers that imports wait for."""

from contacts.models import Import
from smsplatform.jobs import wakeups

ANALYSE = "contacts.tasks.analyse_import"
RUN = "contacts.tasks.run_import"
# The task that an import waits for.
WAITING_FOR = {Import.Status.UPLOADED: ANALYSE, Import.Status.QUEUED: RUN}


def call(task: str, account_id: int, import_id: int) -> None:
    """Put a task for one import at the end of the queue once the transaction is committed."""
    wakeups.call(task, account_id=account_id, import_id=import_id)
