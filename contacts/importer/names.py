"""Words people use for columns, and values that give a column away, in the languages our files come in."""

import re
import unicodedata
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
MAX_NAME_LENGTH = 80  # characters; a longer cell is a sentence, not a column name


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def fold(text: str) -> str:
    """Return the text in lower case without accents, so that "Téléphone" and "TELEPHONE" are one word."""
    if text.isascii():
        return text.lower()
    return "".join(map(_plain, text)).lower()


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    """Return a letter without its accents. One by one: to put thousands of accents in order takes quadratic time."""
    if letter in "œŒ":
        return "oe" if letter == "œ" else "OE"
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))


def name_words(name: str) -> tuple[str, ...]:
    """Return a column name's folded words: "Tél. mobile", "TelMobile", "tel_mobile" are ("tel", "mobile")."""
    return _name_words(name[:MAX_NAME_LENGTH])  # so that the cache never holds a long cell


@lru_cache(maxsize=4096)
def _name_words(name: str) -> tuple[str, ...]:
    folded = fold(_CAMEL.sub(" ", name).replace("n°", "numero ").replace("N°", "numero "))
    return tuple(word.rstrip("0123456789") or word for word in _NOT_WORD.split(folded) if word)


MOBILE_WORDS = word_set(
    """
    mobile mobiles portable portables gsm cell cellphone cellulaire cellular handy mobil mobilnummer
    movil moviles celular cellulare telemovel mobiltelefon handynummer mobilephone natel sms smartphone
    port mob telmobile telportable telephonemobile telephoneportable numeromobile msisdn whatsapp
    """
)
PHONE_WORDS = word_set(
    """
    telephone telephones tel tels phone phones phonenumber telefon telefono telefone telefonnummer
    telefoon telefoonnummer tph tlf tfno rufnummer fon numtel numtelephone numerotelephone
    telnumber notel numphone phonenum contactphone
    """
)
LANDLINE_WORDS = word_set(
    """
    fixe fixes domicile bureau maison home work office fax telecopie telecopieur standard fijo fisso
    festnetz privat landline business pro professionnel travail trabajo casa ufficio residence
    """
)
FAX_WORDS = word_set("fax telecopie telecopieur telefax")
ID_WORDS = word_set(
    """
    id ids ref refs reference references identifiant matricule code codes siret siren naf ape ean gtin
    barcode iban bic rib insee nir secu securite tva vat sku date dates datum fecha montant amount total
    prix price ca solde qte quantite commande order facture invoice ticket dossier compte account cp zip
    postcode timestamp adherent licence carte badge cab barres num_client client customer kunde
    kundennummer naissance creation modification points latitude longitude lat lon lng uid uuid guid
    index rang contrat
    """
)
OTHER_PERSON_WORDS = word_set("urgence emergency autre other secondaire secondary assistant parent2 notfall")
NUMBER_WORDS = word_set("numero num no nr number numbers nummer numeros contact")

# The first attribute with a matching phrase wins, so the narrow ones come first.
ATTRIBUTE_PHRASES: tuple[tuple[str, str], ...] = (
    (
        "email",
        "adresse mail;adresse email;adresse e mail;adresse electronique;email;e mail;mail;courriel;mel",
    ),
    ("email", "correo;correo electronico;email address;mailadresse;adresse de messagerie;e mail address"),
    (
        "birth_date",
        "date de naissance;date naissance;datenaissance;ne le;nee le;ne e le;naissance;ddn;birthday;anniversaire",
    ),
    (
        "birth_date",
        "birthdate;birth date;date of birth;dob;geburtsdatum;fecha de nacimiento;data di nascita",
    ),
    (
        "postcode",
        "code postal;codepostal;cp;code post;postal code;postcode;zip;zip code;zipcode;plz;postleitzahl;cap",
    ),
    ("postcode", "codigo postal;npa"),
    (
        "address_extra",
        "complement;complement adresse;complement d adresse;adresse 2;address line 2;address 2;street 2",
    ),
    (
        "first_name",
        "prenom;prenoms;first name;firstname;given name;vorname;nombre;nome;fname;voornaam;forename",
    ),
    (
        "full_name",
        "nom complet;nom prenom;nom et prenom;nom et prenoms;prenom nom;full name;fullname;nom prenoms",
    ),
    ("full_name", "display name;nom affiche"),
    (
        "last_name",
        "nom de famille;nom;noms;last name;lastname;surname;family name;nachname;familienname;apellidos",
    ),
    (
        "last_name",
        "apellido;cognome;lname;nom d usage;nom usuel;nom naissance;nom de naissance;achternaam;nom client",
    ),
    ("full_name", "name"),
    ("civility", "civilite;civ;titre;title;anrede;salutation;tratamiento;genre;sexe;gender;sex;geschlecht"),
    ("city", "ville;commune;city;town;ort;stadt;ciudad;citta;localite;poblacion;stad;woonplaats;localidad"),
    ("country", "pays;country;land;pais;paese;nation"),
    ("region", "region;departement;dept;province;state;provincia;canton"),
    (
        "company",
        "societe;entreprise;raison sociale;company;company name;organisation;organization;organization name",
    ),
    ("company", "firma;empresa;azienda;etablissement;enseigne;structure"),
    (
        "address",
        "adresse;adresse 1;rue;address;address 1;address line 1;street;strasse;direccion;indirizzo;voie;adr",
    ),
    ("job_title", "fonction;poste;profession;metier;job title;job"),
    ("language", "langue;language;locale;sprache;idioma"),
    (
        "customer_id",
        "numero client;num client;id client;code client;customer id;ref client;reference client;client id",
    ),
    (
        "customer_id",
        "id;identifiant;matricule;numero adherent;num adherent;numero licence;kundennummer;no client",
    ),
    (
        "notes",
        "notes;note;commentaire;commentaires;remarque;remarques;observation;observations;comment;comments",
    ),
)
_BY_PHRASE: dict[tuple[str, ...], str] = {}
for _key, _phrases in ATTRIBUTE_PHRASES:
    for _phrase in _phrases.split(";"):
        _BY_PHRASE.setdefault(tuple(_phrase.split()), _key)

# Words that make a cell look like a column name although they name no attribute of ours.
_OTHER_HEADER_WORDS = word_set(
    """
    type statut status etat groupe group groups labels label tag tags liste list segment categorie
    category classe niveau opt optin optout consentement rgpd inscription inscrit creation cree created
    updated modifie derniere dernier visite achat rdv rendez heure time actif active activite secteur
    magasin boutique agence equipe poste value field champ colonne column web site url website photo age
    taille quantite qte eleve parent responsable mere pere tuteur conjoint representant contact nickname
    phonetic suffix prefix middle file birthday event added last changed source origine points fidelite
    desabonnement abonnement cotisation famille nationalite activites loisirs valeur libelle designation
    description nb nombre number numbers office location package item version size weight height width length
    year month day week quarter hour minute annee mois jour semaine trimestre heure rate count score rank
    latitude longitude temperature population species required unique minimum maximum min max mean median
    start end from to author subject station result category quantity unit duree debut fin taux effectif
    key word text question answer color colour language source target parent
    jahr monat tag wert anzahl anno mese giorno valore fecha valor cantidad jaar maand waarde
    """
)
HEADER_WORDS: frozenset[str] = (
    MOBILE_WORDS
    | PHONE_WORDS
    | FAX_WORDS
    | ID_WORDS
    | NUMBER_WORDS
    | _OTHER_HEADER_WORDS
    | frozenset(words[0] for words in _BY_PHRASE if len(words) == 1)
)
# Words that neither make nor unmake a column name.
_FILLERS = word_set("de du des d l la le les et of the n e ou or personnel personnelle perso principal")

PLACEHOLDERS = word_set(
    """
    inconnu inconnue neant nc nr na n/a null none nan - -- ? ?? xx xxx vide aucun aucune sans unknown
    nil #n/a
    """
) | frozenset(["non renseigne", "non communique", "pas de portable", "pas de telephone", "a completer", "#ref!"])


def attribute_for(name: str) -> str | None:
    """Return the attribute key a column name asks for, or None."""
    words = name_words(name)
    if words in _BY_PHRASE:
        return _BY_PHRASE[words]
    for size in range(min(3, len(words) - 1), 0, -1):
        for part in (words[:size], words[-size:]):
            if (size > 1 or part[0] not in _AMBIGUOUS_ALONE) and part in _BY_PHRASE:
                return _BY_PHRASE[part]
    return None


_AMBIGUOUS_ALONE = word_set("nom name id title titre sex land cap note poste structure mail")


def is_exact_name(cell: str) -> bool:
    """Return whether a cell is nothing but the name of an attribute or of a phone column."""
    words = name_words(cell)
    return words in _BY_PHRASE or (0 < len(words) <= 3 and set(words) <= MOBILE_WORDS | PHONE_WORDS | NUMBER_WORDS)


def is_header_name(cell: str) -> bool:
    """Return whether a cell reads as a column name ("Tél. portable", "Phone 1 - Value")."""
    if not cell or len(cell) > MAX_NAME_LENGTH or sum(c.isdigit() for c in cell) > 6:
        return False
    words = name_words(cell)
    if not words or len(words) > 8:
        return False
    if words in _BY_PHRASE:
        return True
    meaningful = [word for word in words if word not in _FILLERS and not word.isdigit()]
    known = sum(word in HEADER_WORDS for word in meaningful)
    return bool(meaningful) and known * 2 >= len(meaningful)


CIVILITIES = word_set(
    """
    m mr mme mlle mrs ms monsieur madame mademoiselle dr me m. mr. mme. dr. herr frau h f homme femme
    m/mme
    """
)
BOOLEANS = word_set("oui non o n true false vrai faux yes no y 0 1 si ja nein x")

FIRST_NAMES = word_set(
    """
    adam agathe agnes alain alexandra alexandre alexis alice aline ambre amelie amina anais andre andrea
    anne annie anthony antoine arthur audrey aurelie aurelien axel baptiste beatrice benjamin benoit
    bernadette bernard brigitte bruno camille carole caroline catherine cecile celine chantal charles
    charlotte chloe christelle christian christiane christine christophe claire claude claudine clemence
    clement colette corinne cyril damien daniel danielle david delphine denis denise didier dominique
    elise elodie emilie emma emmanuel enzo eric estelle ethan eva evelyne fabien fabrice fanny fatima
    florence florent francine franck francois francoise frederic gabriel gaelle genevieve georges gerard
    ghislaine gilles guillaume guy helene henri herve hugo ibrahim ines isabelle jacqueline jacques jade
    james jean jeanne jeremy jerome joel john jonathan josette joseph josiane jules julie julien
    juliette karim karine kevin laetitia laura laure laurence laurent lea leo leon leila lina lisa loic
    lola louis louise luc lucas lucie ludovic mael magali manon marc marcel margaux marguerite maria
    marie marine marion martine mathieu mathilde maurice maxime melanie melissa michael michel micheline
    mohamed monique morgane muriel myriam nadia nadine nathalie nathan nicolas nicole noah noel nora
    odette odile olivier oceane pascal patrice patricia patrick paul paulette pauline peter philippe
    pierre quentin rachel rachid raphael raymond raymonde regine regis renee rene richard robert roger
    romain romane rose sabrina samuel sandra sandrine sarah sebastien serge severine simon simone solene
    sonia sophie stephane stephanie suzanne sylvain sylvie tania theo therese thibault thierry thomas
    tom valentin valerie vanessa veronique victor vincent virginie viviane william xavier yann yasmine
    yves yvette yvonne zoe jose carlos juan luca marco giulia hans klaus
    """
)
CITIES = word_set(
    """
    paris marseille lyon toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims toulon
    grenoble dijon angers nimes villeurbanne clermont aix brest limoges tours amiens perpignan metz
    besancon orleans rouen mulhouse caen nancy argenteuil montreuil roubaix tourcoing nanterre avignon
    poitiers versailles courbevoie creteil pau colombes vitry asnieres aulnay calais rueil antibes
    cannes beziers bourges merignac quimper lorient valence troyes niort chambery bayonne annecy vannes
    laval arras cholet evreux bruxelles liege namur charleroi geneve lausanne luxembourg madrid
    barcelona milano roma berlin london etienne havre rochelle mans denis pierre vaulx ajaccio bastia
    sete colmar belfort albi castres tarbes agen angouleme blois chartres nevers macon bron tulle cahors
    gap epinal
    """
)
# Accented words of French files, for telling one single-byte encoding from another.
ACCENTED_WORDS = word_set(
    """
    âge âgé période département région opérateur décès métier médecin spécialité équipe arrivée entrée
    móvil teléfono dirección código población número país teléfonos straße größe geschäft città für
    téléphone téléphones prénom prénoms numéro numéros société civilité né née créé créée créés élève
    élèves adhérent adhérents adhérente catégorie référence complément dénomination désabonné libellé
    déjà à où été février août décembre mère père responsable représentant légal légale étage bâtiment
    résidence allée général égalité libération république église château forêt chêne préféré privé santé
    clôture fidélité activité qualité échéance réglé réglée règlement intérêt andré rené renée françois
    françoise hélène jérôme benoît loïc anaïs gaëlle joël joëlle michaël raphaël raphaëlle maël noël noé
    noémie zoé chloé théo léa léo inès agnès cécile célia céline clémence clément élodie émilie éric
    étienne frédéric frédérique géraldine gérard geneviève grégory hervé jérémy josé léon mélanie
    mélissa océane régine régis rémi rémy sébastien stéphane stéphanie séverine solène sévérine thérèse
    valérie véronique aurélie aurélien amélie bénédicte béatrice élise élisabeth éloïse héloïse mickaël
    daniel danièle irène marlène adèle angèle michèle barthélémy timothée côme jérémie zélie gaël gaëtan
    loïs naïma aïcha saïd raïssa lætitia maïté orléans besançon nîmes béziers chambéry étienne mérignac
    évry évreux sète genève liège créteil vénissieux hyères fréjus compiègne chalon mâcon épinal
    périgueux angoulême alès saint-étienne thérèse cœur sœur bœuf œuvre œuvres lefèvre lefébvre lefebvre
    gonçalves müller schäfer garçon français française collège école lycée crèche forêts hôpital hôtel
    boîte île maître être même fête côté contrôle août goût sûr hélas très après première deuxième
    dernière règle succès accès siège pièce modèle bibliothèque écrit fermé zürich köln münchen straße
    españa señor muñoz nuñez peña garcía lópez pérez rodríguez sánchez martínez gonzález hernández josé
    maría jesús ángel méndez
    """
)
