"""The standard attributes of a first directory, on a machine whose translations are made in the same process."""

import pytest
from django.core.management import call_command
from django.utils.translation import trans_real

from directory.models import Attribute
from directory.operations import directories
from smsplatform.accounts.management.commands import prepare
from smsplatform.accounts.models import Account
from tests.conftest import NOW


def test_they_have_french_names_though_no_catalogue_was_there_before(
    in_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "migrate", lambda **options: None)  # the tests' database is there already
    monkeypatch.setattr(prepare, "call_command", lambda *command, **options: None)  # its pages too
    monkeypatch.setattr(trans_real, "_translations", {"fr": trans_real.DjangoTranslation("en")})
    before = str(trans_real.translation("fr").gettext("Town"))

    call_command("prepare")
    directories.ensure(in_account, now=NOW)

    assert before == "Town"
    assert Attribute.objects.get(account=in_account, standard="city").name == "Ville"
