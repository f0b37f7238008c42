"""The next file of the same shape gets the settings of the last one."""

from datetime import timedelta
from typing import Any

import pytest

from contacts.models import Import, ImportRecipe
from contacts.operations import imports
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations.importing import analysed, sent

# Two columns of mobiles: the first wins by its name.
TWO = b"Mobile;Autre;Note\n0612345601;0733445601;a\n0612345602;0733445602;b\n0612345603;0733445603;c\n"
TWO_AGAIN = TWO.replace(b"06123456", b"06123457").replace(b"07334456", b"07334457")


def corrected(account: Account, by: User, overrides: dict[str, Any], region: str = "FR") -> Import:
    """Bring a file to its list with corrections."""
    imported = analysed(account, by, TWO)
    imports.correct(account, imported=imported, overrides=overrides, region=region, by=by, now=NOW)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    imports.confirm(account, imported=imported, seen=imported.settings_digest, by=by, now=NOW)
    imports.run(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    assert imported.status == "DONE"
    return imported


def test_the_next_file_of_the_same_shape_is_read_as_the_last_one(in_account: Account, marketer: User) -> None:
    corrected(in_account, marketer, {"phone_column": 1, "columns": {"2": ""}})

    following = analysed(in_account, marketer, TWO_AGAIN)

    assert following.overrides == {"phone_column": 1, "columns": {"2": ""}, "recipe": "USED"}
    assert following.detection["phone_column"] == 1
    assert following.detection["recipe"] == {"at": NOW.isoformat(), "file_name": "clients.csv", "has_drifted": False}


def test_another_shape_is_detected_afresh(in_account: Account, marketer: User) -> None:
    corrected(in_account, marketer, {"phone_column": 1})

    other = analysed(in_account, marketer, TWO_AGAIN.replace(b"Autre", b"Bureau"))

    assert (other.overrides, "recipe" in other.detection) == ({}, False)


def test_one_click_goes_back_to_the_detection(in_account: Account, marketer: User) -> None:
    corrected(in_account, marketer, {"phone_column": 1})
    following = analysed(in_account, marketer, TWO_AGAIN)

    imports.correct(in_account, imported=following, overrides={"recipe": "OFF"}, region="FR", by=marketer, now=NOW)
    imports.analyse(in_account, import_id=following.pk, now=NOW)

    following.refresh_from_db()
    assert following.detection["phone_column"] == 0


def test_a_phone_column_that_drifted_is_not_proposed_and_that_is_said(in_account: Account, marketer: User) -> None:
    corrected(in_account, marketer, {"phone_column": 1})

    drifted = analysed(in_account, marketer, TWO_AGAIN.replace(b";07334457", b";Dupont"))

    assert (drifted.overrides, drifted.detection["phone_column"]) == ({}, 0)
    assert drifted.detection["recipe"]["has_drifted"] is True


def test_going_back_to_the_detection_forgets_the_settings(in_account: Account, marketer: User) -> None:
    corrected(in_account, marketer, {"phone_column": 1})

    corrected(in_account, marketer, {"recipe": "OFF"})

    assert ImportRecipe.objects.count() == 0


def test_the_country_is_remembered_too(in_account: Account, marketer: User) -> None:
    corrected(in_account, marketer, {"phone_column": 1}, region="RE")

    assert analysed(in_account, marketer, TWO_AGAIN).region == "RE"


def test_a_file_without_names_is_known_by_the_types_of_its_columns(in_account: Account, marketer: User) -> None:
    unnamed = TWO.split(b"\n", 1)[1]
    imported = analysed(in_account, marketer, unnamed)
    imports.correct(in_account, imported=imported, overrides={"phone_column": 1}, region="FR", by=marketer, now=NOW)
    imports.analyse(in_account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    imports.confirm(in_account, imported=imported, seen=imported.settings_digest, by=marketer, now=NOW)

    following = analysed(in_account, marketer, TWO_AGAIN.split(b"\n", 1)[1])

    assert following.overrides["phone_column"] == 1


@pytest.mark.parametrize("columns", [[], {"x": "c1"}, {"1": 2}, "c1"])
def test_columns_that_mean_nothing_are_refused(in_account: Account, marketer: User, columns: Any) -> None:
    imported = analysed(in_account, marketer, TWO)

    with pytest.raises(imports.CorrectionRefused):
        imports.correct(
            in_account, imported=imported, overrides={"columns": columns}, region="FR", by=marketer, now=NOW
        )


def test_the_same_file_is_found_again_unless_its_import_was_undone(in_account: Account, marketer: User) -> None:
    from contacts.queries import imports as queries

    first = corrected(in_account, marketer, {})
    again = sent(in_account, marketer, TWO)

    found = queries.same_file(in_account, again)
    Import.objects.filter(pk=first.pk).update(undone_at=NOW + timedelta(days=1))

    assert (found, queries.same_file(in_account, again)) == (first, None)
