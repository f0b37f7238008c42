"""Inviting people into an account by e-mail."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, Invitation, Membership, User
from smsplatform.accounts.operations import mails, members, people
from smsplatform.lib.errors import OperationError

Send = Callable[[Invitation], None]

PER_ACCOUNT, PER_PERSON, PER_ADDRESS = 30, 60, 5  # invitations an hour


class AlreadyMember(OperationError):
    """The address belongs to somebody who is already in the account."""

    code = "ALREADY_MEMBER"


class AlreadyInvited(OperationError):
    """An invitation to this address is waiting for an answer."""

    code = "ALREADY_INVITED"


class InvitationGone(OperationError):
    """The invitation was accepted or revoked meanwhile."""

    code = "INVITATION_GONE"


class AlreadyKnown(OperationError):
    """The invited address got a person meanwhile, through the invitation of another account."""

    code = "ALREADY_KNOWN"


@transaction.atomic
def invite(
    account: Account,
    *,
    email: str,
    role: str,
    import_allowed: bool,
    export_allowed: bool,
    send: Send,
    by: User,
    now: datetime,
) -> Invitation:
    """Offer a place in the account; `send` is called with the invitation once it is committed.

    Raise AlreadyMember, AlreadyInvited, ManagedByPlatform or TooManyMails.
    """
    members.refuse_other_roles(role)
    email = email.strip().lower()  # as people and invitations keep theirs
    if Membership.objects.filter(account=account, user__email=email).exists():
        raise AlreadyMember(_("%(email)s is already a user of this account.") % {"email": email})
    _count_mail(account, email, by, now)
    rights = {"role": role, "import_allowed": import_allowed, "export_allowed": export_allowed}
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(account=account, email=email, invited_by=by, sent_at=now, **rights)
    except IntegrityError:
        message = _("%(email)s is already invited. Send that invitation again, or revoke it first.")
        raise AlreadyInvited(message % {"email": email}) from None
    audit.record(account, "MEMBER_INVITED", email, by=by, now=now)
    transaction.on_commit(partial(send, invitation))
    return invitation


@transaction.atomic
def resend(account: Account, *, invitation: Invitation, send: Send, by: User, now: datetime) -> None:
    """Send a pending invitation again with a new link; the old one ends. Raise InvitationGone or TooManyMails."""
    _count_mail(account, invitation.email, by, now)
    if _pending(account, invitation).update(sent_at=now, invited_by=by) == 0:
        raise _gone(invitation)
    invitation.sent_at, invitation.invited_by = now, by
    audit.record(account, "MEMBER_INVITED", invitation.email, by=by, now=now)
    transaction.on_commit(partial(send, invitation))


@transaction.atomic
def revoke(account: Account, *, invitation: Invitation, by: User, now: datetime) -> None:
    """Take a pending invitation back: its link stops working. Raise InvitationGone."""
    if _pending(account, invitation).delete()[0] == 0:
        raise _gone(invitation)
    audit.record(account, "INVITATION_REVOKED", invitation.email, by=by, now=now)


@transaction.atomic
def accept(account: Account, *, invitation: Invitation, by: User, now: datetime) -> Membership:
    """Use the invitation up and give `by` the place it offers. Raise InvitationGone.

    Somebody who got a place another way meanwhile keeps it as it is.
    """
    _use_up(account, invitation, now)
    return _admit(account, invitation, by, now)


@transaction.atomic
def accept_as_new(
    account: Account, *, invitation: Invitation, name: str, password: str, language: str, now: datetime
) -> User:
    """Create the invited person and give them their place, both or neither. Raise InvitationGone or AlreadyKnown."""
    # First, so that of two clicks the second waits for the first and then finds the invitation gone.
    _use_up(account, invitation, now)
    try:
        with transaction.atomic():
            person = people.create_invited(email=invitation.email, name=name, password=password, language=language)
    except IntegrityError:
        message = _("%(email)s already has an access: sign in to join.")
        raise AlreadyKnown(message % {"email": invitation.email}) from None
    _admit(account, invitation, person, now)
    return person


def _count_mail(account: Account, email: str, by: User, now: datetime) -> None:
    limits = {f"account:{account.pk}": PER_ACCOUNT, f"person:{by.pk}": PER_PERSON, f"invited:{email}": PER_ADDRESS}
    mails.allow(limits, now=now)


def _use_up(account: Account, invitation: Invitation, now: datetime) -> None:
    if _pending(account, invitation).update(accepted_at=now) == 0:
        raise _gone(invitation)


def _admit(account: Account, invitation: Invitation, person: User, now: datetime) -> Membership:
    rights = {name: getattr(invitation, name) for name in ("role", "import_allowed", "export_allowed")}
    membership, _created = Membership.objects.get_or_create(account=account, user=person, defaults=rights)
    audit.record(account, "MEMBER_JOINED", account.name, by=person, now=now)
    return membership


def _pending(account: Account, invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(account=account, pk=invitation.pk, accepted_at=None)


def _gone(invitation: Invitation) -> InvitationGone:
    message = _("The invitation of %(email)s was accepted or revoked meanwhile.")
    return InvitationGone(message % {"email": invitation.email})
