"""Tables that are no contact lists: statistics, registers, logs. Their names, separators, and no phone column."""

import pytest

from contacts.importer.detect import detect

WORDS = "red;round;small\nblue;round;small\nred;square;large\nblue;round;large\nred;round;small\nblue;square;small\n"
LONG = "The oven, the hob, and the hood are new"

# name: (text, (delimiter, quotechar, has_header, phone_column))
CASES: dict[str, tuple[str, tuple[str | None, str, bool, int | None]]] = {
    "names above long decimals": (
        "income;spent\n420.157650843928;255.839424594576\n541.411706721205;310.958667059145\n",
        (";", '"', True, None),
    ),
    "names above decimals without a leading zero": (
        "zork,blib\n.7376958,.2623042\n.9818866,.0181134\n",
        (",", '"', True, None),
    ),
    "names above exponents": ("zork\tblib\n1.5e-05\t2E+02\n3.2e-01\t7e+01\n", ("\t", '"', True, None)),
    "names above amounts": ("Zork,Blib\n$12.95,95 %\n$4.00,7 %\n", (",", '"', True, None)),
    "names above codes": ("zork;blib\nA3001;Taxes\nA5032;Parking\nB7710;Fees\n", (";", '"', True, None)),
    "names only above an unnamed column": (
        ",kind,tone\n1,agree,never\n2,disagree,often\n3,unsure,always\n",
        (",", '"', True, None),
    ),
    "names above words with a blank row name": (
        ",zork,blib\n" + "".join(f"{i},w{i}x,y\n" for i in range(1, 20)) + ",last,y\n",
        (",", '"', True, None),
    ),
    "settings": ("key,value\nhost,localhost\nport,8080\n", (",", '"', True, None)),
    "remarks above data": ("% comment\n% other\n1;2;3\n4;5;6\n", (";", '"', False, None)),
    "texts above numbered texts": (
        ",Zork\nV1,Do you often long?\nV2,Are you carefree?\nV3,Do you stop?\n",
        (",", '"', True, None),
    ),
    "sizes as names": (",16.5,16.75,17.25\n71,0,0,1\n70,0,4,1\n69,2,1,1\n", (",", '"', True, None)),
    "ranges as names": (",2-9,10-19,20+\nOften,43,16,3\nSeldom,6,11,10\nNever,9,18,16\n", (",", '"', True, None)),
    "cells that are no telephones": ("id,time,cell\n1,72,2\n2,411,1\n3,228,3\n", (",", '"', True, None)),
    "models of mobiles": ("Client;Mobile\nA;Fairphone 5\nB;Nokia 3310\n", (";", '"', True, None)),
    "words that never come again": ("shade;outline;extent\n" + WORDS + WORDS, (";", '"', True, None)),
    "words that come again": (WORDS + WORDS, (";", '"', False, None)),
    "the same row all along": ("yes indeed;no\n" * 6, (";", '"', False, None)),
    "years as names": (
        "Land,Zork,2018,2019,2020\nAruba,x,4.82,4.65,4.47\nAngola,y,7.47,7.52,7.56\n",
        (",", '"', True, None),
    ),
    "years as names of whole numbers": (
        "Zork,2018,2019,2020\nAruba,482,465,447\nAngola,747,752,756\n",
        (",", '"', True, None),
    ),
    "years as data, not in a row below": (
        "Aruba,2018,2019\nAngola,2019,2022\nBenin,2020,2020\n",
        (",", '"', False, None),
    ),
    "years as data": ("Aruba,2018,2019\nAngola,2019,2020\nBenin,2020,2021\n", (",", '"', False, None)),
    "counted names": ("q1,q2,q3,q4\nagree,never,no,x\nunsure,often,no,y\n", (",", '"', True, None)),
    "lettered columns": ("a,b,c,d\n,none,,\n,none,,n/a\n", (",", '"', True, None)),
    "codes above yes and no": (
        "zork,100022,100025\ni1,TRUE,FALSE\ni2,FALSE,FALSE\ni3,TRUE,TRUE\n",
        (",", '"', True, None),
    ),
    "a list of words": ("red wine\nwhite wine\nyear\nprice list\ncider\n", (None, '"', False, None)),
    "apostrophes around the names only": ("'popul'\t'news'\n0\t7\n190\t1\n31\t4\n", ("\t", "'", True, None)),
    "ratios with a comma": (
        "Zork;Taux\na;0,611553068\nb;0,698014092\nc;0,756341290\nd;0,612345678\n",
        (";", '"', True, None),
    ),
    "ratios with a dot": ("0.611553068,a\n0.698014092,b\n0.756341290,c\n", (",", '"', False, None)),
    "ids that start alike": (
        "x;3960153562\ny;3960947303\nz;3947303164\nx;3956035491\ny;3960147696\nz;3921140008\n",
        (";", '"', False, None),
    ),
    "caret without phones": ("11^12^13\n21^22^23\n31^32^33\n", ("^", '"', False, None)),
    "tilde among decimal commas": (
        "time~heat\n2016-02-15~4,929\n2016-02-16~4,887\n2016-02-17~5,01\n",
        ("~", '"', True, None),
    ),
    "colon without phones": ("root:x:0:/root\nbin:x:1:/bin\ndaemon:x:2:/sbin\n", (":", '"', False, None)),
    "colon among decimal commas": (
        "zork:blib:tri\n1,50:2,25:7,10\n1,75:2,50:7,20\n1,10:2,75:7,30\n",
        (":", '"', True, None),
    ),
    "colons of times and web addresses": (
        "10:30:05 http://example.org/a\n10:31:07 http://example.org/b\n10:32:00 http://example.org/c\n",
        (None, '"', False, None),
    ),
    "lines of a web server": (
        '10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200\n'
        '10.0.0.1 - - [10/Oct/2000:13:55:37 -0700] "GET /b HTTP/1.0" 200\n'
        '10.0.0.2 - - [10/Oct/2000:13:56:36 -0700] "GET /c HTTP/1.0" 404\n',
        (None, '"', False, None),
    ),
    "colons inside quoted values": (
        'a,"{""x"":1,""y"":2,""z"":3}"\nb,"{""x"":4,""y"":5,""z"":6}"\nc,"{""x"":7,""y"":8,""z"":9}"\n',
        (",", '"', False, None),
    ),
    "one sentence": (
        "Neither the oven nor the hob works, so we eat cold meals, as you can see",
        (None, '"', False, None),
    ),
    "long sentences with as many commas": (f"Zork;status\n{LONG};ok\n{LONG};ok\n{LONG};late\n", (";", '"', True, None)),
    "phones inside remarks beside foreign mobiles": (
        "610 663 361;\n647 650 229;appeler le 07 43 21 22 21 après 18 heures\n655 654 412;\n691 831 442;RAS\n",
        (";", '"', False, 0),
    ),
    "landlines of town halls": (
        "Commune;CP;Tel\nAfa;20167;0495109000\nAmbérieu;01500;0474461700\nAgen;47000;0553694747\n",
        (";", '"', True, 2),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_table(name: str) -> None:
    text, expected = CASES[name]

    found = detect(text.encode())

    assert (found.delimiter, found.quotechar, found.has_header, found.phone_column) == expected


@pytest.mark.parametrize("number", ["+33.612345678", "06.12345678", "612345678,00"])
def test_number_with_one_dot_or_comma_stays_a_phone(number: str) -> None:
    found = detect(f"Nom;Mobile\nDupont;{number}\nDurand;{number}\n".encode())

    assert (found.phone_column, found.columns[1].phone_share) == (1, 1.0)
