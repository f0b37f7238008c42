"""Work on the directory that goes on after the request: actions on many contacts, merges of lists, the option itself.

`db_constraint=False` on keys to lists: the tables have keys of account and list instead (migration 0002).
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactList
from contacts.models.jobs import Job
from smsplatform.accounts.models import Account


class ContactBatch(Job):
    """One action on chosen contacts. `phones`: their numbers, or null for all that `query` finds (`queries.query`).

    `contact_list`: the list of ADD and REMOVE, or the new one of NEW_LIST once it is made. `options`: what the action
    needs besides, such as the new list's name or the reason of an exclusion. `result`: counts, {"added": 3, …}.
    """

    class Action(models.TextChoices):
        ADD = "ADD", _("Add to a list")
        NEW_LIST = "NEW_LIST", _("Create a list")
        REMOVE = "REMOVE", _("Remove from the list")
        EXCLUDE = "EXCLUDE", _("Put on the exclusion list")
        DELETE = "DELETE", _("Delete")

    action = models.CharField(max_length=8, choices=Action)
    phones = models.JSONField(null=True)
    query = models.JSONField(default=dict)
    contact_list = models.ForeignKey(
        ContactList,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_column="list_id",
        db_index=False,
        db_constraint=False,
    )
    options = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("action on contacts")
        verbose_name_plural = _("actions on contacts")
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="contact_batch_newest_first")]

    def __str__(self) -> str:
        return str(self.get_action_display())


class ListMerge(Job):
    """Two lists become one: `target` is one of them, or a new list (null until it is made; `name` is its name).

    `expires_after_months`: of the result. `source_after`: what becomes of a list that is not the result. `result`:
    {"first", "second", "both", "added", "final"} counts, and "sources": what each list was before, for the undo.
    `MergedEntry` has what an existing target received.
    """

    class SourceAfter(models.TextChoices):
        DELETE = "DELETE", _("Put it in the bin")
        DISABLE = "DISABLE", _("Deactivate it")
        KEEP = "KEEP", _("Keep it as it is")

    first = models.ForeignKey(
        ContactList,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_column="first_list_id",
        db_index=False,
        db_constraint=False,
    )
    second = models.ForeignKey(
        ContactList,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_column="second_list_id",
        db_index=False,
        db_constraint=False,
    )
    target = models.ForeignKey(
        ContactList,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_column="target_list_id",
        db_index=False,
        db_constraint=False,
    )
    name = models.CharField(_("name"), max_length=120)
    expires_after_months = models.PositiveSmallIntegerField(null=True)
    source_after = models.CharField(max_length=8, choices=SourceAfter, default=SourceAfter.DELETE)
    result = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("merge of lists")
        verbose_name_plural = _("merges of lists")
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="list_merge_newest_first")]

    def __str__(self) -> str:
        return self.name


class MergedEntry(models.Model):
    """A number that a merge added to an existing list, for as long as it can be undone. Written in bulk, like entries."""

    pk = models.CompositePrimaryKey("account_id", "merge_id", "phone")
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    merge = models.ForeignKey(
        ListMerge, models.DO_NOTHING, related_name="entries", db_column="merge_id", db_constraint=False, db_index=False
    )
    phone = models.BigIntegerField()

    class Meta:
        verbose_name = _("entry of a merge")
        verbose_name_plural = _("entries of merges")


class ModeSwitch(Job):
    """The directory option switched on or off, or only tried (`is_dry_run`).

    `choices`: {"columns": {"ville": "a4", "remarque": "", "quartier": "NEW:TEXT"}, "lists_win": false}, the columns by their
    folded names; what is not named follows the suggestion. `result`: what happened, or would (`operations.conversion`),
    and for a trial the "digest" of what it looked at.
    """

    class Direction(models.TextChoices):
        ON = "ON", _("Switch on")
        OFF = "OFF", _("Switch off")

    direction = models.CharField(max_length=3, choices=Direction)
    is_dry_run = models.BooleanField(default=True)
    choices = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("switch of the directory option")
        verbose_name_plural = _("switches of the directory option")
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="mode_switch_newest_first")]

    def __str__(self) -> str:
        return str(self.get_direction_display())
