import hashlib
import json

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.lists import ContactList
from smsplatform.accounts.models import Account


class Import(models.Model):
    """One file or paste on its way into a list or onto the exclusion list: settings, progress, report, rejects, undo.

    `target`: NEW makes a list, APPEND adds to `contact_list`, REPLACE makes it hold the file's numbers only, EXCLUDE
    adds to the account's exclusion list, BASE to the directory without a list. `into_directory`: what the file says
    of people goes to the directory's contacts, and the list only holds their numbers (`expires_after_months`: of a
    new one). `parent`: the import whose refused lines this one brings back, corrected.

    UPLOADED -> ANALYSING -> READY (people check what was understood) -> QUEUED -> RUNNING -> DONE; FAILED and CANCELLED
    end it. Analysis and import are the same pipeline; `preview` and `result` hold the same counts:
    {"read", "blank", "rejected": {REASON: n}, "duplicate", "new", "updated", "unchanged", "excluded", "extra_cells",
    "undecodable"}, and "samples" of the refused lines: [{"line", "value", "reason"}]; the preview also
    has an "extract", the cells of the first lines, the "reading" it was made with, and what is new in it "since" the
    one before (`importer.readings`). `detection` is `importer.plan.to_json`. `table_path`: a workbook's
    chosen sheet as CSV. `heartbeat_at` is the last sign of life of the worker at it, or, for an import that waits,
    when a worker was last called.
    """

    class Status(models.TextChoices):
        UPLOADED = "UPLOADED", _("Received")
        ANALYSING = "ANALYSING", _("Being analysed")
        READY = "READY", _("To be confirmed")
        QUEUED = "QUEUED", _("Waiting")
        RUNNING = "RUNNING", _("In progress")
        DONE = "DONE", _("Finished")
        FAILED = "FAILED", _("Failed")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Target(models.TextChoices):
        NEW = "NEW", _("A new list")
        APPEND = "APPEND", _("Add to the list")
        REPLACE = "REPLACE", _("Replace the list's contacts")
        EXCLUDE = "EXCLUDE", _("Exclusion list")
        BASE = "BASE", _("All contacts")

    ENDED = (Status.DONE, Status.FAILED, Status.CANCELLED)
    WORKING = (Status.ANALYSING, Status.RUNNING)
    IN_PROGRESS = (Status.UPLOADED, Status.ANALYSING, Status.QUEUED, Status.RUNNING)

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    contact_list = models.ForeignKey(
        ContactList, models.PROTECT, null=True, related_name="imports", db_column="list_id"
    )
    target = models.CharField(_("destination"), max_length=8, choices=Target, default=Target.NEW)
    into_directory = models.BooleanField(default=False)
    expires_after_months = models.PositiveSmallIntegerField(_("months without use before it expires"), null=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="mends", db_index=False)
    list_name = models.CharField(_("list name"), max_length=120)
    list_description = models.TextField(_("description"), max_length=1000, blank=True)
    file_name = models.CharField(_("file"), max_length=255, blank=True, help_text=_("Empty for pasted values."))
    file_path = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    table_path = models.CharField(max_length=255, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UPLOADED)
    region = models.CharField(_("default country"), max_length=2)
    overrides = models.JSONField(default=dict)
    updates_existing = models.BooleanField(_("update the contacts already in the list"), default=True)
    erases_empty = models.BooleanField(_("empty cells erase"), default=False)
    detection = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    rejects_path = models.CharField(max_length=255, blank=True)
    rows_done = models.PositiveBigIntegerField(default=0)
    bytes_done = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, help_text="Of the worker at it: one that lost it may write nothing more.")
    cancel_asked = models.BooleanField(default=False)
    error = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(_("created"))
    started_at = models.DateTimeField(_("started"), null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undo_result = models.JSONField(default=dict)
    details_gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="import_newest_first"),
            models.Index(fields=["account", "sha256"], name="import_by_content"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="import_account_and_id"),
        ]

    def __str__(self) -> str:
        return self.file_name or self.list_name

    @property
    def settings_digest(self) -> str:
        """Short text that changes with the corrections and the preview: what a person saw is what they confirm."""
        chosen = [self.overrides, self.region, self.target, self.updates_existing, self.erases_empty, self.preview]
        settings_json = json.dumps(chosen, sort_keys=True)
        return hashlib.sha256(settings_json.encode()).hexdigest()[:16]

    @property
    def has_ended(self) -> bool:
        return self.status in self.ENDED


class ImportChange(models.Model):
    """What an import did to one number, for as long as it can be undone.

    `before`: its values before (UPDATED, REMOVED). `after_digest`: of its values after (ADDED, UPDATED), so that a number
    somebody changed since is left alone: `hashtextextended(values::text, 0)`, null for no values. Written in bulk, like entries.
    """

    class Kind(models.TextChoices):
        ADDED = "A", _("added")
        UPDATED = "U", _("updated")
        REMOVED = "R", _("removed")

    pk = models.CompositePrimaryKey("account_id", "imported_id", "phone")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    imported = models.ForeignKey(
        Import,
        models.DO_NOTHING,
        related_name="changes",
        db_column="import_id",
        db_constraint=False,
        db_index=False,
    )
    phone = models.BigIntegerField()
    kind = models.CharField(max_length=1, choices=Kind)
    before = models.JSONField(null=True)
    after_digest = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("change of an import")
        verbose_name_plural = _("changes of imports")


class ImportRecipe(models.Model):
    """The settings that files of one shape were last imported with, proposed for the next such file.

    `shape`: a digest of the columns' names, folded and in order. `names`: the names as written.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    shape = models.CharField(max_length=64)
    names = models.JSONField()
    settings = models.JSONField()
    file_name = models.CharField(max_length=255, blank=True)
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("import settings")
        verbose_name_plural = _("import settings")
        constraints = [models.UniqueConstraint(fields=["account", "shape"], name="one_recipe_per_shape")]
