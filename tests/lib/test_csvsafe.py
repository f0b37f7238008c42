"""Cells that a spreadsheet must not run."""

import pytest

from smsplatform.lib.csvsafe import bare, cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "\rx", "\n=x", "  =1+1", "+", "-"]
)
def test_what_could_be_a_formula_is_shown_as_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("sign", "＝＋－＠﹢﹣﹦﹫⁺⁼₊₌⩵")
def test_a_wide_small_or_raised_sign_begins_a_formula_too(sign: str) -> None:
    assert cell(f"{sign}1+1") == f"'{sign}1+1"
    assert cell(f" {sign}1+1") == f"' {sign}1+1"
    assert bare(cell(f"{sign}1+1")) == f"{sign}1+1"


@pytest.mark.parametrize(
    "text", ["", "Dupont", "0612345678", "+33 6 12 34 56 78", "+33(0)612345678", "-12,5", "a=b", "'=x", "é", "12"]
)
def test_everything_else_is_what_it_was(text: str) -> None:
    assert cell(text) == text


def test_a_nul_is_left_out() -> None:
    assert cell("a\x00b") == "ab"


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2+x", "+x", "l'été", "'quoted'", "", "'", "  =1", "-12,5"])
def test_a_guarded_cell_read_back_is_what_it_was(text: str) -> None:
    assert bare(cell(text)) == text
