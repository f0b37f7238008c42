"""Sealed values: read again for the same purpose, account and person, and by nobody else."""

from functools import partial
from typing import Any

import pytest

from smsplatform.lib.sealed import PERSONAL, Purpose, phone, seal, text, unseal

PHONE = 33639980001


refused = partial(pytest.raises, ValueError, match="not made for this")


def made_for(purpose: Purpose, account: int = 1, person: int = 7) -> dict[str, Any]:
    return {"purpose": purpose, "account": account} | ({"person": person} if purpose in PERSONAL else {})


@pytest.mark.parametrize("purpose", Purpose)
def test_a_value_is_read_again_and_cannot_be_seen_meanwhile(purpose: Purpose) -> None:
    token = seal([PHONE, "é"], **made_for(purpose))

    assert unseal(token, list, **made_for(purpose)) == [PHONE, "é"]
    assert str(PHONE) not in token


@pytest.mark.parametrize("expected", Purpose)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_is_refused_for_every_other_purpose(purpose: Purpose, expected: Purpose) -> None:
    token = seal(PHONE, **made_for(purpose))

    if purpose == expected:
        assert unseal(token, phone, **made_for(expected)) == PHONE
    else:
        with refused():
            unseal(token, phone, **made_for(expected))


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_is_refused_in_another_account(purpose: Purpose) -> None:
    token = seal(PHONE, **made_for(purpose, account=1))

    with refused():
        unseal(token, phone, **made_for(purpose, account=2))


@pytest.mark.parametrize("purpose", sorted(PERSONAL))
def test_what_a_form_carries_is_refused_from_another_person(purpose: Purpose) -> None:
    token = seal(PHONE, **made_for(purpose, person=7))

    with refused():
        unseal(token, phone, **made_for(purpose, person=8))


@pytest.mark.parametrize("purpose", Purpose)
def test_whether_a_purpose_is_one_persons_cannot_be_forgotten(purpose: Purpose) -> None:
    wrong: dict[str, Any] = {} if purpose in PERSONAL else {"person": 7}

    with pytest.raises(TypeError):
        seal(PHONE, purpose=purpose, account=1, **wrong)
    with pytest.raises(TypeError):
        unseal("", phone, purpose=purpose, account=1, **wrong)


def changed(token: str) -> str:
    return token[:20] + ("A" if token[20] != "A" else "B") + token[21:]


@pytest.mark.parametrize("token", ["", "forged", "é", "\0", "=", "AAAA" * 20, "x" * 200_000, "\ud800"])
def test_what_was_not_made_here_is_refused(token: str) -> None:
    with refused():
        unseal(token, text, purpose=Purpose.ENTRY_SEARCH, account=1)


def test_a_token_that_was_changed_or_made_with_another_secret_is_refused(settings: Any) -> None:
    token = seal("Lyon", purpose=Purpose.ENTRY_SEARCH, account=1)

    with refused():
        unseal(changed(token), text, purpose=Purpose.ENTRY_SEARCH, account=1)
    settings.SECRET_KEY = "another"
    with refused():
        unseal(token, text, purpose=Purpose.ENTRY_SEARCH, account=1)


@pytest.mark.parametrize("value", [None, "33639980001", 0, -1, 10**15, 1.5, True, [], {}])
def test_what_is_no_number_is_refused_although_it_was_sealed(value: Any) -> None:
    token = seal(value, purpose=Purpose.ENTRY, account=1)

    with refused():
        unseal(token, phone, purpose=Purpose.ENTRY, account=1)


@pytest.mark.parametrize("value", [None, 5, [], {}])
def test_what_is_no_text_is_refused_although_it_was_sealed(value: Any) -> None:
    token = seal(value, purpose=Purpose.ENTRY_SEARCH, account=1)

    with refused():
        unseal(token, text, purpose=Purpose.ENTRY_SEARCH, account=1)
