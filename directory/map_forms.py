"""Step 2 of an import into the directory as it is sent: the answers of the detection, and what each column goes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from contacts.forms import CorrectionForm
from contacts.models import Import
from directory.mapping_forms import MappingForm
from directory.models import Attribute


@dataclass(frozen=True)
class MapForms:
    mapping: MappingForm
    correction: CorrectionForm

    @classmethod
    def of(
        cls,
        imported: Import,
        attributes: list[Attribute],
        data: QueryDict | None = None,
        *,
        chosen: Mapping[int, str] | None = None,
        may_create: bool = False,
    ) -> "MapForms":
        """Return the forms with what is proposed, or with what was `chosen` since, by the column's index."""
        mapping = MappingForm.of(imported, attributes, data, chosen=chosen, may_create=may_create)
        correction = CorrectionForm.of(imported, data)
        for name in ("phone_column", "second_phone"):
            correction.fields.pop(name, None)  # the columns' choices give these
        return cls(mapping, correction)

    def locked(self) -> "MapForms":
        """Return the forms only to be looked at."""
        for form in (self.mapping, self.correction):
            for field in form.fields.values():
                field.disabled = True
        return self

    def is_valid(self) -> bool:
        """Choices for columns that the file will no longer have are not asked about."""
        if not self.correction.is_valid():
            return False
        if self.correction.moves_columns:
            return True
        if not self.mapping.is_valid() or self.mapping.new_columns():
            return False
        country = self.correction.cleaned_data.get("country_column")
        if self.changed and country is not None and country in self.mapping.phones:
            message = _("This column is already chosen as “%(name)s”: choose another, or none.")
            self.correction.add_error("country_column", message % {"name": _("Mobile phone")})
        return not self.correction.errors

    @property
    def changed(self) -> set[str]:
        """The fields that differ from what is in force."""
        return {*self.correction.changed_data, *self.mapping.changed}

    @property
    def changes_lines(self) -> bool:
        """Whether other lines may be imported, or with other numbers: step 2 is where that is seen."""
        is_moved = self.correction.moves_columns or self.mapping.moves_phones
        return is_moved or bool(self.correction.changed_data)

    def overrides(self) -> dict[str, Any]:
        """Return all corrections in force with these. Needs valid forms."""
        kept = self.correction.overrides()
        return kept if self.correction.moves_columns else self.mapping.overrides(kept)
