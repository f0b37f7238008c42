"""Which passwords are refused, and in which words."""

import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from smsplatform.accounts.models import User

COMMON = "Many people use this password"
PERSONAL = "This password holds your name"
PATTERN = "This password follows the keyboard"
WORDS = "This password is soon guessed"


def refusals(password: str, person: User | None = None) -> list[str]:
    with translation.override("en"):
        try:
            validate_password(password, person)
        except ValidationError as error:
            return error.messages
    return []


@pytest.mark.parametrize(
    "password",
    [
        "quatre mots sans rapport",
        "correct horse battery staple",
        "x7Gd!pQ2vLw9",
        "lapin éponge varech",
        "demo-sms-2026",
    ],
)
def test_long_passwords_of_any_kind_are_accepted(password: str) -> None:
    assert refusals(password) == []


def test_eleven_characters_are_too_few_whatever_they_are() -> None:
    assert refusals("x7Gd!pQ2vLw") == ["This password is too short. It must contain at least 12 characters."]


def test_128_characters_are_enough() -> None:
    assert refusals("quatre mots sans rapport" * 6) == ["At most 128 characters."]


@pytest.mark.parametrize(
    "password, reason",
    [
        ("motdepasse123", COMMON),
        ("Azertyuiop12", COMMON),
        ("m0td3p4ss3123", COMMON),
        ("p@ssw0rdp@ssw0rd", PATTERN),
        ("qwertyuiopasd", COMMON),
        ("abcdefghijklm", PATTERN),
        ("aaaaaaaaaaaaaaaa", PATTERN),
        ("1234567891011", COMMON),
        ("embouteillages", WORDS),
        ("éléphantéléphant", PATTERN),
        ("1q2w3e4r5t6y7u8i9o", COMMON),
        ("les boulangeries", WORDS),
    ],
)
def test_what_is_tried_first_is_refused_with_the_reason(password: str, reason: str) -> None:
    assert [message[: len(reason)] for message in refusals(password)] == [reason]


@pytest.mark.parametrize("password", ["smsplatform12", "Guillemette35", "g.lebrasseur@ville.example"])
def test_names_that_are_known_around_a_person_are_refused(password: str) -> None:
    person = User(email="g.lebrasseur@ville.example", name="Guillemette Le Brasseur")

    assert [message[: len(PERSONAL)] for message in refusals(password, person)] == [PERSONAL]


def test_the_name_of_an_account_is_refused_to_its_people_only(marketer: User, stranger: User) -> None:
    password = "Boulangerie Martin 2026"

    assert [message[: len(PERSONAL)] for message in refusals(password, marketer)] == [PERSONAL]
    assert refusals(password, stranger) == []


def test_letters_written_as_digits_take_no_longer_than_letters() -> None:
    took = {}
    for password in (
        "4@8({[<69!1|0$57+%2abcdefghijklmnopqrstuvwxyz4@8({[<69!1|0$57+%2",
        "quatre mots sans rapport " * 3,
    ):
        refusals(password)  # the words are read once
        started = time.perf_counter()
        refusals(password)
        took[password[0]] = time.perf_counter() - started

    assert took["4"] < took["q"] * 50
