"""Values of attributes, as people write and read them."""

from typing import Any

import pytest
from django.utils import translation

from directory import values
from directory.models import Attribute

FEW_SPACES = "\u202f"


@pytest.mark.parametrize(
    ("type", "text", "value", "shown"),
    [
        ("TEXT", "  Saint-Étienne ", "Saint-Étienne", "Saint-Étienne"),
        ("INTEGER", "12 500", 12500, f"12{FEW_SPACES}500"),
        ("DATE", "12/03/1985", "1985-03-12", "12/03/1985"),
        ("DATE", "1985-03-12", "1985-03-12", "12/03/1985"),
        ("BOOLEAN", "oui", True, "Oui"),
        ("BOOLEAN", "Non", False, "Non"),
        ("DATE", " ", None, ""),
    ],
)
def test_a_text_becomes_a_typed_value_and_is_shown_in_french(type: str, text: str, value: Any, shown: str) -> None:
    attribute = Attribute(key="a1", name="Attribut", type=type)

    with translation.override("fr"):
        read = values.read(attribute, text, "FR")
        assert read == value
        # French numbers have one of the two narrow spaces.
        assert values.shown(attribute, read).replace("\u00a0", FEW_SPACES) == shown


@pytest.mark.parametrize(
    ("type", "text", "message"),
    [
        ("INTEGER", "douze", "Points: “douze” is not an integer. Write for example 1250."),
        ("DATE", "31/02/2020", "Points: “31/02/2020” is not a date. Write for example 12/03/1985."),
        ("BOOLEAN", "peut-être", "Points: “peut-être” is neither yes nor no."),
        ("TEXT", "x" * 1001, "Points: write at most 1000 characters."),
    ],
)
def test_a_text_of_another_type_is_refused_in_words(type: str, text: str, message: str) -> None:
    attribute = Attribute(key="a1", name="Points", type=type)

    with translation.override("en"), pytest.raises(values.ValueRefused) as refused:
        values.read(attribute, text, "FR")

    assert str(refused.value.message) == message
