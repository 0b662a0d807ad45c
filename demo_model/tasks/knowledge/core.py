# ruff: noqa: E501  (tables)
"""The facts that newcomers ask for: these few hundred out of the thousands in the tables beside this one.

A line is a relation and its subjects, by their first names; in the second table, of facts without a subject, the answers.
"""

from __future__ import annotations

from demo_model.tasks.knowledge.relation import Fact, first_name

SUBJECTS = """
capital: France, Germany, Italy, Spain, England, the United Kingdom, the United States, Japan, China, Russia, India, Australia, Canada, Brazil, Egypt, Greece, Portugal, Austria, Switzerland, the Netherlands, Belgium, Poland, Sweden, Norway, Denmark, Finland, Ireland, Turkey, Mexico, Argentina, Peru, Kenya, South Korea, Thailand, Cuba, Hungary, the Czech Republic, Iceland, Scotland, Ukraine
country of capital: Paris, Berlin, Rome, Madrid, London, Tokyo, Beijing, Moscow, New Delhi, Canberra, Ottawa, Cairo, Athens, Lisbon, Vienna, Bern, Brussels, Warsaw, Stockholm, Oslo, Copenhagen, Helsinki, Dublin, Budapest, Lima, Prague
country of city: Paris, Berlin, Rome, Madrid, London, Tokyo, Moscow, Cairo, Athens, Lisbon, Vienna, Sydney, New York, Barcelona, Milan, Munich, Venice, Istanbul, Toronto, Mumbai, Los Angeles, Chicago
sight: the Eiffel Tower, Big Ben, the Colosseum, the Statue of Liberty, the Brandenburg Gate, the pyramids of Giza, the Great Wall, the Taj Mahal
continent: France, Germany, Italy, Spain, England, Japan, China, India, Brazil, Egypt, Kenya, Canada, Mexico, the United States, Peru, Argentina, Australia, Nigeria, South Africa
currency: the United States, the United Kingdom, England, Japan, Germany, France, Italy, Spain, China, India, Switzerland, Russia, Mexico, Sweden, Poland, Canada, Australia
language: France, Germany, Spain, Italy, England, Brazil, Mexico, Japan, China, Russia, Austria, Portugal, Argentina, the United States, Egypt, Greece, the Netherlands, Poland, Australia
opposite: hot, cold, big, small, happy, sad, fast, slow, up, down, in, on, off, full, empty, wet, dry, clean, dirty, rich, poor, strong, weak, loud, quiet, day, night, black, white, good, bad, high, low, early, late, first, always, before, left, right, open, closed, new, old, young, easy, difficult, hard, light, dark, long, short, tall, heavy, win, love, true, yes, friend, war, life, summer, cheap, safe, near, inside, north, east, start, begin, thick, beautiful, soft, sweet, brave, buy, push, remember
synonym: big, happy, fast, smart, begin, beautiful, sad, small
plural: mouse, child, man, woman, foot, tooth, goose, sheep, fish, person, leaf, knife, cat, dog, baby, box
past tense: go, eat, see, run, take, write, drink, sing, swim, buy, be, have, do, think, come, make
measure: days in a week, months in a year, hours in a day, minutes in an hour, seconds in a minute, days in a year, weeks in a year, days in a leap year, seasons in a year, years in a century, years in a decade, (meters|metres) in a (kilometer|kilometre), (centimeters|centimetres|cm) in a (meter|metre), grams in a (kilogram|kilo|kg), cents in a dollar, eggs in a dozen, inches in a foot, players in a football team, players in a basketball team, letters in the [English] alphabet, days in February, days in January, planets in the solar system, cards in a deck, zeros in a million
sides: triangle, square, hexagon, pentagon, octagon
wheels: car, bicycle, tricycle
strings: guitar, violin
legs: spider, dog, cat, ant, bird, horse, human, insect, snake, cow, fish
arms: octopus
colour: a banana, a lemon, grass, the sky, blood, a tomato, snow, milk, coal, a carrot, chocolate, an elephant, a flamingo, the sun, a strawberry, a pumpkin, an orange, the sea, a leaf in summer, a zebra, a frog, a rose, salt, a polar bear, a pig, a crow, a stop sign, a cherry, a fire engine
sound: dog, cat, cow, sheep, pig, duck, horse, lion
young: dog, cat, cow, horse, sheep, goat, pig, hen, duck, lion, kangaroo, bear, frog
food: cow, panda, rabbit, lion, horse, koala
home: bird, bee, penguin, fish, lion, polar bear, spider, kangaroo, camel
animal class: dog, whale, dolphin, bat, shark, snake, frog, spider, penguin, eagle, ant
kind: apple, carrot, rose, oak, piano, guitar, hammer, car
made of: bread, cheese, butter, wine, paper, glass, chocolate, ice, French fries
writer: Hamlet, Romeo and Juliet, Macbeth, Harry Potter, The Lord of the Rings, The Hobbit, Oliver Twist, Don Quixote, Pride and Prejudice, War and Peace, Faust, Frankenstein, Dracula, 1984, Animal Farm, Alice in Wonderland, Les Miserables, Sherlock Holmes, The Little Prince, Moby-Dick, the Odyssey
painter: the Mona Lisa, The Starry Night, The Last Supper, Sunflowers, The Scream, Guernica, the ceiling of the Sistine Chapel, Girl with a Pearl Earring
composer: The Four Seasons, The Magic Flute, the Ninth Symphony, Swan Lake
inventor: the telephone, the light bulb, the printing press, the airplane, dynamite, the World Wide Web, the car, the radio, the television, the computer, the modern steam engine
discoverer: penicillin, gravity, America, radium, the theory of relativity, evolution
who is: Albert Einstein, William Shakespeare, Pablo Picasso, Mozart, Ludwig van Beethoven, Napoleon, Isaac Newton, Leonardo da Vinci, Vincent van Gogh
month after: January, February, March, April, May, June, July, August, September, October, November, December
month before: January, February, March, April, May, June, July, August, September, October, November, December
day after: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
day before: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
season after: winter, spring, summer, autumn
number of month: first, second, third, fifth, tenth, twelfth
dish of country: pizza, sushi, paella, tacos, spaghetti, croissants, goulash, fish and chips
symbol: gold, silver, iron, oxygen, hydrogen, carbon, sodium, helium
element of symbol: O, H, Fe, Au, Ag, C, He, Na
formula: water, carbon dioxide, table salt
substance of formula: H2O, CO2, NaCl
Roman numeral: 5, 10, 4, 9, 50, 100
number of Roman numeral: V, X, IV, L, C, XX
abbreviation: USA, UK, EU, UN, AI
rhyme: cat, house, tree, sun
foreign word: hello in Spanish, thank you in Spanish, hello in Italian, thank you in Italian, thank you in Japanese
tool: write, cut paper, open a door, brush your teeth, hit a nail
place for: sleep, buy bread, borrow books, swim
"""

ANSWERS = """
places: Mount Everest, Russia, Asia, Vatican City, Antarctica, Greenland, Tokyo, the Atlantic, the Burj Khalifa, the Pacific, the Nile, the Amazon, the Sahara, 7, 5, 50, the Alps, the Himalayas, the Mediterranean
science: Jupiter, Mercury, Mars, Saturn, Earth, 8, the sun, the moon, 1, 100 degrees Celsius, 0 degrees Celsius, 37 degrees Celsius, ice, steam, H2O, oxygen, carbon dioxide, gravity, diamond, the cheetah, the blue whale, the giraffe, the elephant, the lion, the ostrich, the camel, the kangaroo, the bee, the cow, the sheep, honey, milk, eggs, wool, a web, the eyes, the ears, the nose, a butterfly, photosynthesis, Venus, Neptune, the Milky Way, the heart, the brain, 7, 206, 32, green, purple, orange, red, a thermometer, scissors, in the east, in the west
history: Neil Armstrong, George Washington, 1969, 1492, 1789, 1945, 1939, 1914, 1918, 1989, the Egyptians, the Romans, Gustave Eiffel, 1912, football, Yuri Gagarin, tennis, 11
everyday: a banana, a carrot, your uncle, your aunt, your grandmother, your grandfather, London, New York, Venice, a circle, 18
calendar: Monday, Sunday, January, December, February, winter, summer, December 25, October 31, every four years, a dozen, breakfast, Saturday and Sunday
"""


def _listed(text: str) -> dict[str, set[str]]:
    lines = (line.split(": ", 1) for line in text.strip().splitlines())
    return {relation: set(names.split(", ")) for relation, names in lines}


ASKED, ANSWERED = _listed(SUBJECTS), _listed(ANSWERS)


def is_core(fact: Fact) -> bool:
    """Whether newcomers ask for this fact."""
    asked = ASKED.get(fact.relation, set())
    return fact.answer in ANSWERED.get(fact.relation, ()) or not asked.isdisjoint(
        {fact.subject, first_name(fact.subject)}
    )
