"""Who the customer is: accounts, people, what they may do, and what they did."""

from smsplatform.accounts.models.account import Account
from smsplatform.accounts.models.audit import AuditEvent
from smsplatform.accounts.models.membership import Invitation, Membership, Role
from smsplatform.accounts.models.security import SecurityEvent, SentMail
from smsplatform.accounts.models.sent_form import SentForm
from smsplatform.accounts.models.user import User

__all__ = [
    "Account",
    "AuditEvent",
    "Invitation",
    "Membership",
    "Role",
    "SecurityEvent",
    "SentForm",
    "SentMail",
    "User",
]
