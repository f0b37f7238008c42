"""Encodings of contact files: which codec reads the accents, whatever the program that wrote them."""

import codecs
import io

import pytest

from contacts.importer.detect import Overrides, detect, detect_stream
from contacts.importer.detect.encoding import SNIFF_BYTES

TABLE = (
    "Nom;Prénom;Téléphone;Ville\n"
    "Lefèvre;Jérôme;06 12 34 56 78;Orléans\n"
    "Garçon;Anaïs;07 56 34 12 90;Nîmes\n"
    "Müller;Zoé;06 98 76 54 32;Besançon\n"
)
ANSWER = (";", '"', True, 2)

CASES: dict[str, tuple[bytes, str]] = {
    "utf-8": (TABLE.encode(), "utf-8"),
    "utf-8 with signature": (TABLE.encode("utf-8-sig"), "utf-8-sig"),
    "Excel Unicode text, signed": (codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"), "utf-16"),
    "big-endian, signed": (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16"),
    "little-endian without signature": (TABLE.encode("utf-16-le"), "utf-16-le"),
    "big-endian without signature": (TABLE.encode("utf-16-be"), "utf-16-be"),
    "Windows": (TABLE.encode("cp1252"), "cp1252"),
    "Macintosh": (TABLE.replace("\n", "\r").encode("mac_roman"), "mac_roman"),
    "DOS": (TABLE.encode("cp850"), "cp850"),
    "latin-9 without its own letters reads as Windows": (TABLE.encode("iso8859-15"), "cp1252"),
    "latin-9 with oe": (TABLE.replace("Nîmes", "Sacré-Cœur").encode("iso8859-15"), "iso8859-15"),
    "Windows with oe": (TABLE.replace("Nîmes", "Sacré-Cœur").encode("cp1252"), "cp1252"),
    "latin-9 with euro": (TABLE.replace("Nîmes", "12 €").encode("iso8859-15"), "iso8859-15"),
    "Windows with euro": (TABLE.replace("Nîmes", "12 €").encode("cp1252"), "cp1252"),
    "Macintosh with euro": (TABLE.replace("Nîmes", "12 €").encode("mac_roman"), "mac_roman"),
    "Windows with curly apostrophe": (TABLE.replace("Nîmes", "L’Île-d’Yeu").encode("cp1252"), "cp1252"),
    "Macintosh with curly apostrophe": (TABLE.replace("Nîmes", "L’Haÿ").encode("mac_roman"), "mac_roman"),
    "unaccented": (TABLE.encode("ascii", "ignore"), "utf-8"),
}


@pytest.mark.parametrize("name", CASES)
def test_encoding_of_a_table(name: str) -> None:
    data, expected = CASES[name]

    found = detect(data)

    assert found.encoding == expected
    assert (found.delimiter, found.quotechar, found.has_header, found.phone_column) == ANSWER


ONE_WORD: dict[str, tuple[str, str, str]] = {
    "a single first name, Windows": ("Mobile;Nom\n0612345678;Hélène\n", "cp1252", "cp1252"),
    "a single first name, DOS": ("Mobile;Nom\n0612345678;Hélène\n", "cp850", "cp850"),
    "a single first name, Macintosh": ("Mobile;Nom\n0612345678;Hélène\n", "mac_roman", "mac_roman"),
    "only a header accent, DOS": ("Téléphone;Nom\n0612345678;Martin\n", "cp850", "cp850"),
    "only a header accent, Macintosh": ("Prénom;Mobile\nPaul;0612345678\n", "mac_roman", "mac_roman"),
    "upper case, Windows": ("NOM;MOBILE\nGÉRARD;0612345678\nFRANÇOIS;0612345679\n", "cp1252", "cp1252"),
    "upper case, DOS": ("NOM;MOBILE\nGÉRARD;0612345678\nFRANÇOIS;0612345679\n", "cp850", "cp850"),
    "upper case, Macintosh": ("NOM;MOBILE\nGÉRARD;0612345678\nFRANÇOIS;0612345679\n", "mac_roman", "mac_roman"),
    "degree sign, Windows": ("N° client;Mobile\n12;0612345678\n", "cp1252", "cp1252"),
    "no-break spaces in numbers": ("Mobile;Nom\n06\xa012\xa034\xa056\xa078;Paul\n", "cp1252", "cp1252"),
    "German": ("Straße;Mobil\nKönigstraße;+491512345678\nMünchen;+491512345679\n", "cp1252", "cp1252"),
    "Spanish, DOS": ("Señor;Móvil\nMuñoz;+34612345678\nPeña;+34612345679\n", "cp850", "cp850"),
    "last byte is an accent": ("Mobile;Nom\n0612345678;René", "cp1252", "cp1252"),
}


@pytest.mark.parametrize("name", ONE_WORD)
def test_encoding_with_hardly_any_accent(name: str) -> None:
    text, codec, expected = ONE_WORD[name]

    assert detect(text.encode(codec)).encoding == expected


def test_accent_far_behind_the_sample_still_decides() -> None:
    plain = b"Nom;Mobile\n" + b"Martin;0612345678\n" * 150_000

    assert detect(plain).encoding == "utf-8"
    assert detect(plain + "Hélène;0612345678\n".encode()).encoding == "utf-8"
    assert detect(plain + "Hélène;0612345678\n".encode("cp1252")).encoding == "cp1252"
    assert detect(plain + "Hélène;0612345678\n".encode("mac_roman") + plain).encoding == "mac_roman"


@pytest.mark.parametrize("shift", range(4))
def test_sample_cut_inside_a_character_stays_utf_8(shift: int) -> None:
    row = "Hélène €;0612345678\n".encode()
    data = b"Nom;Mobile\n" + b"x" * shift + row * (SNIFF_BYTES // len(row) + 50)

    found = detect(data)

    assert (found.encoding, found.delimiter, found.phone_column) == ("utf-8", ";", 1)
    assert "\ufffd" not in "".join(sample for column in found.columns for sample in column.samples)


def test_file_cut_inside_its_last_character_is_utf_8_with_a_doubt() -> None:
    found = detect("Prénom;Mobile\nJérôme;0612345678\nZoé".encode()[:-1])

    assert found.encoding == "utf-8"
    assert found.why["encoding"].reason.code == "ENCODING_UTF8_CUT"


def test_stream_that_returns_little_at_a_time_gets_the_same_answer() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 1000, 1000) if size != -1 else 1000)

    data = TABLE.encode("mac_roman") * 100

    assert detect_stream(Trickle(data)) == detect(data)


def test_stream_is_never_asked_for_more_than_a_sample_at_once() -> None:
    asked: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size or 0)
            return super().read(size)

    found = detect_stream(Watched(b"Nom;Mobile\n" + b"Martin;0612345678\n" * 200_000))

    assert (found.encoding, found.phone_column) == ("utf-8", 1)
    assert min(asked) > 0
    assert max(asked) == SNIFF_BYTES


def test_corrected_encoding_is_used_for_the_names() -> None:
    found = detect_stream(io.BytesIO(TABLE.encode("cp1252")), "FR", Overrides(encoding="mac_roman"))

    assert found.encoding == "mac_roman"
    assert found.columns[1].name == "PrÈnom"
    assert found.why["encoding"].reason.code == "OVERRIDDEN"


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_corrected_encoding_that_reads_no_text_is_refused(encoding: str) -> None:
    with pytest.raises(LookupError, match=encoding):
        detect_stream(io.BytesIO(TABLE.encode()), "FR", Overrides(encoding=encoding))


def test_y_diaeresis_alone_is_from_windows() -> None:
    data = "Ville;Mobile\nL'Haÿ-les-Roses;0612345678\nParis;0698765432\n".encode("cp1252")

    assert detect(data).encoding == "cp1252"
