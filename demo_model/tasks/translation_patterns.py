"""The sentence patterns of the translation families: each draws one sentence in three languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from demo_model.tasks import translation_words as lexicon
from demo_model.tasks.tables import rows, words
from demo_model.tasks.translation_everyday import DAYS, everyday
from demo_model.tasks.translation_grammar import (
    BE,
    BE_EN,
    Predicate,
    Sentence,
    Setting,
    Subject,
    clause,
    de_fr,
    elide,
    full,
    ing_en,
    phrase,
    spaced,
    verb,
)
from demo_model.tasks.translation_parts import (
    ACTION,
    ADVERBS,
    BY_KIND,
    BY_NAME,
    COME,
    FITTING,
    FRIENDS,
    HABITS,
    HOURS,
    LIVE,
    OWNED,
    PLACES,
    PRESENT_ONLY,
    PRONOUNS,
    STATES,
    STATIVE,
    TIMES,
    TOWNS,
    TRANSITIVE,
    VERB_PHRASES,
    WORK,
    acting,
    any_subject,
    as_subject,
    being,
    doing,
    draw_adjective,
    draw_noun,
    going,
    in_town,
    number_words,
    of_phrase,
    order,
    person,
    predicate_for,
    relative,
    thing,
    with_object,
)

# ---- Patterns --------------------------------------------------------------------------------------------------------

FRONTED = words("today tomorrow yesterday on_Monday on_Saturday next_week last_week next_year last_year now")
PASSING = words("sick tired busy nervous alone late sad happy")  # states that go with "today"
WANTED = words("can can must have_to want_to want_to would_like_to should")
UNCHANGED = words("want need like know hate love")  # said in the present only


def _tense(rng: Random, predicate: Predicate) -> str:
    action = predicate.verb
    kind = rng.random()
    at_hand = action is COME or action.en[0] in UNCHANGED or (kind < 0.75 and action is BE)
    if kind < 0.65 or at_hand or (kind < 0.75 and action.en[0] == "have"):
        return "present"
    if kind < 0.8:
        return "past" if predicate.past else "present"
    return "future" if kind < 0.88 or not predicate.past else rng.choice(WANTED)


def _setting(rng: Random, subject: Subject, predicate: Predicate) -> Setting:
    """Tense, negation, question, time and adverb that go together."""
    action, tense = predicate.verb, _tense(rng, predicate)
    negated = tense not in ("must", "have to", "would like to") and rng.random() < 0.12
    asked = not negated and rng.random() < (0.03 if subject.person.startswith("1") else 0.15)
    timed = rng.random() < 0.2 and action is not COME
    lasting = action is BE or (action.en[0] in (*STATIVE, "live") and tense == "present")
    form, time, adverb = "", ("", "", ""), ("", "", "")
    if tense == "present":
        if predicate.progressive and rng.random() < 0.45:
            form = "progressive"
            time = rng.choice(TIMES["now"]) if timed and action.en[0] != "live" else time
        elif timed and not lasting:
            time = rng.choice(TIMES["habit"])
        elif timed and predicate.en.rpartition(" ")[2] in PASSING:
            time = TIMES["now"][0]
        elif rng.random() < 0.15 and not negated and not lasting:
            adverb, asked = rng.choice(ADVERBS), False
    elif tense == "past":
        if timed or (action.en[0] == "read" and subject.person != "3s"):  # "they read" could be the present
            time = rng.choice(TIMES["past"][:8])
        elif action.en[0] not in ("be", "have") and not asked and rng.random() < 0.3:
            form = "perfect"
    elif tense == "future":
        form = "going to" if rng.random() < 0.4 and action.en[0] != "work" else ""
        time = rng.choice(TIMES["future"]) if timed or rng.random() < 0.3 else time
    elif timed and tense != "can":
        time = rng.choice(TIMES["future"])
    front = not asked and time[0] in FRONTED and rng.random() < 0.2
    return Setting(tense, negated, "?" if asked else "", time, adverb, front, form)


def said(rng: Random) -> Sentence:
    """A clause: Anna is buying a hat. Did he go to the cinema yesterday? I cannot swim."""
    subject = any_subject(rng)
    predicate = predicate_for(rng, subject)
    return clause(subject, predicate, _setting(rng, subject, predicate))


WHERE, WHEN, WHY, WHAT = (
    ("where", "wo", "où"),
    ("when", "wann", "quand"),
    ("why", "warum", "pourquoi"),
    ("what", "was", "que"),
)


def wh_question(rng: Random) -> Sentence:
    """Where do you live? What is she eating? Why are you sad? When are we going to Berlin?"""
    subject = any_subject(rng)
    kind = rng.choice((WHERE, WHEN, WHY, WHAT))
    form = "progressive" if rng.random() < 0.5 else ""
    tense = rng.choice(("present", "present", "past"))
    if kind is WHERE:
        action = rng.choice((LIVE, WORK))
        if subject.pronoun and rng.random() < 0.4:
            return clause(subject, Predicate(BE), Setting(tense, question="?", wh=WHERE))
        return clause(subject, Predicate(action), Setting("present", question="?", wh=WHERE, form=form))
    if kind is WHAT:
        action = rng.choice(
            [
                one
                for one in TRANSITIVE
                if one.en[0]
                in ("eat", "drink", "buy", "see", "read", "look for", "cook", "sell", "write", "order", "wear")
            ]
        )
        if action.en[0] == "see":
            form = ""
        wh = WHAT if subject.pronoun and subject.person != "1s" else ("what", "was", "qu'")
        return _asked(
            clause(
                subject, Predicate(action), Setting(tense, question="?", wh=wh, form=form if tense == "present" else "")
            )
        )
    predicate = being(rng, subject) if kind is WHY and rng.random() < 0.4 else rng.choice((doing, going, acting))(rng)
    if not predicate.progressive:
        form = ""
    if predicate.verb.en[0] in PRESENT_ONLY or not predicate.past:
        tense = "present"
    if kind is WHEN and tense == "present":
        tense = "future"
        form = "going to" if form else ""
    elif tense == "past":
        form = ""
    return clause(subject, predicate, Setting(tense, question="?", wh=kind, form=form))


def _asked(sentence: Sentence) -> Sentence:
    """Qu'est-ce que, in one word; and "que" before a vowel."""
    fr = sentence.fr.replace("Qu' est-ce", "Qu'est-ce")
    fr = re.sub(r"^Que (?=[aeiouéèêh])", "Qu'", fr)
    return Sentence(sentence.en, sentence.de, fr)


def where_is(rng: Random) -> Sentence:
    """Where is the station? Where are my keys? Where is the nearest bank? Where can I buy bread?"""
    kind = rng.random()
    if kind < 0.2:
        predicate = with_object(rng, ACTION[rng.choice(("buy", "find"))])
        subject = rng.choice((PRONOUNS[0], PRONOUNS[8]))
        return clause(subject, predicate, Setting("can", question="?", wh=WHERE))
    if kind < 0.35:
        one = rng.choice(PLACES[:30])[0]
        article, ending = {"m": ("der", "e"), "f": ("die", "e"), "n": ("das", "e")}[one.de_gender]
        near = {"m": "le plus proche", "f": "la plus proche"}[one.fr_gender]
        return full(
            f"where is the nearest {one.en}",
            f"wo ist {article} nächst{ending} {one.de}",
            f"où est {phrase(one, 'the').fr} {near}",
            "?",
        )
    if kind < 0.7:
        found = phrase(rng.choice(PLACES)[0], "the")
    elif kind < 0.8:
        found = relative(rng)
    else:
        found = thing(
            rng, draw_noun(rng, ("thing", "thing", "clothes", "animal", "vehicle")), definite=1, adjectives=0.15
        )
    be = ("are", "sind", "sont") if found.plural else ("is", "ist", "est")
    return full(f"where {be[0]} {found.en}", f"wo {be[1]} {found.de['nom']}", f"où {be[2]} {found.fr}", "?")


def price(rng: Random) -> Sentence:
    """How much does the red hat cost? How much are the shoes?"""
    found = thing(
        rng, draw_noun(rng, ("thing", "clothes", "clothes", "food", "drink", "vehicle", "furniture")), definite=1
    )
    if "my " in found.en or found.en.startswith(("your", "his", "her", "our", "their")):
        return price(rng)
    plural = found.plural
    english = (
        f"how much {'do' if plural else 'does'} {found.en} cost"
        if rng.random() < 0.6
        else f"how much {'are' if plural else 'is'} {found.en}"
    )
    return full(
        english,
        f"wie viel {'kosten' if plural else 'kostet'} {found.de['nom']}",
        f"combien {'coûtent' if plural else 'coûte'} {found.fr}",
        "?",
    )


def description(rng: Random) -> Sentence:
    """The red hat is expensive. Is the soup hot? Her shoes are not new. The cat is black."""
    one = draw_noun(rng, DESCRIBED)
    quality = rng.choice(FITTING[one.kind])
    if quality.en == "new":  # "nouveau" stands before its noun, what is new is "neuf"
        quality = replace(quality, fr={"m": "neuf", "f": "neuve", "mp": "neufs", "fp": "neuves"})
    attribute = draw_adjective(rng, one, 0.12)
    if (
        attribute is None
        or attribute.de == quality.de
        or (attribute.de in COLOURS and quality.de in COLOURS)
        or {attribute.en, quality.en} < AGES
    ):
        attribute = None
    kind = rng.random()
    owner = (
        rng.choice(("my", "your", "his", "her", "our", "their", "this")) if one.kind in OWNED and kind < 0.35 else "the"
    )
    about = phrase(one, owner, attribute, plural=bool(one.en_plural) and rng.random() < 0.2)
    subject = as_subject(about)
    tense = "past" if rng.random() < 0.15 else "present"
    degree = (
        rng.choice((("", "", ""), ("", "", ""), ("very", "sehr", "très"), ("too", "zu", "trop")))
        if quality.de not in COLOURS and quality.en not in ("delicious", "wonderful", "perfect", "broken")
        else ("", "", "")
    )
    predicate = Predicate(
        BE,
        spaced(degree[0], quality.en),
        de_rest=spaced(degree[1], quality.de),
        fr=spaced(degree[2], quality.fr[about.agree]),
        progressive=False,
    )
    how = rng.random()
    return clause(subject, predicate, Setting(tense, negated=how < 0.15, question="?" if how > 0.87 else ""))


DESCRIBED = words("""
thing text show song furniture part nature vehicle home clothes clothes animal animal food stuff drink place
""")
COLOURS = ("rot", "blau", "grün", "schwarz", "weiß", "gelb", "braun", "grau")
AGES = {"old", "new", "young", "big", "small"}


COMPARED = words("big small old expensive long fast slow heavy high")
COMPARED_STATES = [
    one for one in STATES if one.en in words("young old tall small strong rich poor lazy happy funny smart nice")
]


def comparison(rng: Random) -> Sentence:
    """My brother is taller than my sister. The car is faster than the bike."""
    if rng.random() < 0.5:
        one, other = person(rng), person(rng)
        quality = rng.choice(COMPARED_STATES)
    else:
        kind = rng.choice(("vehicle", "home", "clothes", "nature", "animal", "furniture"))
        quality = rng.choice([one for one in FITTING[kind] if one.en in COMPARED])
        first, second = rng.sample(BY_KIND[kind], 2)
        one, other = as_subject(phrase(first, "the")), as_subject(phrase(second, "the"))
    if one.en == other.en or one.person != "3s":
        return comparison(rng)
    return full(
        f"{one.en} is {more_en(quality.en)} than {other.en}",
        f"{one.de} ist {quality.de_more} als {other.de}",
        f"{one.fr} est plus {quality.fr[one.agree]} {elide('que', other.fr)}",
    )


def more_en(word: str) -> str:
    if word.endswith("y"):
        return word[:-1] + "ier"
    if word.endswith("e"):
        return word + "r"
    if word in ("expensive", "beautiful"):
        return f"more {word}"
    return word + (word[-1] if re.fullmatch(r"[^aeiou]*[aeiou][bdgnt]", word) else "") + "er"


def this_is(rng: Random) -> Sentence:
    """This is my brother. That is a beautiful horse. These are my shoes."""
    if rng.random() < 0.35:
        about = relative(rng)
    else:
        one = draw_noun(rng, ("thing", "furniture", "vehicle", "home", "clothes", "animal", "place", "show", "event"))
        about = thing(rng, one, definite=0.5, adjectives=0.2)
    plural = about.plural
    en = rng.choice(("these are", "those are")) if plural else rng.choice(("this is", "that is", "it is"))
    how = rng.random()
    de = "es ist" if en == "it is" else f"das {'sind' if plural else 'ist'}"
    fr = "ce sont" if plural else "c'est"
    if how < 0.12 and about.no:
        return full(
            f"{en} not {about.any_en or about.en}",
            f"{de} {about.no.de['nom']}",
            ("ce ne sont pas " if plural else "ce n'est pas ") + about.fr,
        )
    if how < 0.25 and not plural:
        return full(
            f"is {en.partition(' ')[0]} {about.en}",
            f"ist {de.partition(' ')[0]} {about.de['nom']}",
            f"est-ce que c'est {about.fr}",
            "?",
        )
    return full(f"{en} {about.en}", f"{de} {about.de['nom']}", f"{fr} {about.fr}")


SPOTS = {
    "thing": ("kitchen", "room", "car", "bag", "box"),
    "animal": ("room", "garden", "house"),
    "stuff": ("kitchen", "fridge"),
    "drink": ("kitchen", "fridge"),
    "food": ("kitchen", "bag", "fridge"),
    "furniture": ("kitchen", "room"),
    "vehicle": ("street",),
}


def there_is(rng: Random) -> Sentence:
    """There is a bird in the garden. There is no milk in the fridge. Is there a bank near here?"""
    if rng.random() < 0.2:
        about = phrase(rng.choice(PLACES[:28])[0], "a")
        near = rng.choice(("near here", "nearby", "around here"))
        return full(
            f"is there {about.en} {near}",
            f"gibt es hier in der Nähe {about.de['acc']}",
            f"y a-t-il {about.fr} près d'ici",
            "?",
        )
    one = draw_noun(rng, ("thing", "thing", "animal", "food", "stuff", "drink", "furniture", "vehicle"))
    spot = phrase(BY_NAME[rng.choice(SPOTS.get(one.kind, SPOTS["thing"]))], "the")
    about = thing(rng, one, definite=0)
    in_de = "im " + spot.de["dat"][4:] if spot.de["dat"].startswith("dem ") else "in " + spot.de["dat"]
    spot_en, spot_fr = ("on", "dans") if "street" in spot.en else ("in", "dans")
    if "street" in spot.en:
        in_de = "auf der Straße"
    be = "are" if about.plural else "is"
    how = rng.random()
    if how < 0.25 and about.no:
        no_en = f"there {be} no {re.sub('^(an?|some) ', '', about.en)}"
        return full(
            f"{no_en} {spot_en} {spot.en}",
            f"es gibt {about.no.de['acc']} {in_de}",
            f"il n'y a pas {about.no.fr} {spot_fr} {spot.fr}",
        )
    if how < 0.4:
        return full(
            f"{be} there {about.any_en or about.en} {spot_en} {spot.en}",
            f"gibt es {about.de['acc']} {in_de}",
            f"y a-t-il {about.fr} {spot_fr} {spot.fr}",
            "?",
        )
    return full(
        f"there {be} {about.en} {spot_en} {spot.en}",
        f"es gibt {about.de['acc']} {in_de}",
        f"il y a {about.fr} {spot_fr} {spot.fr}",
    )


PREPOSITIONS = [(en, de, fr, names.split()) for _, (en, de, fr, names) in rows(lexicon.PREPOSITION_TABLE)]


def position(rng: Random) -> Sentence:
    """The key is under the table. The cat is sleeping on the sofa. Anna is in front of the house."""
    en, de, fr, names = rng.choice(PREPOSITIONS)
    spot_noun = BY_NAME[rng.choice(names)]
    if spot_noun.kind == "place" or de == "in der Nähe von":
        about = as_subject(phrase(draw_noun(rng, ("place", "home")), "the")) if rng.random() < 0.6 else person(rng)
    else:
        one = draw_noun(rng, ("thing", "thing", "animal", "food"))
        about = as_subject(thing(rng, one, definite=1, adjectives=0.1))
    spot = phrase(spot_noun, "the")
    if about.en == spot.en:
        return position(rng)
    dative = spot.de["dat"]
    de_spot = {"in dem": "im", "von dem": "vom"}
    german = f"{de} {dative}"
    for long, short in de_spot.items():
        german = german.replace(long + " ", short + " ")
    french = f"{fr[:-2]}{de_fr(spot.fr)}" if fr.endswith(" de") else f"{fr} {spot.fr}"
    predicate = Predicate(BE, f"{en} {spot.en}", de_rest=german, fr=french, progressive=False)
    if about.en.endswith(("dog", "cat")) and rng.random() < 0.5:
        predicate = replace(predicate, verb=VERB_PHRASES[0], progressive=True)
        return clause(about, predicate, Setting(form="progressive" if rng.random() < 0.6 else ""))
    how = rng.random()
    return clause(
        about,
        predicate,
        Setting("past" if how < 0.1 else "present", negated=0.1 < how < 0.2, question="?" if how > 0.9 else ""),
    )


def would_like(rng: Random) -> Sentence:
    """I would like a glass of water, please. Can I have two tickets, please? A coffee, please."""
    about = order(rng)
    kind = rng.random()
    de, fr = about.de["acc"], about.fr
    please = rng.random() < 0.65
    end_en, end_de, end_fr = (", please", ", bitte", ", s'il vous plaît") if please else ("", "", "")
    if kind < 0.25:
        return full(f"{about.en}, please", f"{de}, bitte", f"{fr}, s'il vous plaît")
    if kind < 0.45:
        return full(
            f"can I have {about.en}{end_en}",
            f"kann ich {de} haben{end_de}",
            f"est-ce que je peux avoir {fr}{end_fr}",
            "?",
        )
    subject, german, french = rng.choice(
        (("I", "ich möchte", "je voudrais"),) * 3 + (("we", "wir möchten", "nous voudrions"),)
    )
    return full(f"{subject} would like {about.en}{end_en}", f"{german} {de}{end_de}", f"{french} {fr}{end_fr}")


LIKED = [
    one
    for one in VERB_PHRASES
    if one.en[0] in HABITS
    or one.en[0]
    in words("""
play_football play_tennis play_chess play_the_piano play_the_guitar play_cards go_swimming go_shopping listen_to_music
watch_television drive sleep ride_a_bike
""")
]


def liking(rng: Random) -> Sentence:
    """I like swimming. She does not like to cook. Do you like dancing? He loves playing football."""
    subject = any_subject(rng)
    action = rng.choice(LIKED)
    predicate = of_phrase(action)
    how = rng.random()
    base = action.en[0]
    gerund = ing_en(base) if rng.random() < 0.6 else f"to {base}"
    do = "does" if subject.person == "3s" else "do"
    likes = "likes" if subject.person == "3s" else "like"
    negated, asked = how < 0.2, how > 0.8
    english = (
        f"{do} {subject.en} like {gerund}"
        if asked
        else f"{subject.en} {do} not like {gerund}"
        if negated
        else f"{subject.en} {likes} {gerund}"
    )
    finite = action.de[subject.person]
    rest = spaced("nicht gern" if negated else "gern", predicate.de_object, predicate.de_rest, action.de_prefix)
    german = f"{finite} {subject.de} {rest}" if asked else f"{subject.de} {finite} {rest}"
    reflexive = (
        {"1s": "me ", "2s": "te ", "3s": "se ", "1p": "nous ", "3p": "se "}[subject.person]
        if action.fr_reflexive
        else ""
    )
    infinitive = reflexive + spaced(action.fr_infinitive, action.fr_rest)
    liked = replace(LIKE, fr_rest="")
    french = clause(
        subject, Predicate(liked, fr=infinitive), Setting(negated=negated, question="?" if asked else "")
    ).fr
    return replace(full(english, german, "x", "?" if asked else "."), fr=french)


LIKE = ACTION["like"]


NEVER_ORDERED = (
    *STATIVE,
    *words("meet think_of wear leave arrive get_up wake_up learn travel study come_home drive"),
)
OTHERS = re.compile(r"\b(my|his|her|our|their|two|three|four|five|six|seven|eight|nine|ten|many|a lot)\b")


def imperative(rng: Random) -> Sentence:
    """Open the window, please. Do not eat the cake. Please wait here. Let's go to the beach."""
    kind = rng.random()
    if kind < 0.25:
        predicate = rng.choice((going, doing, going))(rng)
        infinitive = predicate.verb
        if infinitive.fr_reflexive or infinitive.en[0] in ("leave", "come", "arrive", "come home", "wait"):
            return imperative(rng)
        return full(
            f"let's {infinitive.en[0]} {predicate.en}".strip(),
            f"lass uns {spaced(predicate.de_object, predicate.de_rest, infinitive.de_infinitive)}",
            spaced(infinitive.fr["1p"], predicate.fr),
        )
    predicate = acting(rng) if kind < 0.75 else doing(rng)
    action = predicate.verb
    whole = " " in action.en[0] or predicate.en  # not "Eat!", which is also just a word
    if not whole or action.en[0] in NEVER_ORDERED or action.fr_reflexive or action.fr_infinitive == "avoir":
        return imperative(rng)
    if OTHERS.search(predicate.en) and action.en[0] != "help":
        return imperative(rng)
    negated = rng.random() < 0.2
    please = not negated and rng.random() < 0.5
    if negated and predicate.de_no:
        body_de = spaced(action.de_imperative, predicate.de_no, predicate.de_rest, action.de_prefix)
    else:
        body_de = spaced(
            action.de_imperative,
            "bitte" if please else "",
            predicate.de_object,
            "nicht" if negated else "",
            predicate.de_rest,
            action.de_prefix,
        )
    command = action.fr["2s"]
    if command.endswith(("es", "as")):
        command = command[:-1]
    rest_fr = predicate.fr_no if negated and predicate.fr_no else predicate.fr
    body_fr = spaced(elide("ne", command) + " pas" if negated else command, rest_fr) + (
        ", s'il te plaît" if please else ""
    )
    english = spaced(action.en[0], predicate.en_any if negated and predicate.en_any else predicate.en)
    english = f"do not {english}" if negated else english
    if please:
        english = f"{english}, please" if rng.random() < 0.5 else f"please {english}"
    return full(english, body_de, body_fr)


OPENING = words("market museum library bank bakery supermarket pharmacy post_office shop restaurant")


def clock(rng: Random) -> Sentence:
    """It is three o'clock. The museum opens at nine o'clock. My sister is ten years old. How old is your brother?"""
    number, (de, fr) = rng.choice(HOURS)
    kind = rng.random()
    if kind < 0.2:
        return full(f"it is {number} o'clock", f"es ist {de} Uhr", f"il est {fr} heure{'' if number == 'one' else 's'}")
    if kind < 0.5:
        about = phrase(BY_NAME[rng.choice(OPENING)], "the")
        verbs = rng.choice((("opens", "öffnet", "ouvre"), ("closes", "schließt", "ferme")))
        if rng.random() < 0.3:
            ask = rng.choice(("when", "what time"))
            german = "wann" if ask == "when" else "um wie viel Uhr"
            french = "quand est-ce que" if ask == "when" else "à quelle heure est-ce que"
            return full(
                f"{ask} does {about.en} {verbs[0][:-1]}",
                f"{german} {verbs[1]} {about.de['nom']}",
                f"{french} {about.fr} {verbs[2]}",
                "?",
            )
        hours = "heure" if number == "one" else "heures"
        return full(
            f"{about.en} {verbs[0]} at {number} o'clock",
            f"{about.de['nom']} {verbs[1]} um {de} Uhr",
            f"{about.fr} {verbs[2]} à {fr} {hours}",
        )
    subject = any_subject(rng)
    if subject.en == "you" or subject.person in ("1p",):
        return clock(rng)
    be_de, be_en = BE.de[subject.person], BE_EN[subject.person]
    have = Predicate(verb(["have", "haben gehabt", "avoir"]))
    if kind < 0.65 and subject.person != "1s":
        if subject.pronoun:
            french = {"il": "quel âge a-t-il", "elle": "quel âge a-t-elle", "ils": "quel âge ont-ils"}[subject.fr]
        else:
            french = f"quel âge {'ont' if subject.person == '3p' else 'a'} {subject.fr}"
        return full(f"how old {be_en} {subject.en}", f"wie alt {be_de} {subject.de}", french, "?")
    age = rng.randint(2, 90)
    en, german, french = number_words(age)
    years = clause(subject, replace(have, fr=f"{french} ans"), Setting()).fr
    shown = str(age) if rng.random() < 0.4 else en
    number_de = str(age) if shown.isdigit() else german
    if shown.isdigit():
        years = years.replace(f" {french} ans", f" {age} ans")
    return replace(
        full(f"{subject.en} {be_en} {shown} years old", f"{subject.de} {be_de} {number_de} Jahre alt", "x"), fr=years
    )


WEATHER = (
    ("it is raining", ("es regnet", ""), "il pleut"),
    ("it is snowing", ("es schneit", ""), "il neige"),
    ("it is cold", ("es ist", "kalt"), "il fait froid"),
    ("it is very cold", ("es ist", "sehr kalt"), "il fait très froid"),
    ("it is too cold", ("es ist", "zu kalt"), "il fait trop froid"),
    ("it is hot", ("es ist", "heiß"), "il fait chaud"),
    ("it is very hot", ("es ist", "sehr heiß"), "il fait très chaud"),
    ("it is warm", ("es ist", "warm"), "il fait chaud"),
    ("it is windy", ("es ist", "windig"), "il y a du vent"),
)


def weather(rng: Random) -> Sentence:
    """It is raining today. It is cold in Berlin. Is it raining? It will rain tomorrow. It was cold yesterday."""
    en, (de, rest), fr = rng.choice(WEATHER)
    kind = rng.random()
    if kind < 0.12:
        return full(f"is it {en[6:]}", spaced(de.split()[1], "es", rest), elide("est-ce que", fr), "?")
    if kind < 0.3:
        what = rng.choice((("rain", "regnen", "pleuvoir"), ("snow", "schneien", "neiger")))
        time = rng.choice(TIMES["future"][3:18])
        if rng.random() < 0.3:
            return full(
                f"will it {what[0]} {time[0]}",
                f"wird es {time[1]} {what[1]}",
                f"est-ce qu'il va {what[2]} {time[2]}",
                "?",
            )
        will = rng.choice(("it will", "it is going to"))
        return full(f"{will} {what[0]} {time[0]}", f"es wird {time[1]} {what[1]}", f"il va {what[2]} {time[2]}")
    if kind < 0.42:
        what = rng.choice((("it rained", "geregnet", "il a plu"), ("it snowed", "geschneit", "il a neigé")))
        time = rng.choice(TIMES["past"][:6])
        return full(f"{what[0]} {time[0]}", f"es hat {time[1]} {what[1]}", f"{what[2]} {time[2]}")
    if kind < 0.5 and rest:
        time = rng.choice(TIMES["past"][:1])
        return full(
            f"{en.replace(' is ', ' was ')} {time[0]}",
            f"es war {time[1]} {rest}",
            f"{fr.replace('fait', 'faisait').replace('il y a', 'il y avait')} {time[2]}",
        )
    if kind < 0.75:
        time = rng.choice((*TIMES["now"], ("outside", "draußen", "dehors")))
        return full(f"{en} {time[0]}", spaced(de, time[1], rest), f"{fr} {time[2]}")
    if kind < 0.85:
        return full(en, spaced(de, rest), fr)
    town = rng.choice(TOWNS)
    return full(f"{en} in {town[0]}", spaced(de, f"in {town[1]}", rest), f"{fr} à {town[2]}")


def day(rng: Random) -> Sentence:
    """Today is Monday. Tomorrow is Sunday. Is today Friday?"""
    en, de, fr = rng.choice([columns for _, columns in rows(DAYS)])
    when = rng.choice((("today", "heute", "aujourd'hui"), ("tomorrow", "morgen", "demain")))
    if rng.random() < 0.2:
        return full(f"is {when[0]} {en}", f"ist {when[1]} {de}", f"est-ce que c'est {fr} {when[2]}", "?")
    return full(f"{when[0]} is {en}", f"{when[1]} ist {de}", f"{when[2]}, c'est {fr}")


def owned(rng: Random) -> Sentence:
    """Anna's car is red. The dog of my friend is big: my friend's dog."""
    owner = person(rng)
    if owner.person != "3s" or owner.en.startswith("the "):
        return owned(rng)
    one = draw_noun(rng, ("vehicle", "home", "clothes", "animal", "thing"))
    quality = rng.choice([a for a in FITTING[one.kind] if a.en != "new"])
    the = phrase(one, "the")
    if owner.en in lexicon.WOMEN.split() + lexicon.MEN.split():
        german = f"{owner.de}{chr(39) if owner.de.endswith(('s', 'x')) else 's'} {one.de}"
    else:
        german = f"{the.de['nom']} von {_dative(owner.de)}"
    french = f"{the.fr} {de_fr(owner.fr)}"
    return full(
        f"{owner.en}'s {one.en} is {quality.en}", f"{german} ist {quality.de}", f"{french} est {quality.fr[the.agree]}"
    )


def _dative(owner: str) -> str:
    """mein Freund -> meinem Freund, deine Mutter -> deiner Mutter; weak nouns too."""
    article, name = owner.split(" ", 1)
    weak = {one.de: one.de_plural for one in FRIENDS if one.weak}
    if article.endswith("e"):
        return f"{article}r {name}"
    return f"{article}em {weak.get(name, name)}"


def joined(rng: Random) -> Sentence:
    """I have a dog and a cat. My brother and my sister are tired. She is tired but happy."""
    return rng.choice((_two_states, _two_people, _two_things, _two_things))(rng)


def _two_states(rng: Random) -> Sentence:
    subject = any_subject(rng)
    first, second = rng.sample([state for state in STATES if not state.fr["m"].startswith("en ")], 2)
    en, de, fr = rng.choice(((" and ", " und ", " et "), (" but ", ", aber ", " mais ")))
    predicate = Predicate(
        BE,
        first.en + en + second.en,
        de_rest=first.de + de + second.de,
        fr=first.fr[subject.agree] + fr + second.fr[subject.agree],
        progressive=False,
    )
    return clause(subject, predicate, Setting())


def _two_people(rng: Random) -> Sentence:
    one, other = relative(rng), relative(rng)
    if one.plural or other.plural or one.en == other.en:
        return _two_people(rng)
    agree = "fp" if one.agree == other.agree == "f" else "mp"
    german = f"{one.de['nom']} und {other.de['nom']}"
    subject = Subject(f"{one.en} and {other.en}", "3p", german, f"{one.fr} et {other.fr}", agree)
    return clause(subject, rng.choice((being(rng, subject), doing(rng), in_town(rng, LIVE))), Setting())


def _two_things(rng: Random) -> Sentence:
    action = ACTION[rng.choice(("have", "buy", "see", "eat", "like", "need"))]
    one, other = with_object(rng, action), with_object(rng, action)
    if one.en == other.en:
        return _two_things(rng)
    predicate = replace(
        one,
        en=f"{one.en} and {other.en}",
        de_object=f"{one.de_object} und {other.de_object}",
        fr=f"{one.fr} et {other.fr.removeprefix('besoin ')}",
    )
    return clause(any_subject(rng), predicate, Setting())


TOGETHER = [
    one
    for one in VERB_PHRASES
    if one.en[0]
    in words("""
work dance travel cook play_football play_chess play_tennis go_for_a_walk go_shopping eat talk
""")
]


def with_whom(rng: Random) -> Sentence:
    """I am travelling with my family. She lives with her sister."""
    subject, other = any_subject(rng), relative(rng)
    if (other.en.startswith("my ") and subject.person == "2s") or other.en == subject.en:
        return with_whom(rng)
    base = of_phrase(rng.choice(TOGETHER))
    predicate = replace(
        base,
        en=f"with {other.en}",
        de_object=spaced(f"mit {other.de['dat']}", base.de_object),
        fr=spaced(base.fr, f"avec {other.fr}"),
    )
    tense = rng.choice(("present", "present", "past", "future"))
    form = "progressive" if tense == "present" and rng.random() < 0.5 else ""
    return clause(subject, predicate, Setting(tense, form=form))


def with_milk(rng: Random) -> Sentence:
    """He drinks coffee without sugar."""
    drink, other = BY_NAME[rng.choice(("coffee", "tea"))], BY_NAME[rng.choice(("milk", "sugar"))]
    en, de, fr = rng.choice((("with", "mit", "avec"), ("without", "ohne", "sans")))
    some = other.fr if en == "without" else phrase(other, "some").fr
    predicate = Predicate(
        ACTION["drink"],
        f"{drink.en} {en} {other.en}",
        de_object=f"{drink.de} {de} {other.de}",
        fr=f"{phrase(drink, 'some').fr} {fr} {some}",
    )
    return clause(any_subject(rng), predicate, Setting())


PATTERNS: dict[Callable[[Random], Sentence], int] = {
    said: 42,
    wh_question: 5,
    where_is: 4,
    price: 2,
    description: 9,
    comparison: 2,
    this_is: 4,
    there_is: 4,
    position: 4,
    would_like: 4,
    liking: 4,
    imperative: 4,
    clock: 3,
    weather: 3,
    day: 1,
    owned: 2,
    joined: 4,
    with_whom: 3,
    with_milk: 1,
    everyday: 28,
}
