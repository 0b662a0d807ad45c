# ruff: noqa: E501  (tables, one entry a line)
"""Lists of things: "List three fruits" gets the first three of a category, always in the same order.

The number asked for is obeyed, from one to ten where the category has as many; without a number it is three, or the
whole category where there is a whole (the days of the week). A category is known by heart; what is held out is the
combination of a category's name, its number and the wording. A few items ask to repeat words instead.
"""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import expand
from demo_model.tasks import english_words

# Names (plural, the singular after a slash when it is not the plural without its s) : members in their one order
CATEGORIES = """
fruits, kinds of fruit/kind of fruit, types of fruit/type of fruit, fruit: apple, banana, orange, pear, grape, cherry, lemon, peach, mango, plum
vegetables, kinds of vegetables, veggies: carrot, potato, tomato, onion, cucumber, spinach, cabbage, broccoli, pepper, pea
animals, beasts: dog, cat, horse, cow, lion, elephant, bear, monkey, tiger, rabbit
pets, house pets, animals kept as pets/animal kept as a pet: dog, cat, rabbit, hamster, goldfish, parrot, turtle, guinea pig
farm animals, animals on a farm/animal on a farm, animals that live on a farm: cow, pig, horse, chicken, sheep, goat, duck, donkey
wild animals, dangerous animals, zoo animals, animals in a zoo/animal in a zoo, African animals: lion, elephant, tiger, bear, giraffe, zebra, monkey, crocodile
birds, kinds of birds, types of birds: eagle, owl, duck, parrot, penguin, robin, swan, crow
fish/fish, kinds of fish/kind of fish, types of fish: salmon, tuna, trout, cod, herring, shark, carp, goldfish
insects, bugs: ant, bee, butterfly, fly, mosquito, beetle, wasp, cricket
sea animals, sea creatures, animals that live in the sea/animal that lives in the sea, ocean animals: whale, shark, dolphin, octopus, crab, seal, turtle, jellyfish
mammals: dog, cat, horse, cow, elephant, whale, bat, mouse
reptiles: snake, lizard, turtle, crocodile, tortoise, gecko
colours, colors: red, blue, green, yellow, black, white, orange, purple, brown, pink
countries/country, nations: France, Germany, Italy, Spain, Japan, China, India, Brazil, Canada, Egypt
countries in Europe/country in Europe, European countries/European country, EU countries/EU country: France, Germany, Italy, Spain, Portugal, Poland, Austria, Greece, Sweden, Belgium
countries in Asia/country in Asia, Asian countries/Asian country: China, Japan, India, Thailand, Vietnam, South Korea, Indonesia, Pakistan
countries in Africa/country in Africa, African countries/African country: Egypt, Nigeria, Kenya, South Africa, Morocco, Ghana, Ethiopia, Tunisia
countries in South America/country in South America, South American countries/South American country: Brazil, Argentina, Chile, Peru, Colombia, Bolivia, Ecuador, Uruguay
cities/city, big cities/big city, large cities/large city, famous cities/famous city: London, Paris, Berlin, Rome, Madrid, Tokyo, New York, Moscow
cities in Germany/city in Germany, German cities/German city: Berlin, Hamburg, Munich, Cologne, Frankfurt, Stuttgart, Leipzig, Dresden
cities in France/city in France, French cities/French city: Paris, Lyon, Marseille, Nice, Toulouse, Bordeaux, Lille, Strasbourg
cities in Italy/city in Italy, Italian cities/Italian city: Rome, Milan, Naples, Venice, Florence, Turin, Bologna
cities in England/city in England, English cities/English city, British cities/British city, cities in the UK/city in the UK: London, Manchester, Liverpool, Birmingham, Leeds, Bristol, Oxford
cities in Spain/city in Spain, Spanish cities/Spanish city: Madrid, Barcelona, Valencia, Seville, Bilbao, Malaga
cities in the USA/city in the USA, American cities/American city, US cities/US city, cities in America/city in America, cities in the United States/city in the United States: New York, Los Angeles, Chicago, Houston, Boston, Seattle, Miami
cities in Europe/city in Europe, European cities/European city, capitals in Europe/capital in Europe, European capitals: London, Paris, Berlin, Rome, Madrid, Vienna, Lisbon, Athens
languages: English, German, French, Spanish, Italian, Chinese, Japanese, Russian, Arabic, Portuguese
sports, kinds of sports, types of sports, ball games and sports: football, tennis, basketball, swimming, running, golf, hockey, volleyball
ball games, ball sports, team sports, sports with a ball/sport with a ball: football, basketball, volleyball, tennis, handball, rugby, baseball
winter sports: skiing, skating, snowboarding, ice hockey, sledding, curling
musical instruments, instruments, music instruments: piano, guitar, violin, drums, flute, trumpet, cello, harp
string instruments, stringed instruments: guitar, violin, cello, harp, banjo, bass
drinks, beverages, things to drink/thing to drink, things you can drink/thing you can drink: water, tea, coffee, milk, juice, beer, wine, lemonade
hot drinks: tea, coffee, hot chocolate, mulled wine
foods, things to eat/thing to eat, dishes/dish, meals, things you can eat/thing you can eat: bread, cheese, rice, pasta, soup, pizza, salad, fish
desserts, sweets, sweet things, sweet foods: cake, ice cream, pudding, chocolate, cookies, pie, pancakes
breakfast foods, things for breakfast/thing for breakfast, things to eat for breakfast/thing to eat for breakfast: bread, eggs, butter, jam, cereal, yogurt, fruit
Italian dishes/Italian dish, Italian foods: pizza, lasagna, spaghetti, risotto, ravioli, tiramisu
dairy products, milk products, things made from milk/thing made from milk: milk, cheese, butter, yogurt, cream, ice cream
spices, herbs and spices: pepper, cinnamon, paprika, ginger, curry, nutmeg, saffron
nuts, kinds of nuts: walnut, almond, hazelnut, peanut, cashew, pistachio
flowers, kinds of flowers, types of flowers: rose, tulip, daisy, lily, sunflower, violet, orchid
trees, kinds of trees, types of trees: oak, pine, apple tree, birch, maple, willow, palm
clothes, items of clothing/item of clothing, pieces of clothing/piece of clothing, things to wear/thing to wear, garments: shirt, trousers, dress, coat, hat, shoes, socks, skirt
furniture, pieces of furniture/piece of furniture, items of furniture/item of furniture: table, chair, bed, sofa, desk, shelf, cupboard
rooms in a house/room in a house, rooms, rooms of a house, rooms in a home: kitchen, bathroom, bedroom, living room, dining room, hall
things in a kitchen/thing in a kitchen, kitchen things, kitchen items, things you find in a kitchen/thing you find in a kitchen: fridge, stove, oven, sink, pot, pan, knife, plate
things in a bathroom/thing in a bathroom, things you find in a bathroom/thing you find in a bathroom: shower, sink, toilet, mirror, towel, soap, toothbrush
things in a school/thing in a school, school things, school supplies, things in a classroom/thing in a classroom, things for school/thing for school: book, pen, pencil, desk, board, ruler, school bag
vehicles, means of transport/means of transport, kinds of transport, types of vehicles, modes of transport/mode of transport: car, bus, train, bicycle, plane, boat, truck, tram
parts of a car/part of a car, car parts: wheel, engine, door, seat, brake, window, mirror
parts of the body/part of the body, body parts, parts of the human body/part of the human body: head, arm, leg, hand, foot, eye, nose, mouth, ear
organs, organs of the body, human organs, inner organs: heart, lungs, liver, stomach, brain, kidneys, skin
jobs, professions, occupations: teacher, doctor, nurse, cook, farmer, engineer, pilot, baker
family members, relatives, members of a family/member of a family, members of the family: mother, father, sister, brother, aunt, uncle, grandmother, grandfather
shapes, geometric shapes: circle, square, triangle, rectangle, oval, star
metals: gold, silver, iron, copper, aluminium, tin, lead
chemical elements, elements: hydrogen, oxygen, carbon, nitrogen, iron, gold, silver
gases, kinds of gas/kind of gas: oxygen, nitrogen, hydrogen, helium, carbon dioxide
rivers, big rivers, long rivers, famous rivers: Nile, Amazon, Rhine, Danube, Thames, Seine
rivers in Europe/river in Europe, European rivers, rivers in Germany/river in Germany, German rivers: Rhine, Danube, Elbe, Main, Oder, Weser
mountains, high mountains, famous mountains: Mount Everest, Mont Blanc, Matterhorn, Kilimanjaro, Mount Fuji
islands, famous islands, big islands: Iceland, Ireland, Sicily, Cuba, Madagascar, Crete
tools, things in a toolbox/thing in a toolbox: hammer, saw, screwdriver, drill, pliers, axe
toys, things to play with/thing to play with, children's toys: ball, doll, car, puzzle, blocks, teddy bear
hobbies/hobby, pastimes, things to do in your free time/thing to do in your free time: reading, cooking, swimming, painting, dancing, gardening, fishing
school subjects, subjects, subjects at school/subject at school, things you learn at school/thing you learn at school: maths, English, history, geography, biology, music, art
kinds of music/kind of music, types of music/type of music, music styles, genres of music/genre of music, music genres: rock, pop, jazz, classical, blues, folk, techno
composers, famous composers, classical composers: Mozart, Bach, Beethoven, Chopin, Vivaldi, Schubert
painters, famous painters, artists, famous artists: Picasso, van Gogh, Monet, Rembrandt, Leonardo da Vinci, Dali
scientists, famous scientists, physicists, famous physicists: Einstein, Newton, Curie, Darwin, Galileo, Hawking
writers, authors, famous writers, famous authors: Shakespeare, Goethe, Dickens, Tolstoy, Austen, Hemingway
programming languages, computer languages: Python, Java, JavaScript, C, Rust, Go
car brands, car makers, makes of car/make of car, brands of cars/brand of car: Toyota, BMW, Ford, Honda, Mercedes, Fiat, Audi
currencies/currency, kinds of money/kind of money: euro, dollar, pound, yen, franc, peso
feelings, emotions: joy, anger, fear, sadness, love, surprise
adjectives: big, small, good, bad, old, new
verbs: go, eat, sleep, read, write, run
nouns: house, tree, dog, car, book, table
girls' names/girl's name, names for girls/name for a girl, women's names/woman's name, female names: Anna, Maria, Emma, Laura, Sophie, Julia
boys' names/boy's name, names for boys/name for a boy, men's names/man's name, male names, names: Peter, Paul, Max, David, Thomas, Lukas
holidays, public holidays, festivals: Christmas, Easter, New Year, Halloween, Thanksgiving
even numbers: 2, 4, 6, 8, 10, 12, 14, 16, 18, 20
odd numbers: 1, 3, 5, 7, 9, 11, 13, 15, 17, 19
prime numbers, primes: 2, 3, 5, 7, 11, 13, 17, 19, 23, 29
consonants: b, c, d, f, g, h, j, k
materials: wood, metal, glass, plastic, stone, paper, leather
buildings, kinds of buildings: house, school, church, hospital, hotel, castle
places in a city/place in a city, places in a town/place in a town: station, park, museum, school, church, market, library
weather words, kinds of weather/kind of weather, types of weather/type of weather: sun, rain, snow, wind, fog, storm
board games, games: chess, Monopoly, Scrabble, checkers, Risk, Cluedo
card games: poker, bridge, rummy, blackjack, solitaire
round things, things that are round/thing that is round: ball, wheel, coin, plate, ring, orange
red things, things that are red/thing that is red: tomato, strawberry, cherry, rose, blood
green things, things that are green/thing that is green: grass, leaf, frog, cucumber, lime
yellow things, things that are yellow/thing that is yellow: sun, banana, lemon, sunflower, butter
blue things, things that are blue/thing that is blue: sky, sea, jeans, blueberry
things that fly/thing that flies, things that can fly/thing that can fly, animals that can fly/animal that can fly: bird, bee, butterfly, bat, fly, owl
"""

# Categories that are a whole, in order.
WHOLES = """
days of the week/day of the week, weekdays, days, days in a week: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
months of the year/month of the year, months, months in a year: January, February, March, April, May, June, July, August, September, October, November, December
seasons, seasons of the year/season of the year: spring, summer, autumn, winter
planets, planets of the solar system/planet of the solar system, planets in our solar system/planet in our solar system: Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune
primary colours, primary colors: red, yellow, blue
continents, continents of the world/continent of the world: Africa, Antarctica, Asia, Australia, Europe, North America, South America
oceans, oceans of the world/ocean of the world: Atlantic, Pacific, Indian, Arctic, Southern
vowels, English vowels: a, e, i, o, u
senses, human senses: sight, hearing, smell, taste, touch
colours of the rainbow/colour of the rainbow, colors of the rainbow/color of the rainbow, rainbow colours, rainbow colors: red, orange, yellow, green, blue, indigo, violet
letters of the alphabet/letter of the alphabet, letters: a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z
points of the compass/point of the compass, directions, cardinal directions: north, south, east, west
fingers of the hand/finger of the hand, fingers: thumb, index finger, middle finger, ring finger, little finger
meals of the day/meal of the day, daily meals: breakfast, lunch, dinner
states of matter/state of matter: solid, liquid, gas
countries of the United Kingdom/country of the United Kingdom, countries of the UK/country of the UK: England, Scotland, Wales, Northern Ireland
"""

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FEW = 3  # how many are named where no number is asked for


def _table(text: str) -> tuple[tuple[tuple[tuple[str, str], ...], tuple[str, ...]], ...]:
    """(names as (plural, singular), members) of each category."""
    found = []
    for line in text.strip().splitlines():
        names, members = line.split(": ")
        pairs = []
        for name in names.split(", "):
            plural, _, singular = name.partition("/")
            pairs.append((plural, singular or plural.removesuffix("s")))
        found.append((tuple(pairs), tuple(members.split(", "))))
    return tuple(found)


SOME, WHOLE = _table(CATEGORIES), _table(WHOLES)

# {n} names: "three fruits". {names}: "fruits", "the days of the week".
COUNTED = """^[<hey>] (
    (list|name|give me|tell me|write down|list me|say|give|name me|mention|write|enumerate) [<please>] {n} {names}[.*3|, please.| <please>]*8 |
    <please> (list|name|give me|tell me) {n} {names}[.] |
    <can you> (list|name|give me|tell me|think of) {n} {names}? | can you name {n} {names}?*2 |
    what are {n} {names}?*2 | (which|what) {n} {names} (do you know|can you name)? | {n} {names}[.|, please|:|!]*2 |
    I need {n} {names}. | (tell me|give me) the names of {n} {names}. | a list of {n} {names}[, please|.] |
    (make|write|give me) a list of {n} {names}[.|, please] | {n} examples of {names}[.] |
    (list|name|give me) {n} examples of {names}. | I want to know {n} {names}.
)"""
ONE = """^[<hey>] (
    (name|give me|tell me|list|say|write down|think of) [<please>] {n} {names}[.*3|, please.]*4 | <can you> (name|tell me|give me|think of) {n} {names}?*2 |
    what is {n} {names}? | do you know {n} {names}? | I need the name of {n} {names}. | {n} {names}[, please|.|:] |
    (tell me|give me) the name of {n} {names}. | an example of {n} {names}[.]
)"""
UNCOUNTED = """^[<hey>] (
    (list|name|give me|tell me|write down|name me) (some*2|a few|{bare}) {names}[.*3|, please.]*5 |
    <can you> (list|name|give me) (some|a few) {names}?*2 | what are some {names}?*2 | (which|what) {names} do you know? |
    do you know (some|any) {names}? | a list of {names}[, please|.] | examples of {names}[.] | some {names}[, please|.] |
    (make|write|give me) a list of {names}[.|, please] | list of {names}
)"""
ALL_OF = """^[<hey>] (
    (list|name|give me|tell me|write down|say|name me) [all] [the] {names}[.*3|, please.| in order.]*6 | <please> (list|name) the {names}[.] |
    <can you> (list|name|tell me) [all] the {names}?*2 | what are the {names}?*4 | the {names}[, please|:|.] | {names} [list| in order] |
    a list of [all] the {names}[, please|.] | which are the {names}? | what are the names of the {names}?*2 |
    do you know [all] the {names}? | what {names} are there?
)"""
COUNTING = """^[<please>] (
    count (from {a}|) to {b}[.|, please]*4 | (list|write|give me|say|name|tell me) the numbers [from] {a} to {b}[.]*3 |
    [list] [the] numbers (from|between) {a} (to|and) {b}[.] | count up to {b}[.] | can you count [from {a}] to {b}?*2 |
    (list|write|say) numbers {a} to {b}[.] | (what are|list) the first {b} numbers[?]
)"""
BACKWARDS = "^[<please>] count (down|backwards) from {b} [to {a}][.]"


# Copying is also what headlines, keywords and passages need; here every token of an answer teaches it.
REPEAT = """^[<please>] (repeat*3|repeat after me*2|say this again|copy this|write this again|repeat these words|
    repeat this [sentence]|can you repeat this|copy these words) : {words}"""


def repeated(rng: Random, split: Split) -> Item:
    """Words that stand for nothing, to be said again."""
    pool = (*english_words.THINGS, *english_words.ANIMALS, *english_words.ADJECTIVES, *english_words.FIRST_NAMES)

    def draw(rng: Random) -> tuple[object, ...]:
        return tuple(
            rng.choice(pool) if rng.random() < 0.6 else english_words.invented(rng) for _ in range(rng.randint(1, 8))
        )

    words = [str(word) for word in draw_split(rng, split, draw)]
    text = rng.choice((", ", ", ", " ")).join(words)
    asked = _asked(expand(rng, REPEAT).format(words=text), text)
    return Item(asked.fields, asked.target, tuple(words))


TWICE = "^(which*2|what) word (comes|is there|appears|is) twice (:|?|in) {words}"


def twice(rng: Random, split: Split) -> Item:
    """The one of several words that comes twice: to be found by comparing, which yes-or-no questions need too."""
    pool = (*english_words.THINGS, *english_words.ANIMALS, *english_words.FIRST_NAMES, *english_words.FOOD)
    different = [str(word) for word in draw_split(rng, split, lambda rng: tuple(rng.sample(pool, rng.randint(2, 6))))]
    word = rng.choice(different)
    different.insert(rng.randrange(len(different) + 1), word)
    text = ", ".join(different)
    asked = _asked(expand(rng, TWICE).format(words=text), word)
    return Item(asked.fields, asked.target, tuple(different))


def item(rng: Random, split: Split) -> Item:
    kind = rng.random()
    if kind > 0.9:
        return rng.choice((repeated, twice, twice))(rng, split)
    if kind < 0.08:
        last = rng.choice((3, 5, 5, 5, 6, 7, 8, 9, 10, 10, 10, 12, 15, 20))
        back = rng.random() < 0.15
        wording = expand(rng, BACKWARDS if back else COUNTING)
        numbers = range(last, 0, -1) if back else range(1, last + 1)
        written = (
            NUMBERS[last - 1] if last <= 10 and rng.random() < 0.4 else str(last),
            "one" if rng.random() < 0.2 else "1",
        )
        return _asked(wording.format(a=written[1], b=written[0]), ", ".join(map(str, numbers)))
    whole = kind < 0.3
    key = draw_split(rng, split, lambda rng: _key(rng, whole))
    at, name, count, wording = int(str(key[0])), str(key[1]), int(str(key[2])), str(key[3])
    names, members = (WHOLE if whole else SOME)[at]
    if count == 0:
        chosen = members if whole else members[:FEW]
        if whole and rng.random() < 0.25:  # the four seasons
            name = f"{NUMBERS[len(members) - 1] if len(members) <= len(NUMBERS) else len(members)} {name}"
        return _asked(wording.format(names=name, bare=""), ", ".join(chosen))
    number = str(count) if rng.random() < 0.35 else NUMBERS[count - 1] if count > 1 else rng.choice(("one", "a", "a"))
    asked = wording.format(n=number, names=dict(names)[name] if count == 1 else name)
    return _asked(_article(asked), ", ".join(members[:count]))


def _key(rng: Random, whole: bool) -> tuple[object, ...]:
    """Category, one of its names, how many (0: not said) and the wording."""
    table = WHOLE if whole else SOME
    at = rng.randrange(len(table))
    names, members = table[at]
    name = names[0 if rng.random() < 0.4 else rng.randrange(len(names))][0]
    if rng.random() < (0.65 if whole else 0.2):
        return at, name, 0, expand(rng, ALL_OF if whole else UNCOUNTED)
    count = min(rng.choice((1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 7)), len(members))
    return at, name, count, expand(rng, ONE if count == 1 else COUNTED)


def _asked(text: str, target: str) -> Item:
    text = " ".join(text.split())
    for at, sign in enumerate(text):
        if sign.isalnum():
            text = text[:at] + text[at].upper() + text[at + 1 :] if text.startswith("^") else text
            break
    return Item({"question": text.lstrip("^")}, target)


def _article(text: str) -> str:
    for vowel in "aeiou":
        text = text.replace(f" a {vowel}", f" an {vowel}")
    return text


TASK = Task(
    "lists",
    item,
    phrasings=(
        "«{question}»",
        "«{question}»",
        "«{question}»",
        "«{question}»",
        "Q: «{question}» A:",
        "Question: «{question}» Answer:",
    ),
    shot="{question}",
    closed=True,
    weight=1.0,
    max_shots=2,
)
