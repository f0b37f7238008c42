"""People who were erased stay excluded: their numbers are known again when somebody brings them, and by nothing before."""

from typing import Any

import numpy as np
import pytest

from contacts.models import ErasedExclusion, Excluded, Exclusion, ListEntry
from contacts.operations import erased_exclusions, exclusions
from contacts.operations.exclusions import StopNotConfirmed
from contacts.queries import erased
from contacts.queries import exclusions as queries
from directory.operations import contacts
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import make_list
from tests.contacts.operations.importing import analysed, done
from tests.directory.factories import make_directory

DUPONT, MOREAU = 33612345678, 33698765432  # in the file of `importing`
STOP, PERSON = Exclusion.Source.STOP, Exclusion.Source.PERSON


def given(by: User) -> dict[str, Any]:
    return {"by": by, "now": NOW}


def make_erased(account: Account, phone: int = DUPONT, source: str = STOP) -> None:
    Exclusion.objects.create(account=account, phone=phone, source=source, at=NOW)
    erased_exclusions.keep(account, phones=[phone])


def plain(account: Account) -> list[tuple[int, str]]:
    return list(Excluded.objects.filter(account=account).values_list("phone", "source"))


def digests(account: Account) -> int:
    return ErasedExclusion.objects.filter(account=account).count()


def test_what_is_kept_is_no_number(in_account: Account) -> None:
    make_erased(in_account)

    row = ErasedExclusion.objects.get()
    assert (plain(in_account), row.source, row.at) == ([], STOP, NOW)
    assert str(DUPONT).encode() not in bytes(row.digest)
    assert len(bytes(row.digest)) == erased.DIGEST_BYTES


def test_another_account_and_another_key_make_other_digests(
    account: Account, other_account: Account, settings: Any
) -> None:
    mine, theirs = erased.digest(account, DUPONT), erased.digest(other_account, DUPONT)
    settings.SECRET_KEY = "another"
    later = erased.digest(account, DUPONT)

    assert len({mine, theirs, later}) == 3


def test_a_number_that_is_in_a_list_again_stays_an_ordinary_exclusion(in_account: Account) -> None:
    make_list(in_account, phones=[DUPONT])

    make_erased(in_account)

    assert (plain(in_account), digests(in_account)) == ([(DUPONT, STOP)], 0)


def test_a_contact_without_a_list_who_is_back_stays_an_ordinary_exclusion(in_account: Account, marketer: User) -> None:
    make_directory(in_account)
    contacts.add(in_account, phone=DUPONT, attributes={}, **given(marketer))

    make_erased(in_account)

    assert (plain(in_account), digests(in_account)) == ([(DUPONT, STOP)], 0)


def test_the_preview_of_an_import_points_it_out(in_account: Account, marketer: User) -> None:
    make_erased(in_account)

    preview = analysed(in_account, marketer).preview

    assert (preview["excluded"], [known["phone"] for known in preview["known"]]) == (1, [DUPONT])
    assert (plain(in_account), digests(in_account)) == ([], 1)


def test_an_import_that_brings_it_back_finds_it_excluded(in_account: Account, marketer: User) -> None:
    make_erased(in_account)

    imported = done(in_account, marketer)

    assert (imported.preview["excluded"], imported.result["excluded"]) == (1, 1)
    assert (plain(in_account), digests(in_account)) == ([(DUPONT, STOP)], 0)
    assert ListEntry.objects.filter(phone=DUPONT).exists()


def test_an_import_into_the_directory_finds_it_excluded(in_account: Account, marketer: User) -> None:
    make_directory(in_account)
    make_erased(in_account)

    done(in_account, marketer, into_directory=True)

    assert (plain(in_account), digests(in_account)) == ([(DUPONT, STOP)], 0)


def test_a_contact_added_by_hand_is_excluded(in_account: Account, marketer: User) -> None:
    make_directory(in_account)
    make_erased(in_account)

    contacts.add(in_account, phone=DUPONT, attributes={}, **given(marketer))

    assert (plain(in_account), digests(in_account)) == ([(DUPONT, STOP)], 0)


def test_a_contact_that_gets_the_number_is_excluded(in_account: Account, marketer: User) -> None:
    make_directory(in_account)
    make_erased(in_account)
    contacts.add(in_account, phone=MOREAU, attributes={}, **given(marketer))

    contacts.renumber(in_account, phone=MOREAU, new_phone=DUPONT, **given(marketer))

    assert (plain(in_account), digests(in_account)) == ([(DUPONT, STOP)], 0)


def test_other_numbers_are_not_excluded(in_account: Account, marketer: User) -> None:
    make_erased(in_account, phone=33612000000)

    imported = done(in_account, marketer)

    assert (imported.result["excluded"], plain(in_account), digests(in_account)) == (0, [], 1)


def test_a_typed_number_is_known_to_be_excluded(in_account: Account) -> None:
    make_erased(in_account)

    assert queries.known(in_account, [DUPONT, MOREAU]) == {DUPONT: queries.Known(STOP, NOW, "")}


def test_excluding_it_again_makes_it_ordinary_with_its_first_date(in_account: Account, marketer: User) -> None:
    make_erased(in_account)

    added = exclusions.add(in_account, phones=[DUPONT], source=PERSON, **given(marketer))

    assert (added, plain(in_account), digests(in_account)) == (0, [(DUPONT, STOP)], 0)


def test_it_leaves_the_exclusion_list_with_a_reason(in_account: Account, marketer: User) -> None:
    make_erased(in_account, source=PERSON)

    removed = exclusions.remove(in_account, phones=[DUPONT], reason="demandé", **given(marketer))

    assert (removed, digests(in_account), queries.known(in_account, [DUPONT])) == (1, 0, {})


def test_one_that_answered_stop_leaves_with_an_explicit_yes_only(in_account: Account, marketer: User) -> None:
    make_erased(in_account)

    with pytest.raises(StopNotConfirmed):
        exclusions.remove(in_account, phones=[DUPONT], reason="demandé", **given(marketer))

    assert digests(in_account) == 1


def test_the_same_number_of_another_account_is_none(
    account: Account, other_account: Account, marketer: User, stranger: User
) -> None:
    with account_context(account):
        make_erased(account)
    with account_context(other_account):
        imported = done(other_account, stranger)

        assert (imported.result["excluded"], plain(other_account)) == (0, [])


def test_digests_are_compared_of_few_of_the_other_numbers(in_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    make_erased(in_account)
    made, digest = [], erased.digest
    monkeypatch.setattr(erased, "digest", lambda account, phone: made.append(phone) or digest(account, phone))
    phones = np.arange(33612000000, 33612400000, dtype=np.int64)

    hits = erased.Erased(in_account).contains(phones)

    assert phones[hits].tolist() == [DUPONT]
    assert len(made) < 2 * len(phones) / 2**erased.BUCKET_BITS
