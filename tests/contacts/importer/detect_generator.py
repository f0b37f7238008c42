"""Random contact files with known answers: encodings, separators, quoting, names, number styles and decoys."""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass


def _listed(text: str) -> list[str]:
    """Return the values of a text, set apart by semicolons and perhaps broken over lines."""
    return text.strip().replace("\n    ", "").split(";")


FIRST = _listed(
    """
    Maëlys;Gaëtan;Ludivine;Cédric;Désirée;Eugénie;Ségolène;Édouard;Loïck;Ombeline;Jean;Paul;
    Marie-Thérèse;Aïda;Björn;Fatoumata;Nuño;Rosa;Karl;Heïdi;Côme;Rémy;Agnès;Titouan;Noëlle;Lucie;
    Bénédicte;Théophile;Mamadou;Yaël;Inès
    """
)
LAST = _listed(
    """
    Lefèvre;Bérenger;Dubois;Gonçalves;N'Diaye;Le_Guénnec;D'Amécourt;Martin;Müller;Crépin;Étienne;Hervé;
    Bâcle;Noël;Fontaine;Rossignol;Guérin;Maître;Pélissier;Traoré;Vasseur;Île;Forêt;Chênevert;Leblanc;
    Benoît;Saïdi;Peña
    """
)
CITY = _listed(
    """
    Orléans;Besançon;Saint-Étienne;Nîmes;Paris;Lyon;Mâcon;Béziers;Angoulême;Évreux;Pau;Sète;Alès;
    La_Rochelle;L'Haÿ-les-Roses;Vénissieux;Brest;Fréjus;Cergy;Le_Mans
    """
)
STREET = _listed(
    """
    rue de la République;avenue du Général Leclerc;impasse des Chênes;place de l'Église;quai, bâtiment B;
    allée des Érables;boulevard Voltaire, résidence Les Prés;chemin du Château
    """
)
COMPANY = _listed(
    """
    Boulangerie Pâtisserie Noël;SARL Fenêtres & Co;Garage Pélissier;ACME;Pharmacie de l'Hôtel-Dieu;Fleurs, etc.
    """
)
NOTES = _listed(
    """
    à rappeler;client fidèle, très gentil;ne pas appeler avant 10h;;VIP;
    préfère le matin; « déjà venu »;sœur d’Odile;doit 12 €
    """
)

Maker = Callable[[random.Random], str]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _pairs(national: str, sign: str) -> str:
    return sign.join(national[i : i + 2] for i in range(0, 10, 2))


def _date(rng: random.Random, shape: str = "{2:02}/{1:02}/{0}") -> str:
    return shape.format(rng.randint(1940, 2025), rng.randint(1, 12), rng.randint(1, 28))


def mobile(rng: random.Random) -> str:
    """Return ten digits of an assigned French mobile."""
    return rng.choice(("060", "061", "062", "064", "066", "067", "075", "076", "077", "078")) + _digits(rng, 7)


def landline(rng: random.Random) -> str:
    return rng.choice(("014", "024", "038", "049", "055")) + _digits(rng, 7)


STYLES: dict[str, Callable[[str], str]] = {
    "plain": lambda n: n,
    "spaces": lambda n: _pairs(n, " "),
    "no-break": lambda n: _pairs(n, "\xa0"),
    "dots": lambda n: _pairs(n, "."),
    "dashes": lambda n: _pairs(n, "-"),
    "slashes": lambda n: _pairs(n, "/"),
    "plus": lambda n: "+33" + n[1:],
    "plus spaces": lambda n: "+33 " + _pairs(n, " ")[1:],
    "trunk": lambda n: "+33 (0)" + _pairs(n, " ")[1:],
    "double zero": lambda n: "0033" + n[1:],
    "code": lambda n: "33" + n[1:],
    "lost zero": lambda n: n[1:],
    "float": lambda n: n[1:] + ".0",
    "formula": lambda n: f'="{n}"',
    "apostrophe": lambda n: "'" + n,
    "note": lambda n: _pairs(n, " ") + " (perso)",
}
COMMON = ("plain", "spaces", "dots", "plus", "lost zero", "code", "plus spaces")


@dataclass(frozen=True)
class Decoy:
    """A column that is not the one to write to: its possible names and its values."""

    names: str
    make: Maker


DECOYS: dict[str, Decoy] = {
    "last": Decoy("Nom;NOM;last_name;Nom de famille;Nachname", lambda r: r.choice(LAST).replace("_", " ")),
    "first": Decoy("Prénom;PRENOM;first_name;Given Name;Prénom usuel", lambda r: r.choice(FIRST)),
    "city": Decoy("Ville;VILLE;city;Commune;Ort", lambda r: r.choice(CITY).replace("_", " ")),
    "postcode": Decoy("CP;Code postal;zip;postal_code", lambda r: f"{r.randint(1000, 95999):05}"),
    "address": Decoy("Adresse;Address;Rue;adresse_1", lambda r: f"{r.randint(1, 200)}, {r.choice(STREET)}"),
    "email": Decoy("E-mail;Email;Courriel;mail;Adresse mail", lambda r: f"c{_digits(r, 4)}@example.org"),
    "civility": Decoy("Civilité;Civ.;Titre;title", lambda r: r.choice(("M.", "Mme", "Mlle"))),
    "born": Decoy("Date de naissance;Né(e) le;birth_date;DDN", _date),
    "day": Decoy("Date;Inscrit le;created", lambda r: _date(r, "{0}{1:02}{2:02}")),
    "stamp": Decoy("created_at;Dernière visite", lambda r: _date(r, "{0}-{1:02}-{2:02}") + " 10:30:00"),
    "unix": Decoy("timestamp;ts", lambda r: str(r.randint(1_600_000_000, 1_790_000_000))),
    "amount": Decoy("CA;Solde;Total TTC", lambda r: f"{r.randint(0, 9999)},{r.randint(0, 99):02}"),
    "price": Decoy("Price;amount", lambda r: f"{r.randint(0, 9999)}.{r.randint(0, 99):02}"),
    "siret": Decoy("SIRET;N° Siret", lambda r: _digits(r, 14)),
    "siren": Decoy("SIREN;Siren société", lambda r: _luhn("6" + _digits(r, 7))),
    "ean": Decoy("EAN;Code barre;Carte fidélité", lambda r: "376" + _digits(r, 10)),
    "iban": Decoy("IBAN;RIB", lambda r: "FR76" + _digits(r, 23)),
    "client": Decoy("N° client;id_client;Code client;ref", lambda r: r.choice("67") + _digits(r, 8)),
    "card": Decoy("Matricule;N° dossier;order_id", lambda r: "06" + _digits(r, 8)),
    "insee": Decoy("NIR;N° sécu", lambda r: r.choice("12") + _digits(r, 12) + " " + _digits(r, 2)),
    "fixed": Decoy("Fixe;Tél. fixe;Téléphone domicile;Phone home;Tél bureau", lambda r: _pairs(landline(r), " ")),
    "fax": Decoy("Fax;Télécopie", landline),
    "optin": Decoy("Opt-in;Consentement;actif", lambda r: r.choice(("oui", "non"))),
    "points": Decoy("Points;Nb visites;score", lambda r: str(r.randint(0, 500))),
    "company": Decoy("Société;Entreprise;company", lambda r: r.choice(COMPANY)),
    "note": Decoy("Commentaire;Notes;remarque", lambda r: r.choice(NOTES)),
    "country": Decoy("Pays;country", lambda r: r.choice(("FR", "BE", "FR", "FR"))),
    "empty": Decoy("Champ 1;Divers;x", lambda r: ""),
    "gps": Decoy("GPS;latlng", lambda r: f"{r.uniform(42, 51):.4f},{r.uniform(-4, 8):.4f}"),
}
PHONE_NAMES = _listed(
    """
    Mobile;Portable;GSM;Tél mobile;Téléphone;Tel;TELEPHONE;phone;Cell;Phone Number;Numéro;
    Numéro de portable;tel_portable;mobilePhone;Handy;Móvil;Tél. portable;SMS;Phone 1 - Value
    """
)


def _luhn(digits: str) -> str:
    total = sum(int(d) * 2 - (9 if int(d) > 4 else 0) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


@dataclass(frozen=True)
class Case:
    data: bytes
    expected: tuple[str, str | None, str, bool, int | None]


def generate(seed: int) -> Case:
    """Return the file of a seed and its (encoding, delimiter, quotechar, has_header, phone_column)."""
    rng = random.Random(seed)
    delimiter = rng.choices((";", ",", "\t", "|", None), (45, 25, 15, 7, 8))[0]
    has_header = rng.random() < 0.75
    kinds, phone = _columns(rng, delimiter, has_header)
    size = rng.choice((2, 3, 5, 12, 40, 150))
    columns = [_values(rng, kind, size) for kind in kinds]
    rows = [list(row) for row in zip(*columns, strict=True)]
    if not has_header:
        rows[0][phone] = STYLES["plain"](mobile(rng)) if rng.random() < 0.9 else rows[0][phone]
    else:
        rows.insert(0, _header(rng, kinds))
    text, quote = _write(rng, rows, delimiter)
    text = _decorate(rng, text, delimiter, len(kinds))
    encoding, data = _encode(rng, text)
    return Case(data, (encoding, delimiter, quote, has_header, phone))


def _columns(rng: random.Random, delimiter: str | None, has_header: bool) -> tuple[list[str], int]:
    if delimiter is None:
        return ["phone"], 0
    # Random numbers in 06 are mobiles to anyone who is not told their name.
    kinds = rng.sample([kind for kind in DECOYS if has_header or kind != "card"], rng.randint(1, 9))
    phone = rng.randint(0, len(kinds))
    kinds.insert(phone, "phone")
    return kinds, phone


def _values(rng: random.Random, kind: str, size: int) -> list[str]:
    if kind != "phone":
        blank = rng.choice((0, 0, 0.2, 0.5))
        start = rng.choice((None, None, 610_000_000)) if kind == "client" else None
        make = DECOYS[kind].make
        return [str(start + i) if start else make(rng) if rng.random() >= blank else "" for i in range(size)]
    main = rng.choice(COMMON) if rng.random() < 0.7 else rng.choice(list(STYLES))
    blank, broken, mixed = rng.choice((0, 0.1, 0.4)), rng.choice((0, 0, 0.08)), rng.choice((0, 0, 0.3))
    values = [STYLES[main](mobile(rng))]
    for _ in range(size - 1):
        style = rng.choice(COMMON) if rng.random() < mixed else main
        values.append(STYLES[style](mobile(rng) if rng.random() < 0.95 else landline(rng)))
        if rng.random() < blank:
            values[-1] = ""
        elif rng.random() < broken:
            values[-1] = rng.choice(("inconnu", "06", "n/a", "061234567", "-"))
    return values


def _header(rng: random.Random, kinds: list[str]) -> list[str]:
    unnamed = rng.random() < 0.05
    names = [
        rng.choice(PHONE_NAMES) if kind == "phone" else rng.choice(DECOYS[kind].names.split(";")) for kind in kinds
    ]
    case = rng.choice((str, str, str, str.upper, str.lower))
    if unnamed and len(names) > 2:
        names[rng.randrange(len(names))] = ""
    return [case(name) for name in names]


def _write(rng: random.Random, rows: list[list[str]], delimiter: str | None) -> tuple[str, str]:
    quote = "'" if rng.random() < 0.05 and delimiter is not None else '"'
    style = csv.QUOTE_ALL if quote == "'" else rng.choice((csv.QUOTE_MINIMAL,) * 3 + (csv.QUOTE_ALL,))
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter or "\x1f",
        quotechar=quote,
        quoting=style,
        lineterminator=rng.choice(("\n", "\r\n", "\r\n", "\r")),
    )
    writer.writerows(rows)
    text = out.getvalue()
    return (text.rstrip("\r\n") if rng.random() < 0.3 else text), quote


def _decorate(rng: random.Random, text: str, delimiter: str | None, width: int) -> str:
    end = "\r\n" if "\r\n" in text else "\r" if "\r" in text else "\n"
    if delimiter is not None and rng.random() < 0.12:
        pad = delimiter * (width - 1) if rng.random() < 0.5 else ""
        titles = ["Export du 12/03/2026", "Société Générale des Prés", "Liste des adhérents 2026", ""]
        text = end.join(title + pad for title in rng.sample(titles, rng.randint(1, 3))) + end + text
    if delimiter is not None and rng.random() < 0.05:
        text = f"sep={delimiter}{end}{text}"
    if rng.random() < 0.1:
        text = text.rstrip("\r\n") + end * 3
    if delimiter is not None and width > 3 and rng.random() < 0.08:
        text = text.rstrip("\r\n") + end + "Total" + delimiter * (width - 1) + end
    return text


def _encode(rng: random.Random, text: str) -> tuple[str, bytes]:
    """Encode; the expected name is utf-8 for bare ASCII and cp1252 where latin-9 wrote the same bytes."""
    codec = rng.choices(
        ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "cp850", "iso8859-15"),
        (30, 12, 5, 2, 2, 25, 9, 9, 6),
    )[0]
    data = text.encode(codec, "ignore")
    if data.isascii() and codec not in ("utf-16", "utf-16-le", "utf-16-be"):
        return "utf-8", data
    if codec == "iso8859-15" and data == text.encode("cp1252", "ignore"):
        return "cp1252", data
    return codec, data
