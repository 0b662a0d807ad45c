# ruff: noqa: E501, SIM905  (tables)
"""Units, counts of things, shapes, days, months and seasons, Roman numerals."""

from __future__ import annotations

from demo_model.phrasing import questions
from demo_model.tasks.knowledge.relation import Fact, facts, swapped, table, trivia

# part in whole: number
MEASURES = table("""
seconds in a minute: 60; minutes in an hour: 60; seconds in an hour: 3600; hours in a day: 24; days in a week: 7
months in a year: 12; seasons in a year: 4; days in a leap year: 366; days in a year: 365; years in a decade: 10
years in a century: 100; years in a millennium: 1000; weeks in a year: 52; days in a weekend: 2; minutes in half an hour: 30
hours in two days: 48; minutes in two hours: 120; days in two weeks: 14; months in half a year: 6; weeks in a month: about 4
days in a month: 30 or 31; minutes in a day: 1440; minutes in a quarter of an hour: 15; decades in a century: 10
(meters|metres) in a (kilometer|kilometre): 1000; (centimeters|centimetres|cm) in a (meter|metre): 100
(millimeters|millimetres|mm) in a (meter|metre): 1000; (millimeters|millimetres|mm) in a (centimeter|centimetre): 10
grams in a (kilogram|kilo|kg): 1000; (kilograms|kilos|kg) in a ton: 1000; (milliliters|millilitres|ml) in a (liter|litre): 1000
inches in a foot: 12; feet in a yard: 3; feet in a mile: 5280; cents in a dollar: 100; cents in a euro: 100
pence in a pound: 100; eggs in a dozen: 12; ounces in a pound: 16; inches in a yard: 36; things in a pair: 2
grams in half a kilo: 500; (centimeters|cm) in half a meter: 50; pints in a gallon: 8; bits in a byte: 8; bytes in a kilobyte: 1024
players in a football team/players in a soccer team: 11; players in a basketball team: 5; players in a volleyball team: 6
players in a baseball team: 9; players in a rugby team: 15; players in a handball team: 7; players in an ice hockey team: 6
players in a cricket team: 11; players in a tennis double: 4; letters in the [English] alphabet: 26; vowels in the alphabet: 5
cards in a deck/cards in a pack of cards/cards in a deck of cards: 52; squares on a chessboard: 64
planets in the solar system: 8; members in a quartet/people in a quartet: 4; members in a trio/people in a trio: 3
days in January: 31; days in February: 28; days in March: 31; days in April: 30; days in May: 31; days in June: 30
days in July: 31; days in August: 31; days in September: 30; days in October: 31; days in November: 30; days in December: 31
zeros in a thousand/zeros in 1000: 3; zeros in a million: 6; zeros in a hundred/zeros in 100: 2; degrees in a circle: 360
degrees in a right angle: 90; degrees in a triangle: 180; pieces in a chess set/pieces in a game of chess: 32
holes on a golf course: 18; pins in bowling: 10; keys on a piano: 88
""")

# whole: number of part
SIDES = table(
    "triangle: 3; square: 4; rectangle: 4; pentagon: 5; hexagon: 6; heptagon: 7; octagon: 8; decagon: 10; coin: 2; "
    "die: 6; cube: 6"
)
CORNERS = table("triangle: 3; square: 4; rectangle: 4; pentagon: 5; hexagon: 6; octagon: 8; cube: 8; circle: 0")
WHEELS = table(
    "bicycle/bike: 2; tricycle: 3; car: 4; motorcycle/motorbike: 2; unicycle: 1; scooter: 2; bus: 4; boat: 0; sled: 0"
)
STRINGS = table(
    "violin: 4; guitar: 6; cello: 4; bass guitar/bass: 4; ukulele: 4; viola: 4; banjo: 5; harp: 47; double bass: 4"
)
WINGS = table(
    "bird: 2; butterfly: 4; bee: 4; fly: 2; bat: 2; dragonfly: 4; plane/airplane: 2; dog: 0; penguin: 2; chicken: 2"
)
ARMS = table("octopus: 8; squid: 10; starfish: 5; human/person: 2; monkey: 2; snake: 0")
EYES = table(
    "spider: 8; cat: 2; dog: 2; human/person: 2; bee: 5; fish: 2; horse: 2; bird: 2; cow: 2; frog: 2; worm: 0; cyclops: 1"
)
SHAPES = swapped(table("triangle: 3; pentagon: 5; hexagon: 6; heptagon: 7; octagon: 8; decagon: 10"))

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
SEASONS = "spring summer autumn winter".split()
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
).split()
TENS = "ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()

SEASON_OF = {month: SEASONS[((at + 10) % 12) // 3] for at, month in enumerate(MONTHS)}


def roman(number: int) -> str:
    text = ""
    for value, sign in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while number >= value:
            text, number = text + sign, number - value
    return text


ROMAN = {str(number): roman(number) for number in (*range(1, 31), 40, 50, 60, 90, 99, 100)} | {"500": "D", "1000": "M"}


def number_word(number: int) -> str:
    """The number in words, from 1 to 100."""
    if number <= 20:
        return NUMBERS[number - 1]
    if number == 100:
        return "one hundred"
    tens, ones = divmod(number, 10)
    return TENS[tens - 1] + (f"-{NUMBERS[ones - 1]}" if ones else "")


def _number_of(part: str, *, often: int = 1, table: dict[str, str]) -> tuple[Fact, ...]:
    return facts(
        part,
        table,
        questions(
            noun=f"the number of {part} (of|on) {{a}}*2|number of {part} of {{a}}",
            direct=f"how many {part} (does {{a}}|do {{p}}) have*5|how many {part} are there on {{a}}|how many {part} has {{a}} [got]",
            clause=f"how many {part} ({{a}} has|{{p}} have)",
        ),
        often=often,
    )


def _next_to(unit: str, cycle: list[str], *, often: int, closed: bool = True) -> tuple[Fact, ...]:
    """What comes after and before each name of a series, with one question grammar for each side.

    closed: the first name follows the last.
    """
    found: list[Fact] = []
    for side, step in (("after", 1), ("before", -1)):
        found += facts(
            f"{unit} {side}",
            {
                name: cycle[(at + step) % len(cycle)]
                for at, name in enumerate(cycle)
                if closed or 0 <= at + step < len(cycle)
            },
            questions(
                noun=f"the {unit} ({side}|that comes [right] {side}|right {side}|directly {side}) {{s}}*3",
                both=f"(which|what) {unit} (comes|is) [right|directly|just] {side} {{s}}*5|what (comes|is) [right|directly] "
                f"{side} {{s}}*3" + (f"|(which|what) {unit} follows {{s}}|what follows {{s}}" if step == 1 else ""),
            ),
            often=often,
        )
    return tuple(found)


CALENDAR = trivia(
    "calendar",
    """
Monday = the first day of the [work|working] week; which day (starts the week|is the first of the week)
Sunday = the last day of the week; which day (ends the week|is the last of the week)
January = the first month [of the year]; which month (starts the year|is the first)
December = the last month [of the year]; which month (ends the year|is the last|has Christmas); ? in which month is Christmas
February = the shortest month [of the year]; which month is the shortest; which month has [only] 28 days; ? which month has the fewest days
Saturday and Sunday = ? what are the days of the weekend; which days are (the weekend|on the weekend); ? which days make the weekend
Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday = ? what are the [seven] days of the week; the [seven] days of the week [in order]; all [the] days of the week
winter = the coldest season; which season is the coldest; ? in which season does it snow; ? when does it snow
summer = the (hottest|warmest) season; which season is the (hottest|warmest)
spring = the season when (flowers|plants) (start to grow|begin to bloom); ? in which season do flowers (bloom|start to grow)
autumn = the season when (leaves fall|the leaves fall); ? in which season do [the] leaves (fall|turn red|fall from the trees); another (name|word) for fall
December 25 = the date of Christmas [Day]; ? (when|on which day|on what date) is Christmas [Day]; when Christmas is
December 24 = the date of Christmas Eve; ? (when|on what date) is Christmas Eve
January 1 = the date of New Year's Day; ? (when|on which day) is New Year's Day; the first day of the year; ? when does the year begin
December 31 = the date of New Year's Eve; ? (when|on which day) is New Year's Eve; the last day of the year
October 31 = the date of Halloween; ? (when|on which day|on what date) is Halloween; when Halloween is
February 14 = the date of Valentine's Day; ? (when|on which day|on what date) is Valentine's Day
July 4 = ? when is [American] Independence Day [in the USA|in America]; the date of the American national holiday
July 14 = ? when is Bastille Day; the date of the French national holiday
March 17 = ? when is Saint Patrick's Day; the date of Saint Patrick's Day
every four years = ? how often (is there a leap year|are the Olympic Games|are the Olympics|is the World Cup|is the football World Cup); ? when is there a leap year
noon = twelve o'clock (in the middle of the day|during the day); ? what do you call (12 o'clock during the day|the middle of the day)
midnight = twelve o'clock at night; ? what do you call (12 o'clock at night|the middle of the night)
a decade = ten years; ? what do you call ten years; a period of ten years
a century = a hundred years; ? what do you call (100|a hundred) years; a period of (100|a hundred) years
a millennium = a thousand years; ? what do you call (1000|a thousand) years; a period of (1000|a thousand) years
a dozen = twelve of something; ? what do you call twelve (eggs|things); another word for twelve
a leap year = a year with 366 days; ? what do you call a year (with|of) 366 days
a weekend = ? what are Saturday and Sunday together [called]; ? what do you call Saturday and Sunday
breakfast = the first meal of the day; ? what do you eat in the morning; the meal in the morning
lunch = the meal (at noon|in the middle of the day); ? what do you eat at noon
dinner = the meal in the evening; ? what do you eat in the evening; the last meal of the day
""",
    often=2,
)

FACTS: tuple[Fact, ...] = (
    *facts(
        "measure",
        MEASURES,
        questions(
            noun="the number of {s}*2|number of {s}",
            both="how many {s}|how many {part} are (in|on) {whole}*3",
            direct="how many {part} are there (in|on) {whole}*4|how many {part} (does {whole} have|are in {whole})*3|"
            "how many {part} has {whole} [got]|how many {part} make [up] {whole}|{whole}: how many {part} is that|"
            "{whole} has how many {part}",
            clause="how many {part} there are (in|on) {whole}*2|how many {part} {whole} has",
        ),
        often=3,
    ),
    *_number_of("sides", table=SIDES, often=2),
    *_number_of("corners", table=CORNERS),
    *_number_of("wheels", table=WHEELS, often=2),
    *_number_of("strings", table=STRINGS, often=2),
    *_number_of("wings", table=WINGS),
    *_number_of("arms", table=ARMS),
    *_number_of("eyes", table=EYES),
    *facts(
        "shape",
        SHAPES,
        questions(
            noun="a shape with {s} (sides|corners)*2|the shape (with|that has) {s} (sides|corners)",
            both="(which|what) shape has {s} (sides|corners)*3",
            direct="what (is a shape with {s} (sides|corners) called|do you call a shape with {s} sides)*2",
        ),
    ),
    *_next_to("day", DAYS, often=8),
    *_next_to("month", MONTHS, often=6),
    *_next_to("season", SEASONS, often=3),
    *_next_to("letter", list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), often=2, closed=False),
    *facts(
        "number of month",
        dict(zip(ORDINALS, MONTHS, strict=True)),
        questions(
            noun="the {s} month [of the year]*2",
            both="(which|what) month is the {s} [one] [of the year|in the year]*2",
        ),
        often=2,
    ),
    *facts(
        "month number",
        {month: str(at + 1) for at, month in enumerate(MONTHS)},
        questions(
            noun="the number of the month [of] {s}|{own} number",
            direct="(which|what) number (month is {s}|is [the month] {s})*2|what number does {s} have",
        ),
    ),
    *facts(
        "season of month",
        SEASON_OF,
        questions(
            noun="the season (of|in) {s}|{own} season",
            direct="(in which|what|which) season is {s}*3|(which|what) season does {s} belong to",
            clause="(which|what) season {s} is in",
        ),
    ),
    *facts(
        "Roman numeral",
        ROMAN,
        questions(
            noun="{s} in Roman (numerals|numbers)*3|the Roman (numeral|number) (for|of) {s}*3|the number {s} in Roman numerals",
            direct="how do (you|I) write {s} in Roman (numerals|numbers)*3|how did the Romans write {s}|"
            "how is {s} written in Roman numerals",
            clause="how to write {s} in Roman (numerals|numbers)",
        ),
    ),
    *facts(
        "number of Roman numeral",
        {numeral: number for number, numeral in ROMAN.items()},
        questions(
            noun="the Roman (numeral|number) {s} [in numbers]*2|the value of [the] Roman (numeral|number) {s}",
            both="(which|what) number is [the] Roman (numeral|number) {s}*2",
            direct="what does the Roman (numeral|number) {s} mean|how much is [the] Roman (numeral|number) {s}",
        ),
    ),
    *facts(
        "number in words",
        {
            str(number): number_word(number)
            for number in (*range(1, 31), *range(32, 100, 5), 40, 50, 60, 70, 80, 90, 100)
        },
        questions(
            noun="{s} in words*3|the number {s} in (words|letters)",
            direct="how do (you|I) (write|spell) [the number] {s} (in words|in letters|as a word)*2",
            clause="how to (write|spell) {s} in words",
        ),
    ),
    *CALENDAR,
)
