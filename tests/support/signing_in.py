"""People signed in as the sign-in page leaves them: a moment ago, and with a second step where they must have one."""

import time
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.test import Client

from smsplatform.accounts import queries, second_step, tenancy
from smsplatform.accounts.models import User


def sign_in(client: Client, user: User, *, ago: timedelta = timedelta()) -> None:
    with tenancy.user_context(user):
        if second_step.is_missing(user, queries.memberships_of(user)):
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - ago.total_seconds()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session["seen_at"] = time.time()
    session.save()
