"""Files that went wrong on their way: valid ones of every kind, mutated the same way every time."""

import io
import random
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.contacts.importer import workbook_files as files

COUNT = 1_000
ROWS = 40


@dataclass(frozen=True)
class Upload:
    """`what`: the kind of file and what was done to it."""

    name: str
    content: bytes
    what: str


def upload(seed: int) -> Upload:
    """Return the mutated file number `seed`: every kind of file meets every mutation within a few hundred."""
    rng = random.Random(seed)
    kinds, mutations = list(KINDS.items()), list(MUTATIONS.items())
    kind, make = kinds[seed % len(kinds)]
    mutation, mutate = mutations[(seed // len(kinds) + seed) % len(mutations)]
    content = mutate(make(rng), rng)
    return Upload(f"clients.{rng.choice(EXTENSIONS)}", content, f"{kind}: {mutation}")


def text(seed: int) -> Upload:
    """Return the mutated text file number `seed`."""
    rng = random.Random(seed)
    kind = ("csv", "csv cp1252", "unicode text")[seed % 3]
    mutation, mutate = list(MUTATIONS.items())[(seed // 3) % len(MUTATIONS)]
    return Upload("clients.csv", mutate(KINDS[kind](rng), rng), f"{kind}: {mutation}")


EXTENSIONS = ("csv", "txt", "xls", "xlsx", "ods", "zip", "gz", "pdf", "", "CSV.exe")


def _rows(rng: random.Random) -> list[list[object]]:
    names = ["Nom", "Ville", "Téléphone", "Mobile", "Pays"]
    people: list[list[object]] = [
        [
            f"Dupont {n}",
            "Orléans",
            "01 23 45 67 89",
            rng.choice([33600000000, 600000000]) + rng.randrange(10**8),
            "France",
        ]
        for n in range(ROWS)
    ]
    return [names, *people, ["Total", "", "", ROWS, ""]]


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "csv": lambda rng: files.csv(_rows(rng)),
    "csv cp1252": lambda rng: files.csv(_rows(rng), ",", "cp1252"),
    "unicode text": lambda rng: files.csv(_rows(rng), "\t", "utf-16"),
    "xlsx": lambda rng: files.xlsx({"Notice": [["Lisez-moi"]], "Clients": _rows(rng)}),
    "xls": lambda rng: files.xls(_rows(rng)),
    "ods": lambda rng: files.ods({"Clients": _rows(rng)}),
    "html": lambda rng: files.html(_rows(rng), rng.choice(["utf-8", "iso-8859-1", "utf-16"])),
    "xml 2003": lambda rng: files.xml2003({"Clients": _rows(rng)}),
    "zipped csv": lambda rng: files.archive({"a/clients.csv": files.csv(_rows(rng))}),
    "zipped xlsx": lambda rng: files.archive({"clients.xlsx": files.xlsx({"Clients": _rows(rng)})}),
    "gzipped csv": lambda rng: files.gzipped(files.csv(_rows(rng))),
    "password": lambda rng: files.encrypted(),
}


def _truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _nuls(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + b"\0" * rng.choice([1, 3, 512, 70_000]) + data[at:]


def _flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 5, 50])):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _shuffled(data: bytes, rng: random.Random) -> bytes:
    size = max(1, len(data) // 7)
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    rng.shuffle(parts)
    return b"".join(parts)


def _in_text(old: bytes, new: bytes) -> Callable[[bytes, random.Random], bytes]:
    """Return the mutation that replaces text, inside the ZIP where it is one; at the end where the text is not found."""

    def mutate(data: bytes, rng: random.Random) -> bytes:
        return _remade(data, lambda text: text.replace(old, new, rng.choice([1, 5])) if old in text else text + new)

    return mutate


def _remade(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return the file with its text changed: of a ZIP, that of its largest member."""
    if not data.startswith(b"PK"):
        return change(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = {info.filename: packed.read(info) for info in packed.infolist()}
    largest = max(members, key=lambda name: len(members[name]))
    return files.archive(members | {largest: _remade(members[largest], change)})


def _ten_thousand_columns(data: bytes, rng: random.Random) -> bytes:
    cells: list[object] = [f"c{n}" for n in range(10_000)]
    return files.csv([cells, [*cells[:-1], 33612345678]]) if data.isascii() else files.html([cells, cells])


def _bomb(data: bytes, rng: random.Random) -> bytes:
    zeros = b"0" * rng.choice([40_000_000, 120_000_000])
    if b"xl/workbook.xml" in data:
        return _remade(data, lambda text: text.replace(b"</sheetData>", zeros + b"</sheetData>"))
    return rng.choice([files.gzipped, lambda content: files.archive({"clients.csv": content})])(zeros)


def _wrong_checksum(data: bytes, rng: random.Random) -> bytes:
    at = data.find(b"PK\x01\x02")
    return data[: at + 16] + b"\1\2\3\4" + data[at + 20 :] if at >= 0 else data + zlib.compress(data)


def _lying_size(data: bytes, rng: random.Random) -> bytes:
    at = data.rfind(b"PK\x01\x02")
    declared = rng.choice([1, 0xFFFFFFF0, 2**31]).to_bytes(4, "little")
    return data[: at + 24] + declared + data[at + 28 :] if at >= 0 else declared + data


def _strange_member(data: bytes, rng: random.Random) -> bytes:
    name = rng.choice(["../../etc/passwd", "/absolute.csv", "C:\\clients.csv", "a" * 5000, "\x01\x02.csv", "é/.csv"])
    return files.archive({name: data} | ({"b.csv": b"1"} if rng.random() < 0.3 else {}))


def _wide_sheet(data: bytes, rng: random.Random) -> bytes:
    changed = data.replace(b"<Row>", b'<Row ss:Index="1048576">', 1)
    if changed != data:
        return changed
    return _remade(data, lambda text: text.replace(b'r="A3"', b'r="XFD1048576"').replace(b'r="3"', b'r="1048576"'))


def _odd_utf16(data: bytes, rng: random.Random) -> bytes:
    return b"\xff\xfe" + data[: len(data) // 2 * 2 - 1]


def _doubled(data: bytes, rng: random.Random) -> bytes:
    return data + data


def _nested(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 3, 30])):
        data = rng.choice([files.gzipped, lambda content: files.archive({"a.zip": content})])(data)
    return data


def _mixed_line_ends(data: bytes, rng: random.Random) -> bytes:
    return _remade(data, lambda text: text.replace(b"\n", b"\r\n", 9).replace(b"Dupont 2", b"\r\rDupont \x0b2\x0c\x85"))


def _random(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.choice([0, 4, 8, 30])] + rng.randbytes(rng.choice([0, 1, 100, 300_000]))


MUTATIONS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "nothing but its name": lambda data, rng: data,
    "truncated": _truncated,
    "NUL bytes": _nuls,
    "flipped bytes": _flipped,
    "shuffled": _shuffled,
    "lone quote": _in_text(b"Dupont 1", b'"Dupont 1'),
    "lone angle": _in_text(b"Dupont 1", b"<<td <!-- ]]>"),
    "broken markup": _in_text(b"</", b"</<"),
    "cell of a megabyte": _in_text(b"Dupont 3", b"x" * 1_000_000),
    "quoted cell of a megabyte": _in_text(b"Dupont 3", b'"' + (b"x" * 49 + b"\n") * 20_000),
    "no line ends": _in_text(b"\n", b""),
    "10,000 columns": _ten_thousand_columns,
    "bomb": _bomb,
    "wrong checksum": _wrong_checksum,
    "lying size": _lying_size,
    "strange member": _strange_member,
    "huge dimensions": _wide_sheet,
    "odd UTF-16": _odd_utf16,
    "twice in one": _doubled,
    "nested": _nested,
    "mixed line ends": _mixed_line_ends,
    "random": _random,
    "numbers out of range": _in_text(b"3360", b"9e9999999"),
    "surrogates": _in_text(b"Orl", b"\xed\xa0\x80"),
    "entities": _in_text(b"Dupont 4", b"&#0;&#x110000;&bomb;"),
}
