"""The grammar of the demo model's translations: known right phrases and sentences, and what no draw may ever contain."""

import re
from random import Random

import pytest

from demo_model.tasks import translation
from demo_model.tasks.translation_everyday import FRAMES, MAKERS, SLOT
from demo_model.tasks.translation_grammar import Setting, clause, de_fr, elide, phrase, present_fr
from demo_model.tasks.translation_parts import (
    ACTION,
    ADJECTIVES,
    BY_KIND,
    BY_NAME,
    FRIENDS,
    JOBS,
    PRONOUNS,
    VERB_PHRASES,
    Subject,
    as_subject,
    number_words,
    of_object,
    of_phrase,
)
from demo_model.tasks.translation_words import Noun

ADJECTIVE = {one.en: one for one in ADJECTIVES}
NOUNS = {**BY_NAME, **{one.en: one for one in (*BY_KIND["family"], *FRIENDS, *(man for man, _ in JOBS))}}


@pytest.mark.parametrize(
    ("said", "nominative", "accusative", "dative"),
    [
        ("the dog", "der Hund", "den Hund", "dem Hund"),
        ("the cat", "die Katze", "die Katze", "der Katze"),
        ("the house", "das Haus", "das Haus", "dem Haus"),
        ("the boy", "der Junge", "den Jungen", "dem Jungen"),
        ("the student", "der Student", "den Studenten", "dem Studenten"),
        ("the houses", "die Häuser", "die Häuser", "den Häusern"),
        ("the cars", "die Autos", "die Autos", "den Autos"),
        ("the old man", "der alte Mann", "den alten Mann", "dem alten Mann"),
        ("the old woman", "die alte Frau", "die alte Frau", "der alten Frau"),
        ("the expensive car", "das teure Auto", "das teure Auto", "dem teuren Auto"),
        ("the old books", "die alten Bücher", "die alten Bücher", "den alten Büchern"),
        ("a dog", "ein Hund", "einen Hund", "einem Hund"),
        ("a small dog", "ein kleiner Hund", "einen kleinen Hund", "einem kleinen Hund"),
        ("a small cat", "eine kleine Katze", "eine kleine Katze", "einer kleinen Katze"),
        ("a small house", "ein kleines Haus", "ein kleines Haus", "einem kleinen Haus"),
        ("my brother", "mein Bruder", "meinen Bruder", "meinem Bruder"),
        ("our sister", "unsere Schwester", "unsere Schwester", "unserer Schwester"),
        ("her neighbour", "ihr Nachbar", "ihren Nachbarn", "ihrem Nachbarn"),
        ("my friends", "meine Freunde", "meine Freunde", "meinen Freunden"),
        ("his new shoes", "seine neuen Schuhe", "seine neuen Schuhe", "seinen neuen Schuhen"),
        ("this book", "dieses Buch", "dieses Buch", "diesem Buch"),
        ("two red apples", "zwei rote Äpfel", "zwei rote Äpfel", "zwei roten Äpfeln"),
        ("no dog", "kein Hund", "keinen Hund", "keinem Hund"),
        ("no dogs", "keine Hunde", "keine Hunde", "keinen Hunden"),
    ],
)
def test_german_articles_and_endings_follow_gender_case_and_number(
    said: str, nominative: str, accusative: str, dative: str
):
    assert noun_phrase(said).de == {"nom": nominative, "acc": accusative, "dat": dative}


@pytest.mark.parametrize(
    ("said", "french"),
    [
        ("the dog", "le chien"),
        ("the car", "la voiture"),
        ("the tree", "l'arbre"),
        ("the school", "l'école"),
        ("the man", "l'homme"),
        ("the egg", "l'œuf"),
        ("the horses", "les chevaux"),
        ("the hats", "les chapeaux"),
        ("the old house", "la vieille maison"),
        ("the old tree", "le vieil arbre"),
        ("a beautiful hotel", "un bel hôtel"),
        ("a new apartment", "un nouvel appartement"),
        ("the white house", "la maison blanche"),
        ("a red dress", "une robe rouge"),
        ("two green doors", "deux portes vertes"),
        ("my friend", "mon ami"),
        ("my sister", "ma sœur"),
        ("my school", "mon école"),
        ("his mother", "sa mère"),
        ("their children", "leurs enfants"),
        ("this hotel", "cet hôtel"),
        ("this car", "cette voiture"),
        ("these books", "ces livres"),
        ("some water", "de l'eau"),
        ("some bread", "du pain"),
        ("some meat", "de la viande"),
        ("some apples", "des pommes"),
        ("some beautiful houses", "de belles maisons"),
        ("no water", "d'eau"),
        ("no car", "de voiture"),
        ("many friends", "beaucoup d'amis"),
    ],
)
def test_french_articles_agreement_and_elision_follow_the_noun(said: str, french: str):
    assert noun_phrase(said).fr == french


def noun_phrase(said: str):
    """The phrase for an English one, which is a determiner, perhaps an adjective, and a noun."""
    determiner, *adjectives, name = said.split(" ")
    plural = name not in NOUNS
    one: Noun = next(noun for noun in NOUNS.values() if name in (noun.en, noun.en_plural))
    plural = plural and name == one.en_plural
    determiner = {"these": "this", "an": "a"}.get(determiner, determiner)
    return phrase(one, determiner, ADJECTIVE[adjectives[0]] if adjectives else None, plural=plural)


I, YOU, HE, SHE, WE, THEY = (
    next(one for one in PRONOUNS if one.en == word) for word in ["I", "you", "he", "she", "we", "they"]
)
ANNA = Subject("Anna", "3s", "Anna", "Anna", "f")
MOTHER = as_subject(phrase(NOUNS["mother"], "my"))
PHRASES = {one.en[0]: of_phrase(one) for one in VERB_PHRASES}


YESTERDAY, TOMORROW = ("yesterday", "gestern", "hier"), ("tomorrow", "morgen", "demain")


@pytest.mark.parametrize(
    ("subject", "what", "setting", "english", "german", "french"),
    [
        (I, "work", Setting(), "I work.", "Ich arbeite.", "Je travaille."),
        (HE, "work", Setting(), "He works.", "Er arbeitet.", "Il travaille."),
        (YOU, "work", Setting(question="?"), "Do you work?", "Arbeitest du?", "Travailles-tu ?"),
        (HE, "eat", Setting(question="?"), "Does he eat?", "Isst er?", "Mange-t-il ?"),
        (ANNA, "sleep", Setting(question="?"), "Does Anna sleep?", "Schläft Anna?", "Est-ce qu'Anna dort ?"),
        (SHE, "sleep", Setting(negated=True), "She does not sleep.", "Sie schläft nicht.", "Elle ne dort pas."),
        (WE, "watch TV", Setting(), "We watch TV.", "Wir sehen fern.", "Nous regardons la télévision."),
        (
            I, "watch TV", Setting("past", time=YESTERDAY),
            "I watched TV yesterday.", "Ich habe gestern ferngesehen.", "J'ai regardé la télévision hier.",
        ),
        (
            I, "watch TV", Setting("can", negated=True),
            "I cannot watch TV.", "Ich kann nicht fernsehen.", "Je ne peux pas regarder la télévision.",
        ),
        (I, "get up", Setting(), "I get up.", "Ich stehe auf.", "Je me lève."),
        (SHE, "get up", Setting("past"), "She got up.", "Sie ist aufgestanden.", "Elle s'est levée."),
        (THEY, "arrive", Setting("past"), "They arrived.", "Sie sind angekommen.", "Ils sont arrivés."),
        (MOTHER, "arrive", Setting("past"), "My mother arrived.", "Meine Mutter ist angekommen.", "Ma mère est arrivée."),
        (HE, "come", Setting("past", negated=True), "He did not come.", "Er ist nicht gekommen.", "Il n'est pas venu."),
        (
            WE, "go shopping", Setting("future", time=TOMORROW, form="going to"),
            "We are going to go shopping tomorrow.", "Wir werden morgen einkaufen gehen.", "Nous allons faire les courses demain.",
        ),
        (
            I, "go home", Setting("must", time=TOMORROW, front=True),
            "Tomorrow I must go home.", "Morgen muss ich nach Hause gehen.", "Demain, je dois rentrer à la maison.",
        ),
        (
            HE, "do sport", Setting(adverb=("never", "nie", "jamais")),
            "He never does sport.", "Er macht nie Sport.", "Il ne fait jamais de sport.",
        ),
        (
            SHE, "play the piano", Setting(negated=True),
            "She does not play the piano.", "Sie spielt nicht Klavier.", "Elle ne joue pas du piano.",
        ),
        (
            YOU, "speak German", Setting(negated=True),
            "You do not speak German.", "Du sprichst kein Deutsch.", "Tu ne parles pas allemand.",
        ),
        (WE, "travel", Setting(), "We travel.", "Wir reisen.", "Nous voyageons."),
        (YOU, "read", Setting(), "You read.", "Du liest.", "Tu lis."),
        (THEY, "laugh", Setting(form="progressive"), "They are laughing.", "Sie lachen.", "Ils rient."),
        (I, "smile", Setting(), "I smile.", "Ich lächle.", "Je souris."),
        (I, ("buy", "a red coat"), Setting(), "I buy a red coat.", "Ich kaufe einen roten Mantel.", "J'achète un manteau rouge."),
        (
            HE, ("eat", "some bread"), Setting(negated=True),
            "He does not eat any bread.", "Er isst kein Brot.", "Il ne mange pas de pain.",
        ),
        (
            SHE, ("read", "the newspaper"), Setting(negated=True),
            "She does not read the newspaper.", "Sie liest die Zeitung nicht.", "Elle ne lit pas le journal.",
        ),
        (
            SHE, ("help", "my father"), Setting("past"),
            "She helped my father.", "Sie hat meinem Vater geholfen.", "Elle a aidé mon père.",
        ),
        (
            I, ("wait for", "the bus"), Setting(form="progressive"),
            "I am waiting for the bus.", "Ich warte auf den Bus.", "J'attends le bus.",
        ),
        (
            WE, ("need", "some water"), Setting(), "We need water.", "Wir brauchen Wasser.", "Nous avons besoin d'eau.",
        ),
        (
            HE, ("call", "my brother"), Setting("future", time=TOMORROW),
            "He will call my brother tomorrow.", "Er wird morgen meinen Bruder anrufen.", "Il va appeler mon frère demain.",
        ),
        (
            THEY, ("have", "a dog"), Setting("past"), "They had a dog.", "Sie hatten einen Hund.", "Ils avaient un chien.",
        ),
        (
            YOU, ("like", "all coffee"), Setting(question="?"), "Do you like coffee?", "Magst du Kaffee?", "Aimes-tu le café ?",
        ),
        (
            I, ("like", "all fish"), Setting(negated=True), "I do not like fish.", "Ich mag keinen Fisch.", "Je n'aime pas le poisson.",
        ),
    ],
)  # fmt: skip
def test_a_clause_is_right_in_all_three_languages(subject, what, setting, english, german, french):
    predicate = PHRASES[what] if isinstance(what, str) else of_object(ACTION[what[0]], noun_phrase(what[1]))

    made = clause(subject, predicate, setting)

    assert (made.en, made.de, made.fr) == (english, german, french)


@pytest.mark.parametrize(
    ("number", "german", "french"),
    [
        (1, "eins", "un"), (16, "sechzehn", "seize"), (17, "siebzehn", "dix-sept"), (21, "einundzwanzig", "vingt et un"),
        (30, "dreißig", "trente"), (71, "einundsiebzig", "soixante et onze"), (77, "siebenundsiebzig", "soixante-dix-sept"),
        (80, "achtzig", "quatre-vingts"), (81, "einundachtzig", "quatre-vingt-un"), (99, "neunundneunzig", "quatre-vingt-dix-neuf"),
    ],
)  # fmt: skip
def test_numbers_in_words(number: int, german: str, french: str):
    assert number_words(number)[1:] == (german, french)


@pytest.mark.parametrize(
    ("infinitive", "forms"),
    [
        ("manger", "mange manges mange mangeons mangent mangé"), ("acheter", "achète achètes achète achetons achètent acheté"),
        ("nettoyer", "nettoie nettoies nettoie nettoyons nettoient nettoyé"), ("payer", "paie paies paie payons paient payé"),
        ("apprendre", "apprends apprends apprend apprenons apprennent appris"), ("lever", "lève lèves lève levons lèvent levé"),
        ("commencer", "commence commences commence commençons commencent commencé"), ("sourire", "souris souris sourit sourions sourient souri"),
    ],
)  # fmt: skip
def test_french_verbs(infinitive: str, forms: str):
    assert " ".join(present_fr(infinitive).values()) == forms


def test_french_contracts_and_elides():
    assert [de_fr(said) for said in ("le pain", "les enfants", "l'eau", "Anna")] == [
        "du pain",
        "des enfants",
        "de l'eau",
        "d'Anna",
    ]
    assert [elide("que", said) for said in ("il", "huit", "Anna", "nous")] == [
        "qu'il",
        "que huit",
        "qu'Anna",
        "que nous",
    ]


WRONG_FRENCH = re.compile(
    r"\b([Ll]e|[Ll]a|[Dd]e|[Jj]e|[Nn]e|[Qq]ue|[mts]e) (?!huit|onze|haut)[aeiouhéèêàîôœ]|\b(à|de) les? (?!\w+(er|re|ir)\b)|"
    r"\b[mts]a [aeiouhéèêœ]|\bce [aeiouhéèêœ](?!st)|\bdu (?!huit)[aeiouhéèêœ]|pas (du|des|une?) |  |\w[?!]"
)
WRONG_GERMAN = re.compile(r"  | [?!.,]|\bin dem\b|\bzu de[mr]\b|\bvon dem\b")
GENDERED = {
    "das": "n",
    "den": "m",
    "einen": "m",
    "eine": "f",
    "meinen": "m",
    "keinen": "m",
    "dieses": "n",
    "unseren": "m",
}


def test_no_draw_breaks_a_rule_of_french_or_german():
    rng = Random(1)
    gender = {noun.de: noun.de_gender for noun in NOUNS.values() if noun.de not in (noun.de_plural, *HOMONYMS)}

    for _ in range(6_000):
        (made,) = translation.sentence_of_grammar(rng)
        if not re.search("jou|est pas|C'est|Ce n", made.fr):
            assert not WRONG_FRENCH.search(made.fr), (WRONG_FRENCH.search(made.fr), made)
        assert not WRONG_GERMAN.search(made.de), made
        for article, name in re.findall(r"\b([a-zäöü]+) ([A-ZÄÖÜ][a-zäöüß]+)", made.de):
            assert GENDERED.get(article, gender.get(name)) == gender.get(name, GENDERED.get(article)), (
                article,
                name,
                made,
            )


HOMONYMS = ("See", "Leiter")  # another gender, another meaning


def test_the_same_english_always_has_the_same_translation():
    rng = Random(2)
    seen = {
        translation.contracted(one.en).lower().rstrip(".!?"): one
        for one in (*translation.WORDS, *translation.FIXED_SENTENCES)
    }

    for _ in range(8_000):
        (made,) = translation.sentence_of_grammar(rng)
        before = seen.setdefault(translation.contracted(made.en).lower().rstrip(".!?"), made)
        assert (before.de, before.fr) == (made.de, made.fr)


def test_every_gap_of_a_template_has_a_word_in_each_language():
    assert all(len(frame) == 3 and frame[0][-1] in ".?!" for frame in FRAMES)
    assert len(MAKERS) == len(set(MAKERS))
    assert all(SLOT.findall(frame[0]) or not SLOT.findall(frame[1] + frame[2]) for frame in FRAMES)
