"""Attributes defined, changed, ordered and removed."""

from collections.abc import Iterator

import pytest

from contacts.models import ContactList
from contacts.operations import import_undo
from directory import variables
from directory.models import Attribute, Contact, ContactChange, ContactKey, Directory
from directory.operations import attribute_removal, attributes, contacts
from directory.operations.attributes import AttributeInUse, AttributeRefused
from directory.queries import attributes as queries
from directory.queries import uses
from directory.queries.uses import Use
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION
from tests.directory import importing
from tests.directory.factories import make_contact, make_diffusion_list, make_directory


@pytest.fixture
def standard(in_account: Account) -> dict[str, Attribute]:
    return make_directory(in_account)


def create(account: Account, by: User, name: str = "Points", **given: str) -> Attribute:
    return attributes.create(account, name=name, by=by, now=NOW, **given)


def change(account: Account, by: User, attribute: Attribute, **given: str) -> Attribute:
    was = {"name": attribute.name, "type": attribute.type, "variable": attribute.variable}
    return attributes.change(account, attribute=attribute, by=by, now=NOW, **was | given)


def words(account: Account) -> list[str]:
    return [attribute.variable for attribute in queries.of(account)]


def events(account: Account) -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(account=account).order_by("pk").values_list("action", "subject"))


def test_an_attribute_comes_last_with_a_key_of_its_own_and_a_variable_of_its_name(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    made = create(account, marketer, "Date d'achat", type="DATE")

    assert (made.key, made.variable, made.type, made.standard) == ("a12", "date_d_achat", "DATE", "")
    assert queries.of(account)[-1] == made
    assert events(account) == [("ATTRIBUTE_CREATED", "Date d'achat")]


def test_a_key_is_never_used_again(account: Account, marketer: User, standard: dict[str, Attribute]) -> None:
    first = create(account, marketer)
    Attribute.objects.filter(pk=first.pk).delete()

    assert create(account, marketer).key == "a13"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "POINTS DE FIDÉLITÉ"}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "Deux\nlignes"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"type": "FLOAT"}, "type"),
        ({"variable": "ville"}, "variable"),
        ({"variable": "stop"}, "variable"),
        ({"variable": "Prénom"}, "variable"),
        ({"variable": "2e_nom"}, "variable"),
        ({"variable": "x" * 41}, "variable"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    account: Account, marketer: User, standard: dict[str, Attribute], given: dict[str, str], field: str
) -> None:
    create(account, marketer, "Points de fidelité")

    with pytest.raises(AttributeRefused) as refused:
        create(account, marketer, **given)

    assert refused.value.field == field
    assert (Attribute.objects.count(), len(events(account))) == (12, 1)
    assert Directory.objects.get().attributes_made == 12


def test_an_account_has_a_hundred_attributes_at_most(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    for number in range(12, 101):
        create(account, marketer, f"Attribut {number}")

    with pytest.raises(AttributeRefused, match="100"):
        create(account, marketer, "Un de trop")


@pytest.mark.parametrize(
    ("name", "taken", "variable"),
    [
        ("Prénom", (), "prenom"),
        ("Cœur de cible", (), "coeur_de_cible"),
        ("2e adresse", (), "attribut_2e_adresse"),
        ("日本", (), "attribut"),
        ("Téléphone", (), "telephone_contact"),
        ("Ville", ("ville", "ville_2"), "ville_3"),
        ("x" * 60, ("x" * 40,), "x" * 38 + "_2"),
    ],
)
def test_a_variable_is_made_of_a_name(name: str, taken: tuple[str, ...], variable: str) -> None:
    assert variables.made_from(name, taken) == variable
    assert variables.is_word(variable)


def test_name_type_and_variable_change_while_nothing_has_them(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    was = standard["city"].name

    changed = change(account, marketer, standard["city"], name="Commune", type="INTEGER", variable="commune")

    changed.refresh_from_db()
    assert (changed.name, changed.type, changed.variable) == ("Commune", "INTEGER", "commune")
    assert events(account) == [("ATTRIBUTE_CHANGED", f"{was} → Commune")]


def test_the_type_stays_while_contacts_have_values(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    contacts.add(account, phone=FICTION, attributes={standard["city"].key: "Lyon"}, by=marketer, now=NOW)

    with pytest.raises(AttributeInUse) as refused:
        change(account, marketer, standard["city"], type="INTEGER")
    renamed = change(account, marketer, standard["city"], name="Commune")

    assert (refused.value.field, renamed.name, renamed.type) == ("type", "Commune", "TEXT")


def test_the_type_can_be_changed_again_once_an_import_is_undone(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    imported = importing.done(account, marketer, "Mobile;Ville\n0612345601;Lyon\n")
    with pytest.raises(AttributeInUse):
        change(account, marketer, standard["city"], type="INTEGER")

    import_undo.undo(account, imported=imported, by=marketer, now=importing.later(1))

    assert change(account, marketer, standard["city"], type="INTEGER").type == "INTEGER"


def test_the_type_stays_while_an_import_brings_values(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    imported = importing.analysed(account, marketer, "Mobile;Ville\n0612345601;Lyon\n")
    importing.confirmed(account, marketer, imported)

    with pytest.raises(AttributeInUse):
        change(account, marketer, standard["city"], type="INTEGER")


def test_the_type_stays_while_an_undo_can_bring_values_back(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    contacts.add(account, phone=33612345601, attributes={standard["city"].key: "Lyon"}, by=marketer, now=NOW)
    importing.done(account, marketer, "Mobile;Ville\n0612345601;\n0612345602;\n", importing.later(1), erases_empty=True)

    with pytest.raises(AttributeInUse):
        change(account, marketer, standard["city"], type="INTEGER")


def test_a_filter_keeps_the_type_of_its_attribute(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    rule = {"match": "ALL", "conditions": [{"field": standard["city"].key, "is": "EQUALS", "value": "Lyon"}]}
    make_diffusion_list(account, "Lyonnais", rule={"rule": rule})

    with pytest.raises(AttributeInUse) as refused:
        change(account, marketer, standard["city"], type="INTEGER")

    assert refused.value.field == "type"


def test_a_list_that_a_filter_fills_keeps_its_attribute(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    key = standard["city"].key
    group = {"match": "ANY", "conditions": [{"field": key, "is": "EQUALS", "value": "Lyon"}]}
    make_diffusion_list(account, "Lyonnais", rule={"rule": {"match": "ALL", "conditions": [group]}})
    make_diffusion_list(account, "Autres", rule={"rule": {"match": "ALL", "conditions": [{"field": "a1"}]}})

    with pytest.raises(AttributeInUse, match="Lyonnais") as refused:
        attributes.delete(account, attribute=standard["city"], by=marketer, now=NOW)

    assert "Autres" not in str(refused.value.message)
    assert standard["city"] in queries.of(account)


@pytest.fixture
def written_in_a_message() -> Iterator[None]:
    def provide(account: Account, attribute: Attribute) -> list[Use]:
        return [Use("Campaign", "Rentrée", "/", by_variable=True)] if attribute.variable == "ville" else []

    uses.register(provide)
    yield
    uses._providers.remove(provide)


@pytest.mark.usefixtures("written_in_a_message")
def test_what_has_the_variable_in_its_text_keeps_the_variable_but_not_the_name(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    with pytest.raises(AttributeInUse, match="Rentrée") as refused:
        change(account, marketer, standard["city"], variable="commune")
    with pytest.raises(AttributeInUse, match="Rentrée"):
        attributes.delete(account, attribute=standard["city"], by=marketer, now=NOW)

    assert refused.value.field == "variable"
    assert change(account, marketer, standard["city"], name="Commune").variable == "ville"


def test_attributes_move_within_their_order(account: Account, marketer: User, standard: dict[str, Attribute]) -> None:
    first = queries.of(account)[0]

    attributes.move(account, attribute=first, places=-1, by=marketer, now=NOW)
    attributes.move(account, attribute=first, places=1, by=marketer, now=NOW)

    assert words(account)[:3] == ["nom", "civilite", "prenom"]


def test_an_attribute_deleted_meanwhile_is_not_changed(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    city = standard["city"]
    attributes.delete(account, attribute=city, by=marketer, now=NOW)

    for act in (
        lambda: attributes.delete(account, attribute=city, by=marketer, now=NOW),
        lambda: attributes.move(account, attribute=city, places=1, by=marketer, now=NOW),
        lambda: change(account, marketer, city, name="Commune"),
    ):
        with pytest.raises(AttributeRefused, match=city.name):
            act()
    assert [action for action, _ in events(account)] == ["ATTRIBUTE_DELETED"]


def test_values_of_a_deleted_attribute_leave_the_contacts_and_nothing_else_does(
    account: Account, other_account: Account, marketer: User
) -> None:
    with account_context(account):
        standard = make_directory(account)
        city, name = standard["city"].key, standard["last_name"].key
        for number in range(7):
            make_contact(account, FICTION + number, {city: "Lyon", name: "Martin"} if number % 2 else {name: "Petit"})
        ContactChange.objects.create(
            account=account, phone=FICTION, kind="U", source="PERSON", at=NOW, before={city: "Laval", name: "Petit"}
        )
        ContactKey.objects.create(account=account, facet=city, key="lyon", phone=FICTION + 1)
        ContactKey.objects.create(account=account, facet="", key="martin", phone=FICTION + 1)
        Directory.objects.update(key_facets={city: "2026-03-12", "": "2026-03-12"})
        attributes.delete(account, attribute=standard["city"], by=marketer, now=NOW)
    with account_context(other_account):
        make_directory(other_account)
        make_contact(other_account, FICTION, {city: "Laval"})

    removed = [attribute_removal.remove_values(account, now=NOW) for _again in range(2)]

    with account_context(account):
        assert removed == [1, 0]
        assert [contact.attributes for contact in Contact.objects.order_by("phone")] == [
            {name: "Martin" if number % 2 else "Petit"} for number in range(7)
        ]
        assert set(Contact.objects.values_list("updated_at", flat=True)) == {NOW}
        assert ContactChange.objects.get().before == {name: "Petit"}
        assert list(ContactKey.objects.values_list("facet", flat=True)) == [""]
        assert Directory.objects.get().key_facets == {"": "2026-03-12"}
        assert not Attribute.objects.filter(key=city).exists()
    with account_context(other_account):
        assert Contact.objects.get().attributes == {city: "Laval"}
        assert Attribute.objects.filter(key=city).exists()


def test_values_leave_in_steps_and_a_later_call_goes_on(
    account: Account, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attribute_removal, "CHUNK_ROWS", 2)
    monkeypatch.setattr(attribute_removal, "CHUNKS", 4)
    with account_context(account):
        city = make_directory(account)["city"]
        for number in range(9):
            make_contact(account, FICTION + number, {city.key: "Lyon"})
        attributes.delete(account, attribute=city, by=marketer, now=NOW)

    gone, left = [], []
    for _call in range(2):
        gone.append(attribute_removal.remove_values(account, now=NOW))
        with account_context(account):
            left.append(Contact.objects.filter(attributes__has_key=city.key).count())

    assert (gone, left) == ([0, 1], [1, 0])


def test_proposed_attributes_come_back_with_new_keys(
    account: Account, marketer: User, standard: dict[str, Attribute]
) -> None:
    for code in ("city", "company", "email"):
        attributes.delete(account, attribute=standard[code], by=marketer, now=NOW)
    create(account, marketer, "Ma ville", variable="ville")
    create(account, marketer, standard["email"].name.upper(), variable="courriel")

    made = attributes.restore_standard(account, by=marketer, now=NOW)

    assert [(one.standard, one.key, one.variable) for one in made] == [
        ("city", "a14", "ville_2"),
        ("company", "a15", "societe"),
    ]
    assert ContactList.objects.count() == 0


def test_contacts_with_a_value_are_counted(
    account: Account, standard: dict[str, Attribute], monkeypatch: pytest.MonkeyPatch
) -> None:
    city, name = standard["city"].key, standard["last_name"].key
    make_contact(account, FICTION, {city: "Lyon", name: "Martin"})
    make_contact(account, FICTION + 1, {city: "Laval"})

    assert queries.usage(account) == queries.Usage({city: 2, name: 1}, is_partial=False)
    assert queries.usage(account, name) == queries.Usage({name: 1}, is_partial=False)
    monkeypatch.setattr(queries, "CONTACTS_LOOKED_AT", 1)
    assert queries.usage(account).is_partial
