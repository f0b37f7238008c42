import pytest
from phonenumbers import SUPPORTED_REGIONS

from smsplatform.lib import regions


@pytest.mark.parametrize(
    "region, language, name",
    [
        ("SZ", "fr", "Eswatini"),
        ("BY", "fr", "Biélorussie"),
        ("EG", "fr", "Égypte"),
        ("CI", "fr", "Côte d'Ivoire"),
        ("AC", "fr", "Île de l'Ascension"),
        ("DE", "en", "Germany"),
        ("ZZZ", "en", "ZZZ"),
    ],
)
def test_a_country_has_its_present_name(region: str, language: str, name: str) -> None:
    assert regions.name_of(region, language) == name


@pytest.mark.parametrize(
    "language, labels, starts",
    [
        ("fr", ["Les plus courants", "Autres pays"], [["France", "Guadeloupe"], ["Afghanistan", "Afrique du Sud"]]),
        ("en", ["Most used", "Other countries"], [["France", "Guadeloupe"], ["Afghanistan", "Åland Islands"]]),
    ],
)
def test_the_most_used_countries_come_first_and_the_others_follow_the_alphabet(
    language: str, labels: list[str], starts: list[list[str]]
) -> None:
    groups = regions.choices(language)

    assert [label for label, _ in groups] == labels
    assert [[name for _, name in countries[:2]] for _, countries in groups] == starts


def test_accents_do_not_push_a_country_to_the_end() -> None:
    _, (_, others) = regions.choices("fr")

    names = [name for _, name in others]
    assert names.index("Égypte") < names.index("Émirats arabes unis") < names.index("Équateur") < names.index("Estonie")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_country_with_phone_numbers_is_there_once_and_has_a_name(language: str) -> None:
    pairs = [pair for _, countries in regions.choices(language) for pair in countries]

    assert sorted(code for code, _ in pairs) == sorted(SUPPORTED_REGIONS)
    assert [code for code, name in pairs if code == name] == []
