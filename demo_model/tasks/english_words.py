# ruff: noqa: E501  (tables, one entry a line)
"""English words by kind, for headlines and keywords: nouns, verbs with their forms, adjectives, names, invented words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from demo_model.tasks.tables import words

T = TypeVar("T")

PEOPLE = words("""
girl boy man woman child baby teacher doctor farmer baker nurse student mother father sister brother grandmother
grandfather driver artist singer king queen princess prince tourist neighbour neighbor uncle aunt pilot sailor gardener
chef waiter painter writer dancer actor lawyer engineer scientist policeman soldier hunter fisherman tailor butcher
postman firefighter dentist player coach boss friend husband wife son daughter cousin pupil guest customer thief magician
clown witch pirate knight astronaut musician mechanic secretary manager worker family team mum dad grandma grandpa
""")
ANIMALS = words("""
dog cat bird horse rabbit mouse monkey bear puppy kitten fox elephant goat cow pig sheep duck chicken lion tiger wolf
snake frog fish bee butterfly spider turtle donkey parrot hamster squirrel deer owl eagle dolphin whale shark penguin
giraffe zebra crocodile hen goose swan camel ant snail hedgehog crow
""")
FOOD = words("""
apple banana orange pear cherry strawberry lemon peach tomato potato carrot onion egg cake pizza sandwich sausage cookie
pancake bread cheese meat rice soup chocolate butter honey salad ham jam pasta burger steak pie ice_cream noodles toast
breakfast lunch dinner nuts grapes fruit vegetables sugar salt bone candy cereal yogurt mushrooms
""")
DRINKS = words("water coffee tea milk wine beer juice lemonade cola whisky cocoa smoothie")
CLOTHES = words("""
shirt coat jacket hat dress skirt sweater shoes socks scarf gloves boots jeans trousers suit tie cap T-shirt ring glasses
uniform necklace pyjamas crown mask
""")
TEXTS = words("book newspaper letter magazine email story message poem postcard novel comic map menu diary")
TOYS = words("ball doll toy puzzle kite balloon stick rope")
PLAYED = words("""
guitar piano violin flute drums trumpet football tennis chess basketball cards golf volleyball hockey cello saxophone
""")
VEHICLES = words("car bus truck taxi tractor van lorry ambulance")
RIDDEN = words("bicycle bike motorcycle scooter train boat ship plane tram rocket")
WATCHED = words("film movie television game show match concert theatre_play sunset fireworks cartoon")
HEARD = words("music song radio noise voice")
THINGS = words("""
lamp bag suitcase backpack key keys picture photo clock phone telephone computer laptop camera umbrella cup plate
knife fork spoon glass bottle ticket flower flowers rose box pen pencil gift present map passport wallet candle mirror
towel blanket pillow money coin paper basket bucket ladder hammer nail tool stone table chair bed sofa desk shelf
door window tent flag bell broom brush soap toothbrush scissors needle robot machine engine battery tablet keyboard screen
idea plan question answer problem secret surprise job medicine treasure tree house garden wall fence
""")
NATURE = words("""
sun rain snow wind moon star stars cloud clouds storm rainbow fire light earth
world grass leaf leaves sand ice fog thunder lightning
""")
LIKED = words("""
friendship happiness peace freedom time life health family_life sport history art science nature
holidays luck hope truth maths homework fun adventure dreams
""")
MASS = set(DRINKS) | set(LIKED) | set(HEARD[:1]) | set(words("""
bread cheese meat rice soup chocolate butter honey salad ham jam pasta ice_cream noodles toast breakfast lunch dinner nuts
grapes fruit vegetables sugar salt candy cereal yogurt mushrooms money paper soap medicine football tennis chess basketball
cards golf volleyball hockey television fire rain snow wind
"""))  # fmt: skip

# Place: how one is there.
PLACES = {
    place: preposition
    for preposition, places in (
        (
            "in the",
            "park garden forest street village city town field kitchen house room bedroom bathroom living_room office hotel library hospital museum shop supermarket restaurant cafe church castle lake river pool mountains desert jungle cave classroom car_park cinema theatre stable cellar yard bag tree sky sea ocean",
        ),
        (
            "at the",
            "market zoo station airport bakery bank university bus_stop party concert_hall stadium circus post_office",
        ),
        (
            "on the",
            "beach farm bridge train sofa table chair bed roof floor road ship bus wall balcony shelf desk grass mountain island",
        ),
        ("at", "school home"),
    )
    for place in words(places)
}
TIMES = {
    "morning": "in the morning", "evening": "in the evening", "afternoon": "in the afternoon", "night": "at night",
    "today": "today", "tomorrow": "tomorrow", "Monday": "on Monday", "Tuesday": "on Tuesday", "Wednesday": "on Wednesday",
    "Thursday": "on Thursday", "Friday": "on Friday", "Saturday": "on Saturday", "Sunday": "on Sunday",
    "weekend": "at the weekend", "winter": "in winter", "summer": "in summer", "spring": "in spring", "autumn": "in autumn",
    "birthday": "on the birthday", "Christmas": "at Christmas",
}  # fmt: skip

# Verb: forms are regular where none is given: base/past/participle.
VERBS = words("""
read/read write/wrote/written eat/ate/eaten drink/drank/drunk buy/bought sell/sold carry find/found lose/lost see/saw/seen
hear/heard hold/held wear/wore/worn draw/drew/drawn use open close cook bake wash clean paint repair make/made build/built
break/broke/broken bring/brought take/took/taken give/gave/given throw/threw/thrown catch/caught kick push pull drive/drove/driven
ride/rode/ridden play watch love like hate want need help teach/taught learn visit meet/met follow
chase bite/bit/bitten feed/fed steal/stole/stolen hide/hid/hidden cut/cut send/sent get/got keep/kept
leave/left choose/chose/chosen study explain order pay/paid save count touch kiss hug pick fix sing/sang/sung dance climb
""")
FREE_VERBS = words("""
sleep/slept run/ran/run walk swim/swam/swum jump laugh cry smile sit/sat stand/stood wait work rest talk shout live travel
fall/fell/fallen fly/flew/flown bark
""")
ADJECTIVES = words("""
red blue green yellow black white brown grey pink big small little old new young good bad beautiful pretty ugly hot cold
warm fresh sweet delicious long short heavy fast slow happy sad angry tired hungry funny clever strong weak rich poor
dirty dark bright loud quiet empty full broken expensive cheap dangerous famous lazy brave kind friendly lonely soft
hard round wet dry wooden golden tall huge tiny
""")

# The nouns, adjectives and verbs that people think of first; they are drawn in EVERYDAY_SHARE of the cases.
EVERYDAY = set(
    words("""
girl boy man woman child baby teacher doctor friend mother father sister brother dog cat bird horse rabbit mouse cow fish
duck apple banana orange egg cake pizza sandwich bread cheese meat rice soup chocolate ice_cream breakfast lunch dinner
water coffee tea milk juice beer wine shirt shoe shoes hat coat dress jacket book newspaper letter email ball guitar piano
football tennis car bus train bicycle bike plane boat film movie game music song bag key keys phone computer camera
umbrella cup plate knife fork spoon glass bottle ticket flower flowers box pen pencil gift money table chair bed door
window tree house garden sun rain snow moon star sky sea park forest street village city town kitchen room bathroom
school hospital restaurant shop supermarket station airport hotel beach bank church market river lake mountain
morning evening night today tomorrow weekend summer winter day week year time work family name weather country
language question problem idea head hand eye foot
red blue green yellow black white big small old new young good bad beautiful hot cold happy sad tired hungry thirsty
expensive cheap fast slow
read write eat drink buy sell see find open close cook clean play watch like love sleep run walk swim sing dance work
wait sit drive make take
""")
)
EVERYDAY_SHARE = 0.65


def mostly_everyday(rng: Random, options: Sequence[T], name: Callable[[T], str]) -> T:
    """One of the options; in EVERYDAY_SHARE of the draws one with an everyday name, if there is any."""
    everyday = [one for one in options if name(one) in EVERYDAY] if rng.random() < EVERYDAY_SHARE else ()
    return rng.choice(everyday or options)


FIRST_NAMES = words("""
Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Karin Leo Maria Nils Olga Peter Rosa Simon Tina Victor Wanda Yusuf Zoe
Amir Bella Carlos Diana Erik Fatima George Hanna Ivan Julia Kenji Lucy Mark Nadia Oscar Paula Samuel Tom John Mary Sarah
Laura Max Paul Alice Bob Jack Kate Mike Linda James Susan
""")
_ONSETS = words("b br c ch cl d dr f fl g gr h j k kl l m n p pl pr qu r s sh sk sl st t th tr v w z")
_NUCLEI = words("a e i o u ai ea ee oa oo ou")
_CODAS = (
    "",
    "",
    "b",
    "ck",
    "d",
    "g",
    "l",
    "ll",
    "m",
    "n",
    "nd",
    "ng",
    "nt",
    "p",
    "r",
    "rk",
    "rn",
    "sh",
    "sk",
    "st",
    "t",
    "x",
)
TOWN_ENDS = words(
    "mont ford ham ville dale bury field port ton wick berg lund mouth bridge haven worth stein dorf burg holm wood brook"
)
NAME_ENDS = words("ler son man sen ner ros ton well ini ova ic ard ley berg ez ow der ford ski land ett ello stone")
REAL_TOWNS = words("""
London Paris Berlin Rome Madrid Hamburg Munich Vienna Oslo Prague Lisbon Dublin Chicago Boston Tokyo Sydney Toronto Lyon Milan
Cologne Leeds Oxford Geneva Zurich Austin Seattle Denver Dallas Mumbai Cairo Lagos Lima Springfield Manchester Liverpool
Bristol Houston Miami Amsterdam Brussels Madrid Barcelona Naples Moscow Kyiv Warsaw Athens Stockholm New_York Hong_Kong
""")


def invented(rng: Random) -> str:
    """A word that does not exist, to be copied: "flom", "sharnet"."""
    word = ""
    while len(word) < 4:
        word += rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS)
        if rng.random() < 0.6:
            word += rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS)
    return word


def town(rng: Random) -> str:
    if rng.random() < 0.5:
        return rng.choice(REAL_TOWNS)
    return (rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS) + rng.choice(TOWN_ENDS)).capitalize()


def family_name(rng: Random) -> str:
    return (rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS) + rng.choice(NAME_ENDS)).capitalize()


def third(base: str) -> str:
    """The verb after "he": reads, carries, washes, goes."""
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "ch", "sh", "z", "o")) else "s")


def past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    doubled = (
        base[-1]
        if base in ("plan", "ban", "stop", "rob", "hug", "shop", "drop", "cancel", "control", "slip", "grab")
        else ""
    )
    return base + doubled + "ed"


def forms(entry: str) -> tuple[str, str, str]:
    """base, past, participle of an entry of VERBS."""
    base, *rest = entry.split("/")
    simple = rest[0] if rest else past(base)
    return base, simple, rest[1] if len(rest) > 1 else simple


def a(phrase: str) -> str:
    vowel = phrase[0].lower() in "aeiou" and not phrase.startswith(("uni", "use", "euro", "one"))
    return ("an " if vowel else "a ") + phrase
