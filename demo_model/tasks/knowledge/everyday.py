# ruff: noqa: E501  (tables)
"""Everyday life: what things are for and made of, where one goes, which of two is bigger, words of greeting."""

from __future__ import annotations

from itertools import combinations, permutations

from demo_model.phrasing import questions
from demo_model.tasks.knowledge.relation import Fact, facts, groups, table, trivia

# What one needs it for: the thing.
TOOLS = table("""
write: a pen; draw: a pencil; cut bread: a knife; cut paper: scissors; cut meat: a knife; eat soup: a spoon; brush your teeth: a toothbrush
comb your hair: a comb; open a door: a key; open a bottle: a bottle opener; hit a nail: a hammer; sweep the floor: a broom
dry your hands: a towel; wash your hands: soap; wash your hair: shampoo; take photos: a camera; call somebody: a phone
tell the time: a clock; light a candle: a match; dig a hole: a shovel; measure length: a ruler; catch fish: a fishing rod
boil water: a kettle; keep food cold: a fridge; sew clothes: a needle; erase a line: an eraser
see the stars: a telescope; watch films: a television; carry books: a bag; clean the carpet: a vacuum cleaner; play tennis: a racket
iron a shirt: an iron; mow the lawn: a lawn mower; paint a wall: a brush; climb onto a roof: a ladder; tighten a screw: a screwdriver
saw wood: a saw; blow your nose: a handkerchief; read in the dark: a lamp; send a letter: a stamp; water the flowers: a watering can
""")

CLOTHES = table("""
feet: shoes; hands: gloves; head: a hat; neck: a scarf; nose: glasses; finger: a ring; legs: trousers; wrist: a watch
""")

PLACES_FOR = table("""
sleep: in a bed; buy bread: in a bakery; buy meat: at the butcher's; buy medicine: in a pharmacy; borrow books: in a library
see a film: in a cinema; learn to read: at school; post a letter: at the post office; swim: in a swimming pool; cook: in the kitchen
take a shower: in the bathroom; see wild animals: in a zoo; catch a train: at the station; catch a plane: at the airport
put money: in a bank; eat out: in a restaurant; buy books: in a bookshop; see old paintings: in a museum; park a car: in a garage
keep milk: in the fridge; wash dishes: in the sink; sit: on a chair; get married: in a church; get petrol: at a petrol station
play football: on a football field; buy food: in a supermarket; go when you are sick: to a doctor; ski: in the mountains
buy flowers: at a florist's; get a haircut: at the hairdresser's; drink coffee: in a cafe; stay on holiday: in a hotel
""")

MADE_OF = groups("""
milk: cheese, butter, yogurt, cream
flour: bread, pasta, pizza dough
wood: paper, matches
grapes: wine, raisins
sand: glass
apples: cider
cocoa beans: chocolate
potatoes: French fries/fries, chips, crisps, mashed potatoes
tomatoes: ketchup
chickpeas: hummus, falafel
soybeans: tofu, soy sauce
avocados: guacamole
water: ice, snow, rain, steam, clouds
eggs: an omelette, scrambled eggs
cucumbers: pickles
oats: porridge
barley: beer
rice: sushi, sake, risotto
fruit: jam
oil: petrol, plastic
iron: steel
rubber: tires/tyres
wool: sweaters, a sweater
cotton: jeans, T-shirts, a T-shirt
gold: a gold medal
wax: candles, a candle
sugar: candy, caramel
corn: popcorn, polenta
olives: olive oil
oranges: orange juice
lemons: lemonade
meat: sausages, hamburgers
clay: pots, bricks, a brick
lentils: dal
cabbage: sauerkraut, coleslaw
leather: belts, a belt
""")

DRINKS = groups("""
water: cow, dog, horse, sheep, elephant, camel, bird, pig, lion, rabbit, chicken
milk: calf, kitten, puppy, lamb, baby, foal
nectar: butterfly, hummingbird
blood: vampire
""")

# From small to big, from slow to fast, ...: (more, less, in order).
ORDERS = (
    ("bigger|larger", "smaller", "an ant, a mouse, a cat, a cow, an elephant, a whale"),
    ("faster|quicker", "slower", "a snail, a human, a horse, a car, a plane, a rocket"),
    ("hotter|warmer", "colder|cooler", "ice, warm water, boiling water, fire, the sun"),
    ("heavier", "lighter", "a feather, an apple, a brick, a piano, a car, a ship"),
    ("older", "younger", "a baby, a child, a teenager, a grandmother"),
    ("longer", "shorter", "a second, a minute, an hour, a day, a week, a year"),
    ("bigger|larger", "smaller", "the moon, the Earth, the sun"),
    ("bigger|larger", "smaller", "a village, a town, a city, a country, a continent"),
    ("longer", "shorter", "a millimeter, a centimeter, a meter, a kilometer"),
    ("heavier", "lighter", "a gram, a kilogram, a ton"),
    ("harder", "softer", "a pillow, wood, steel, a diamond"),
    ("taller|higher", "lower|shorter", "a chair, a door, a house, a church, a mountain"),
)  # fmt: skip

GREETINGS = {
    "Spanish": "hello: hola; thank you: gracias; goodbye: adios; yes: si; please: por favor; good morning: buenos dias; friend: amigo; water: agua; cat: gato; dog: perro; house: casa; red: rojo; one: uno; good night: buenas noches; beer: cerveza",
    "Italian": "hello: ciao; thank you: grazie; goodbye: arrivederci; yes: si; please: per favore; good morning: buongiorno; good evening: buonasera; friend: amico; water: acqua; cat: gatto; dog: cane; house: casa; one: uno; good night: buonanotte",
    "Japanese": "hello: konnichiwa; thank you: arigato; goodbye: sayonara; yes: hai; good morning: ohayo",
    "Portuguese": "hello: ola; thank you: obrigado; yes: sim; good morning: bom dia",
    "Dutch": "hello: hallo; thank you: dank je; yes: ja; good morning: goedemorgen",
    "Polish": "thank you: dziekuje; yes: tak; hello: dzien dobry",
    "Swedish": "thank you: tack; yes: ja; hello: hej",
    "Latin": "I think, therefore I am: cogito, ergo sum; water: aqua; peace: pax; love: amor",
}

EVERYDAY = trivia(
    "everyday",
    """
earth, water, air and fire = ? what are the [four] elements of the ancient Greeks; the four classical elements
a banana = a yellow fruit; which fruit is (yellow|long and yellow); ? what do monkeys (like to eat|love)
a strawberry = a [small] red fruit; which fruit is red [and small]
a lemon = a sour fruit; which fruit is (sour|yellow and sour)
an orange = which fruit has the name of a (color|colour)
a carrot = an orange vegetable; which vegetable is orange; ? what vegetable do rabbits (like|love)
a cucumber = a [long] green vegetable; which vegetable is (green|long and green)
a tomato = which red fruit (is used for ketchup|is in ketchup|do people call a vegetable)
a rose = a red flower; the flower of love; which flower has thorns; which flower stands for love
a cactus = a plant (that lives in the desert|with needles|with spines); which plant (grows in the desert|has spines)
vitamin C = which vitamin is in (oranges|lemons|citrus fruit); the vitamin in (oranges|lemons)
a king = the husband of a queen; ? what do you call the husband of a queen; a male (queen|ruler)
a queen = the wife of a king; ? what do you call the wife of a king; a female (king|ruler)
a prince = the son of a king; ? what do you call the son of a king
a princess = the daughter of a king; ? what do you call the daughter of a king
your uncle = ? who is the brother of my (father|mother); the brother of my (father|mother)
your aunt = ? who is the sister of my (father|mother); the sister of my (father|mother)
your grandmother = ? who is the mother of my (father|mother); the mother of my (father|mother)
your grandfather = ? who is the father of my (father|mother); the father of my (father|mother)
your cousin = ? who is the (son|child|daughter) of my (uncle|aunt); the (son|child|daughter) of my (uncle|aunt)
your nephew = ? who is the son of my (brother|sister); the son of my (brother|sister)
your niece = ? who is the daughter of my (brother|sister); the daughter of my (brother|sister)
New York = the (largest|biggest) city (in|of) (the USA|the United States|America|the US); which (American|US) city is (the (largest|biggest)|called the Big Apple); the Big Apple
London = the (largest|biggest) city (in|of) (England|the United Kingdom|the UK|Britain)
Berlin = the (largest|biggest) city (in|of) Germany; which German city is the (largest|biggest)
Paris = the (largest|biggest) city (in|of) France; the city of (love|light)
Sydney = the (largest|biggest) city (in|of) Australia
Toronto = the (largest|biggest) city (in|of) Canada
Istanbul = the (largest|biggest) city (in|of) Turkey; which city lies (on|in) two continents
Rome = the (largest|biggest) city (in|of) Italy; the eternal city
Zurich = the (largest|biggest) city (in|of) Switzerland
Shanghai = the (largest|biggest) city (in|of) China
Mumbai = the (largest|biggest) city (in|of) India
Sao Paulo = the (largest|biggest) city (in|of) Brazil
Venice = which city (has canals instead of streets|is famous for its canals and gondolas); the city of canals [and gondolas]
water = ? what do (we|you|people) drink when (we are|you are|they are) thirsty; which drink has no taste; ? what comes out of the tap; what falls from the sky when it rains; ? what is in a river; what fish live in
snow = what falls from the sky in winter; ? what is white and falls from the sky; ? what do you make a snowman (of|from)
a snowman = ? what do children build (from snow|in winter)
the sun = what gives us light [and warmth]; what shines during the day; what makes the day bright
a house = ? what do (people|we) live in; a building (where people live|to live in)
a nurse = who (helps doctors|works with a doctor in a hospital); the person who helps a doctor
a chef = who cooks in a restaurant; the person who cooks in a restaurant
a waiter = who (brings|serves) the food in a restaurant; the person who (brings|serves) [the] food in a restaurant
a judge = who decides in court; the person who decides in court
a police officer = who catches thieves; the person who catches thieves; who arrests criminals
an author = who writes books; the person who writes books; ? what do you call someone who writes books
a painter = who paints pictures; the person who paints pictures
an astronaut = who (flies|travels) into space; the person who (flies|travels) into space; ? what do you call someone who flies to space
a gardener = who works in a garden; the person who works in a garden
a hairdresser = who cuts (hair|your hair); the person who cuts hair
a photographer = who takes photos; the person who takes photos
a musician = who plays music; the person who plays music
an architect = who (designs|plans) (houses|buildings); the person who (designs|plans) (houses|buildings)
a mechanic = who repairs cars; the person who repairs cars
a postman = who (brings|delivers) (the mail|letters); the person who (brings|delivers) (the mail|letters)
a thief = who steals (things|money); ? what do you call someone who steals [things]
a noun = ? what kind of word is (house|dog|table); a word for a (thing|person|place)
a verb = ? what kind of word is (go|run|eat); a word for (something that you do|an action)
an adjective = ? what kind of word is (big|red|happy); a word that describes a noun
Santa Claus = who brings presents at Christmas; ? who comes at Christmas; who wears a red coat at Christmas
the Easter Bunny = who brings eggs at Easter; who hides the eggs at Easter
a birthday = ? what do you celebrate once a year with a cake; the day (on which you were born|you were born on)
a pyramid = ? what do you call the grave of a pharaoh; a building with a square base and a point on top
a circle = a round shape; which shape (has no corners|is round); ? what shape is (a wheel|a coin|the letter O)
a square = a shape with four equal sides; which shape has four equal sides
a cube = ? what shape is (a dice|a die|a box with six equal sides)
a sphere = ? what shape is (a ball|the Earth|an orange|the moon|the sun)
the left = ? on which side (do they|do people) drive in (England|Britain|the UK|Australia|Japan|India)
the right = ? on which side (do they|do people) drive in (Germany|France|Italy|the USA|America|Spain)
18 = ? at (what|which) age (are you|is one) an adult; the age of majority [in most countries]
""",
    often=3,
)

FACTS: tuple[Fact, ...] = (
    *facts(
        "tool",
        TOOLS,
        questions(
            noun="the (thing|tool) (you use|you need) to {s}|the thing to {s} with",
            direct="what do (you|I|we|people) (need|use) to {s}*5|with what do (you|I) {s}|what do (you|I|we) {s} with*4",
            clause="what (you|I|we) (need|use) to {s}*2|what to {s} with",
        ),
        often=2,
    ),
    *facts(
        "clothes",
        CLOTHES,
        questions(
            noun="the things that you wear on your {s}",
            direct="what do (you|I|we|people) (wear|put) on (your|the|my) {s}*4|what is worn on the {s}",
            clause="what (you|people) wear on (your|the) {s}",
        ),
        often=2,
    ),
    *facts(
        "place for",
        PLACES_FOR,
        questions(
            noun="the place (to|where you) {s}",
            direct="where do (you|I|we|people) {s}*5|where can (I|you|we) {s}*4|where (should|could) (I|you) {s}|where do I go to {s}",
            clause="where (you|I|people) [can] {s}*2|where to {s}",
        ),
        often=2,
    ),
    *facts(
        "made of",
        MADE_OF,
        questions(
            noun="the (main ingredient|material) (of|in|for) {s}*3",
            direct="what (is|are) {s} [mainly|mostly] made (of|from|out of)*6|"
            "what (does|do) {s} come from|what (material|stuff) (is|are) {s} made of",
            clause="what {s} (is|are) made (of|from)*2",
        ),
        often=2,
    ),
    *facts(
        "drink",
        DRINKS,
        questions(
            noun="the drink of {p}",
            direct="what (does {a}|do {p}) drink*5",
            clause="what ({a} drinks|{p} drink)*2",
        ),
    ),
    *(
        fact
        for order in ORDERS
        for up, words in ((True, order[0]), (False, order[1]))
        for low, high in combinations(order[2].split(", "), 2)
        for one, two in permutations((low, high))
        for fact in facts(
            "compared",
            {f"{one} {two} {words}": high if up else low},
            f"(^[<hey>] (what|which|which one) is ({words}), {one} or {two}?*6|^(what|which) is ({words}): {one} or {two}?|"
            f"^is {one} or {two} ({words})?|^(what|which) is the ({words}) [one], {one} or {two}?|"
            f"^{one} or {two}, (which|what|which one) is ({words})?|^<tell me> (what|which) is ({words}), {one} or {two}.)",
        )
    ),
    *(
        fact
        for language, words in GREETINGS.items()
        for fact in facts(
            "foreign word",
            {f"{word} in {language}": answer for word, answer in table(words).items()},
            questions(
                noun="{s}*2|the " + language + " [word] for {part}*3|{part} in " + language,
                direct="how do (you|I) say {part} in {whole}*5|how is {part} said in {whole}|what is {part} in {whole}*2",
                clause="how (to say|you say|I say) {part} in {whole}*2",
            ),
        )
    ),
    *EVERYDAY,
)
