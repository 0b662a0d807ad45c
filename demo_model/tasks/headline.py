# ruff: noqa: E501  (tables, one entry a line)
"""Headlines: a short piece of news, and the headline made from its first sentence by one rule.

The headline keeps subject, verb, object and what belongs to them. It drops the time, the articles, what stands between
commas and who said it; the verb moves to the present: "Yesterday, the city of Tarmont opened a new bridge, officials
said." is "City of Tarmont opens new bridge". The passive loses its auxiliary ("Two people hurt in crash") and the future
becomes "to". Names, numbers and some of the words are invented, so that a model has to copy them.
"""

from __future__ import annotations

import re
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import expand
from demo_model.tasks import english_words as lexicon
from demo_model.tasks.tables import words

# Who acts (kinds below): verb base/past/participle: what it acts on. An object with + is singular or plural as it stands
# and has its article; the passive is made from the frames whose verb has a participle of its own or is regular.
FRAMES = """
org: open: a new library; a new museum; a new hospital; the longest bridge in the country; two new schools; a shelter for stray dogs; a bicycle path along the river; a free clinic for the poor
org: close: the old swimming pool; its oldest factory; three schools; the main road for repairs; the zoo; a popular beach; all parks at night
org: build/built: a new stadium; 500 cheap flats; a railway to the coast; a school for 300 children; a wall against floods; a new airport
org: plan: a new tax on sugar; a park on the old airport; a large festival; more buses at night; a tunnel under the river; a law against noise
org: ban: cars from the centre; plastic bags; smoking in parks; fireworks; phones in classrooms; old diesel cars
org: raise: the price of bus tickets; taxes; the minimum wage; the price of bread; the speed limit on motorways; wages by five percent
org: cut: taxes for families; 200 jobs; the price of train tickets; spending on schools; ticket prices by half
org: approve: a new budget for schools; a plan for a new bridge; the sale of the old theatre; a law against plastic waste; a rent cap
org: announce: a new plan for the climate; record profits; the end of free parking; a new chief; a big sale; free train travel for students
org: launch: a new phone; an electric bus; a campaign against smoking; a satellite; a new app for farmers; a cheap electric car
org: cancel: the summer festival; the final concert; all flights; the marathon; the Christmas market because of the storm
org: hire: 300 workers; more nurses; a new coach; a new director; 50 bus drivers
org: buy/bought: its rival {company}; an old castle; ten electric buses; a famous painting; land for a new park; the online shop {company}
org: sell/sold: its oldest building; half of its shops; a million phones; the old town hall; its shares in {company}
org: warn: people of thin ice; parents of a dangerous toy; drivers of snow; tourists of thieves; people of fake emails
org: plant: 1000 trees; trees along the river; flowers in the main square; a forest near the airport
org: fire: the coach; 500 workers; its director; two drivers
org: recall: thousands of cars; a popular toy; frozen pizza; baby food; electric bikes
org: reject: a plan for a new airport; higher taxes; an offer from {company}; the budget
org: offer: free lunch to all children; a reward of 5000 dollars; free bus rides; cheap loans to farmers; help to flood victims
org: celebrate: its 100th birthday; the end of the drought; the opening of the new bridge; record sales
org: sign: a trade deal with {country}; a peace treaty; a contract with {company}
police: arrest: a man after a robbery; two bank robbers; a teenager for stealing a car; three people after a fight; a pickpocket at the station; a driver without a licence
police: find/found: a stolen painting; a missing child; a bag full of money; a lost dog; weapons in a garage; a crocodile in a bathtub
police: rescue: a boy from the river; 40 hikers from a mountain; a cat from a tree; two sailors; a woman from a burning house; ten puppies
police: search: a house near the station; the forest for a missing hiker; the lake for a boat
police: stop: a truck with no brakes; a car at 200 kilometres per hour; an illegal race; a bus full of smugglers
police: catch/caught: a thief on a bicycle; an escaped monkey; two burglars; a snake in a kitchen
sci: discover: a new planet; a new species of frog; water on a distant moon; a cure for a rare disease; an ancient city; a cave with old paintings
sci: find/found: dinosaur bones; a link between sleep and memory; the oldest tree in the world; plastic in the deep sea; a new way to store energy; gold under the ice
sci: develop: a vaccine against malaria; a robot for hospitals; a faster battery; a new test for cancer; paint that cools houses
sci: build/built: a robot that folds laundry; a tiny computer; a telescope in the desert; a car that runs on water
sci: study: the language of whales; the sleep of bees; volcanoes on Venus; the effects of coffee
pers: win/won: the lottery; a cooking contest; the race; a prize for her first novel; the chess championship; a gold medal; the election; the Nobel Prize for medicine
pers: write/wrote/written: a book about bees; a letter to the president; a song for children; a novel about the war; a play about love
pers: break/broke/broken: the world record; a leg in a fall; the national record in swimming
pers: find/found: a gold ring in the garden; an old coin; a snake in the bathroom; a message in a bottle; a painting in the attic; a wallet with 2000 euros
pers: save: a child from drowning; three people from a fire; a dog from the ice; the old cinema; a family of ducks
pers: open: a bakery; a shop for old books; a cafe for cats; a free school; a restaurant on a boat
pers: climb: Mount Everest; the highest tower of the city; a mountain without shoes
pers: lose/lost: 30 kilos in one year; the election; the final; a bag with 10000 euros; the title
pers: build/built: a house of bottles; a boat; a plane in the garage; a robot from old cans; a treehouse
pers: give/gave/given: all the money to the poor; a concert for animals; a piano to the school; 5000 books to the library
pers: leave/left: the party; the band; the company after 30 years; the team
pers: cross: the ocean in a small boat; the desert on foot; the channel by balloon
pers: receive: a medal for courage; a letter after 40 years; an award for the best film; a new heart
pers: celebrate: a 100th birthday; 50 years of marriage; the first win of the season
pers: marry: the singer {name}; a baker from {town}; an old friend
pers: visit: a school in {town}; flood victims; the White House; wounded soldiers; {country}
pers: swim/swam/swum: across the lake; 20 kilometres; around the island
pers: teach/taught: old people to use computers; dogs to read; refugees English
pers: grow/grew/grown: a pumpkin of 500 kilos; the tallest sunflower in the country; bananas on a balcony
pers: collect: 3000 old radios; money for a hospital; plastic from the beach
pers: paint: a mural on the station; the longest picture in the world; portraits of nurses
pers: run/ran/run: a marathon at the age of 80; across the country; 100 kilometres for charity
pers: steal/stole/stolen: a bus; five paintings from a museum; 200 bicycles; a cake from a bakery
pers: adopt: ten cats; a lonely donkey; three children
pers: buy/bought: a new car; the old cinema; a house near the lake; 200 roses; a farm; a red bicycle for the children
pers: go to/went to: the beach with the children; school by bike; Paris by train; the zoo with a class of pupils; the moon
pers: make/made: the biggest pizza in the world; a film about the sea; a cake for the neighbours; furniture from old tyres
pers: start: a small business; a school for dogs; a garden on the roof; a petition against noise
pers: help: an old man across the street; neighbours after the storm; lost tourists; homeless people
team: beat/beat/beaten: {town} 3-1; {country} in the final; {town} by two goals; the champions; {town} after extra time
team: win/won: the cup; the match against {town}; the first game of the season; the championship; gold at the Olympics
team: lose/lost: the final; the match against {town}; 0-4 to {country}; the last game of the season
team: sign: a striker from {country}; a new goalkeeper; a young star
event: destroy: a school; 20 houses; an old church; a warehouse; the harvest; the roof of a hospital
event: damage: several cars; the harbour; a bridge; hundreds of homes; the power lines
event: hit/hit: the coast; the north of {country}; a holiday island; the capital
event: kill: three people; thousands of fish; 12 cows
event: injure: 14 people; two firefighters; a cyclist; several passengers
event: delay: hundreds of flights; the start of the race; all trains; the school bus
event: block: the motorway; a mountain road; the main street; the railway line
event: flood: the old town; several cellars; the underground; many fields
event: close: schools; the airport; the motorway; roads
event: strand: 200 tourists; thousands of passengers; three whales
animal: escape from/escaped from: the zoo; a farm; a circus; its cage; a truck
animal: attack: a postman; two hikers; a flock of sheep; a jogger
animal: save: a family from a fire; its owner; a drowning boy
animal: block: a motorway; the runway; a train
animal: bite/bit/bitten: a tourist; the mayor; three people
animal: learn: to paint; to ride a skateboard; to count to ten
animal: visit: a supermarket; a school; an old people's home
animal: give/gave birth to: triplets; a white calf; six puppies
price: rise/rose: by 10 percent; again; to a record high; for the third month; sharply
price: fall/fell: by 5 percent; to a ten-year low; after good harvests; again; slightly
group: protest against/protested against: a new airport; higher rents; the closing of the library; low pay; a new law
group: strike for/struck for: higher wages; better hours; safer buses
group: demand: higher pay; safer streets; free school meals; a new playground; better food
group: clean: the beach; the river; a park; the streets
group: build/built: a playground; a snowman of ten metres; a bridge of paper; a garden on a roof
group: collect: money for a sick child; toys for refugees; 500 signatures; old phones
group: visit: a chocolate factory; the space museum; an old castle; the concert of {name}
group: raise: 20000 euros for charity; money for a new roof; chicks in a classroom
thing: crash into/crashed into: a tree; a house; a bus; the river; a shop window
thing: break down/broke down: on the motorway; in the desert; during a test; for the second time
thing: hit/hit: an iceberg; a deer; a bridge; a lamp post
thing: reach: the moon; Mars; the North Pole; {town}
thing: sink/sank: near the coast; in a storm; off {country}
thing: leave/left: the tracks; the harbour without a captain
thing: catch/caught: fire; fire on the motorway
"""

SUBJECTS = """
org: the city council; the government; the city of {town}; the town of {town}; the company {company}; {company}; the mayor of {town}; the school board; the ministry of health; the president; the parliament; {country}; the university of {town}; the museum of {town}; the bank {company}; the car maker {company}; the airline {company}; the {adjective} company {company}; the zoo of {town}; the hospital in {town}; the shoe company {company}; the local school; a small village; a supermarket chain; the railway company; the city; the European Union; {town}; the state of {town}; the national park
police: the police; police; police officers; firefighters; the fire brigade; rescue workers; the police in {town}; the coast guard; border guards; volunteers; divers
sci: scientists; researchers; a team of scientists; scientists from {country}; researchers at the university of {town}; astronomers; a group of students; doctors; a young engineer; the inventor {name}; two professors; a student from {town}; engineers at {company}; biologists; a team from {town}
pers: a local man; a woman from {town}; {name}; the singer {name}; the actor {name}; a {age}-year-old man; a {age}-year-old woman; a ten-year-old girl; a retired teacher; a young farmer; two brothers; twin sisters; a nurse from {town}; the writer {name}; the chef {name}; a bus driver; the tennis player {name}; the runner {name}; a grandmother of six; a school class; an unknown artist; a couple from {town}; a baker from {town}; my neighbour; a boy from {town}; former president {name}; the swimmer {name}; a postman; our teacher; a {adjective} student; a tourist from {country}; three friends
team: {town}; {country}; the football team of {town}; the women's team; the national team; {town} United; the basketball team of {town}; FC {town}; our school team; the {adjective} team of {town}
event: a fire; a storm; heavy rain; an earthquake; a hurricane; strong winds; a power cut; a flood; an avalanche; heavy snow; an explosion; a forest fire; a landslide; a tornado; a gas leak; thick fog; a {adjective} storm
animal: an elephant; a dog; a cat; two lions; a monkey; a wild boar; a cow; a bear; a parrot; a kangaroo; a swan; three tigers; a wolf; a horse named {first}; a dog called {first}; a {adjective} dog
price: food prices; the price of oil; house prices; rents; unemployment; the number of tourists; gas prices; the price of coffee; the temperature; sales of electric cars; the population of {town}; shares of {company}
group: thousands of people; students; teachers; nurses; farmers; residents of {town}; bus drivers; parents; children from {town}; workers at {company}; a school class from {town}; hundreds of fans; young people; pilots; the pupils of a school in {town}; neighbours; doctors
thing: a bus; a train; a truck; a small plane; a ship; a car; a ferry; a space probe; a hot-air balloon; a school bus; a cargo ship; a rocket; a tram; a fishing boat; a {adjective} truck
"""
PLACES = """
in {town}; in {town}; in {town}; in {town}; near {town}; in {country}; in the city centre; at the station; near the airport;
in the north of {country}; on the motorway near {town}; in the centre of {town}; at a hotel in {town}; in the mountains; on the island of {town}
"""
PASSIVE = """
two people; three workers; a man; a woman; five children; a cyclist; the driver; dozens of passengers; a family of four; a tourist from {country}; the mayor of {town}; several people; a 12-year-old boy
: hurt; injured; killed
: in a crash; in a fire; in a storm; in an explosion; after a fall; by falling trees; in a bus accident; by a wild boar; in a train crash; on a ski slope
a lost dog; a wallet; an old bomb; a rare coin; a stolen car; the missing boy; a message in a bottle; a Roman ship; a baby elephant; an old painting; the lost city
: found; discovered; seen; spotted
: in a river; on a beach; after three days; under a school; in a forest; by two children; by a fisherman; in an attic; behind a supermarket
the concert of {name}; the match against {town}; the train to {town}; the school trip; the city marathon; all flights to {country}; the festival
: cancelled; postponed; moved; stopped
: because of snow; because of a strike; after a bomb threat; because of bad weather; for the second time; due to illness
{name}; the baker {name}; a woman from {town}; a young lawyer; {name} of {town}
: elected; chosen; named; appointed
: as mayor of {town}; as president; as the new coach; as head of {company}; as teacher of the year
snow; heavy rain; a storm; strong winds; a heat wave; high temperatures; thousands of visitors
: expected; forecast
: in the north of {country}; in {town}; at the weekend; in large parts of {country}; along the coast
a bank; a jewellery shop; a museum; an old lady; a petrol station
: robbed; attacked
: in {town}; by two men; near the station; by a man with a knife
a new bridge; the old town hall; a new school; the main station; the castle; a statue of {name}
: opened; restored; built; sold; repaired; unveiled
: in {town}; after ten years; for two million euros; by volunteers; with money from {company}
a thief; a drug dealer; a fake doctor; two burglars; a politician; the director of {company}
: arrested; jailed; fined; caught; sentenced
: in {town}; for fraud; after a long chase; at the airport; for five years; by the police
"""

BEFORE = "yesterday|on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday|on Sunday|last night|last week|this morning|today|last month|earlier today|this week|late on Friday|early on Sunday morning|in the early morning|over the weekend|last Saturday|in May|after months of talks"
AFTER = "yesterday|on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday|on Sunday|last night|last week|this morning|today|last month|earlier today|this week|on Monday morning|on Friday night|on Sunday afternoon|late on Saturday|over the weekend|early this morning|last summer"
FUTURE = "next year|next week|next month|tomorrow|on Monday|in June|by 2030|this summer|in two years|soon|in the spring"
SAID = "officials said|the police said|a spokesman said|local media reported|the company said|according to a report|witnesses said|the mayor announced|a newspaper reported|experts say|as a statement said"
TAILS = "causing long traffic jams|leaving thousands without power|setting a new record|ending a long wait|making history|despite protests|surprising everyone|raising hopes for the town|beating its rival {town} 3-1|leaving {number} people homeless|shocking the neighbours|delighting the fans|much to the joy of the children"
ASIDE = "who has two children|a mother of two|who lives in {town}|which was founded in 1920|one of the oldest in the country|known for bad luck"

# What follows the first sentence; it is never in the headline.
MORE = """
Nobody was hurt.
No one was injured.
The cause is still unknown.
The police are looking for witnesses.
(It|This) is the (first|second|third) time this year.
{name}, who was there, said that (it was a big surprise|it was like a film|everyone was shocked|people were very happy).
The (mayor|director|owner|coach|minister) {name} said (he|she) was (happy|proud|shocked|surprised|sorry).
(Many|Hundreds of|Thousands of) (people|residents|fans|visitors) (came to watch|were there|celebrated in the streets|are angry about it).
It (cost|will cost) {number} million (euros|dollars|pounds).
The work (took|will take) {number} (years|months|weeks).
The plan will create {number} jobs.
The new (rules|prices) start (in January|next month|in the summer).
More than {number} people live in the area.
The damage is (huge|about {number} million euros|small).
Experts (had warned of this|are not surprised|say that this is rare|call it a success).
The (weather|situation) is expected to (get better|improve|get worse) (tomorrow|next week|soon).
Critics say (it is too expensive|it comes too late|that it will not help).
(He|She) (wants to|will) (buy a house|travel around the world|give the money away|try again next year|write a book about it).
"I (am very happy|can't believe it|never expected this|have no words)," (he|she|{name}) said.
The (vote|decision|result) was close.
The decision came after a long (debate|fight|night).
Children (can enter for free|loved it|gave flowers to the guests).
Schools will stay closed until (Monday|Friday).
Traffic was stopped for {number} hours.
The fans were (disappointed|happy|singing all night).
It had been (missing|closed|empty|planned) for {number} years.
A similar thing happened in {town} {number} years ago.
The results were published in a science journal.
Neighbours heard a loud (bang|noise) and called the (police|fire brigade).
Tickets cost {number} euros.
"""

ADJECTIVES = words(
    "small young old local famous Swiss German French British American Italian Spanish Chinese Japanese private large rich poor successful popular strange huge tiny angry lonely brave drunk"
)
COUNTRIES = words(
    "Germany France Italy Spain Japan Brazil Canada India Kenya Peru Chile Egypt Greece Poland Turkey Norway Sweden Mexico China Austria Ireland Iceland Ghana Vietnam"
)
COMPANY_ENDS = (
    "",
    "",
    "tec",
    "soft",
    "co",
    "x",
    "ia",
    "on",
    " Motors",
    " Foods",
    " Air",
    " Bank",
    " Systems",
    " Group",
)


def _blocks(table: str) -> dict[str, tuple[str, ...]]:
    pairs = (line.split(": ") for line in table.strip().splitlines())
    return {kind: tuple(things.split("; ")) for kind, things in pairs}


def _frames() -> tuple[tuple[str, tuple[str, str, str], tuple[str, ...]], ...]:
    found = []
    for line in FRAMES.strip().splitlines():
        kind, entry, things = line.split(": ")
        found.append((kind, _forms(entry), tuple(things.split("; "))))
    return tuple(found)


def _forms(entry: str) -> tuple[str, str, str]:
    """The forms of a verb with a particle or object of its own: escape from, give birth to."""
    base, *rest = entry.split("/")
    particle = base.partition(" ")[2]
    if not rest:
        return lexicon.forms(entry)
    if rest[0].endswith("birth to"):
        base, particle = "give birth to", "birth to"
    simple = rest[0]
    participle = rest[1] if len(rest) > 1 else simple
    if particle and not participle.endswith(particle):
        participle = f"{participle} {particle}"
    return base, simple, participle


WHO, WHAT = _blocks(SUBJECTS), _frames()
WHERE = tuple(place.strip() for place in PLACES.replace("\n", " ").split(";"))
_LINES = PASSIVE.strip().splitlines()
HAPPENED = tuple(
    tuple(tuple(part.removeprefix(": ").split("; ")) for part in _LINES[at : at + 3]) for at in range(0, len(_LINES), 3)
)
THEN = tuple(MORE.strip().splitlines())
ARTICLES = re.compile(r"\b(?:the|an?) ", re.IGNORECASE)


def company(rng: Random) -> str:
    return lexicon.invented(rng).capitalize() + rng.choice(COMPANY_ENDS)


def person(rng: Random) -> str:
    return f"{rng.choice(lexicon.FIRST_NAMES)} {lexicon.family_name(rng)}"


def _fill(rng: Random, text: str) -> str:
    """Put names and numbers into the slots."""
    makers = {
        "{town}": lexicon.town, "{company}": company, "{name}": person,
        "{country}": lambda rng: rng.choice(COUNTRIES), "{first}": lambda rng: rng.choice(lexicon.FIRST_NAMES),
        "{adjective}": lambda rng: rng.choice(ADJECTIVES), "{age}": lambda rng: str(rng.randint(18, 99)),
        "{number}": lambda rng: str(rng.choice((2, 3, 4, 5, 10, 12, 20, 50, 100, 200, 300, rng.randint(2, 999)))),
    }  # fmt: skip
    for slot, maker in makers.items():
        while slot in text:
            text = text.replace(slot, maker(rng), 1)
    return re.sub(r"\b([Aa]) (?=[aeiou])(?!one|uni|use|euro)", r"\1n ", re.sub(r"\b([Aa]) ([A8AEIO])", r"\1n \2", text))


def short(text: str) -> str:
    """Without articles, with a capital."""
    text = ARTICLES.sub("", text)
    return text[0].upper() + text[1:]


PLURAL_START = re.compile(r"(two|three|five|thousands|hundreds|dozens|several|\d+|twin|strong) ", re.IGNORECASE)


def is_plural(subject: str) -> bool:
    """Whether a subject takes "open" rather than "opens"."""
    if PLURAL_START.match(subject):
        return True
    if re.match(r"(the|a|an|our|my) ", subject):
        head = re.split(r" (?:of|in|at) ", subject, maxsplit=1)[0].split()[-1]
        return head in ("police", "pupils")
    head = re.split(r" (?:of|from|at|in) ", subject, maxsplit=1)[0].split()[-1]
    return head[0].islower() and (head.endswith("s") or head in ("police", "people", "children"))


def present(verb: tuple[str, str, str], plural: bool) -> str:
    first, _, rest = verb[0].partition(" ")
    return " ".join(filter(None, (first if plural else lexicon.third(first), rest)))


def news(rng: Random) -> tuple[str, str, tuple[str, ...]]:
    """The first sentence without its end, its headline, and what the headline is made of, for the split."""
    if rng.random() < 0.18:
        who, verbs, hows = rng.choice(HAPPENED)
        subject, done, rest = _fill(rng, rng.choice(who)), rng.choice(verbs), _fill(rng, rng.choice(hows))
        many = is_plural(subject)
        aux = rng.choice(("were", "were", "have been") if many else ("was", "was", "has been"))
        if done in ("expected", "forecast"):
            aux = "are" if many else "is"
        said, head = f"{subject} {aux} {done} {rest}", short(f"{subject} {done} {rest}")
        if " in " not in rest and rng.random() < 0.5:
            place = _fill(rng, rng.choice(WHERE))
            said, head = f"{said} {place}", f"{head} {ARTICLES.sub('', place)}"
        return said, head, (subject, done, rest)
    kind, verb, things = rng.choice(WHAT)
    subject = _fill(rng, rng.choice(WHO[kind]))
    thing = _fill(rng, rng.choice(things))
    if rng.random() < 0.5:
        thing = re.sub(r"\b(\d{1,3})(\d{3})\b", r"\1,\2", thing)
    if rng.random() < 0.25 and kind not in ("price", "thing") and " to " not in thing:
        thing = _strange(rng, thing)
    place = (
        _fill(rng, rng.choice(WHERE))
        if rng.random() < 0.4 and " in " not in thing + subject and kind != "price"
        else ""
    )
    rest = f"{thing} {place}".strip()
    plural = is_plural(subject)
    has, be = ("have", "are") if plural else ("has", "is")
    how = rng.random()
    aside = ""
    if rng.random() < 0.08 and kind in ("pers", "org"):
        aside = f", {_fill(rng, rng.choice(ASIDE.split('|') if kind == 'pers' else ASIDE.split('|')[3:5]))},"
    if kind == "org" and how < 0.08:
        announced = rng.choice(("announced", "said", "has announced", "confirmed", "announced on Monday"))
        said, does = f"{subject} {announced} that it will {verb[0]} {rest}", f"to {verb[0]}"
    elif how < 0.12 and not aside:  # the time between subject and verb, as newspapers have it
        said, does = f"{subject} {rng.choice(AFTER.split('|')[:8])} {verb[1]} {rest}", present(verb, plural)
    elif how < 0.55 or kind in ("event", "animal", "thing"):
        said, does = f"{subject}{aside} {verb[1]} {rest}", present(verb, plural)
    elif how < 0.62:
        does = present(verb, plural)
        said = f"{subject}{aside} {does} {rest}"
    elif how < 0.78:
        said, does = f"{subject}{aside} {has} {verb[2]} {rest}", present(verb, plural)
    elif how < 0.9 and kind not in ("price", "pers", "sci", "police"):
        future = rng.choice(
            ("will", "plans to" if not plural else "plan to", f"{be} going to", "wants to" if not plural else "want to")
        )
        said, does = f"{subject}{aside} {future} {verb[0]} {rest}", f"to {verb[0]}"
        said += rng.choice(("", f" {rng.choice(FUTURE.split('|'))}"))
        return said, short(f"{subject} {does} {rest}"), (subject, does, rest)
    else:
        said, does = f"{subject}{aside} {be} {_ing(verb[0])} {rest}", present(verb, plural)
    return said, short(f"{subject} {does} {rest}"), (subject, does, rest)


def _strange(rng: Random, thing: str) -> str:
    """Any other object, so that the words do not follow from the verb."""
    kind = rng.random()
    if kind < 0.3:
        return lexicon.a(lexicon.invented(rng))
    noun = rng.choice(lexicon.THINGS + lexicon.VEHICLES + lexicon.ANIMALS + lexicon.TOYS + lexicon.CLOTHES)
    if noun in lexicon.MASS or noun.endswith("s"):
        return f"{rng.choice(('', 'the ', 'two '))}{noun}" if noun.endswith("s") else f"the {noun}"
    described = f"{rng.choice(lexicon.ADJECTIVES)} {noun}" if rng.random() < 0.5 else noun
    return rng.choice((lexicon.a(described), f"the {described}"))


def _ing(base: str) -> str:
    first, _, rest = base.partition(" ")
    if first.endswith("e") and not first.endswith("ee"):
        first = first[:-1]
    elif first in ("plan", "ban", "cut", "win", "run", "swim", "hit", "stop"):
        first += first[-1]
    return f"{first}ing {rest}".strip()


def _text(rng: Random, said: str) -> str:
    """The whole piece: the first sentence with a time and a source around it, and what follows."""
    first = said[0].upper() + said[1:]
    how = rng.random()
    timed = r" (will|plans? to|wants? to|going to|has|have|expected|forecast|yesterday|on \w+day|last night|last week|this morning) "
    timeless = re.search(timed, said)
    if how < 0.25 and not timeless:
        time = rng.choice(BEFORE.split("|"))
        first = f"{time[0].upper()}{time[1:]}{rng.choice((',', ''))} {said}"
    elif how < 0.6 and not timeless:
        first += f" {rng.choice(AFTER.split('|'))}"
    end = rng.random()
    if end < 0.2:
        first += f", {_fill(rng, rng.choice((SAID if end < 0.12 else TAILS).split('|')))}"
    more = [_fill(rng, expand(rng, line)) for line in rng.sample(THEN, rng.choice((0, 0, 1, 1, 1, 2, 2)))]
    return " ".join([first + ".", *more])


def item(rng: Random, split: Split) -> Item:
    """One piece of news of one to three sentences and its headline."""
    drawn: list[tuple[str, str]] = []

    def draw(rng: Random) -> tuple[object, ...]:
        said, headline, key = news(rng)
        drawn[:] = [(said, headline)]
        return key

    draw_split(rng, split, draw)
    said, headline = drawn[0]
    return Item({"text": _text(rng, said)}, headline, keep=(headline, headline[0].lower() + headline[1:]))


TASK = Task(
    "headline",
    item,
    phrasings=(
        *("Write a headline for this text: «{text}» Headline:",) * 10,
        "Write a short headline for this news: «{text}»",
        "Summarize: «{text}»",
        "summarize: «{text}»",
        "Text: «{text}» Headline:",
        "«{text}» TL;DR:",
        "«^(<please> |)(write|give me|find|make|suggest|create|think of|come up with|generate) (a|a short|a good|one|the) (headline|title) "
        "(for|to) (this|this text|this news|this article|the following text|this story|the following|that) [:*3|.] {text}»",
        "«{text} ^((what is|what's|what would be) (a good|the|a short|a) (headline|title) (for this|for this text|for that|) ?|"
        "(write|give me|find|suggest) (a|a short|a good) (headline|title) [for this] [.]|what is this [text|article|news] about?|headline?|title?|summarize this.|"
        "<can you> (write|give me|suggest) a (headline|title) for (this|this text)?)»",
        "«^(headline (for|of) this|headline|title|a headline for this|(summarize|sum up) this [text|article|news] [in one line|in one sentence|in a few words]|"
        "what is this [text|article] about|what is the main point|tell me in short what this says|shorten this|what happened [here]|tl;dr) [:*3|?|.] {text}»",
    ),
    shot="{text}",
    instructions=(
        "Write a headline for each text.",
        "What is a good headline for this text?",
        "Summarize the text in a few words.",
    ),
    closed=True,
    weight=1.2,
    max_shots=1,
)
