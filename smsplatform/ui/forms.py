"""How every form of the product is drawn."""

from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates


class Field(forms.BoundField):
    """The first field that was refused has the focus when its form comes back, without script too."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        # Of several radios or boxes each would have it; the script goes to the first.
        if attrs.get("aria-invalid") and not self.use_fieldset and self._is_first_refused():
            attrs["autofocus"] = True
        return attrs

    def _is_first_refused(self) -> bool:
        shown = (field.name for field in self.form.visible_fields() if field.errors)
        return next(shown, None) == self.name


class Renderer(DjangoTemplates):
    bound_field_class = Field
