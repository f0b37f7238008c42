"""Settings of the workers: their queues, limits of time and memory, and the clock."""

from celery.schedules import crontab

from smsplatform.lib import env

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 250_000  # kB; a process that grew makes way for a new one after its task
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long Redis is away, workers come back with it
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "celery"
# Seconds after which the worker ends the process of a task, whatever it does. Work that shows its progress is also ended
# when it makes none (`contacts.operations.heartbeats`), so that it may take as long as ten million rows do.
CELERY_TASK_TIME_LIMIT = 1800
_RESCUE_SECONDS, _LONG_WORK_SECONDS = 300, 6 * 3600
_RESCUES = (
    "contacts.tasks.rescue_imports",
    "contacts.tasks.rescue_jobs",
    "directory.tasks.rescue_jobs",
    "directory.tasks.rescue_keys",
)
_LONG_WORK = (
    "contacts.tasks.analyse_import",
    "contacts.tasks.run_import",
    "contacts.tasks.run_export",
    "contacts.tasks.run_batch",
    "contacts.tasks.run_erasure",
    "directory.tasks.run_contact_batch",
    "directory.tasks.run_merge",
    "directory.tasks.run_mode_switch",
)
CELERY_TASK_ANNOTATIONS = {
    **{task: {"time_limit": _RESCUE_SECONDS} for task in _RESCUES},
    **{task: {"time_limit": _LONG_WORK_SECONDS} for task in _LONG_WORK},
}
# A worker process that wants more is refused it, and the import fails with words: bytes beside the libraries.
WORKER_MAX_MEMORY = env.integer("WORKER_MAX_MEMORY", 10**9)
CELERY_BEAT_SCHEDULE = {
    "rescue-directory-keys": {"task": "directory.tasks.rescue_keys", "schedule": 60.0},  # seconds
    "purge-directory-keys": {"task": "directory.tasks.purge_keys", "schedule": crontab(hour=4, minute=30)},
    "tally-contacts": {"task": "directory.tasks.tally_contacts", "schedule": 300.0},  # seconds
    "rescue-imports": {"task": "contacts.tasks.rescue_imports", "schedule": 15.0},  # seconds
    "fold-inboxes": {"task": "contacts.tasks.fold_inboxes", "schedule": 15.0},  # seconds
    "refresh-statistics": {"task": "contacts.tasks.refresh_statistics", "schedule": 60.0},  # seconds
    "expire-lists": {"task": "contacts.tasks.expire_lists", "schedule": crontab(hour=2, minute=45)},
    "empty-bins": {"task": "contacts.tasks.empty_bins", "schedule": crontab(hour=3, minute=15)},
    "rescue-jobs": {"task": "contacts.tasks.rescue_jobs", "schedule": 15.0},  # seconds
    "rescue-directory-jobs": {"task": "directory.tasks.rescue_jobs", "schedule": 15.0},  # seconds
    "purge-merges": {"task": "directory.tasks.purge_merges", "schedule": crontab(hour=4, minute=30)},
    "refresh-lists-behind": {"task": "directory.tasks.refresh_lists_behind", "schedule": 300.0},  # seconds
    "purge-entry-keys": {"task": "contacts.tasks.purge_entry_keys", "schedule": crontab(hour=4, minute=0)},
    "purge-exports": {"task": "contacts.tasks.purge_exports", "schedule": crontab(hour=3, minute=45)},
    "remove-deleted-attributes": {
        "task": "directory.tasks.remove_deleted_attributes",
        "schedule": crontab(hour=4, minute=15),
    },
    "purge-details": {"task": "contacts.tasks.purge_details", "schedule": crontab(hour=4, minute=50)},
    "purge-directory-details": {"task": "directory.tasks.purge_details", "schedule": crontab(hour=4, minute=55)},
    "purge-sign-ins": {"task": "smsplatform.accounts.tasks.purge_sign_ins", "schedule": crontab(hour=5, minute=0)},
    "purge-import-files": {"task": "contacts.tasks.purge_import_files", "schedule": crontab(hour=3, minute=30)},
}
# Short and often, with a queue and a small worker of their own: they wait neither behind people's work nor behind the night's.
_UPKEEP = (*_RESCUES, "contacts.tasks.fold_inboxes", "contacts.tasks.refresh_statistics")
CELERY_TASK_ROUTES = {task: {"queue": "upkeep"} for task in _UPKEEP}
