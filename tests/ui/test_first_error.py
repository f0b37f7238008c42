"""A form that comes back shows its first error in view, and the focus is there."""

import pytest
from django import forms
from django.template import engines
from playwright.sync_api import expect

from tests.ui.conftest import Show

FAR = "<p>ligne</p>" * 200


class Form(forms.Form):
    kind = forms.ChoiceField(label="Genre", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    name = forms.CharField(label="Nom")
    city = forms.CharField(label="Ville")


def drawn(data: dict[str, str] | None) -> str:
    template = engines["django"].from_string("{% load crispy_forms_filters %}{{ form|crispy }}")
    return str(template.render({"form": Form(data)}))


@pytest.mark.parametrize("data", [None, {"kind": "a", "name": "Anne", "city": "Lyon"}], ids=["new", "right"])
def test_a_form_without_errors_takes_no_focus(data: dict[str, str] | None) -> None:
    assert "autofocus" not in drawn(data)


def test_the_first_refused_field_alone_has_the_focus_without_script() -> None:
    page = drawn({"kind": "a", "name": "", "city": ""})

    assert page.count("autofocus") == 1
    assert "autofocus" in page.split('name="name"')[1].split(">")[0]


def test_among_radios_no_single_one_is_named() -> None:
    assert "autofocus" not in drawn({"kind": "", "name": "Anne", "city": "Lyon"})


@pytest.mark.browser
@pytest.mark.parametrize(
    "data, name", [({"kind": "a", "name": "", "city": ""}, "name"), ({"name": "Anne", "city": ""}, "kind")]
)
def test_the_first_error_is_in_view_and_focused(data: dict[str, str], name: str, show: Show) -> None:
    page = show(f'{FAR}<form method="post">{drawn(data)}</form>{FAR}')

    field = page.locator(f"[name={name}]").first
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
