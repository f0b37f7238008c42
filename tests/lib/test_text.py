import pytest
from django.core.exceptions import ValidationError

from smsplatform.lib.text import validate_one_line


@pytest.mark.parametrize("text", ["", "Boulangerie Martin", "Été d'Élodie & fils", "Café\u00a0: l'heure", "日本"])
def test_a_text_on_one_line_passes(text: str) -> None:
    validate_one_line(text)


@pytest.mark.parametrize("letter", ["\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"])
def test_a_line_break_or_a_control_character_is_refused(letter: str) -> None:
    with pytest.raises(ValidationError):
        validate_one_line(f"A{letter}B")
