"""Sign in to a restored platform as somebody of the demo and export a list; print how many lines it has."""

import os
from pathlib import Path

import django

from smsplatform import embedded
from smsplatform.embedded.demo_logins import LOGINS, PASSWORD

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smsplatform.settings")


def main() -> None:
    with embedded.servers(Path(os.environ["DATA_DIR"])):
        django.setup()
        from django.conf import settings
        from django.test import Client
        from django.urls import reverse

        from contacts.models import ContactList
        from smsplatform.accounts.models import Account
        from smsplatform.accounts.tenancy import account_context

        settings.ALLOWED_HOSTS = ["testserver"]
        client = Client()
        answer = client.post(reverse("account_login"), {"login": LOGINS[0][0], "password": PASSWORD})
        with account_context(Account.objects.get(mode="LISTS")):
            chosen = ContactList.objects.filter(deleted_at=None, contact_count__gt=0).earliest("pk")
        exported = b"".join(client.get(reverse("contacts:list_export", args=[chosen.pk])))
        print(answer.status_code, len(exported.splitlines()) - 1 == chosen.contact_count)


if __name__ == "__main__":
    main()
