# ruff: noqa: E501, SIM905  (sentences)
"""What follows from a sentence by the meaning of its words: kinds of things, places, verbs, time, numbers, all and some.

A pattern draws a premise and a hypothesis with the label that it is given.
"""

from __future__ import annotations

import re
from random import Random

from demo_model.examples import Split
from demo_model.phrasing import put_in
from demo_model.tasks import events, worlds
from demo_model.tasks.knowledge.countries import CITIES, COUNTRY_OF_CAPITAL
from demo_model.tasks.knowledge.relation import first_name, plural, with_article

YES, NO, OPEN = "yes", "no", "it is not possible to tell"
LABELS = (YES, NO, OPEN)

Pair = tuple[str, str]

# ---- Kinds of things -------------------------------------------------------------------------------------------------

CLASSES = {
    line.split(": ")[0]: line.split(": ")[1].split(", ")
    for line in """
animal: dog, cat, horse, cow, sheep, goat, rabbit, lion, tiger, bear, elephant, monkey, mouse, pig, wolf, fox, snake, frog, camel, donkey, zebra, giraffe, kangaroo, turtle, deer
bird: parrot, eagle, owl, duck, swan, chicken, pigeon, crow, sparrow, penguin, goose
fish: salmon, trout, shark, goldfish, herring
insect: bee, ant, butterfly, fly, mosquito, beetle, wasp
flower: rose, tulip, daisy, lily, sunflower, orchid
tree: oak, pine, birch, palm, willow, fir
fruit: apple, banana, pear, orange, cherry, peach, plum, mango, lemon, strawberry
vegetable: carrot, potato, onion, cucumber, cabbage, leek, turnip
instrument: guitar, piano, violin, flute, trumpet, drum, harp, cello
vehicle: car, bus, truck, van, taxi, motorcycle, tram
tool: hammer, saw, screwdriver, drill, axe, shovel
piece of furniture: chair, table, sofa, bed, wardrobe, desk, bookcase
piece of clothing: shirt, coat, dress, skirt, sweater, jacket, T-shirt
toy: doll, teddy bear, toy car, kite, yo-yo
building: house, church, school, castle, hospital, hotel, museum
""".strip().splitlines()
}
WIDER = [(thing, kind) for kind, things in CLASSES.items() for thing in things]
GETS = (
    ("bought", "buy"), ("saw", "see"), ("found", "find"), ("drew", "draw"), ("painted", "paint"), ("has", "have"), ("wants", "want"),
    ("photographed", "photograph"), ("likes the picture of", "like the picture of"), ("dreamed of", "dream of"), ("sold", "sell"),
)  # fmt: skip
TENSE = {"has": "does not", "wants": "does not", "likes the picture of": "does not"}


def _who(rng: Random, split: Split) -> str:
    return worlds.person(rng, split).name if rng.random() < 0.75 else rng.choice(PEOPLE)


PEOPLE = (
    "a man, a woman, the boy, the girl, my sister, my brother, the teacher, an old man, a child, the doctor, my neighbor, the farmer, "
    "a student, our boss, my uncle, the nurse, a tourist, the baker, my best friend"
).split(", ")


def _again(who: str) -> str:
    return re.sub("^an? ", "the ", who)


def kind_of_thing(rng: Random, split: Split, label: str) -> Pair:
    """Who buys a rose buys a flower; who buys a flower may not buy a rose."""
    who, (thing, kind) = _who(rng, split), rng.choice(WIDER)
    does, base = rng.choice(GETS)
    not_ = TENSE.get(does, "did not")
    other = rng.choice([thing_ for thing_, kind_ in WIDER if kind_ != kind])
    sibling = rng.choice([one for one in CLASSES[kind] if one != thing])
    quality = rng.choice(events.QUALITIES)
    again = _again(who)
    premise = f"{who} {does} {with_article(thing)}"
    if label == YES:
        says = [f"{again} {does} {with_article(kind)}"] * 3 + [f"{again} {does} something"]
        if rng.random() < 0.3:
            premise = f"{who} {does} {with_article(f'{quality} {thing}')}"
            says = [f"{again} {does} {with_article(one)}" for one in (thing, kind)]
        if rng.random() < 0.2:
            premise, says = f"{who} {not_} {base} any {_kinds(kind)}", [f"{again} {not_} {base} {with_article(thing)}"]
    elif label == NO:
        says = [f"{again} {not_} {base} {with_article(kind)}", f"{again} {not_} {base} {with_article(thing)}", f"{again} {not_} {base} anything", f"{again} {does} nothing"]  # fmt: skip
        if rng.random() < 0.3:
            premise, says = f"{who} {not_} {base} any {_kinds(kind)}", [f"{again} {does} {with_article(thing)}"]
        elif rng.random() < 0.3:
            premise = f"{who} {does} only one thing, {with_article(thing)}"
            says = [f"{again} {does} {with_article(other)}", f"{again} {does} {with_article(sibling)}"]
    else:
        premise = f"{who} {does} {with_article(kind)}"
        says = [f"{again} {does} {with_article(thing)}"] * 3 + [f"{again} {does} {with_article(other)}", f"{again} {does} {with_article(f'{quality} {kind}')}"]  # fmt: skip
        says += [said.replace(f" {does} ", f" {not_} {base} ", 1) for said in says]
        if rng.random() < 0.4:
            premise = f"{who} {does} {with_article(thing)}"
            says = [f"{again} {does} {with_article(f'{quality} {thing}')}", f"{again} {does} {with_article(other)} too", f"{again} {does} two {plural(thing)} last year".replace("has two", "had two").replace("wants two", "wanted two").replace("likes the", "liked the")]  # fmt: skip
    return _ended(premise), _ended(rng.choice(says))


def _kinds(kind: str) -> str:
    return kind.replace("piece of", "pieces of") if kind.startswith("piece") else plural(kind)


def _ended(text: str) -> str:
    return text[0].upper() + text[1:] + "."


# ---- Places ----------------------------------------------------------------------------------------------------------

_PLACES = {first_name(city): country for city, country in {**CITIES, **COUNTRY_OF_CAPITAL}.items()}
HOME = (
    ("lives in", "does not live in"), ("was born in", "was not born in"), ("works in", "does not work in"), ("is in", "is not in"),
    ("studies in", "does not study in"), ("died in", "did not die in"), ("got married in", "did not get married in"),
)  # fmt: skip
KNOWN = (
    "Paris/France, Berlin/Germany, London/England, Rome/Italy, Madrid/Spain, Tokyo/Japan, Moscow/Russia, New York/the USA, Vienna/Austria, Munich/Germany, Lyon/France, Milan/Italy, Barcelona/Spain, "
    "Hamburg/Germany, Athens/Greece, Cairo/Egypt, Beijing/China, Chicago/the USA, Warsaw/Poland, Dublin/Ireland, Oslo/Norway, Lisbon/Portugal, Prague/Czechia, Delhi/India, Sydney/Australia, Manchester/England"
)  # fmt: skip


def in_a_country(rng: Random, split: Split, label: str) -> Pair:
    """Who lives in Lyon lives in France; who lives in France may live elsewhere."""
    pairs = [tuple(pair.split("/")) for pair in KNOWN.split(", ")]
    city, country = rng.choice(pairs)
    other_city, other = rng.choice([pair for pair in pairs if pair[1] != country])
    who, (does, not_) = _who(rng, split), rng.choice(HOME)
    again = _again(who)
    if label == YES:
        says = [f"{again} {does} {country}"] * 3 + [f"{again} {not_} {other}", f"{again} {not_} {other_city}"]
    elif label == NO:
        says = [f"{again} {does} {other}"] * 2 + [f"{again} {not_} {country}", f"{again} {does} {other_city}"]
    else:
        if rng.random() < 0.6:
            return _ended(f"{who} {does} {country}"), _ended(f"{again} {rng.choice((does, not_))} {city}")
        says = [f"{again} likes {country}", f"{again} speaks three languages", f"{again} has never been to {other}", f"{again} has many friends in {city}"]  # fmt: skip
    return _ended(f"{who} {does} {city}"), _ended(rng.choice(says))


# ---- Verbs and what they say -----------------------------------------------------------------------------------------

# What somebody did, its base, and its denial is "did not BASE".
ACTS = [tuple(pair.split("/")) for pair in (
    "opened the door/open the door, passed the exam/pass the exam, fixed the bike/fix the bike, called the doctor/call the doctor, caught the train/catch the train, "
    "sold the house/sell the house, found the key/find the key, won the game/win the game, finished the book/finish the book, cooked dinner/cook dinner, paid the bill/pay the bill, "
    "locked the car/lock the car, cleaned the kitchen/clean the kitchen, bought a ticket/buy a ticket, climbed the mountain/climb the mountain, wrote the letter/write the letter, fed the cat/feed the cat, "
    "visited the museum/visit the museum, learned Spanish/learn Spanish, moved to London/move to London, took the medicine/take the medicine, came to the party/come to the party, "
    "told the truth/tell the truth, watered the plants/water the plants, saw the film/see the film, baked a cake/bake a cake, went to the dentist/go to the dentist, swam across the lake/swim across the lake"
).split(", ")]  # fmt: skip
IT_HAPPENED = ("managed to {base}", "remembered to {base}", "was able to {base} and {did}", "{did} yesterday", "{did} after lunch", "was happy because {he} {did}", "{did} without help", "finally {did}", "forgot the umbrella but {did}", "had to {base}, and {did}")  # fmt: skip
IT_DID_NOT = ("failed to {base}", "forgot to {base}", "refused to {base}", "did not {base}", "never {did}", "was too tired to {base}", "was not able to {base}", "did not manage to {base}", "could not {base}", "did not want to {base} and did not {base}", "decided not to {base}")  # fmt: skip
WHO_KNOWS = ("wanted to {base}", "tried to {base}", "hoped to {base}", "planned to {base}", "promised to {base}", "was asked to {base}", "was going to {base}", "may have {had}", "said that {other} {did}", "thinks that {other} {did}", "will perhaps {base}", "would like to {base}")  # fmt: skip


def verbs(rng: Random, split: Split, label: str) -> Pair:
    """Who managed to open the door opened it; who forgot to, did not; who tried to, perhaps."""
    person, friend = worlds.people(rng, split, 2)
    did, base = rng.choice(ACTS)
    positive = rng.random() < 0.5  # the hypothesis says that it was done
    if label == OPEN:
        frame = rng.choice(WHO_KNOWS)
        if "{had}" in frame:
            frame = "might {base}"
    else:
        frame = rng.choice(IT_HAPPENED if positive == (label == YES) else IT_DID_NOT)
    says = frame.format(did=did, base=base, he=person.he, other=friend.name, had="")
    about = friend.name if "{other}" in frame else person.name
    return f"{person.name} {says}.", f"{about} {did if positive else f'did not {base}'}."


# premise; what follows; what is impossible; what is open, of {a} and {b}
TWO = tuple(line.split(" | ") for line in """
{a} is {b}'s mother. | {b} is {a}'s child; {a} is a woman; {a} is older than {b} | {b} is {a}'s mother; {a} is younger than {b}; {a} has no children | {a} has two children; {b} is ten years old; {b} lives with {a}
{a} is {b}'s father. | {b} is {a}'s child; {a} is a man; {a} has at least one child | {b} is {a}'s father; {a} is a woman; {a} has no children | {a} has three children; {b} is ten years old; {a} is a doctor
{a} is {b}'s brother. | {a} is a man or a boy; {a} and {b} are in one family; {b} is not an only child | {b} is an only child; {a} is a girl; {a} has no brothers or sisters | {a} is older than {b}; {a} is a doctor; {a} lives with {b}
{a} is married to {b}. | {b} is married to {a}; {a} is not single; {b} has a husband or a wife | {b} is single; {a} is not married | {a} and {b} have children; {a} is older than {b}; {a} and {b} live in a big house
{a} sold a car to {b}. | {b} bought a car from {a}; {b} got a car; {a} sold something | {a} bought a car from {b}; {b} got nothing from {a} | {b} paid a lot of money; the car was red; {a} bought a new car
{a} gave {b} a book. | {b} got a book from {a}; {b} got something; a book was given to {b} | {a} gave {b} nothing; {b} got nothing from {a}; {a} did not give {b} anything | {b} read the book; {b} gave {a} a book; the book was new
{a} lent {b} some money. | {b} borrowed money from {a}; {b} got money from {a} | {a} borrowed the money from {b}; {b} got no money from {a} | {b} paid the money back; {a} is rich
{a} taught {b} French. | {b} had French lessons with {a}; {a} was {b}'s teacher | {a} taught {b} nothing; {a} did not teach {b} | {b} speaks French very well; {a} comes from France
{a} beat {b} at chess. | {b} lost against {a}; {a} won; {a} and {b} played chess; {b} did not win | {b} won; {a} lost; {b} beat {a} in that game; they never played | {a} is older than {b}; {b} was sad; they play every day
{a} won against {b}. | {b} lost; {a} won; {b} did not win | {b} won; {a} lost; {a} did not win | {b} is a bad player; {a} was happy
{a} arrived before {b}. | {b} arrived after {a}; {b} arrived later than {a}; {a} was there first | {b} arrived before {a}; {b} was there first; {a} arrived later than {b} | {a} came by bus; {b} was late; {a} waited for {b}
{a} was born after {b}. | {b} was born before {a}; {b} is older than {a}; {a} is younger than {b} | {a} is older than {b}; {a} was born first; they were born on the same day | {a} knows {b}; {a} was born in May
{a} lives next to {b}. | {b} lives next to {a}; {a} and {b} are neighbors | {a} lives far away from {b} | {a} likes {b}; {a} has a garden; {b} is {a}'s best friend
{a} is sitting behind {b}. | {b} is in front of {a}; {a} is sitting | {b} is sitting behind {a}; {a} is in front of {b}; {a} is standing | {a} is taller than {b}; {b} is sleeping; they are in a cinema
{a} is standing to the left of {b}. | {b} is to the right of {a}; {a} is standing | {b} is to the left of {a}; {a} is lying down | {a} is talking to {b}; {b} is taller
{a} works with {b}. | {b} works with {a}; {a} has a job; {a} does not work alone | {a} has no job; {a} always works alone | {a} is the boss; {a} likes {b}; they work in a bank
{a} met {b} at the station. | {b} met {a}; {a} was at the station; {a} and {b} saw each other | {a} met nobody; {a} was never at the station; {b} was at home alone all the time | {b} came by train; they went to a cafe
{a} went to the cinema without {b}. | {a} went to the cinema; {b} did not go to the cinema with {a} | {a} and {b} went to the cinema together; {a} stayed at home | {b} was ill; the film was good
{a} and {b} went to the zoo. | {a} went to the zoo; {b} went to the zoo; {a} was not alone | {a} stayed at home; {b} did not go to the zoo; nobody went to the zoo | they saw an elephant; {a} is a child; it was Sunday
{a} or {b} ate the cake. | somebody ate the cake; the cake was eaten | nobody ate the cake; the cake was not touched | {a} ate the cake; {b} ate the cake; {b} did not eat the cake
Only {a} came to the meeting. | {a} came to the meeting; {b} did not come to the meeting; somebody came | {b} came to the meeting; nobody came to the meeting; {a} and {b} came to the meeting | the meeting was short; {b} was ill
Everyone except {a} passed the test. | {a} did not pass the test; {a} failed the test | {a} passed the test; everyone failed the test | the test was easy; {a} was ill
{a} is as old as {b}. | {b} is as old as {a}; {a} is not older than {b}; {a} and {b} have the same age | {a} is older than {b}; {b} is younger than {a} | {a} and {b} are twins; {a} is forty years old
{a} earns twice as much as {b}. | {a} earns more than {b}; {b} earns less than {a} | {b} earns more than {a}; {a} and {b} earn the same | {a} is rich; {b} needs more money
{a} has more books than {b}. | {b} has fewer books than {a}; {a} has books | {b} has more books than {a}; {a} has no books; they have the same number of books | {a} reads a lot; {b} has ten books; {a} has a hundred books
{a} is the tallest in the class, and {b} is in the class too. | {a} is taller than {b}; {b} is shorter than {a} | {b} is taller than {a}; {a} is the smallest in the class | {b} is the smallest in the class; {a} is two meters tall
{a} knows that {b} is ill. | {b} is ill; {b} is not well | {b} is healthy; {b} is not ill | {a} is a doctor; {b} has a cold; {b} is in bed
{a} thinks that {b} is ill. | {a} thinks that {b} is not well | {a} thinks that {b} is healthy | {b} is ill; {b} is not ill; {b} went to the doctor
{a} killed the spider. | the spider is dead; the spider is not alive | the spider is alive; {a} let the spider live | {a} hates spiders; the spider was big; {b} was afraid
{a} stopped smoking last year. | {a} smoked before; {a} used to smoke; {a} does not smoke now | {a} still smokes; {a} has never smoked | {a} feels better; {b} stopped smoking too
{a} used to live in Spain. | {a} lived in Spain; {a} does not live in Spain any more | {a} has never lived in Spain | {a} speaks Spanish; {a} wants to go back; {b} lives in Spain
{a} has just woken up. | {a} is awake; {a} slept; {a} was asleep | {a} is asleep; {a} has not slept | {a} had a bad dream; {a} is tired; it is seven o'clock
{a} returned the book to the library. | {a} does not have the book now; {a} took the book back; {a} had the book before | {a} still has the book; {a} kept the book | {a} read the book; the book was late
{a} is a widow. | {a}'s husband is dead; {a} was married; {a} is a woman | {a} was never married; {a} is a boy | {a} has children; {a} is seventy years old
{a} is a bachelor. | {a} is not married; {a} is a man | {a} has a wife; {a} is married | {a} is lonely; {a} lives with {b}
{a} is a twin. | {a} has a brother or a sister; {a} is not an only child | {a} is an only child; {a} has no brothers or sisters | {a}'s twin is a girl; {b} is {a}'s twin
{a} is a student at the university. | {a} studies; {a} is not a baby | {a} is a baby; {a} is five years old | {a} studies history; {a} is from Italy; {a} lives with {b}
{a} runs faster than {b}. | {b} runs slower than {a}; {b} does not run faster than {a} | {b} runs faster than {a}; {a} is slower than {b} | {a} trains every day; {a} is younger than {b}
{a} hid the letter under the bed. | the letter is under something; {a} put the letter under the bed | the letter is not under the bed; {a} put the letter on the table | {b} found the letter; {a} wrote the letter
{a} ate all the cookies. | there are no cookies left; {a} ate something | there are still cookies left; {a} ate no cookies | {a} was hungry; {a} baked the cookies; the cookies were good
{a} ate some of the cookies. | {a} ate cookies; {a} ate something | {a} ate nothing; {a} ate no cookies | {a} ate the last cookie; {b} ate a cookie too
{a} has been to Japan three times. | {a} has been to Japan; {a} has been to Japan more than once | {a} has never been to Japan; {a} has been to Japan only once | {a} speaks Japanese; {a} lives in Japan; {a} wants to go again
{a} left the house at eight and came back at ten. | {a} was not at home at nine; {a} left before ten; {a} came back later than nine | {a} was at home at nine; {a} came back before nine; {a} stayed at home all day | {a} went shopping; {a} met {b}
The bus left at nine, and {a} came to the stop at ten. | {a} missed the bus; {a} was too late; {a} was not on that bus | {a} caught that bus; {a} was on that bus; {a} was on time for that bus | {a} took the next bus; {a} was angry; {a} walked
{a} waited in vain for {b}. | {b} did not come; {a} waited | {b} came; {a} did not wait | {b} was ill; {a} went home; {a} was angry
{a} saw {b} open the window. | {b} opened the window; {a} saw {b} | {b} did not open the window; {a} saw nothing | it was hot; {b} closed the window later
{a} is allergic to nuts, so there are no nuts in the cake. | {a} can eat the cake without eating nuts; the cake has no nuts | there are nuts in the cake; {a} is not allergic to anything | {a} likes the cake; {b} baked the cake
{a} is deaf. | {a} cannot hear; {a} does not hear the music | {a} hears everything; {a} can hear well | {a} can read lips; {a} was born deaf
{a} is blind. | {a} cannot see; {a} does not see the picture | {a} can see well; {a} sees the picture | {a} has a dog; {a} likes music
{a} is pregnant. | {a} is going to have a baby; {a} is a woman | {a} is a man; {a} is a little boy | it will be a girl; {a} is married
{a} is an orphan. | {a}'s parents are dead; {a} has no living parents | {a} lives with both parents; {a}'s mother is alive | {a} lives with {b}; {a} has a sister
{a} is unemployed. | {a} has no job; {a} does not work at the moment | {a} works in a bank; {a} has a good job | {a} is looking for a job; {a} was a cook
{a} is a vegan. | {a} does not eat meat; {a} does not drink milk; {a} does not eat eggs | {a} eats meat; {a} has a steak every day | {a} has a dog; {a} likes tofu
{a} cannot read. | {a} is not able to read; {a} does not read books | {a} reads a book every week; {a} is a good reader | {a} is a child; {a} wants to learn it
{a} is the only child of {b}. | {a} has no brothers or sisters; {b} has one child | {a} has a sister; {b} has two children | {a} is ten years old; {a} lives with {b}
Neither {a} nor {b} drives. | {a} does not drive; {b} does not drive | {a} drives to work; {b} drives every day; both of them drive | {a} takes the bus; they have no car
{a} forgot {b}'s birthday. | {a} did not remember {b}'s birthday | {a} remembered {b}'s birthday in time | {b} was angry; {b} is forty now
{a}'s flight was cancelled. | {a} did not take that flight; the flight did not take place | {a} arrived with that flight; the flight was on time; the flight took off | {a} took a train; the weather was bad
""".strip().splitlines())  # fmt: skip


def two_people(rng: Random, split: Split, label: str) -> Pair:
    """What a relation or an event says of both people."""
    premise, *columns = rng.choice(TWO)
    one, other = worlds.people(rng, split, 2)
    wanted = [word for word in ("woman", "mother", "widow", "pregnant") if word in premise]
    man = any(word in premise for word in ("father", "brother", "bachelor"))
    while (wanted and one.he != "she") or (man and one.he != "he") or other.name == one.name:
        one = worlds.person(rng, split)
    names = {"a": one.name, "b": other.name}
    says = rng.choice(columns[LABELS.index(label)].split("; "))
    return put_in("^" + premise, names), put_in("^" + says + ".", names)


# ---- All, some and no ------------------------------------------------------------------------------------------------

MANY = tuple((group.split(", "), are.split(", ")) for group, are in (
    ("students, children, players, guests, workers, teachers, singers, boys, girls, doctors, neighbors, women, men", "happy, tired, here, from Spain, late, in the garden, hungry, ill, young, tall, ready, at home, asleep, outside, over thirty"),
    ("dogs, birds, horses, cats, cows, rabbits, ducks, sheep", "black, white, brown, old, young, hungry, asleep, in the garden, wet, big, small, quiet, on the grass"),
    ("apples, houses, shops, books, cars, windows, trains, flowers, rooms, tickets, shirts, boxes, chairs, cups", "red, old, new, big, small, clean, expensive, beautiful, white, black, wet, free, cheap, yellow"),
))  # fmt: skip


def amounts(rng: Random, split: Split, label: str) -> Pair:
    """All, most, some, a few, no: of a group without names."""
    group, are = map(rng.choice, rng.choice(MANY))
    where = rng.choice(("", "", "", " in the village", " at our school", " in this town"))
    g = group + where
    all_ = [f"All {g} are {are}", f"All of the {g} are {are}", f"Every one of the {g} is {are}"]
    none = [f"No {g} are {are}", f"None of the {g} are {are}"]
    most, some = [f"Most {g} are {are}"], [f"Some {g} are {are}", f"Some of the {g} are {are}", f"A few of the {g} are {are}", f"There are {g} that are {are}"]  # fmt: skip
    not_all = [f"Not all {g} are {are}", f"Some {g} are not {are}"]
    count = rng.randint(3, 40)
    numbered = [f"{count} of the {g} are {are}"]
    pairs = {
        YES: [(all_, some), (all_, most), (none, not_all), (most, some), (numbered, some), (some, [f"It is not true that no {g} are {are}"])],
        NO: [(all_, none), (all_, not_all), (none, some), (none, all_), (most, none), (some, none), (not_all, all_), (numbered, none)],
        OPEN: [(some, all_), (some, most), (most, all_), (some, not_all), (not_all, none), (numbered, all_), (not_all, most), (not_all, some[:1])],
    }  # fmt: skip
    premise, says = rng.choice(pairs[label])
    return rng.choice(premise) + ".", rng.choice(says) + "."


NONSENSE = "blicket, wug, zorb, dax, florp, tove, snark, mimbo, quell, frub, jad, lorin, pim, nogger, vask, trell, ubbo".split(", ")  # fmt: skip
REAL = [("dogs", "animals"), ("cats", "animals"), ("sparrows", "birds"), ("cows", "animals"), ("doctors", "people"), ("teachers", "people"), ("humans", "mortals"), ("nurses", "people"), ("men", "people"), ("whales", "mammals"), ("kings", "men"), ("poets", "dreamers"), ("sailors", "swimmers"), ("bankers", "rich people"), ("artists", "clever people")]  # fmt: skip
PREDICATES = "can swim, like music, are happy, can fly, eat grass, sleep at night, have four legs, are dangerous, live long, drink milk, are honest, like winter".split(", ")  # fmt: skip


def syllogism(rng: Random, split: Split, label: str) -> Pair:
    """All A are B, and all B can swim: so all A can swim; but not every B is an A."""
    name = worlds.person(rng, split).name
    a, b = rng.choice(REAL)
    if rng.random() < 0.5:
        a, b = (plural(one) for one in rng.sample(NONSENSE, 2))
    does = rng.choice(PREDICATES)
    one = {"a": _single(a), "b": _single(b)}
    member_a, member_b = f"{name} is {with_article(one['a'])}.", f"{name} is {with_article(one['b'])}."
    rule = f"All {a} are {b}."
    each = rng.choice((f"All {b} {does}.", f"All {b} {does}.", f"Every one of the {b} can talk."))
    can = each.removeprefix(f"All {b} ").rstrip(".") if each.startswith("All") else "can talk"
    him = _of_one(can)
    options = {
        YES: [(f"{rule} {member_a}", member_b), (f"{rule} {each}", f"All {a} {can}."), (f"{each} {member_b}", f"{name} {him}."), (f"No {a} are {b}. {member_a}", f"{name} is not {with_article(one['b'])}."), (f"{rule} {name} is not {with_article(one['b'])}.", f"{name} is not {with_article(one['a'])}.")],
        NO: [(f"{rule} {member_a}", f"{name} is not {with_article(one['b'])}."), (f"No {a} are {b}. {member_a}", member_b), (f"No {b} {can}. {member_b}", f"{name} {him}."), (f"{rule} {each}", f"No {a} {can}."), (f"No {a} are {b}.", f"Some {a} are {b}.")],
        OPEN: [(f"{rule} {member_b}", member_a), (f"Some {a} are {b}. {member_a}", member_b), (f"Some {b} {can}. {member_b}", f"{name} {him}."), (f"{rule}", f"All {b} are {a}."), (f"{each} {name} is not {with_article(one['b'])}.", f"{name} {him}."), (f"{rule} Some {b} {can}.", f"Some {a} {can}.")],
    }  # fmt: skip
    premise, says = rng.choice(options[label])
    against_sense = (premise.startswith((f"No {a} are", f"Some {a} are")) or premise == rule) and (a, b) in REAL
    return syllogism(rng, split, label) if against_sense else (premise, says)


def _single(many: str) -> str:
    special = {"people": "person", "men": "man", "rich people": "rich person", "clever people": "clever person"}
    return special.get(many, many.removesuffix("s"))


def _of_one(does: str) -> str:
    """can swim, likes music, is happy"""
    first, _, rest = does.partition(" ")
    verb = {"can": "can", "are": "is", "have": "has"}.get(first, first + "s")
    return f"{verb} {rest}"


# ---- Time and numbers ------------------------------------------------------------------------------------------------


def numbers(rng: Random, split: Split, label: str) -> Pair:
    """Ages, prices, hours, years and amounts: more, less, before, after."""
    a, b = (p.name for p in worlds.people(rng, split, 2))
    low, high = sorted(rng.sample(range(3, 90), 2))
    thing = rng.choice([*events.GOODS, *worlds.OBJECTS])
    year, later = sorted(rng.sample(range(1900, 2020), 2))
    hour = rng.randint(2, 8)
    place = rng.choice(worlds.PLACES)
    taller = rng.randint(120, 205)
    options = (
        (f"{a} is {high} years old.", [f"{a} is older than {low}", f"{a} is more than {low} years old", f"{a} is not {low} years old"], [f"{a} is {low} years old", f"{a} is younger than {low}"], [f"{a} is older than {b}", f"{a} has {low} cousins"]),
        (f"{a} is {low} years old and {b} is {high}.", [f"{b} is older than {a}", f"{a} is younger than {b}"], [f"{a} is older than {b}", f"{b} is younger than {a}", f"{a} and {b} have the same age"], [f"{a} is {b}'s child", f"{a} likes {b}", f"{b} is taller than {a}"]),
        (f"The {thing} costs {low} euros.", [f"The {thing} costs less than {high} euros", f"You can buy the {thing} with {high} euros"], [f"The {thing} costs {high} euros", f"The {thing} costs more than {high} euros", f"The {thing} is free"], [f"The {thing} cost {high} euros last year", f"The {thing} is red", f"{a} bought the {thing}"]),
        (f"{a} has {low} euros. The {thing} costs {high} euros.", [f"{a} does not have enough money for the {thing}", f"The {thing} costs more than {a} has"], [f"{a} has enough money for the {thing}", f"The {thing} costs less than {a} has"], [f"{a} wants to buy the {thing}", f"{b} will give {a} some money"]),
        (f"{a} was born in {year}.", [f"{a} was born before {later}", f"{a} was not born after {later}"], [f"{a} was born in {later}", f"{a} was born after {later}"], [f"{a} was born in May", f"{a} died in {later}", f"{a} was born in Rome"]),
        (f"{a} was born in {year} and {b} in {later}.", [f"{a} was born before {b}", f"{a} is older than {b}"], [f"{b} was born before {a}", f"{b} is older than {a}"], [f"{a} is {b}'s mother", f"{b} knows {a}"]),
        (f"The {place} opens at {hour + 4} and closes at {hour + 10}.", [f"The {place} is open at {hour + 6}", f"The {place} is closed at {hour + 2}", f"The {place} closes after {hour + 9}"], [f"The {place} is closed at {hour + 7}", f"The {place} opens at {hour + 9}"], [f"The {place} is expensive", f"{a} works at the {place}", f"The {place} is full at {hour + 6}"]),
        (f"The meeting starts at {hour} and lasts two hours.", [f"The meeting ends at {hour + 2}", f"The meeting is over by {hour + 3}", "The meeting is longer than one hour"], [f"The meeting ends at {hour + 1}", "The meeting lasts one hour", f"The meeting is over at {hour + 1}"], [f"{a} will be at the meeting", "The meeting is boring", f"The meeting is in the {place}"]),
        (f"{a} has {high} {plural(thing)} and {b} has {low}.", [f"{a} has more {plural(thing)} than {b}", f"{b} has fewer {plural(thing)} than {a}", f"Both have {plural(thing)}"], [f"{b} has more {plural(thing)} than {a}", f"{a} and {b} have the same number of {plural(thing)}", f"{b} has no {plural(thing)}"], [f"{a} gave {b} {low} {plural(thing)}", f"The {plural(thing)} are new"]),
        (f"{a} is {taller} cm tall and {b} is {taller + rng.randint(2, 15)} cm tall.", [f"{b} is taller than {a}", f"{a} is shorter than {b}"], [f"{a} is taller than {b}", f"{b} is shorter than {a}"], [f"{b} is older than {a}", f"{a} is {b}'s brother"]),
        (f"{a} bought {high} {plural(thing)}.", [f"{a} bought more than {low} {plural(thing)}", f"{a} bought {plural(thing)}", f"{a} bought at least {low} {plural(thing)}"], [f"{a} bought fewer than {low} {plural(thing)}", f"{a} bought only {low} {plural(thing)}", f"{a} bought nothing"], [f"{a} bought {low} red {plural(thing)}", f"{a} paid {low} euros"]),
        (f"{a} bought more than {low} {plural(thing)}.", [f"{a} bought {plural(thing)}", f"{a} did not buy only one {thing}"], [f"{a} bought no {plural(thing)}", f"{a} bought only one {thing}"], [f"{a} bought exactly {high + 1} {plural(thing)}", f"{a} bought {high + 5} {plural(thing)}"]),
        (f"{a} finished second in the race, and {b} finished fourth.", [f"{a} was faster than {b}", f"{b} was slower than {a}", f"{a} did not win", f"{a} finished before {b}"], [f"{b} was faster than {a}", f"{a} won the race", f"{b} won the race"], [f"{a} trained hard", f"{b} was tired", f"{a} was second last year too"]),
    )  # fmt: skip
    premise, *says = rng.choice(options)
    return premise, rng.choice(says[LABELS.index(label)]) + "."


DAY_ORDER = worlds.WEEKDAYS


def times(rng: Random, split: Split, label: str) -> Pair:
    """What came first, and which day it is."""
    a, b = (p.name for p in worlds.people(rng, split, 2))
    one, two = rng.sample([did for did, _ in ACTS], 2)
    day = rng.randrange(7)
    today, tomorrow, yesterday = (DAY_ORDER[(day + step) % 7] for step in (0, 1, -1))
    other = DAY_ORDER[(day + 3) % 7]
    month = rng.choice(("July", "January", "April", "October"))
    options = (
        (f"{a} {one} before {b} {two}.", [f"{b} {two} after {a} {one}", f"{a} {one}", f"{b} {two}"], [f"{b} {two} first", f"{a} {one} after {b} {two}"], [f"{a} {two} too", f"{a} helped {b}"]),
        (f"First {a} {one}, then {a} {two}.", [f"{a} {one}", f"{a} {two}", f"{a} {one} before {a} {two}"], [f"{a} {two} first", f"{a} {one} last"], [f"{b} {one} too", f"{a} was tired after that"]),
        (f"Today is {today}.", [f"Tomorrow is {tomorrow}", f"Yesterday was {yesterday}", f"Today is not {other}"], [f"Today is {other}", f"Tomorrow is {yesterday}", f"Yesterday was {tomorrow}"], ["It is raining today", f"{a} has to work today", f"{a} will come tomorrow"]),
        (f"{a} works every day except {today}.", [f"{a} works on {tomorrow}", f"{a} does not work on {today}", f"{a} is free on {today}"], [f"{a} works on {today}", f"{a} does not work on {tomorrow}", f"{a} never works"], [f"{a} works in a shop", f"{a} goes swimming on {today}"]),
        (f"{a} only works on {today}s.", [f"{a} does not work on {tomorrow}s", f"{a} works on {today}s"], [f"{a} works on {tomorrow}s", f"{a} works every day", f"{a} does not work on {today}s"], [f"{a} works at home", f"{a} sleeps long on {tomorrow}s"]),
        (f"{a}'s birthday is in {month}.", [f"{a}'s birthday is not in March", f"{a} was born in {month}"], [f"{a} was born in March"], [f"{a} was born on a Sunday", f"{a} is thirty years old", f"{b} was born in {month} too"]),
        (f"{a} has already left.", [f"{a} is not here any more", f"{a} left"], [f"{a} is still here", f"{a} has not left yet"], [f"{a} went home", f"{b} has left too", f"{a} left at noon"]),
        (f"{a} has not arrived yet.", [f"{a} is not here", f"{a} did not arrive"], [f"{a} has arrived", f"{a} is here"], [f"{a} will come later", f"{a}'s train is late", f"{b} has arrived"]),
        (f"It was the first time that {a} saw the sea.", [f"{a} saw the sea", f"{a} had never seen the sea before"], [f"{a} had often seen the sea before", f"{a} did not see the sea"], [f"{a} went swimming", f"{b} was there too"]),
        (f"The match was cancelled because of the {rng.choice(('rain', 'snow', 'storm', 'heat', 'fog'))}.", ["The match did not take place", "Nobody won the match"], ["The match took place", f"{a} won the match"], [f"{a} was sad", "The match will be next week", "There were many tickets left"]),
        (f"{a} has lived here since {rng.choice(('2001', '1998', '2010', '2015'))}.", [f"{a} lives here now", f"{a} still lives here"], [f"{a} has never lived here", f"{a} moved here yesterday"], [f"{a} likes it here", f"{a} was born here", f"{b} lives here too"]),
        (f"{a} will go to Rome next week.", [f"{a} is going to Rome next week"], [f"{a} is not going to Rome next week", f"{a} will stay at home all next week"], [f"{a} will go by plane", f"{b} will go with {a}", f"{a} has been to Rome before"]),
    )  # fmt: skip
    premise, *says = rng.choice(options)
    return premise, rng.choice(says[LABELS.index(label)]) + "."


# ---- Events ----------------------------------------------------------------------------------------------------------


def events_told(rng: Random, split: Split, label: str) -> Pair:
    """A part of an event left out follows; another part contradicts it; a part added is open."""
    used: set[str] = set()
    one = events.event(rng, split, used, move=rng.random() < 0.25)
    one.parts.pop("for", None)
    premise = events.sentence(rng, one) + "."
    who = _again(one.who)
    core = one.parts.get("what") or one.parts["goal"]
    kept = {role: text for role, text in one.parts.items() if role not in ("what", "goal")}
    extra = f" {rng.choice(list(kept.values()))}" if kept and rng.random() < 0.5 else ""
    if rng.random() < 0.3:
        did = rng.choice([did for did, base in ACTS if base.split(" ")[0] != one.base])
        denied, said = f"{one.base} {core}", f"{one.past} {core}"
        about = {YES: f"{who} did not {denied}", NO: f"{who} {said}", OPEN: f"{who} {did}"}[label]
        return _ended(f"{one.who} did not {denied}"), _ended(about)
    if label == YES:
        says = [f"{who} {one.past} {core}{extra}", f"{who} {one.past} {core}"]
        says += ["somebody " + f"{one.past} {core}"] + ([f"{who} {one.past} something"] if "what" in one.parts else [f"{who} {one.past} somewhere"])  # fmt: skip
        if "why" in one.parts and one.parts["why"].startswith("because "):
            says.append(one.parts["why"].removeprefix("because "))
    elif label == NO:
        says = [f"{who} did not {one.base} {core}{extra}", f"{who} did not {one.base} {core}", f"nobody {one.past} {core}"]  # fmt: skip
        says += [f"{who} never {one.past} {core}"]
        if one.parts.keys() & {"with"}:
            says.append(f"{who} was alone")
    else:
        other, _, _ = events._who(rng, split, used)
        says = [f"{other} {one.past} {core}" if one.base != "win" else f"{other} was proud", f"{who} was very happy about it", f"{who} {one.past} {core} last year too", f"{who} wants to do it again", f"{other} saw it"]  # fmt: skip
        if "why" not in one.parts:
            says.append(f"{who} {one.past} {core} because {rng.choice(events.REASONS)}")
        if "where" not in one.parts and "what" in one.parts and one.base not in ("paint", "repair", "fix", "clean"):
            says.append(f"{who} {one.past} {core} {events.place(rng, split, events.SPOTS)}")
        if "when" not in one.parts:
            says.append(f"{who} {one.past} {core} {events.moment(rng)[0]}")
        if "with" not in one.parts:
            says.append(f"{who} {one.past} {core} with {other}")
        says += [
            said.replace(f" {one.past} ", f" did not {one.base} ", 1)
            for said in says
            if f" {one.past} " in said and " too" not in said
        ]
    return premise, _ended(rng.choice(says))


ON_OTHERS = [tuple(verb.split("/")) for verb in (
    "called/call, helped/help, visited/visit, invited/invite, hugged/hug, saw/see, met/meet, thanked/thank, photographed/photograph, watched/watch, "
    "greeted/greet, kissed/kiss, painted/paint, remembered/remember, recognized/recognize, followed/follow, paid/pay, trusted/trust, heard/hear"
).split(", ")]  # fmt: skip
DONE = {"saw": "seen"}


def passive(rng: Random, split: Split, label: str) -> Pair:
    """Anna called Ben: so Ben was called by Anna; whether Ben called her too is open."""
    one, other = _who(rng, split), worlds.person(rng, split).name
    did, base = rng.choice(ON_OTHERS)
    who, done = _again(one), DONE.get(did, did)
    active, by = f"{who} {did} {other}", f"{other} was {done} by {who}"
    says = {
        YES: [by, by, f"somebody {did} {other}", f"{who} {did} somebody", active],
        NO: [f"{other} was not {done} by {who}", f"nobody {did} {other}", f"{who} did not {base} {other}", f"{who} {did} nobody"],
        OPEN: [f"{other} {did} {who}", f"{other} did not {base} {who}", f"{who} was not {done} by {other}", f"{who} was {done} by {other}", f"{who} {did} {other} on {rng.choice(worlds.WEEKDAYS)}", f"{who} is {other}'s neighbor"],
    }[label]  # fmt: skip
    if did in ("met",):
        says = {YES: [f"{other} met {who}", active], NO: says[2:], OPEN: says[4:]}[label]
    premise = f"{one} {did} {other}" if rng.random() < 0.6 or did == "met" else f"{other} was {done} by {one}"
    if rng.random() < 0.25:
        premise, says = f"{one} did not {base} {other}", {YES: [f"{other} was not {done} by {who}", f"{who} did not {base} {other}"], NO: [by, active], OPEN: [f"{other} {did} {who}" if did != "met" else f"{who} is angry", f"{who} wanted to {base} {other}"]}[label]  # fmt: skip
    return _ended(premise), _ended(rng.choice(says))


PATTERNS = (
    *(kind_of_thing,) * 4, *(in_a_country,) * 2, *(verbs,) * 4, *(two_people,) * 7, *(amounts,) * 3, *(syllogism,) * 3,
    *(numbers,) * 4, *(times,) * 3, *(events_told,) * 5, *(passive,) * 3,
)  # fmt: skip
