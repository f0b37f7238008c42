"""Reads of the file of refused lines."""

import pytest

from contacts.operations import imports, mends
from contacts.queries import rejects
from smsplatform.accounts.models import Account, User
from tests.conftest import NOW
from tests.contacts.operations.importing import analysed, done

LINES = b"Nom;Mobile\n" + b"".join(b"A;06123456%02d\n" % n for n in range(60))
REFUSED = LINES + b"=B;06 12\nC;+0612\n"


def test_a_refused_line_is_what_the_file_had(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, REFUSED)

    with rejects.rows(imported) as rows:
        found = [(row.line, row.cells, row.value, row.suggestion) for row in rows]

    assert found == [(62, ["=B", "06 12"], "06 12", ""), (63, ["C", "+0612"], "+0612", "")]


@pytest.mark.parametrize(
    ("number", "lines", "has_next"), [(1, [62], True), (2, [63], False), (3, [62], True), (0, [62], True)]
)
def test_a_page_has_its_lines(
    in_account: Account, marketer: User, number: int, lines: list[int], has_next: bool
) -> None:
    imported = analysed(in_account, marketer, REFUSED)

    page = rejects.page(imported, number=number, size=1)

    assert ([row.line for row in page.rows], page.has_next) == (lines, has_next)


def test_paging_ends_at_the_limit(in_account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejects, "MOST_SHOWN", 1)
    imported = analysed(in_account, marketer, REFUSED)

    page = rejects.page(imported, number=1, size=1)

    assert ([row.line for row in page.rows], page.has_next) == ([62], False)


def test_only_refused_lines_are_found(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, REFUSED)

    assert sorted(rejects.of_lines(imported, [2, 63, 99])) == [63]


def test_without_refused_lines_there_is_no_file(in_account: Account, marketer: User) -> None:
    imported = analysed(in_account, marketer, LINES)

    with pytest.raises(FileNotFoundError), rejects.rows(imported):
        pass


def test_a_mend_that_was_given_up_is_no_longer_at_work(in_account: Account, marketer: User) -> None:
    imported = done(in_account, marketer, REFUSED)
    mend = mends.start(in_account, imported=imported, by=marketer, now=NOW)
    assert rejects.mend_at_work(in_account, imported) == mend

    imports.cancel(in_account, imported=mend, by=marketer, now=NOW)

    assert (rejects.mend_at_work(in_account, imported), list(rejects.mends(in_account, imported))) == (None, [mend])
