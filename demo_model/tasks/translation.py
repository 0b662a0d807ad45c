"""Translation of everyday English sentences to German and French, from one small grammar of three languages.

Every draw makes the English sentence together with its German and its French translation, so each English text
has exactly one target per language. A short list of fixed phrases is always trained on; the sentence patterns
are split into training and evaluation by the English sentence, the same split for both languages.

Conventions: "you" is formal (Sie, vous) except where only the informal phrase exists ("I love you"); "I" and mixed
groups take masculine agreement in French; French puts a space before "?" and "!"; no sentence starts with an
accented capital, and no word needs the oe ligature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from demo_model.examples import Item, Split, Task, draw_split

FIXED_SHARE = 0.15  # of the training items


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or part of one) in three languages. Only the English text decides its side of the split."""

    en: str
    de: str
    fr: str

    def __str__(self) -> str:
        return self.en


class Noun(NamedTuple):
    """kind says which verbs and adjectives fit. Mass nouns, and a plural we do not use, have empty plurals."""

    kind: str
    en: str
    en_plural: str
    de_gender: str
    de: str
    de_plural: str
    fr_gender: str
    fr: str
    fr_plural: str


class Adjective(NamedTuple):
    """de is the form after "ist", de_stem takes endings; fr_vowel is the masculine before a vowel."""

    en: str
    de: str
    de_stem: str
    fr_m: str
    fr_f: str
    fr_m_plural: str
    fr_f_plural: str
    fr_vowel: str
    fr_before: bool


class Subject(NamedTuple):
    """person is one of 1s, 3s, 1p, 2p, 3p; agree is the French agreement of a predicate: m, f, mp."""

    en: str
    person: str
    de: str
    fr: str
    agree: str


class Verb(NamedTuple):
    """en: base and third person; ing: "" for a verb not used in the progressive. de: ich, er, wir (= infinitive).
    fr: je, il, nous, vous, ils, infinitive. kinds: the nouns that fit as objects."""

    en: tuple[str, str]
    ing: str
    de: tuple[str, str, str]
    fr: tuple[str, str, str, str, str, str]
    kinds: str


class Place(NamedTuple):
    """A place with its ready-made phrases for being there (at) and going there (to)."""

    en: str
    de_gender: str
    de: str
    fr_gender: str
    fr: str
    at: tuple[str, str, str]
    to: tuple[str, str]


# ---- Tables ----------------------------------------------------------------------------------------------------

NOUNS = (
    Noun("small", "book", "books", "n", "Buch", "Bücher", "m", "livre", "livres"),
    Noun("small", "newspaper", "newspapers", "f", "Zeitung", "Zeitungen", "m", "journal", "journaux"),
    Noun("small", "letter", "letters", "m", "Brief", "Briefe", "f", "lettre", "lettres"),
    Noun("small", "lamp", "lamps", "f", "Lampe", "Lampen", "f", "lampe", "lampes"),
    Noun("small", "bag", "bags", "f", "Tasche", "Taschen", "m", "sac", "sacs"),
    Noun("small", "key", "keys", "m", "Schlüssel", "Schlüssel", "f", "clé", "clés"),
    Noun("small", "picture", "pictures", "n", "Bild", "Bilder", "f", "image", "images"),
    Noun("small", "clock", "clocks", "f", "Uhr", "Uhren", "f", "horloge", "horloges"),
    Noun("small", "phone", "phones", "n", "Telefon", "Telefone", "m", "téléphone", "téléphones"),
    Noun("small", "computer", "computers", "m", "Computer", "Computer", "m", "ordinateur", "ordinateurs"),
    Noun("small", "shirt", "shirts", "n", "Hemd", "Hemden", "f", "chemise", "chemises"),
    Noun("small", "coat", "coats", "m", "Mantel", "Mäntel", "m", "manteau", "manteaux"),
    Noun("small", "hat", "hats", "m", "Hut", "Hüte", "m", "chapeau", "chapeaux"),
    Noun("small", "dress", "dresses", "n", "Kleid", "Kleider", "f", "robe", "robes"),
    Noun("small", "umbrella", "umbrellas", "m", "Regenschirm", "Regenschirme", "m", "parapluie", "parapluies"),
    Noun("small", "cup", "cups", "f", "Tasse", "Tassen", "f", "tasse", "tasses"),
    Noun("small", "plate", "plates", "m", "Teller", "Teller", "f", "assiette", "assiettes"),
    Noun("small", "knife", "knives", "n", "Messer", "Messer", "m", "couteau", "couteaux"),
    Noun("small", "glass", "glasses", "n", "Glas", "Gläser", "m", "verre", "verres"),
    Noun("small", "bottle", "bottles", "f", "Flasche", "Flaschen", "f", "bouteille", "bouteilles"),
    Noun("small", "ticket", "tickets", "f", "Fahrkarte", "Fahrkarten", "m", "billet", "billets"),
    Noun("small", "flower", "flowers", "f", "Blume", "Blumen", "f", "fleur", "fleurs"),
    Noun("small", "box", "boxes", "f", "Kiste", "Kisten", "f", "boîte", "boîtes"),
    Noun("small", "pencil", "pencils", "m", "Bleistift", "Bleistifte", "m", "crayon", "crayons"),
    Noun("large", "car", "cars", "n", "Auto", "Autos", "f", "voiture", "voitures"),
    Noun("large", "house", "houses", "n", "Haus", "Häuser", "f", "maison", "maisons"),
    Noun("large", "room", "rooms", "n", "Zimmer", "Zimmer", "f", "chambre", "chambres"),
    Noun("large", "table", "tables", "m", "Tisch", "Tische", "f", "table", "tables"),
    Noun("large", "chair", "chairs", "m", "Stuhl", "Stühle", "f", "chaise", "chaises"),
    Noun("large", "bed", "beds", "n", "Bett", "Betten", "m", "lit", "lits"),
    Noun("large", "bicycle", "bicycles", "n", "Fahrrad", "Fahrräder", "m", "vélo", "vélos"),
    Noun("fixed", "door", "doors", "f", "Tür", "Türen", "f", "porte", "portes"),
    Noun("fixed", "window", "windows", "n", "Fenster", "Fenster", "f", "fenêtre", "fenêtres"),
    Noun("fixed", "tree", "trees", "m", "Baum", "Bäume", "m", "arbre", "arbres"),
    Noun("animal", "dog", "dogs", "m", "Hund", "Hunde", "m", "chien", "chiens"),
    Noun("animal", "cat", "cats", "f", "Katze", "Katzen", "m", "chat", "chats"),
    Noun("animal", "horse", "horses", "n", "Pferd", "Pferde", "m", "cheval", "chevaux"),
    Noun("animal", "bird", "birds", "m", "Vogel", "Vögel", "m", "oiseau", "oiseaux"),
    Noun("food", "apple", "", "m", "Apfel", "", "f", "pomme", ""),  # its German plural has a capital umlaut
    Noun("food", "orange", "oranges", "f", "Orange", "Orangen", "f", "orange", "oranges"),
    Noun("food", "banana", "bananas", "f", "Banane", "Bananen", "f", "banane", "bananes"),
    Noun("food", "tomato", "tomatoes", "f", "Tomate", "Tomaten", "f", "tomate", "tomates"),
    Noun("food", "cake", "cakes", "m", "Kuchen", "Kuchen", "m", "gâteau", "gâteaux"),
    Noun("drink", "water", "", "n", "Wasser", "", "f", "eau", ""),
    Noun("drink", "coffee", "", "m", "Kaffee", "", "m", "café", ""),
    Noun("drink", "tea", "", "m", "Tee", "", "m", "thé", ""),
    Noun("drink", "milk", "", "f", "Milch", "", "m", "lait", ""),
    Noun("drink", "wine", "", "m", "Wein", "", "m", "vin", ""),
    Noun("drink", "beer", "", "n", "Bier", "", "f", "bière", ""),
    Noun("meal", "bread", "", "n", "Brot", "", "m", "pain", ""),
    Noun("meal", "cheese", "", "m", "Käse", "", "m", "fromage", ""),
    Noun("meal", "meat", "", "n", "Fleisch", "", "f", "viande", ""),
    Noun("meal", "fish", "", "m", "Fisch", "", "m", "poisson", ""),
    Noun("meal", "rice", "", "m", "Reis", "", "m", "riz", ""),
    Noun("meal", "soup", "", "f", "Suppe", "", "f", "soupe", ""),
    Noun("meal", "chocolate", "", "f", "Schokolade", "", "m", "chocolat", ""),
)
BY_KIND = {kind: tuple(n for n in NOUNS if n.kind == kind) for kind in dict.fromkeys(n.kind for n in NOUNS)}
BY_KIND["text"] = tuple(n for n in NOUNS if n.en in ("book", "newspaper", "letter"))
BY_NAME = {noun.en: noun for noun in NOUNS}
COUNTABLE = "small small large animal food"  # kinds, the frequent one repeated
SMALL_THINGS = "small small food animal"
MASS = ("drink", "meal")

ADJECTIVES = {
    adjective.en: adjective
    for adjective in (
        Adjective("big", "groß", "groß", "grand", "grande", "grands", "grandes", "grand", True),
        Adjective("small", "klein", "klein", "petit", "petite", "petits", "petites", "petit", True),
        Adjective("old", "alt", "alt", "vieux", "vieille", "vieux", "vieilles", "vieil", True),
        Adjective("new", "neu", "neu", "nouveau", "nouvelle", "nouveaux", "nouvelles", "nouvel", True),
        Adjective("good", "gut", "gut", "bon", "bonne", "bons", "bonnes", "bon", True),
        Adjective("beautiful", "schön", "schön", "beau", "belle", "beaux", "belles", "bel", True),
        Adjective("expensive", "teuer", "teur", "cher", "chère", "chers", "chères", "", False),
        Adjective("clean", "sauber", "sauber", "propre", "propre", "propres", "propres", "", False),
        Adjective("red", "rot", "rot", "rouge", "rouge", "rouges", "rouges", "", False),
        Adjective("blue", "blau", "blau", "bleu", "bleue", "bleus", "bleues", "", False),
        Adjective("green", "grün", "grün", "vert", "verte", "verts", "vertes", "", False),
        Adjective("black", "schwarz", "schwarz", "noir", "noire", "noirs", "noires", "", False),
        Adjective("white", "weiß", "weiß", "blanc", "blanche", "blancs", "blanches", "", False),
        Adjective("yellow", "gelb", "gelb", "jaune", "jaune", "jaunes", "jaunes", "", False),
        Adjective("cold", "kalt", "kalt", "froid", "froide", "froids", "froides", "", False),
        Adjective("hot", "heiß", "heiß", "chaud", "chaude", "chauds", "chaudes", "", False),
    )
}
COLOURS = ("red", "blue", "green", "black", "white", "yellow")
FITTING = {
    "small": ("big", "small", "old", "new", "good", "beautiful", "expensive", "clean", *COLOURS),
    "large": ("big", "small", "old", "new", "good", "beautiful", "expensive", "clean", *COLOURS),
    "fixed": ("big", "small", "old", "beautiful"),
    "animal": ("big", "small", "old", "beautiful", "black", "white", "expensive"),
    "food": ("big", "small", "good", "expensive"),
    "drink": ("cold", "hot", "good", "expensive"),
    "meal": ("cold", "hot", "good", "expensive"),
}

SUBJECTS = (
    Subject("I", "1s", "ich", "je", "m"),
    Subject("we", "1p", "wir", "nous", "mp"),
    Subject("you", "2p", "Sie", "vous", ""),
    Subject("he", "3s", "er", "il", "m"),
    Subject("she", "3s", "sie", "elle", "f"),
    Subject("they", "3p", "sie", "ils", "mp"),
    Subject("the man", "3s", "der Mann", "l'homme", "m"),
    Subject("the woman", "3s", "die Frau", "la femme", "f"),
    Subject("the boy", "3s", "der Junge", "le garçon", "m"),
    Subject("the girl", "3s", "das Mädchen", "la fille", "f"),
    Subject("the children", "3p", "die Kinder", "les enfants", "mp"),
    Subject("the teacher", "3s", "der Lehrer", "le professeur", "m"),
    Subject("my mother", "3s", "meine Mutter", "ma mère", "f"),
    Subject("my father", "3s", "mein Vater", "mon père", "m"),
    Subject("my brother", "3s", "mein Bruder", "mon frère", "m"),
    Subject("my friend", "3s", "mein Freund", "mon ami", "m"),
    Subject("Anna", "3s", "Anna", "Anna", "f"),
    Subject("Peter", "3s", "Peter", "Peter", "m"),
)
PRONOUNS = SUBJECTS[:6]
PEOPLE = SUBJECTS[6:]
THIRD = SUBJECTS[3:]

SEE = Verb(
    ("see", "sees"),
    "",
    ("sehe", "sieht", "sehen"),
    ("vois", "voit", "voyons", "voyez", "voient", "voir"),
    COUNTABLE + " fixed",
)
BUY = Verb(
    ("buy", "buys"),
    "buying",
    ("kaufe", "kauft", "kaufen"),
    ("achète", "achète", "achetons", "achetez", "achètent", "acheter"),
    COUNTABLE + " drink meal",
)
SELL = Verb(
    ("sell", "sells"),
    "selling",
    ("verkaufe", "verkauft", "verkaufen"),
    ("vends", "vend", "vendons", "vendez", "vendent", "vendre"),
    COUNTABLE + " drink meal",
)
HAVE = Verb(
    ("have", "has"),
    "",
    ("habe", "hat", "haben"),
    ("ai", "a", "avons", "avez", "ont", "avoir"),
    COUNTABLE + " drink meal",
)
LOOK_FOR = Verb(
    ("look for", "looks for"),
    "looking for",
    ("suche", "sucht", "suchen"),
    ("cherche", "cherche", "cherchons", "cherchez", "cherchent", "chercher"),
    "small small large animal",
)
FIND = Verb(
    ("find", "finds"),
    "",
    ("finde", "findet", "finden"),
    ("trouve", "trouve", "trouvons", "trouvez", "trouvent", "trouver"),
    "small small large animal fixed",
)
TAKE = Verb(
    ("take", "takes"),
    "taking",
    ("nehme", "nimmt", "nehmen"),
    ("prends", "prend", "prenons", "prenez", "prennent", "prendre"),
    "small food",
)
WANT = Verb(
    ("want", "wants"),
    "",
    ("will", "will", "wollen"),
    ("veux", "veut", "voulons", "voulez", "veulent", "vouloir"),
    COUNTABLE + " drink meal",
)
NEED = Verb(
    ("need", "needs"),
    "",
    ("brauche", "braucht", "brauchen"),
    ("ai besoin de", "a besoin de", "avons besoin de", "avez besoin de", "ont besoin de", "avoir besoin de"),
    "small small large drink meal",
)
LIKE = Verb(
    ("like", "likes"),
    "",
    ("mag", "mag", "mögen"),
    ("aime", "aime", "aimons", "aimez", "aiment", "aimer"),
    COUNTABLE + " fixed drink meal",
)
READ = Verb(
    ("read", "reads"),
    "reading",
    ("lese", "liest", "lesen"),
    ("lis", "lit", "lisons", "lisez", "lisent", "lire"),
    "text",
)
EAT = Verb(
    ("eat", "eats"),
    "eating",
    ("esse", "isst", "essen"),
    ("mange", "mange", "mangeons", "mangez", "mangent", "manger"),
    "food meal",
)
DRINK = Verb(
    ("drink", "drinks"),
    "drinking",
    ("trinke", "trinkt", "trinken"),
    ("bois", "boit", "buvons", "buvez", "boivent", "boire"),
    "drink",
)
VERBS = (SEE, BUY, SELL, HAVE, LOOK_FOR, FIND, TAKE, WANT, NEED, LIKE, READ, EAT, DRINK)
ACTIONS = (SEE, BUY, SELL, READ, EAT, DRINK)  # daily activities, or plans for tomorrow

# Modal verbs: base and third person in English, then as in Verb (the French infinitive is never used).
MODALS = (
    (("want to", "wants to"), ("will", "will", "wollen"), ("veux", "veut", "voulons", "voulez", "veulent")),
    (("can", "can"), ("kann", "kann", "können"), ("peux", "peut", "pouvons", "pouvez", "peuvent")),
    (("must", "must"), ("muss", "muss", "müssen"), ("dois", "doit", "devons", "devez", "doivent")),
)
WILL = (("will", "will"), ("werde", "wird", "werden"), ("vais", "va", "allons", "allez", "vont"))
GO = (("go", "goes"), ("gehe", "geht", "gehen"), ("vais", "va", "allons", "allez", "vont"))
BE_EN = {"1s": "am", "3s": "is", "1p": "are", "2p": "are", "3p": "are"}
BE_DE = {"1s": "bin", "3s": "ist", "1p": "sind", "2p": "sind", "3p": "sind"}
BE_FR = {"1s": "suis", "3s": "est", "1p": "sommes", "2p": "êtes", "3p": "sont"}

PLACES = (
    Place(
        "station",
        "m",
        "Bahnhof",
        "f",
        "gare",
        ("at the station", "am Bahnhof", "à la gare"),
        ("zum Bahnhof", "à la gare"),
    ),
    Place(
        "airport",
        "m",
        "Flughafen",
        "m",
        "aéroport",
        ("at the airport", "am Flughafen", "à l'aéroport"),
        ("zum Flughafen", "à l'aéroport"),
    ),
    Place(
        "school",
        "f",
        "Schule",
        "f",
        "école",
        ("at the school", "in der Schule", "à l'école"),
        ("zur Schule", "à l'école"),
    ),
    Place(
        "market",
        "m",
        "Markt",
        "m",
        "marché",
        ("at the market", "auf dem Markt", "au marché"),
        ("zum Markt", "au marché"),
    ),
    Place("park", "m", "Park", "m", "parc", ("in the park", "im Park", "dans le parc"), ("in den Park", "au parc")),
    Place("hotel", "n", "Hotel", "m", "hôtel", ("at the hotel", "im Hotel", "à l'hôtel"), ("zum Hotel", "à l'hôtel")),
    Place(
        "hospital",
        "n",
        "Krankenhaus",
        "m",
        "hôpital",
        ("at the hospital", "im Krankenhaus", "à l'hôpital"),
        ("ins Krankenhaus", "à l'hôpital"),
    ),
    Place(
        "restaurant",
        "n",
        "Restaurant",
        "m",
        "restaurant",
        ("at the restaurant", "im Restaurant", "au restaurant"),
        ("ins Restaurant", "au restaurant"),
    ),
    Place(
        "museum", "n", "Museum", "m", "musée", ("at the museum", "im Museum", "au musée"), ("ins Museum", "au musée")
    ),
    Place("cinema", "n", "Kino", "m", "cinéma", ("at the cinema", "im Kino", "au cinéma"), ("ins Kino", "au cinéma")),
    Place(
        "church",
        "f",
        "Kirche",
        "f",
        "église",
        ("in the church", "in der Kirche", "dans l'église"),
        ("in die Kirche", "à l'église"),
    ),
    Place(
        "garden",
        "m",
        "Garten",
        "m",
        "jardin",
        ("in the garden", "im Garten", "dans le jardin"),
        ("in den Garten", "dans le jardin"),
    ),
    Place(
        "kitchen",
        "f",
        "Küche",
        "f",
        "cuisine",
        ("in the kitchen", "in der Küche", "dans la cuisine"),
        ("in die Küche", "dans la cuisine"),
    ),
    Place(
        "library",
        "f",
        "Bibliothek",
        "f",
        "bibliothèque",
        ("at the library", "in der Bibliothek", "à la bibliothèque"),
        ("in die Bibliothek", "à la bibliothèque"),
    ),
    Place(
        "beach", "m", "Strand", "f", "plage", ("at the beach", "am Strand", "à la plage"), ("zum Strand", "à la plage")
    ),
    Place(
        "bank", "f", "Bank", "f", "banque", ("at the bank", "in der Bank", "à la banque"), ("zur Bank", "à la banque")
    ),
    Place(
        "bakery",
        "f",
        "Bäckerei",
        "f",
        "boulangerie",
        ("at the bakery", "in der Bäckerei", "à la boulangerie"),
        ("zur Bäckerei", "à la boulangerie"),
    ),
)
PLACE_ADJECTIVES = ("big", "small", "old", "beautiful", "clean")
OUTDOORS = tuple(p for p in PLACES if p.en in ("market", "park", "garden", "beach", "station"))
OPENING = tuple(p for p in PLACES if p.en in ("market", "restaurant", "museum", "cinema", "library", "bank", "bakery"))
SERVING = tuple(p for p in PLACES if p.en in ("kitchen", "restaurant", "hotel", "market", "school", "hospital"))
NEARBY = tuple(p for p in PLACES if p.en not in ("garden", "kitchen"))

# Where a thing can be: on or under furniture; next to, behind, in front of anything that stands.
PREPOSITIONS = (
    ("on", "auf", "sur", ("table", "chair", "bed", "box")),
    ("under", "unter", "sous", ("table", "chair", "bed", "tree")),
    ("next to", "neben", "à côté de", ("table", "chair", "bed", "box", "door", "window", "car", "house", "tree")),
    ("behind", "hinter", "derrière", ("table", "chair", "bed", "box", "door", "car", "house", "tree")),
    ("in front of", "vor", "devant", ("table", "bed", "box", "door", "window", "car", "house", "tree")),
)

NUMBERS = (
    ("two", "zwei", "deux"),
    ("three", "drei", "trois"),
    ("four", "vier", "quatre"),
    ("five", "fünf", "cinq"),
    ("six", "sechs", "six"),
    ("seven", "sieben", "sept"),
    ("eight", "acht", "huit"),
    ("nine", "neun", "neuf"),
    ("ten", "zehn", "dix"),
)
POSSESSIVES = (("my", "mein", ("mon", "ma")), ("our", "unser", ("notre", "notre")), ("your", "Ihr", ("votre", "votre")))

HABIT_TIMES = (
    ("every day", "jeden Tag", "tous les jours"),
    ("in the morning", "am Morgen", "le matin"),
    ("in the evening", "am Abend", "le soir"),
    ("on Sundays", "sonntags", "le dimanche"),
)
NOW_TIMES = (("today", "heute", "aujourd'hui"), ("now", "jetzt", "maintenant"))
FUTURE_TIMES = (
    ("today", "heute", "aujourd'hui"),
    ("tomorrow", "morgen", "demain"),
    ("on Monday", "am Montag", "lundi"),
    ("next week", "nächste Woche", "la semaine prochaine"),
)

WEATHER = (
    ("It is cold", "Es ist", "kalt", "Il fait froid"),
    ("It is warm", "Es ist", "warm", "Il fait chaud"),
    ("It is very cold", "Es ist", "sehr kalt", "Il fait très froid"),
    ("It is very warm", "Es ist", "sehr warm", "Il fait très chaud"),
    ("It is windy", "Es ist", "windig", "Il y a du vent"),
    ("It is raining", "Es regnet", "", "Il pleut"),
    ("It is snowing", "Es schneit", "", "Il neige"),
)

# What people are: German, and the French masculine, feminine, masculine plural.
STATES = (
    ("tired", "müde", ("fatigué", "fatiguée", "fatigués")),
    ("sick", "krank", ("malade", "malade", "malades")),
    ("happy", "glücklich", ("heureux", "heureuse", "heureux")),
    ("young", "jung", ("jeune", "jeune", "jeunes")),
    ("old", "alt", ("vieux", "vieille", "vieux")),
    ("rich", "reich", ("riche", "riche", "riches")),
    ("tall", "groß", ("grand", "grande", "grands")),
    ("strong", "stark", ("fort", "forte", "forts")),
    ("nice", "nett", ("gentil", "gentille", "gentils")),
)

CONTAINERS = (
    ("a cup of", "eine Tasse", "une tasse de", ("coffee", "tea", "milk")),
    ("a glass of", "ein Glas", "un verre de", ("water", "milk", "wine", "beer")),
    ("a bottle of", "eine Flasche", "une bouteille de", ("water", "milk", "wine", "beer")),
)

FIXED = tuple(
    Sentence(*line)
    for line in (
        ("Good morning.", "Guten Morgen.", "Bonjour."),
        ("Good evening.", "Guten Abend.", "Bonsoir."),
        ("Good night.", "Gute Nacht.", "Bonne nuit."),
        ("Hello.", "Hallo.", "Bonjour."),
        ("Hello, how are you?", "Hallo, wie geht es Ihnen?", "Bonjour, comment allez-vous ?"),
        ("How are you?", "Wie geht es Ihnen?", "Comment allez-vous ?"),
        ("I am fine, thank you.", "Mir geht es gut, danke.", "Je vais bien, merci."),
        ("Goodbye.", "Auf Wiedersehen.", "Au revoir."),
        ("See you tomorrow.", "Bis morgen.", "On se voit demain."),
        ("Thank you.", "Danke.", "Merci."),
        ("Thank you very much.", "Vielen Dank.", "Merci beaucoup."),
        ("Thank you for your help.", "Vielen Dank für Ihre Hilfe.", "Merci pour votre aide."),
        ("You are welcome.", "Gern geschehen.", "De rien."),
        ("Please.", "Bitte.", "S'il vous plaît."),
        ("Yes, please.", "Ja, bitte.", "Oui, s'il vous plaît."),
        ("No, thank you.", "Nein, danke.", "Non, merci."),
        ("Yes.", "Ja.", "Oui."),
        ("No.", "Nein.", "Non."),
        ("Excuse me.", "Entschuldigung.", "Excusez-moi."),
        ("I am sorry.", "Es tut mir leid.", "Je suis désolé."),
        ("No problem.", "Kein Problem.", "Pas de problème."),
        ("Welcome!", "Willkommen!", "Bienvenue !"),
        ("Congratulations!", "Herzlichen Glückwunsch!", "Félicitations !"),
        ("Good luck!", "Viel Glück!", "Bonne chance !"),
        ("Happy birthday!", "Alles Gute zum Geburtstag!", "Joyeux anniversaire !"),
        ("Merry Christmas!", "Frohe Weihnachten!", "Joyeux Noël !"),
        ("Happy New Year!", "Ein frohes neues Jahr!", "Bonne année !"),
        ("Enjoy your meal!", "Guten Appetit!", "Bon appétit !"),
        ("Cheers!", "Prost!", "Santé !"),
        ("Have a nice day!", "Einen schönen Tag noch!", "Bonne journée !"),
        ("Have a good trip!", "Gute Reise!", "Bon voyage !"),
        ("What is your name?", "Wie heißen Sie?", "Comment vous appelez-vous ?"),
        ("My name is Anna.", "Ich heiße Anna.", "Je m'appelle Anna."),
        ("My name is Peter.", "Ich heiße Peter.", "Je m'appelle Peter."),
        ("My name is Paul.", "Ich heiße Paul.", "Je m'appelle Paul."),
        ("My name is Maria.", "Ich heiße Maria.", "Je m'appelle Maria."),
        ("Nice to meet you.", "Freut mich.", "Enchanté."),
        ("Where are you from?", "Woher kommen Sie?", "D'où venez-vous ?"),
        ("I am from Germany.", "Ich komme aus Deutschland.", "Je viens d'Allemagne."),
        ("I am from France.", "Ich komme aus Frankreich.", "Je viens de France."),
        ("I am from England.", "Ich komme aus England.", "Je viens d'Angleterre."),
        ("I live in Berlin.", "Ich wohne in Berlin.", "J'habite à Berlin."),
        ("I live in Paris.", "Ich wohne in Paris.", "J'habite à Paris."),
        ("Where do you live?", "Wo wohnen Sie?", "Où habitez-vous ?"),
        ("How old are you?", "Wie alt sind Sie?", "Quel âge avez-vous ?"),
        ("Do you speak English?", "Sprechen Sie Englisch?", "Parlez-vous anglais ?"),
        ("Do you speak German?", "Sprechen Sie Deutsch?", "Parlez-vous allemand ?"),
        ("Do you speak French?", "Sprechen Sie Französisch?", "Parlez-vous français ?"),
        ("I speak a little German.", "Ich spreche ein wenig Deutsch.", "Je parle un peu allemand."),
        ("I speak a little French.", "Ich spreche ein wenig Französisch.", "Je parle un peu français."),
        ("I do not speak German.", "Ich spreche kein Deutsch.", "Je ne parle pas allemand."),
        ("I do not speak French.", "Ich spreche kein Französisch.", "Je ne parle pas français."),
        ("I am learning German.", "Ich lerne Deutsch.", "J'apprends l'allemand."),
        ("I am learning French.", "Ich lerne Französisch.", "J'apprends le français."),
        ("I understand.", "Ich verstehe.", "Je comprends."),
        ("I do not understand.", "Ich verstehe nicht.", "Je ne comprends pas."),
        ("I do not know.", "Ich weiß nicht.", "Je ne sais pas."),
        ("I am hungry.", "Ich habe Hunger.", "J'ai faim."),
        ("I am thirsty.", "Ich habe Durst.", "J'ai soif."),
        ("I am tired.", "Ich bin müde.", "Je suis fatigué."),
        ("I am lost.", "Ich habe mich verlaufen.", "Je suis perdu."),
        ("I love you.", "Ich liebe dich.", "Je t'aime."),
        ("I have a headache.", "Ich habe Kopfschmerzen.", "J'ai mal à la tête."),
        ("I need help.", "Ich brauche Hilfe.", "J'ai besoin d'aide."),
        ("I need a doctor.", "Ich brauche einen Arzt.", "J'ai besoin d'un médecin."),
        ("Help!", "Hilfe!", "Au secours !"),
        ("Can you help me?", "Können Sie mir helfen?", "Pouvez-vous m'aider ?"),
        ("Please speak slowly.", "Bitte sprechen Sie langsam.", "Parlez lentement, s'il vous plaît."),
        ("Where is the station?", "Wo ist der Bahnhof?", "Où est la gare ?"),
        ("Where is the bathroom?", "Wo ist die Toilette?", "Où sont les toilettes ?"),
        ("How much does it cost?", "Wie viel kostet das?", "Combien ça coûte ?"),
        ("That is too expensive.", "Das ist zu teuer.", "C'est trop cher."),
        ("The bill, please.", "Die Rechnung, bitte.", "L'addition, s'il vous plaît."),
        ("A coffee, please.", "Einen Kaffee, bitte.", "Un café, s'il vous plaît."),
        ("What time is it?", "Wie spät ist es?", "Quelle heure est-il ?"),
        ("What is this?", "Was ist das?", "Qu'est-ce que c'est ?"),
        ("Who is that?", "Wer ist das?", "Qui est-ce ?"),
        ("What is the weather like?", "Wie ist das Wetter?", "Quel temps fait-il ?"),
        ("The weather is nice today.", "Das Wetter ist heute schön.", "Il fait beau aujourd'hui."),
        ("The sun is shining.", "Die Sonne scheint.", "Le soleil brille."),
        ("It is raining.", "Es regnet.", "Il pleut."),
        ("It is very late.", "Es ist sehr spät.", "Il est très tard."),
        ("Today is Monday.", "Heute ist Montag.", "Aujourd'hui, c'est lundi."),
        ("Today is Sunday.", "Heute ist Sonntag.", "Aujourd'hui, c'est dimanche."),
        ("I like music.", "Ich mag Musik.", "J'aime la musique."),
        ("I like to read.", "Ich lese gern.", "J'aime lire."),
        ("I like to cook.", "Ich koche gern.", "J'aime cuisiner."),
        ("The house is wonderful.", "Das Haus ist wunderbar.", "La maison est magnifique."),
        ("The house is big.", "Das Haus ist groß.", "La maison est grande."),
        ("The food is very good.", "Das Essen ist sehr gut.", "La nourriture est très bonne."),
        ("She is my mother.", "Sie ist meine Mutter.", "C'est ma mère."),
        ("He is my father.", "Er ist mein Vater.", "C'est mon père."),
        ("My brother works in Berlin.", "Mein Bruder arbeitet in Berlin.", "Mon frère travaille à Berlin."),
        ("I go home.", "Ich gehe nach Hause.", "Je rentre à la maison."),
        ("I work every day.", "Ich arbeite jeden Tag.", "Je travaille tous les jours."),
        ("Let's go!", "Gehen wir!", "Allons-y !"),
        ("Wait a moment, please.", "Warten Sie bitte einen Moment.", "Attendez un moment, s'il vous plaît."),
        ("That is right.", "Das stimmt.", "C'est exact."),
        ("That is not true.", "Das ist nicht wahr.", "Ce n'est pas vrai."),
        ("Very good!", "Sehr gut!", "Très bien !"),
    )
)
FIXED_EN = frozenset(sentence.en for sentence in FIXED)
MINORS = ("the boy", "the girl", "the children")
ALCOHOL = {"wine", "beer"}

# German by case, then gender: the article "der", the ending of ein-words (ein, kein, mein),
# and the endings of an adjective after each. In the plural it takes -en after "die" and -e after a number.
DER = {
    "nom": {"m": "der", "f": "die", "n": "das"},
    "acc": {"m": "den", "f": "die", "n": "das"},
    "dat": {"m": "dem", "f": "der", "n": "dem"},
}
EIN = {"nom": {"m": "", "f": "e", "n": ""}, "acc": {"m": "en", "f": "e", "n": ""}}
AFTER_DER = {
    "nom": {"m": "e", "f": "e", "n": "e"},
    "acc": {"m": "en", "f": "e", "n": "e"},
    "dat": {"m": "en", "f": "en", "n": "en"},
}
AFTER_EIN = {"nom": {"m": "er", "f": "e", "n": "es"}, "acc": {"m": "en", "f": "e", "n": "es"}}

ONE_FR = {"m": "un", "f": "une"}
DE_PERSON = {"1s": 0, "3s": 1, "1p": 2, "2p": 2, "3p": 2}
FR_PERSON = {"1s": 0, "3s": 1, "1p": 2, "2p": 3, "3p": 4}


# ---- Grammar ---------------------------------------------------------------------------------------------------


def elides(word: str) -> bool:
    """Whether French le, de, je, ne and que lose their vowel before this word (every h of ours but huit is mute)."""
    return word[0].lower() in "aeiouhéèêàîô" and not word.startswith("huit")


def elide(short: str, rest: str) -> str:
    """d'eau, but de vin; j'ai, but je vois."""
    return f"{short[:-1]}'{rest}" if elides(rest) else f"{short} {rest}"


def de_fr(phrase: str) -> str:
    """French "de" before a noun phrase, contracted: du, des, d'."""
    if phrase.startswith("le "):
        return "du " + phrase[3:]
    if phrase.startswith("les "):
        return "des " + phrase[4:]
    return elide("de", phrase)


def the_fr(gender: str, phrase: str) -> str:
    return elide("le" if gender == "m" else "la", phrase)


def a_en(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


def bare_fr(noun: Noun | Place, adjective: Adjective | None, plural: bool = False) -> str:
    """A French noun with its adjective on the right side and in the right form, no article."""
    word = noun.fr_plural if plural and isinstance(noun, Noun) else noun.fr
    if adjective is None:
        return word
    if noun.fr_gender == "f":
        form = adjective.fr_f_plural if plural else adjective.fr_f
    else:
        form = adjective.fr_m_plural if plural else adjective.fr_m
    if not adjective.fr_before:
        return f"{word} {form}"
    if noun.fr_gender == "m" and not plural and elides(word):
        form = adjective.fr_vowel
    return f"{form} {word}"


def words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def inflected(adjective: Adjective | None, ending: str) -> str:
    return "" if adjective is None else adjective.de_stem + ending


def the(noun: Noun | Place, adjective: Adjective | None = None, case: str = "acc") -> Sentence:
    gender = noun.de_gender
    return Sentence(
        words("the", adjective.en if adjective else "", noun.en),
        words(DER[case][gender], inflected(adjective, AFTER_DER[case][gender]), noun.de),
        the_fr(noun.fr_gender, bare_fr(noun, adjective)),
    )


def the_plural(noun: Noun, adjective: Adjective | None = None) -> Sentence:
    """Nominative or accusative, which are the same."""
    return Sentence(
        words("the", adjective.en if adjective else "", noun.en_plural),
        words("die", inflected(adjective, "en"), noun.de_plural),
        "les " + bare_fr(noun, adjective, plural=True),
    )


def a(noun: Noun | Place, adjective: Adjective | None = None, case: str = "acc") -> Sentence:
    gender = noun.de_gender
    return Sentence(
        a_en(words(adjective.en if adjective else "", noun.en)),
        words("ein" + EIN[case][gender], inflected(adjective, AFTER_EIN[case][gender]), noun.de),
        ONE_FR[noun.fr_gender] + " " + bare_fr(noun, adjective),
    )


def possessed(rng: Random, noun: Noun, adjective: Adjective | None = None, case: str = "acc") -> Sentence:
    en, de, (fr_m, fr_f) = rng.choice(POSSESSIVES)
    phrase = bare_fr(noun, adjective)
    gender = noun.de_gender
    return Sentence(
        words(en, adjective.en if adjective else "", noun.en),
        words(de + EIN[case][gender], inflected(adjective, AFTER_EIN[case][gender]), noun.de),
        (fr_m if noun.fr_gender == "m" or elides(phrase) else fr_f) + " " + phrase,
    )


def counted(rng: Random, noun: Noun, adjective: Adjective | None = None) -> Sentence:
    en, de, fr = rng.choice(NUMBERS)
    return Sentence(
        words(en, adjective.en if adjective else "", noun.en_plural),
        words(de, inflected(adjective, "e"), noun.de_plural),
        fr + " " + bare_fr(noun, adjective, plural=True),
    )


def some(noun: Noun) -> Sentence:
    """A mass noun: water, Wasser, de l'eau."""
    return Sentence(noun.en, noun.de, some_fr(noun))


def some_fr(noun: Noun) -> str:
    return de_fr(the_fr(noun.fr_gender, noun.fr))


def a_drink(rng: Random) -> Sentence:
    en, de, fr, names = rng.choice(CONTAINERS)
    noun = BY_NAME[rng.choice(names)]
    return Sentence(f"{en} {noun.en}", f"{de} {noun.de}", fr.removesuffix("de") + elide("de", noun.fr))


def noun_of(rng: Random, kinds: str) -> Noun:
    return rng.choice(BY_KIND[rng.choice(kinds.split())])


def adjective_for(rng: Random, noun: Noun, share: float) -> Adjective | None:
    return ADJECTIVES[rng.choice(FITTING[noun.kind])] if rng.random() < share else None


def indefinite(rng: Random, noun: Noun) -> Sentence:
    """a/some NOUN, or a number of them."""
    if noun.kind in MASS:
        return some(noun)
    adjective = adjective_for(rng, noun, 0.4)
    return counted(rng, noun, adjective) if noun.en_plural and rng.random() < 0.3 else a(noun, adjective)


def definite(rng: Random, noun: Noun) -> Sentence:
    """the/my NOUN, or the plural."""
    adjective = adjective_for(rng, noun, 0.4)
    kind = rng.random()
    if kind < 0.25 and noun.kind not in MASS:
        return possessed(rng, noun, adjective)
    if kind < 0.4 and noun.en_plural:
        return the_plural(noun, adjective)
    return the(noun, adjective)


def object_of(rng: Random, verb: Verb) -> Sentence:
    """An object that fits the verb, in the accusative, the French "de" of "avoir besoin de" included."""
    noun = noun_of(rng, verb.kinds)
    if verb is LIKE and noun.kind in MASS:
        return Sentence(noun.en, noun.de, the_fr(noun.fr_gender, noun.fr))
    thing = definite(rng, noun) if verb is LIKE or rng.random() < 0.45 else indefinite(rng, noun)
    if verb is NEED:
        return Sentence(thing.en, thing.de, de_fr(noun.fr if thing.en == noun.en else thing.fr))
    return thing


def object_fr(verb: str, thing: str) -> str:
    """The French verb and object; "besoin de" already carries its "de" on the object."""
    return verb.removesuffix(" de") + " " + thing


def agreed(subject: Subject, forms: tuple[str, ...]) -> str:
    return forms[1 if subject.person == "3s" else 0]


def german(subject: Subject, forms: tuple[str, ...]) -> str:
    return forms[DE_PERSON[subject.person]]


def french(subject: Subject, forms: tuple[str, ...]) -> str:
    return forms[FR_PERSON[subject.person]]


def says_fr(subject: Subject, predicate: str) -> str:
    """Subject and predicate, "je" elided."""
    return elide("je", predicate) if subject.fr == "je" else f"{subject.fr} {predicate}"


def present_en(rng: Random, subject: Subject, verb: Verb, progressive: bool | None = None) -> str:
    """The verb in the present, as in "buys" or "is buying". Looking for something is always progressive."""
    if progressive is None:
        progressive = verb is LOOK_FOR or (bool(verb.ing) and rng.random() < 0.4)
    return f"{BE_EN[subject.person]} {verb.ing}" if progressive else agreed(subject, verb.en)


def any_subject(rng: Random) -> Subject:
    return rng.choice(PRONOUNS if rng.random() < 0.5 else PEOPLE)


def starts(text: str) -> str:
    return text[0].upper() + text[1:]


def full(en: str, de: str, fr: str, end: str = ".") -> Sentence:
    return Sentence(starts(en) + end, starts(de) + end, starts(fr) + (" " + end if end == "?" else end))


# ---- Patterns --------------------------------------------------------------------------------------------------


def statement(rng: Random) -> Sentence:
    """Anna buys a red hat."""
    subject, verb = any_subject(rng), rng.choice(VERBS)
    thing = object_of(rng, verb)
    return full(
        f"{subject.en} {present_en(rng, subject, verb)} {thing.en}",
        f"{subject.de} {german(subject, verb.de)} {thing.de}",
        says_fr(subject, object_fr(french(subject, verb.fr), thing.fr)),
    )


def timed(rng: Random) -> Sentence:
    """Anna reads a book every day. Anna is reading a book now."""
    subject, verb = any_subject(rng), rng.choice(ACTIONS)
    progressive = bool(verb.ing) and rng.random() < 0.4
    thing = object_of(rng, verb if progressive else verb._replace(kinds=verb.kinds.replace("large", "small")))
    en, de, fr = rng.choice(NOW_TIMES if progressive else HABIT_TIMES)
    return full(
        f"{subject.en} {present_en(rng, subject, verb, progressive)} {thing.en} {en}",
        f"{subject.de} {german(subject, verb.de)} {de} {thing.de}",
        says_fr(subject, f"{french(subject, verb.fr)} {thing.fr} {fr}"),
    )


def future(rng: Random) -> Sentence:
    """Anna will buy a hat tomorrow."""
    subject, verb = any_subject(rng), rng.choice(ACTIONS)
    thing = object_of(rng, verb)
    en, de, fr = rng.choice(FUTURE_TIMES)
    return full(
        f"{subject.en} will {verb.en[0]} {thing.en} {en}",
        f"{subject.de} {german(subject, WILL[1])} {de} {thing.de} {verb.de[2]}",
        f"{subject.fr} {french(subject, WILL[2])} {verb.fr[5]} {thing.fr} {fr}",
    )


def modal(rng: Random) -> Sentence:
    """Anna must buy a hat. Anna cannot find the hat."""
    subject = any_subject(rng)
    if rng.random() < 0.25:
        verb = rng.choice((FIND, SEE, BUY, SELL, TAKE))
        thing = definite(rng, noun_of(rng, "small" if verb is TAKE else "small large animal"))
        _, de, fr = MODALS[1]
        return full(
            f"{subject.en} cannot {verb.en[0]} {thing.en}",
            f"{subject.de} {german(subject, de)} {thing.de} nicht {verb.de[2]}",
            f"{subject.fr} ne {french(subject, fr)} pas {verb.fr[5]} {thing.fr}",
        )
    en, de, fr = rng.choice(MODALS)
    verb = rng.choice((SEE, BUY, SELL, LOOK_FOR, FIND, TAKE, READ, EAT, DRINK))
    thing = object_of(rng, verb)
    return full(
        f"{subject.en} {agreed(subject, en)} {verb.en[0]} {thing.en}",
        f"{subject.de} {german(subject, de)} {thing.de} {verb.de[2]}",
        f"{subject.fr} {french(subject, fr)} {verb.fr[5]} {thing.fr}",
    )


def negation(rng: Random) -> Sentence:
    """Anna does not have a car. Anna does not see the car."""
    subject, verb = any_subject(rng), rng.choice(VERBS)
    noun = noun_of(rng, verb.kinds)
    french_verb = french(subject, verb.fr).split(" ")
    if verb is LIKE and noun.kind in MASS:
        en, de, fr = noun.en, "kein" + EIN["acc"][noun.de_gender] + " " + noun.de, the_fr(noun.fr_gender, noun.fr)
    elif verb is not LIKE and (noun.kind in MASS or rng.random() < 0.6):
        adjective = None if noun.kind in MASS else adjective_for(rng, noun, 0.3)
        thing = some(noun) if noun.kind in MASS else a(noun, adjective)
        en = thing.en
        de = "k" + a(noun, adjective).de
        fr = de_fr(thing.fr if verb is NEED and noun.kind not in MASS else bare_fr(noun, adjective))
    else:
        thing = definite(rng, noun)
        en, de, fr = thing.en, thing.de + " nicht", de_fr(thing.fr) if verb is NEED else thing.fr
    if verb is LOOK_FOR:
        not_en = f"{BE_EN[subject.person]} not {verb.ing}"
    else:
        not_en = f"{'does' if subject.person == '3s' else 'do'} not {verb.en[0]}"
    return full(
        f"{subject.en} {not_en} {en}",
        f"{subject.de} {german(subject, verb.de)} {de}",
        f"{subject.fr} {elide('ne', french_verb[0])} {words('pas', 'besoin' if verb is NEED else '', fr)}",
    )


def question(rng: Random) -> Sentence:
    """Do you have a car? Does Anna have a car?"""
    subject = PRONOUNS[2] if rng.random() < 0.5 else rng.choice(THIRD)
    verb = rng.choice(VERBS)
    thing = object_of(rng, verb)
    if verb is LOOK_FOR:
        en = f"{BE_EN[subject.person]} {subject.en} {verb.ing}"
    else:
        en = f"{'does' if subject.person == '3s' else 'do'} {subject.en} {verb.en[0]}"
    return full(
        f"{en} {thing.en}",
        f"{german(subject, verb.de)} {subject.de} {thing.de}",
        asks_fr(subject, french(subject, verb.fr), thing.fr),
        "?",
    )


def asks_fr(subject: Subject, verb: str, rest: str) -> str:
    """Avez-vous ..., but Est-ce qu'Anna a ..."""
    if subject.fr == "vous":
        head, *tail = verb.removesuffix(" de").split(" ")
        return words(head + "-vous", *tail, rest)
    return elide("est-ce que", subject.fr) + " " + object_fr(verb, rest)


def what(rng: Random) -> Sentence:
    """What is Anna reading?"""
    subject, verb = any_subject(rng), rng.choice((SEE, BUY, SELL, HAVE, LOOK_FOR, WANT, READ, EAT, DRINK))
    if verb.ing and (verb is LOOK_FOR or rng.random() < 0.5):
        en = f"{BE_EN[subject.person]} {subject.en} {verb.ing}"
    else:
        en = f"{'does' if subject.person == '3s' else 'do'} {subject.en} {verb.en[0]}"
    french_clause = says_fr(subject, french(subject, verb.fr))
    return full(
        f"what {en}",
        f"was {german(subject, verb.de)} {subject.de}",
        "qu'est-ce " + elide("que", french_clause),
        "?",
    )


def where(rng: Random) -> Sentence:
    """Where is the old car? Where is the hotel?"""
    if rng.random() < 0.3:
        thing = the(rng.choice(PLACES), case="nom")
    else:
        noun = noun_of(rng, "small small large animal")
        adjective = adjective_for(rng, noun, 0.4)
        thing = possessed(rng, noun, adjective, "nom") if rng.random() < 0.4 else the(noun, adjective, "nom")
    return full(f"where is {thing.en}", f"wo ist {thing.de}", f"où est {thing.fr}", "?")


def price(rng: Random) -> Sentence:
    """How much does the red hat cost?"""
    noun = noun_of(rng, COUNTABLE + " drink meal")
    thing = the(noun, adjective_for(rng, noun, 0.6), "nom")
    return full(f"how much does {thing.en} cost", f"wie viel kostet {thing.de}", f"combien coûte {thing.fr}", "?")


def description(rng: Random) -> Sentence:
    """The red hat is expensive. Is the hotel old? The coffee is not hot."""
    attribute: Adjective | None = None
    fitting: tuple[str, ...] = PLACE_ADJECTIVES
    if rng.random() < 0.25:
        place = rng.choice(PLACES)
        thing, gender = the(place, None, "nom"), place.fr_gender
    else:
        noun = noun_of(rng, COUNTABLE + " fixed drink meal")
        attribute = None if noun.kind in MASS else adjective_for(rng, noun, 0.35)
        fitting, gender = FITTING[noun.kind], noun.fr_gender
        thing = possessed(rng, noun, attribute, "nom") if rng.random() < 0.25 else the(noun, attribute, "nom")
    taken = {"new"} | ({attribute.en} if attribute else set())  # one is "neuf" and not "nouveau" after "est"
    if attribute and attribute.en in COLOURS:
        taken |= set(COLOURS)
    if attribute and attribute.en in ("big", "small", "new", "old"):
        taken |= {"big", "small", "old"}
    quality = ADJECTIVES[rng.choice([name for name in fitting if name not in taken])]
    quality_fr = quality.fr_f if gender == "f" else quality.fr_m
    form = rng.random()
    if form < 0.15:
        return full(
            f"is {thing.en} {quality.en}",
            f"ist {thing.de} {quality.de}",
            f"est-ce que {thing.fr} est {quality_fr}",
            "?",
        )
    if form < 0.3:
        return full(
            f"{thing.en} is not {quality.en}",
            f"{thing.de} ist nicht {quality.de}",
            f"{thing.fr} n'est pas {quality_fr}",
        )
    if form < 0.5 and quality.en not in COLOURS:
        return full(
            f"{thing.en} is very {quality.en}", f"{thing.de} ist sehr {quality.de}", f"{thing.fr} est très {quality_fr}"
        )
    return full(f"{thing.en} is {quality.en}", f"{thing.de} ist {quality.de}", f"{thing.fr} est {quality_fr}")


def this_is(rng: Random) -> Sentence:
    """This is a beautiful horse."""
    noun = noun_of(rng, COUNTABLE + " fixed")
    adjective = adjective_for(rng, noun, 0.7)
    kind = rng.random()
    if kind < 0.4:
        thing = possessed(rng, noun, adjective, "nom")
    else:
        thing = a(noun, adjective, "nom") if kind < 0.8 else the(noun, adjective, "nom")
    return full(f"this is {thing.en}", f"das ist {thing.de}", f"c'est {thing.fr}")


def places_for(noun: Noun) -> tuple[Place, ...]:
    """Where one may come across it."""
    if noun.kind == "animal":
        return OUTDOORS
    return SERVING if noun.kind in MASS else PLACES


def there_is(rng: Random) -> Sentence:
    """There is a bird in the garden. There is no milk in the kitchen. Is there a bank near here?"""
    if rng.random() < 0.12:
        thing = a(rng.choice(NEARBY))
        return full(
            f"is there {thing.en} near here", f"gibt es in der Nähe {thing.de}", f"y a-t-il {thing.fr} près d'ici", "?"
        )
    noun = noun_of(rng, "small small animal drink meal")
    en, de, fr = rng.choice(places_for(noun)).at
    if noun.kind in MASS and rng.random() < 0.4:
        return full(
            f"there is no {noun.en} {en}", f"es gibt k{a(noun).de} {de}", f"il n'y a pas {elide('de', noun.fr)} {fr}"
        )
    thing = indefinite(rng, noun)
    be = "are" if thing.en.split(" ")[0] in (number[0] for number in NUMBERS) else "is"
    return full(f"there {be} {thing.en} {en}", f"es gibt {thing.de} {de}", f"il y a {thing.fr} {fr}")


def position(rng: Random) -> Sentence:
    """The key is under the table."""
    noun = noun_of(rng, "small small animal")
    adjective = adjective_for(rng, noun, 0.2)
    thing = possessed(rng, noun, adjective, "nom") if rng.random() < 0.25 else the(noun, adjective, "nom")
    en, de, fr, names = rng.choice(PREPOSITIONS)
    spot = the(BY_NAME[rng.choice([name for name in names if name != noun.en])], case="dat")
    spot_fr = "à côté " + de_fr(spot.fr) if fr == "à côté de" else f"{fr} {spot.fr}"
    return full(f"{thing.en} is {en} {spot.en}", f"{thing.de} ist {de} {spot.de}", f"{thing.fr} est {spot_fr}")


def at_place(rng: Random) -> Sentence:
    """Anna is at the station. Is Anna at the station? Anna is reading a book in the park."""
    subject = any_subject(rng)
    en, de, fr = rng.choice(PLACES).at
    be_en, be_de, be_fr = BE_EN[subject.person], BE_DE[subject.person], BE_FR[subject.person]
    form = rng.random()
    if form < 0.6:
        verb = rng.choice((BUY, SEE, READ, EAT, DRINK))
        noun = noun_of(rng, SMALL_THINGS if verb in (BUY, SEE) else verb.kinds)
        if verb in (BUY, SEE):
            en, de, fr = rng.choice(places_for(noun)).at
        thing = indefinite(rng, noun)
        return full(
            f"{subject.en} {present_en(rng, subject, verb)} {thing.en} {en}",
            f"{subject.de} {german(subject, verb.de)} {de} {thing.de}",
            says_fr(subject, f"{french(subject, verb.fr)} {thing.fr} {fr}"),
        )
    if form < 0.7:
        return full(
            f"{be_en} {subject.en} {en}",
            f"{be_de} {subject.de} {de}",
            elide("est-ce que", says_fr(subject, be_fr)) + " " + fr,
            "?",
        )
    if form < 0.8:
        return full(
            f"{subject.en} {be_en} not {en}",
            f"{subject.de} {be_de} nicht {de}",
            f"{subject.fr} {elide('ne', be_fr)} pas {fr}",
        )
    return full(f"{subject.en} {be_en} {en}", f"{subject.de} {be_de} {de}", f"{says_fr(subject, be_fr)} {fr}")


def go_to(rng: Random) -> Sentence:
    """I go to the market every day. I will go to the market tomorrow. I want to go to the market."""
    subject, place = any_subject(rng), rng.choice(PLACES)
    to_en, (to_de, to_fr) = f"to the {place.en}", place.to
    form = rng.random()
    if form < 0.3:
        en, de, fr = rng.choice(FUTURE_TIMES)
        return full(
            f"{subject.en} will go {to_en} {en}",
            f"{subject.de} {german(subject, WILL[1])} {de} {to_de} gehen",
            f"{subject.fr} {french(subject, WILL[2])} aller {to_fr} {fr}",
        )
    if form < 0.5:
        modal_en, modal_de, modal_fr = rng.choice(MODALS)
        return full(
            f"{subject.en} {agreed(subject, modal_en)} go {to_en}",
            f"{subject.de} {german(subject, modal_de)} {to_de} gehen",
            f"{subject.fr} {french(subject, modal_fr)} aller {to_fr}",
        )
    en, de, fr = rng.choice(HABIT_TIMES) if form < 0.85 else ("", "", "")
    return full(
        words(subject.en, agreed(subject, GO[0]), to_en, en),
        words(subject.de, german(subject, GO[1]), de, to_de),
        words(subject.fr, french(subject, GO[2]), to_fr, fr),
    )


def would_like(rng: Random) -> Sentence:
    """I would like a glass of water, please."""
    noun = noun_of(rng, "small small large food drink meal")
    thing = a_drink(rng) if rng.random() < 0.25 else indefinite(rng, noun)
    subject, de, fr = rng.choice((("I", "ich möchte", "je voudrais"), ("we", "wir möchten", "nous voudrions")))
    return full(
        f"{subject} would like {thing.en}, please", f"{de} {thing.de}, bitte", f"{fr} {thing.fr}, s'il vous plaît"
    )


def state(rng: Random) -> Sentence:
    """My mother is very tired. The children are hungry."""
    subject = rng.choice([s for s in SUBJECTS if s.agree])
    be_en, be_de, be_fr = BE_EN[subject.person], BE_DE[subject.person], BE_FR[subject.person]
    if rng.random() < 0.15:
        en, de, fr = rng.choice((("hungry", "Hunger", "faim"), ("thirsty", "Durst", "soif")))
        return full(
            f"{subject.en} {be_en} {en}",
            f"{subject.de} {german(subject, HAVE.de)} {de}",
            says_fr(subject, f"{french(subject, HAVE.fr)} {fr}"),
        )
    en, de, forms = rng.choice(STATES)
    fr = forms[("m", "f", "mp").index(subject.agree)]
    form = rng.random()
    if form < 0.3:
        return full(
            f"{subject.en} {be_en} not {en}",
            f"{subject.de} {be_de} nicht {de}",
            f"{subject.fr} {elide('ne', be_fr)} pas {fr}",
        )
    if form < 0.6:
        en, de, fr = f"very {en}", f"sehr {de}", f"très {fr}"
    return full(f"{subject.en} {be_en} {en}", f"{subject.de} {be_de} {de}", f"{says_fr(subject, be_fr)} {fr}")


def clock(rng: Random) -> Sentence:
    """It is three o'clock. The museum opens at nine o'clock. Peter is ten years old."""
    en, de, fr = rng.choice(NUMBERS)
    form = rng.random()
    if form < 0.1:
        return full(f"it is {en} o'clock", f"es ist {de} Uhr", f"il est {fr} heures")
    if form < 0.6:
        place = the(rng.choice(OPENING), case="nom")
        verbs = rng.choice((("opens", "öffnet", "ouvre"), ("closes", "schließt", "ferme")))
        return full(
            f"{place.en} {verbs[0]} at {en} o'clock",
            f"{place.de} {verbs[1]} um {de} Uhr",
            f"{place.fr} {verbs[2]} à {fr} heures",
        )
    subject = rng.choice(
        [
            s
            for s in SUBJECTS
            if s.en
            in ("I", "he", "she", "the boy", "the girl", "my brother", "my friend", "Anna", "Peter", "the children")
        ]
    )
    return full(
        f"{subject.en} {BE_EN[subject.person]} {en} years old",
        f"{subject.de} {BE_DE[subject.person]} {de} Jahre alt",
        says_fr(subject, f"{french(subject, HAVE.fr)} {fr} ans"),
    )


def weather(rng: Random) -> Sentence:
    """It is raining today. It is cold in the kitchen."""
    en, de, de_rest, fr = rng.choice(WEATHER)
    if rng.random() < 0.3:
        time_en, time_de, time_fr = rng.choice((*NOW_TIMES, *HABIT_TIMES[:3]))
        return full(f"{en} {time_en}", words(de, time_de, de_rest), f"{fr} {time_fr}")
    place_en, place_de, place_fr = rng.choice(OUTDOORS if de_rest in ("", "windig") else PLACES).at
    return full(f"{en} {place_en}", words(de, place_de, de_rest), f"{fr} {place_fr}")


PATTERNS: dict[Callable[[Random], Sentence], int] = {
    statement: 8,
    negation: 4,
    question: 4,
    timed: 3,
    future: 3,
    modal: 3,
    description: 4,
    there_is: 3,
    at_place: 3,
    go_to: 3,
    this_is: 2,
    where: 2,
    would_like: 2,
    state: 2,
    position: 2,
    price: 1,
    what: 1,
    clock: 1,
    weather: 1,
}


# ---- Tasks -----------------------------------------------------------------------------------------------------


def pattern_sentence(rng: Random) -> tuple[Sentence]:
    """A sentence from the patterns that is not also a fixed phrase, nor serves children wine.

    It is its own split key, by its English.
    """
    while True:
        sentence = rng.choices(tuple(PATTERNS), tuple(PATTERNS.values()))[0](rng)
        drinks_early = any(child in sentence.en.lower() for child in MINORS) and ALCOHOL & set(sentence.en[:-1].split())
        if sentence.en not in FIXED_EN and not drinks_early:
            return (sentence,)


def draw_sentence(rng: Random, split: Split) -> Sentence:
    if split == "train" and rng.random() < FIXED_SHARE:
        return rng.choice(FIXED)
    (sentence,) = draw_split(rng, split, pattern_sentence)
    assert isinstance(sentence, Sentence)
    return sentence


def german_item(rng: Random, split: Split) -> Item:
    sentence = draw_sentence(rng, split)
    return Item({"text": sentence.en}, sentence.de)


def french_item(rng: Random, split: Split) -> Item:
    sentence = draw_sentence(rng, split)
    return Item({"text": sentence.en}, sentence.fr)


def phrasings(language: str) -> tuple[str, ...]:
    return (
        f"translate English to {language}: {{text}}",
        f"Translate to {language}: {{text}}",
        f"Translate English to {language}: {{text}}",
        f"How do you say this in {language}? {{text}}",
        f"{{text}} In {language}:",
        f"Translate this sentence to {language}. {{text}}",
        f"Translate the following sentence into {language}: {{text}}",
        f"Q: Translate into {language}: {{text}} A:",
        f"English: {{text}} {language}:",
        f"What is the {language} for: {{text}}",
        f"{{text}} How would you say that in {language}?",
    )


GERMAN = Task(
    "translate_de",
    german_item,
    phrasings("German"),
    shot="translate to German: {text}",
    instructions=("Translate to German.", "Translate each sentence from English to German."),
    closed=True,
    weight=1.3,
)
FRENCH = Task(
    "translate_fr",
    french_item,
    phrasings("French"),
    shot="translate to French: {text}",
    instructions=("Translate to French.", "Translate each sentence from English to French."),
    closed=True,
    weight=1.3,
)
