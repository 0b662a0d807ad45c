# ruff: noqa: E501, SIM905  (lists of names)
"""Questions about what the model was never taught: it says so.

Invented countries, animals, books, people and dishes, real ones that are missing from the tables, and questions that no
table answers. The wordings are those of `facts` and `recipes`, so that the name decides. Held out are the names.
"""

from __future__ import annotations

import re
from random import Random

from demo_model.examples import Item, Split, Task, is_held_out
from demo_model.phrasing import expand, put_in, questions
from demo_model.tasks import facts, recipes
from demo_model.tasks.knowledge import countries
from demo_model.tasks.knowledge.relation import first_name, named

ANSWER = "I do not know that one. I am a small demo model."

STARTS = (
    "Ab Ak Al Ar Ba Bel Bor Bra Bru Cal Cor Dal Dor Dra Eb El Fal Fen Fro Gal Gor Gri Hal Hel Il Jar Jo Kal Kar Kro Lan Lor "
    "Mal Mor Mun Nar Nel Nor Ol Or Par Pel Plo Quar Ral Ros Ru Sal Sel Skal Sno Tal Tor Tri Ul Ur Val Vor Wal Wex Xan Yar "
    "Yel Zam Zel Zor Zu Bli Glo Flim Snu Wob Plin Trog Gru Vex Quib"
).split()
MIDDLES = "a an ar ba be da del do ga go ka la li lo ma mi mo na ne no ra ri ro sa ta ti to va ve vi za zo".split()
COUNTRY_ENDS = "nia ria via stan land lia dor ga ria mark ovia avia ania onia ura isle ona aria istan esia uay".split()
NOUN_ENDS = "ble bus der dle fer g gle k ker lo mp nk pus ro sh t ter x zle ot ax in ork ump".split()
DISH_ENDS = "a ata chi elle ette illo ini ka ki la no ofu oto ra sha ska ta zo ini ushi".split()
PERSON_ENDS = "an ard ek en er ich in is man o on ov sen ski son to us well".split()

REAL_PLACES = """Atlantis, Wakanda, Narnia, Mordor, Gondor, Westeros, Wonderland, Neverland, Middle-earth, Hogwarts, Oz, Genovia,
Zamunda, Freedonia, Ruritania, Latveria, Sokovia, El Dorado, Utopia, Shangri-La, Camelot, Avalon, Gotham, Lilliput,
Bavaria, Sicily, Texas, California, Florida, Ohio, Nevada, Siberia, Tuscany, Normandy, Catalonia, Hawaii, Corsica, Crete,
Yorkshire, Provence, Saxony, Tyrol, Lapland, Ontario, Manitoba, Queensland, Tasmania, Sardinia, Bali, Java, Sumatra,
Yugoslavia, the Soviet Union, Czechoslovakia, Prussia, Mars, the moon, Jupiter, Europe, Africa, Asia, Puerto Rico, Bermuda,
Aruba, Gibraltar, Greenland, Guam, Tahiti, New Caledonia, Cornwall, Kent, Bengal, Punjab, Kerala, Hokkaido, Okinawa""".replace(
    "\n", " "
)

REAL_PEOPLE = """Taylor Swift, Barack Obama, Donald Trump, Joe Biden, Angela Merkel, Elon Musk, Bill Gates, Steve Jobs, Beyonce,
Brad Pitt, Tom Hanks, Tom Cruise, Lady Gaga, Adele, Eminem, Rihanna, Justin Bieber, Roger Federer, Serena Williams, Usain Bolt,
Michael Jordan, Queen Elizabeth, King Charles, Winston Churchill, Margaret Thatcher, Joan of Arc, Genghis Khan, Confucius,
Dwayne Johnson, Oprah Winfrey, Greta Thunberg, Jeff Bezos, Mark Zuckerberg, David Bowie, Bob Dylan, John Lennon, Mick Jagger,
Helmut Kohl, Emmanuel Macron, Tony Blair, Boris Johnson, Rafael Nadal, Novak Djokovic, Steffi Graf, my neighbor, my teacher,
my brother, your boss, my dad, Harry Styles, Ed Sheeran, Shakira, Drake, Kanye West, George Clooney, Julia Roberts,
Emma Watson, Daniel Craig, Sean Connery, Marilyn Monroe, Audrey Hepburn, Charlie Chaplin, Walt Disney, Alfred Hitchcock,
Steven Spielberg, Ada Lovelace, Alan Turing, Niels Bohr, Werner Heisenberg, Michael Faraday, Carl Linnaeus, Rene Descartes,
Friedrich Nietzsche, Sigmund Freud, Simone de Beauvoir, Hannah Arendt""".replace("\n", " ")

REAL_WORKS = """The Da Vinci Code, Twilight, Dune, It, Misery, Catch-22, Ulysses, Lolita, Middlemarch, Beloved, Siddhartha,
Game of Thrones, Fifty Shades of Grey, The Alchemist, Life of Pi, The Kite Runner, Gone Girl, The Martian, The Road,
The Name of the Wind, The Grapes of Wrath, Of Mice and Men, On the Road, Gone with the Wind, Rebecca, Watership Down,
The Secret Garden, Black Beauty, Little Women, Anne of Green Gables, The Handmaid's Tale, Atonement, Norwegian Wood, Momo,
The Trumpet of the Swan, Charlotte's Web, The Cat in the Hat, The Gruffalo, Percy Jackson, Divergent, Yesterday, Thriller,
Bohemian Rhapsody, Imagine, Star Wars, Titanic, Avatar, The Lion King, The Matrix, The Godfather""".replace("\n", " ")

REAL_INVENTIONS = """the zipper, the microwave, the laser, the refrigerator, the elevator, the stethoscope,
the computer mouse, the transistor, the umbrella, the sewing machine, the typewriter, the toothbrush, the fork, the helicopter,
the submarine, the parachute, the elevator, the vacuum cleaner, the washing machine, the dishwasher, the pencil, the ballpoint pen,
the matchstick, the sandwich, chewing gum, Velcro, plastic, nylon, the credit card, email, Python, Linux, Bitcoin, the iPhone,
the robot, the drone, the escalator, the hairdryer, the toaster, the stapler, the paper clip, chocolate, pizza, Facebook""".replace(
    "\n", " "
)

REAL_ANIMALS = """aardvark, armadillo, axolotl, okapi, narwhal, wombat, platypus, tapir, capybara, lemur, meerkat, pangolin, unicorn,
dragon, griffin, phoenix, yeti, gnu, manatee, wolverine, ocelot, quokka, numbat, echidna, dodo, mammoth, centaur, mermaid,
hydra, kraken, basilisk, werewolf""".replace("\n", " ")

ADJECTIVES = (
    "Silver Golden Last Lost Hidden Broken Quiet Burning Frozen Little Secret Forgotten Crooked Velvet Hollow".split()
)
NOUNS = "Lantern River Harbor Clock Garden Key Mirror Tower Orchard Bridge Letter Shadow Crown Winter Feather Cellar".split()
GADGETS = "meter graph phone matic tron scope lizer fier fonator copter".split()

INGREDIENTS = """asparagus, beetroot, Brussels sprout, kale, leek, artichoke, radish, turnip, parsnip, fennel, walnut, pistachio,
octopus, squid, crab, lobster, eel, rabbit, venison, goose, liver, kidney, tongue, snail, cactus, seaweed, plum, fig, date,
rhubarb, gooseberry, quince, papaya, lychee, durian, rose, lavender, violet, nettle, acorn, chestnut, barley, millet, buckwheat,
cucumber, watermelon, melon, grape, peanut, marshmallow, toffee, licorice, pickle, mustard, sardine, herring, mackerel, trout,
stone, glass, shoe, paper, cloud, moonlight, dragon, unicorn, button, pencil, sand, rainbow, diamond, computer""".replace(
    "\n", " "
)
KINDS_OF_DISH = "pie, soup, stew, curry, cake, pasta, salad, burger, pizza, pudding, bread, casserole, sandwich, dumplings, risotto, tart"

REAL_DISHES = """beef wellington, bouillabaisse, jambalaya, gumbo, cassoulet, baba ganoush, pierogi, pho, bibimbap, kimchi, haggis,
eggs Benedict, souffle, creme brulee, panna cotta, baklava, macarons, churros, empanadas, arancini, gnocchi alla sorrentina,
osso buco, saltimbocca, vitello tonnato, coq au vin, duck confit, peking duck, laksa, rendang, nasi goreng, satay, biryani,
rogan josh, vindaloo, samosas, pakora, naan, chapati, dosa, idli, tempura, okonomiyaki, takoyaki, yakitori, tonkatsu, udon, mochi,
congee, xiao long bao, char siu, hot pot, ceviche, feijoada, arepas, pupusas, tamales, mole poblano, pozole, chilaquiles, tagine,
shakshuka, borscht, stroganoff, pelmeni, blini, sauerbraten, spaetzle, raclette, cheese fondue, roesti, bigos, gravlax,
smorgasbord, clam chowder, key lime pie, pecan pie, cobbler, cornbread, grits, biscuits and gravy, pulled pork, brisket, poutine,
toad in the hole, bangers and mash, cottage pie, Yorkshire pudding, scotch eggs, trifle, sticky toffee pudding, banoffee pie,
pavlova, lamingtons, anzac biscuits, injera, jollof rice, fufu, bobotie, kofta, dolma, spanakopita, souvlaki, halloumi fries,
tabbouleh, manakish, kibbeh, profiteroles, eclairs, croissants, brioche, clafoutis, madeleines, linzer torte, Black Forest cake,
Sachertorte, kaiserschmarrn, lebkuchen, stollen, marzipan, nougat, fudge, caramel, marshmallows, jelly, sorbet,
beer, wine, vodka, cola, gin, a martini, a mojito, soap, candles, glue, a birdhouse, a paper plane, a website, gold, money, a bomb,
friends, a baby, rain, plastic, a chair, steel, paint""".replace("\n", " ")

_KNOWN = {
    name.lower().removeprefix("the ")
    for fact in facts.FACTS
    for name in fact.subject.strip("()").replace("*2", "").split("|")
} | {name.lower().removeprefix("a ").removeprefix("an ") for names in recipes.NAMES.values() for name in names}


def _listed(text: str, split: Split) -> list[str]:
    """The names of a list that belong to one side of the split, without those that the tables do hold."""
    names = dict.fromkeys(name.strip() for name in text.split(","))
    return [name for name in names if is_held_out(name) == (split == "held_out") and _is_new(name)]


def _is_new(name: str) -> bool:
    bare = name.lower()
    for article in ("a ", "an ", "the "):
        bare = bare.removeprefix(article)
    return bare not in _KNOWN


def _made_up(rng: Random, ends: list[str]) -> str:
    middle = "".join(rng.choice(MIDDLES) for _ in range(rng.choice((0, 1, 1, 2))))
    return rng.choice(STARTS) + middle + rng.choice(ends)


def _place(rng: Random) -> str:
    name = _made_up(rng, COUNTRY_ENDS)
    return expand(
        rng,
        f"({name}*8|New {name}|North {name}|the Republic of {name}|the Kingdom of {name}|South {name}|{name} Islands)",
    )


def _person(rng: Random) -> str:
    return f"{_made_up(rng, PERSON_ENDS)} {_made_up(rng, PERSON_ENDS)}"


def _animal(rng: Random) -> str:
    name = _made_up(rng, NOUN_ENDS).lower()
    return expand(rng, f"({name}*5|giant {name}|{name} bird|{name} fish|mountain {name})")


def _work(rng: Random) -> str:
    one, two, what = rng.choice(ADJECTIVES), rng.choice(NOUNS), rng.choice(NOUNS)
    name = _made_up(rng, PERSON_ENDS)
    return expand(
        rng,
        f"(The {one} {two}|The {two} of {name}|{name}|A {two} for {name}|{name} and the {one} {two}|The {two} and the {what})",
    )


def _invention(rng: Random) -> str:
    return "the " + _made_up(rng, GADGETS).lower()


def _dish(rng: Random) -> str:
    name, kind = _made_up(rng, DISH_ENDS).lower(), rng.choice(KINDS_OF_DISH.split(", "))
    ingredient = rng.choice(INGREDIENTS.split(", "))
    return expand(
        rng,
        f"({name}*3|{name} {kind}*2|{ingredient} {kind}*4|{name} with {ingredient}|{ingredient} {name}|fried {name})",
    )


_SPLITS: tuple[Split, ...] = ("train", "held_out")
# What is unknown: how it is made up, the real ones, and the relations that ask for it.
THINGS = {
    "place": (_place, REAL_PLACES, ("capital", "capital", "capital", "currency", "language", "flag")),
    "person": (_person, REAL_PEOPLE, ("who is",)),
    "animal": (_animal, REAL_ANIMALS, ("sound", "legs", "young", "animal class", "food", "home")),
    "work": (_work, REAL_WORKS, ("writer", "writer", "painter", "composer")),
    "invention": (_invention, REAL_INVENTIONS, ("inventor",)),
    "dish": (_dish, REAL_DISHES, ()),
}
_REAL = {kind: {split: _listed(real, split) for split in _SPLITS} for kind, (_, real, _) in THINGS.items()}
_ASKS = {fact.relation: fact.asks for fact in facts.FACTS}
_COUNTRIES = [first_name(name) for name in countries.CAPITALS]

# Questions that no table answers, about known things.
NEVER = questions(
    noun="the (population|area|size|president|prime minister|king|queen|national anthem|history|weather|national animal) of {s}|"
    "the (richest|oldest|most famous|best|tallest) (man|person|football team|city|hotel|restaurant|bank) in {s}",
    both="how many people live in {s}*2|who (rules|governs) {s}|who is the (president|king|prime minister) of {s}*3",
    direct="how (big|old|rich|large) is {s}|when was {s} founded|how many (people|inhabitants|lakes|cities) does {s} have*2|"
    "what is {s} (famous|known) for|how far is it to {s}|how do I get to {s}|what does a (house|beer|hotel) cost in {s}|"
    "who won the last election in {s}",
    clause="how (big|old|rich) {s} is|when {s} was founded|how many people {s} has",
)
NEVER_ALONE = questions(
    noun="the (best|cheapest|newest) (phone|car|computer|laptop|camera|film) [this year]|the price of (gold|oil|bread|a car|a house)|"
    "my (password|phone number|address|birthday|wallet|shoe size)|the (score|result) of the (game|match) [yesterday|last night]|"
    "the (lottery|winning) numbers|the phone number of (the police in Rome|my doctor|the hotel)",
    both="who won the (match|game|election|race|Oscar|last World Cup)|who will win [the election|the game]|"
    "how many people (live on Mars|are in this room|work at Google)",
    clause="how much (a car|a house|this phone) costs|where (my phone|my cat|my key) is",
    direct="where (is my (phone|key|car|cat)|did I put my (keys|glasses))|how much does (a car|this|a ticket|an iPhone) cost|"
    "when does the (train|bus|shop|bank) (leave|open|close|come)|what is (the square root of pi|my IQ|quantum physics|blockchain)|"
    "how do I (fix|repair) my (car|phone|computer|bike|printer)|how tall is (my brother|the president|Tom Cruise)|"
    "why is (my computer so slow|she angry|he late)|will (it|he|she) (come|call|win) [tomorrow]|what should I (wear|buy|vote) [today]",
)


def invented(rng: Random, split: Split, kind: str) -> str:
    """The name of an unknown thing: made up, or a real one that no table has."""
    make, _, _ = THINGS[kind]
    if rng.random() < 0.35 and _REAL[kind][split]:
        return rng.choice(_REAL[kind][split])
    while True:
        name = make(rng)
        if is_held_out(name) == (split == "held_out") and _is_new(name):
            return name


def item(rng: Random, split: Split) -> Item:
    kind = rng.choices((*THINGS, "never", "alone"), (4, 1, 2, 2, 1, 6, 1, 1))[0]
    before, asks, after = re.split("[«»]", rng.choice(recipes.TASK.phrasings if kind == "dish" else facts.FRAMES))
    if kind == "dish":
        wording = recipes.DISH_TYPED if "typed" in asks else recipes.ASKED
        question = put_in(expand(rng, wording), recipes.fields(invented(rng, split, kind)))
    elif kind == "place" and rng.random() < 0.1:
        before, after = "Q: capital of Italy A: Rome Q: capital of Japan A: Tokyo Q: capital of Peru A: Lima Q: ", " A:"
        question = f"capital of {invented(rng, split, kind)}"
    elif kind in THINGS:
        question = put_in(expand(rng, _ASKS[rng.choice(THINGS[kind][2])]), named(invented(rng, split, kind)))
    else:
        question = _unanswered(rng, split, NEVER if kind == "never" else NEVER_ALONE)
    return Item({"before": before, "question": question, "after": after}, ANSWER)


def _unanswered(rng: Random, split: Split, asks: str) -> str:
    while True:
        wording, country = expand(rng, asks), rng.choice(_COUNTRIES)
        if is_held_out(wording, country) == (split == "held_out"):
            return put_in(wording, named(country))


TASK = Task("unknown", item, ("{before}«{question}»{after}",), closed=True, weight=0.8)
