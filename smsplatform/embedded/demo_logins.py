"""The people of the demo, printed by `./run` and created by `manage.py prepare --demo`."""

PASSWORD = "demo-sms-2026"

LOGINS = [
    ("marketing@boulangerie.example", "marketer (and administrator) of a list-mode account"),
    ("marketing@mairie.example", "marketer (and administrator) of a directory account"),
    ("responsable@smsplatform.example", "account manager of both customers"),
    ("admin@smsplatform.example", "platform admin"),
]
