"""Files as real programs write them: spreadsheets, mail tools, address books, tills, schools, practices."""

import codecs

import pytest

from contacts.importer.detect import detect

Five = tuple[str, str | None, str, bool, int | None]

GOOGLE = (
    "Name,Given Name,Additional Name,Family Name,Birthday,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,"
    "Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,Organization 1 - Name\n"
    "Jean Dupont,Jean,,Dupont,,,* myContacts,* Home,jean@example.org,Mobile,+33 6 12 34 56 78,,,\n"
    'Zoé Durand,Zoé,,Durand,1980-03-12,"amie, du club",* myContacts,,,Mobile,07 56 34 12 90,Home,01 42 34 56 78,\n'
    "Luc Petit,Luc,,Petit,,,Famille ::: * myContacts,* Home,luc@example.org,Mobile,06 98 76 54 32,,,ACME\n"
)
OUTLOOK = (
    '"Titre","Prénom","Nom","Société","Rue (bureau)","Code postal (bureau)","Télécopie (bureau)",'
    '"Téléphone (bureau)","Téléphone (domicile)","Tél. mobile","Adresse de messagerie"\r\n'
    '"M.","Jean","Dupont","","12, rue X","75001","","0142345678","","06 12 34 56 78","jean@example.org"\r\n'
    '"Mme","Hélène","Durand","ACME","","","0142345679","0142345670","0149876543","07 56 34 12 90",""\r\n'
)
SAGE = (
    "Société Exemple SARL;;;;;\r\nListe des tiers au 31/12/2025;;;;;\r\n;;;;;\r\n"
    "N° compte;Intitulé;Téléphone;Télécopie;Portable;Solde débiteur\r\n"
    "411DUPONT;DUPONT Jean;01 42 34 56 78;;06 12 34 56 78;1 234,50\r\n"
    "411DURAND;DURAND Hélène;01 49 87 65 43;01 49 87 65 44;06 98 76 54 32;0,00\r\n"
    "411PETIT;PETIT SA;01 40 11 22 33;;;-56,20\r\nTotal;;;;;1 178,30\r\n"
)
SCHOOL = (
    "Classe;Nom élève;Prénom élève;Né(e) le;Responsable 1;Tél portable resp. 1;Responsable 2;Tél portable resp. 2\n"
    "CM1;DUPONT;Léa;12/03/2015;DUPONT Jean;06 12 34 56 78;MARTIN Anne;06 98 76 54 32\n"
    "CM1;DURAND;Théo;01/09/2015;DURAND Zoé;07 56 34 12 90;;\n"
    "CM2;PETIT;Inès;23/11/2014;PETIT Luc;06 11 22 33 45;PETIT Marie;06 77 88 99 00\n"
)
TILL = (
    "sep=;\r\nCode client;Carte fidélité;Nom;Prénom;Mobile;Cumul achats;Dernier achat\r\n"
    "0000012;2990000000124;DUPONT;Jean;0612345678;152,30;12/03/2026\r\n"
    "0000013;2990000000131;DURAND;Hélène;0698765432;89,00;11/03/2026\r\n"
)
DUMP = (
    "'id','nom','prenom','telephone','date_inscription'\n"
    "'1','Dupont','Jean','0612345678','2026-03-12 10:30:00'\n"
    "'2','D\\'Arc','Jeanne','0698765432','2026-03-11 09:12:44'\n"
    "'3','Durand','Zoé','0756341290',NULL\n"
)
MAILER = (
    '"Email Address","First Name","Last Name","Phone Number","MEMBER_RATING","OPTIN_TIME","CONFIRM_IP","LEID"\n'
    '"jean@example.org","Jean","Dupont","0612345678","2","2026-03-12 10:30:00","192.0.2.1","612345678"\n'
    '"anne@example.org","Anne","Durand","+33 6 98 76 54 32","4","2026-03-11 09:12:44","192.0.2.7","612345682"\n'
)
NEWSLETTER = (
    "CONTACT ID;EMAIL;NOM;PRENOM;SMS;DOUBLE_OPT-IN;ADDED_TIME\n"
    "1;jean@example.org;Dupont;Jean;33612345678;Yes;12-03-2026\n"
    "2;anne@example.org;Durand;Zoé;33698765432;No;11-03-2026\n"
    "3;luc@example.org;Petit;Luc;;Yes;11-03-2026\n"
)
PRACTICE = (
    "Civilité\tNom de naissance\tNom usuel\tPrénom\tDate de naissance\tTéléphone mobile\tTéléphone fixe\tEmail\n"
    "M\tDUPONT\tDUPONT\tJean\t12/03/1980\t06 12 34 56 78\t01 42 34 56 78\tjean@example.org\n"
    "F\tMARTIN\tDURAND\tHélène\t01/02/1975\t\t01 49 87 65 43\t\n"
    "F\tPETIT\tPETIT\tZoé\t23/11/2001\t07 56 34 12 90\t\tzoe@example.org\n"
)
CLUB = (
    "Club de judo de Nîmes - saison 2025/2026\n\n"
    "N° licence,Nom,Prénom,Ceinture,Tel\n"
    "612345001,Dupont,Jean,Noire,06.12.34.56.78\n612345002,Durand,Zoé,Bleue,07.56.34.12.90\n"
    "612345003,Petit,Luc,Verte,06.98.76.54.32\n612345004,Morel,Anne,Jaune,06.11.22.33.45\n"
)
TEXTS = "Destinataire|Mobile|Message\nDupont|+33612345678|Bonjour; à demain, 10h\nDurand|+33698765432|Merci, à vous\n"
UTF16 = codecs.BOM_UTF16_LE

CASES: dict[str, tuple[bytes, Five]] = {
    "Google contacts": (GOOGLE.encode(), ("utf-8", ",", '"', True, 10)),
    "Outlook in French": (OUTLOOK.encode("cp1252"), ("cp1252", ",", '"', True, 9)),
    "accounting ledger": (SAGE.encode("cp1252"), ("cp1252", ";", '"', True, 4)),
    "accounting ledger, DOS": (SAGE.encode("cp850"), ("cp850", ";", '"', True, 4)),
    "school list": (SCHOOL.encode("utf-8-sig"), ("utf-8-sig", ";", '"', True, 5)),
    "school list from an old Macintosh": (
        SCHOOL.replace("\n", "\r").encode("mac_roman"),
        ("mac_roman", ";", '"', True, 5),
    ),
    "shop till": (TILL.encode("cp1252"), ("cp1252", ";", '"', True, 4)),
    "database dump": (DUMP.encode(), ("utf-8", ",", "'", True, 3)),
    "mail tool, all quoted": (MAILER.encode(), ("utf-8", ",", '"', True, 3)),
    "newsletter tool": (NEWSLETTER.encode(), ("utf-8", ";", '"', True, 4)),
    "practice, Unicode text": (UTF16 + PRACTICE.encode("utf-16-le"), ("utf-16", "\t", '"', True, 5)),
    "practice, tabs": (PRACTICE.encode("cp1252"), ("cp1252", "\t", '"', True, 5)),
    "sports club with licences in sequence": (CLUB.encode("cp1252"), ("cp1252", ",", '"', True, 4)),
    "messages to send": (TEXTS.encode(), ("utf-8", "|", '"', True, 1)),
    "ledger in UTF-16 without signature": (SAGE.encode("utf-16-le"), ("utf-16-le", ";", '"', True, 4)),
    "pasted from a chat": (
        b"+33 6 12 34 56 78\r\n+33 6 98 76 54 32\r\n\r\n+32 470 12 34 56\r\n",
        ("utf-8", None, '"', False, 0),
    ),
    "pasted from a spreadsheet": (
        b"Dupont\t612345678\nDurand\t698765432\nPetit\t756341290\n",
        ("utf-8", "\t", '"', False, 1),
    ),
    "empty": (b"", ("utf-8", None, '"', False, None)),
    "only a signature": (codecs.BOM_UTF8, ("utf-8-sig", None, '"', False, None)),
    "only blank lines": (b"\r\n\r\n\n", ("utf-8", None, '"', False, None)),
    "only separators": (b";;;\n;;;\n", ("utf-8", None, '"', False, None)),
}


@pytest.mark.parametrize("name", CASES)
def test_export(name: str) -> None:
    data, expected = CASES[name]

    found = detect(data)

    assert (
        found.encoding,
        found.delimiter,
        found.quotechar,
        found.has_header,
        found.phone_column,
    ) == expected
