from django.db import models

from smsplatform.accounts.models.account import Account


class SentForm(models.Model):
    """A form that was sent and did something, for a day: sent again, it leads to what came of it."""

    pk = models.CompositePrimaryKey("account_id", "key")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    key = models.CharField(max_length=64)
    location = models.TextField(default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
