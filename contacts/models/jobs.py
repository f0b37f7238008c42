"""Work on lists that goes on after the request: exports, and one action on many lists."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.models import Account


class JobStatus(models.TextChoices):
    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("In progress")
    DONE = "DONE", _("Finished")
    FAILED = "FAILED", _("Failed")


class Job(models.Model):
    """What every job has. `heartbeat_at`: the last sign of life, or when a worker was last called; `claim` as on imports;
    `error`: the code of why it failed."""

    Status = JobStatus

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=8, choices=JobStatus, default=JobStatus.QUEUED)
    claim = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(_("created"))
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(_("finished"), null=True)
    error = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True

    @property
    def has_ended(self) -> bool:
        return self.status in (JobStatus.DONE, JobStatus.FAILED)


class Export(Job):
    """A file made of lists (several: a ZIP of one file each), of the exclusion list or of the directory's contacts, kept until
    `expires_at`.

    `list_ids` is empty but for lists. `query`: which contacts, as the directory's searches are stored. `columns`: what
    the file shows, in order, as `exports.tables` names it: keys of the list's columns and words such as PHONE; null
    for the number and the list's columns. Rows are counted by `done`, `total`.
    """

    class Subject(models.TextChoices):
        LISTS = "LISTS", _("Contact lists")
        EXCLUSIONS = "EXCLUDED", _("Exclusion list")
        CONTACTS = "CONTACTS", _("Contacts of the directory")

    class Format(models.TextChoices):
        CSV = "CSV", _("CSV")
        XLSX = "XLSX", _("Excel (XLSX)")

    subject = models.CharField(max_length=8, choices=Subject, default=Subject.LISTS)
    name = models.CharField(_("name"), max_length=120)
    list_ids = models.JSONField(default=list)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.CSV)
    query = models.JSONField(default=dict)
    columns = models.JSONField(null=True)
    with_excluded = models.BooleanField(_("with the excluded numbers"), default=True)
    path = models.CharField(max_length=255, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="export_newest_first")]

    def __str__(self) -> str:
        return self.name

    def has_file(self, now: datetime) -> bool:
        return bool(self.path) and self.expires_at is not None and now < self.expires_at


class ListBatch(Job):
    """One action on many lists. `results`: [{"list": id, "name", "ok", "message"}], in the order of `list_ids`.

    `copy_name`: of the copy, when a single list is duplicated under a chosen name. `done` and `total` count lists.
    """

    class Action(models.TextChoices):
        DISABLE = "DISABLE", _("Deactivate")
        ENABLE = "ENABLE", _("Reactivate")
        DELETE = "DELETE", _("Delete")
        RESTORE = "RESTORE", _("Restore")
        DUPLICATE = "DUPLICATE", _("Duplicate")

    action = models.CharField(max_length=9, choices=Action)
    list_ids = models.JSONField()
    results = models.JSONField(default=list)
    copy_name = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("action on lists")
        verbose_name_plural = _("actions on lists")
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="batch_newest_first")]

    def __str__(self) -> str:
        return str(self.get_action_display())
