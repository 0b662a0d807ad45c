# ruff: noqa: E501  (sentences)
"""What little passages are about: kinds of facts, each with the sentences, questions and claims about it.

A kind is a block of lines. Its grammars are those of demo_model.phrasing.

    person, town, thing, self: the gaps   what has the fact, and the values that it needs
    says       the sentence; {s} / {m} is who has the fact, or a pronoun, at the start / in the middle; {n} the name
    ask X      a question with the answer X
    claim GAP  a statement / the question about it / its denial; false once GAP has another value
    open       statements that the fact does not settle
    alone      no sentence about the same person may continue with a pronoun
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Claim:
    gap: str
    says: str
    asks: str
    denies: str


@dataclass(slots=True)
class Kind:
    about: str
    gaps: tuple[str, ...]
    says: str = ""
    asks: list[tuple[str, str]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    alone: bool = False


TEXT = """
person: town
says ({s} lives in {town}|{s} has a (house|home|flat) in {town}|{n}'s (house|home) is in {town}).
ask {town} = ([in] (which|what) (town|city|place) does {n} live|where does {n} live*4|where is {n}'s (home|house))?
ask {n} = (who lives in {town}*3|who has a (house|home) in {town})?
claim town = {n} lives in {town}. / does {n} live in {town}? / {n} does not live in {town}.
claim town = {n}'s home is in {town}. / is {n}'s home in {town}? / {n}'s home is not in {town}.
open {n} likes living in {town}. / {n} was born in {town}. / {n}'s house is very big. / {n} has a garden.

person: place_of_birth
says ({s} (comes|is) from {place_of_birth}|{s} was born in {place_of_birth}).
ask {place_of_birth} = (where does {n} come from|where is {n} from*2|(which|what) (country|place|city) is {n} from|where was {n} born)?
ask {n} = (who (comes|is) from {place_of_birth})?
claim place_of_birth = {n} (comes|is) from {place_of_birth}. / (is {n} from {place_of_birth}|does {n} come from {place_of_birth})? / {n} is not from {place_of_birth}.
open {n} wants to go back to {place_of_birth}. / {n} likes the food there. / {n} has two sisters.

person: job
says ({s} works as {a_job}|{s} is {a_job}*2|{n}'s job is that of {a_job}).
ask {job} = (what is {n}'s (job|profession|work)*2|what does {n} do [for a living]*2|what does {n} work as|what is {n})?
ask {n} = (who is {a_job}*2|who works as {a_job})?
claim job = {n} (is|works as) {a_job}. / (is {n} {a_job}*2|does {n} work as {a_job})? / {n} is not {a_job}.
open {n} loves the job. / {n}'s father was {a_job} too. / {n} is a very good {job}. / {n} earns a lot of money.

person: colour object
says ({s} (has|owns|bought|got) {a_colour} {object}*3|{n}'s {object} is {colour}*2).
ask {colour} = (what (colour|color) is {n}'s {object}*4|what (colour|color) is the {object} of {n}|what is the (colour|color) of {n}'s {object})?
ask {object} = (what does {n} have that is {colour}|which thing of {n} is {colour}|what is {colour})?
ask {n} = (who has (the {colour} {object}|{a_colour} {object}|{a_object})*3|whose {object} is {colour}*2)?
claim colour = {n}'s {object} is {colour}. / is {n}'s {object} {colour}? / {n}'s {object} is not {colour}.
claim colour = the {object} of {n} is {colour}. / is the {object} of {n} {colour}? / the {object} of {n} is not {colour}.
open {n}'s {object} is very old. / {n} got the {object} from a friend. / the {object} was expensive. / {n} likes the {object}.

person: food
says ({n}'s (favorite|favourite) food is {food}|{s} likes {food} (best|most|best of all)|{s} loves {food}*2).
ask {food} = (what is {n}'s (favorite|favourite) food*2|what does {n} (like best|love|like [to eat])*2|(what|which) food does {n} (like|love))?
ask {n} = who (likes|loves) {food} [best|most]?
claim food = {n}'s favorite food is {food}. / (is {food} {n}'s favorite food|does {n} (like|love) {food})? / {n}'s favorite food is not {food}.
open {n} ate {food} this morning. / {n} can cook very well. / {n}'s mother likes {food} too.

person: year
says ({s} was born in {year}*3|in {year}, {m} was born).
ask {year} = (when was {n} born*3|(in which|what|in what) year was {n} born|what is {n}'s year of birth)?
ask {n} = who was born in {year}?
claim year = {n} was born in {year}. / was {n} born in {year}? / {n} was not born in {year}.
open {n} was born on a Sunday. / {n} has two brothers. / {n} was a happy child.

person: count object day
says ({s} bought {count} {objects} on {day}*2|on {day}, {m} bought {count} {objects}).
ask {count} = how many {objects} did {n} (buy|get)?
ask on {day} = (when did {n} buy the {objects}|when did {n} go shopping)?
ask {day} = (on which|what) day did {n} buy ({count}|the) {objects}?
ask {objects} = what did {n} buy [on {day}]?
ask {n} = who bought [the] {objects} [on {day}]?
claim count = {n} bought {count} {objects}. / did {n} buy {count} {objects}? / {n} did not buy {count} {objects}.
claim day = {n} bought the {objects} on {day}. / did {n} buy the {objects} on {day}? / {n} did not buy the {objects} on {day}.
open {n} paid a lot of money for the {objects}. / {n} bought the {objects} as a gift. / {n} went to the shop with a friend.

person: count animal
says ({s} has {count} {animals}*3|{s} (owns|keeps|looks after) {count} {animals}).
ask {count} = how many {animals} does {n} (have|own)?
ask {animals} = what (pets|animals) does {n} (have|own)?
ask {n} = who has [the|{count}] {animals}?
claim count = {n} has {count} {animals}. / does {n} have {count} {animals}? / {n} does not have {count} {animals}.
claim animal = {n} has {count} {animals}. / does {n} have {animals}? / {n} has no {animals}.
open {n}'s {animals} are very old. / {n} loves all animals. / the {animals} live in the garden.

person: place vehicle
says ({s} (went|goes|drove) to the {place} by {vehicle}*2|{s} (took|takes) the {vehicle} to the {place}).
ask by {vehicle} = how (does {n} get|did {n} get|does {n} go|did {n} go|did {n} travel) to the {place}?
ask the {place} = where (does {n} go|did {n} go) [by {vehicle}]?
ask {n} = who (goes|went) to the {place} [by {vehicle}]?
claim vehicle = {n} goes to the {place} by {vehicle}. / (does {n} go|did {n} go) to the {place} by {vehicle}? / {n} does not go to the {place} by {vehicle}.
claim place = {n} goes to the {place} by {vehicle}. / (does {n} go|did {n} go) to the {place}? / {n} does not go to the {place}.
open {n} meets a friend at the {place}. / {n} stays at the {place} for two hours. / {n} likes the {place} very much.

person: animal pet
says ({s} has {a_animal} (called|named) {pet}*2|{n}'s {animal} is (called|named) {pet}|the name of {n}'s {animal} is {pet}).
ask {pet} = (what is the name of {n}'s {animal}*2|what is {n}'s {animal} (called|named)*2|what is {n}'s {animal}'s name)?
ask {animal} = (what (kind of animal|animal) is {pet}|what (animal|pet|kind of pet) does {n} have)?
ask {n} = (who has {a_animal}|who owns {pet}|whose {animal} is {pet})?
claim animal = {pet} is {a_animal}. / is {pet} {a_animal}? / {pet} is not {a_animal}.
claim pet = {n}'s {animal} is called {pet}. / is {n}'s {animal} (called|named) {pet}? / {n}'s {animal} is not called {pet}.
open {pet} is three years old. / {n} found {pet} in the street. / {pet} likes to sleep all day.
alone

person: age
says ({s} is {age} years old*3|{s} (turned {age} this year|is {age})).
ask {age} = (how old is {n}*4|what is {n}'s age|what age is {n})?
ask {n} = who is {age} [years old]?
claim age = {n} is {age} years old. / is {n} {age} [years old]? / {n} is not {age} years old.
open {n} looks much younger. / {n} had a big party. / {n} has a friend who is {age} years old too.

person: instrument
says {s} (plays|is learning|practises) the {instrument} [every day|at school|very well].
ask the {instrument} = (what|which) instrument does {n} (play|practise)?
ask {n} = who plays the {instrument}?
claim instrument = {n} plays the {instrument}. / does {n} play the {instrument}? / {n} does not play the {instrument}.
open {n} has played the {instrument} for ten years. / {n}'s {instrument} was expensive. / {n} wants to become a musician.

person: sport day
says ({s} plays {sport} (every|on) {day}*2|(every|on) {day}, {m} plays {sport}).
ask {day} = (when does {n} play {sport}|(on which|what) day does {n} play {sport})?
ask {sport} = (what does {n} play [on {day}]|(which|what) (game|sport) does {n} play|what does {n} do on {day})?
ask {n} = who plays {sport} [on {day}]?
claim sport = {n} plays {sport} on {day}. / does {n} play {sport}? / {n} does not play {sport}.
claim day = {n} plays {sport} on {day}. / does {n} play {sport} on {day}? / {n} does not play {sport} on {day}.
open {n} is the best player of the team. / {n} plays {sport} with a friend. / {n} won a game last week.

person: language
says {s} (is learning|speaks|is studying) {language}.
ask {language} = (what|which) language (is {n} learning|does {n} (speak|learn))?
ask {n} = who (is learning|speaks) {language}?
claim language = {n} is learning {language}. / (is {n} learning|does {n} (learn|speak)) {language}? / {n} is not learning {language}.
open {n} thinks that {language} is hard. / {n} wants to travel next year. / {n} has a very good teacher.

person: drink
says ({s} drinks {drink} (every morning|for breakfast|in the morning)|(every morning|for breakfast), {m} (has a cup of|drinks) {drink}).
ask {drink} = what does {n} drink [every morning|in the morning|for breakfast]?
ask {n} = who drinks {drink}?
claim drink = {n} drinks {drink} in the morning. / does {n} drink {drink} [in the morning|every morning]? / {n} does not drink {drink} in the morning.
open {n} drinks {drink} in the evening too. / {n} likes hot drinks. / {n} has a big breakfast.

person: friend place day
says ({s} met {friend} (at|in) the {place} on {day}*2|on {day}, {m} met {friend} at the {place}).
ask {friend} = (who did {n} meet*2|who did {n} meet at the {place}|with whom was {n} at the {place})?
ask at the {place} = (where did {n} meet {friend}*2|where were {n} and {friend})?
ask on {day} = (when did {n} meet {friend}*2|(on which|what) day did {n} meet {friend})?
claim friend = {n} met {friend} at the {place} on {day}. / did {n} meet {friend} [at the {place}]? / {n} did not meet {friend} at the {place} on {day}.
claim place = {n} met {friend} at the {place} on {day}. / did {n} meet {friend} at the {place}? / {n} did not meet {friend} at the {place}.
open {n} was happy to see {friend}. / {n} and {friend} went to school together. / {n} met {friend} again the next week.
alone

person: object holder
says {s} (put|left|hid|found|lost) the {object} in the {holder}.
ask in the {holder} = (where is the {object}*3|where did {n} (put|leave|find|hide) the {object}|where (can I find|was) the {object})?
ask the {object} = (what is in the {holder}|what did {n} (put|leave) in the {holder})?
ask {n} = who (put|left) the {object} in the {holder}?
claim holder = the {object} is in the {holder}. / is the {object} in the {holder}? / the {object} is not in the {holder}.
open the {object} is broken. / {n} will look for the {object} tomorrow. / the {object} was very cheap.

person: object friend
says ({s} (gave|sold|sent|lent) {a_object} to {friend}*2|{friend} got {a_object} from {n}).
ask {friend} = (who got [the|{a_object}|{n}'s] {object}|who did {n} (give|send|sell|lend) the {object} to)?
ask {a_object} = what did ({n} give [to] {friend}|{friend} get from {n})?
ask {n} = (who (gave|sent|sold|lent) the {object} to {friend}|from whom did {friend} get the {object})?
claim friend = {n} gave the {object} to {friend}. / did {n} give the {object} to {friend}? / {n} did not give the {object} to {friend}.
open {friend} said thank you. / {friend} liked the {object} very much. / {n} found the {object} in a shop.
alone

person: hour
says ({s} (gets|wakes|got) up at {hour} [o'clock|am]*2|at {hour} o'clock, {m} gets up).
ask at {hour} = (when does {n} (get|wake) up*2|(at what|what) time does {n} (get|wake) up*2)?
ask {n} = who (gets|wakes) up at {hour} [o'clock]?
claim hour = {n} gets up at {hour} o'clock. / does {n} get up at {hour} [o'clock]? / {n} does not get up at {hour} o'clock.
open {n} is often tired. / {n} goes to bed very late. / {n} works until late at night.

person: friend
says ({n}'s best friend is [called] {friend}|the best friend of {n} is {friend}|{friend} is {n}'s best friend).
ask {friend} = (who is {n}'s best friend*2|who is the best friend of {n}|what is the name of {n}'s best friend)?
claim friend = {n}'s best friend is {friend}. / is {friend} {n}'s best friend? / {n}'s best friend is not {friend}.
open {friend} is older than {n}. / {n} sees {friend} every day. / {friend} lives near {n}.
alone

person: relative friend
says ({n}'s {relative} is (called|named) {friend}|{s} has {a_relative} (called|named) {friend}|{friend} is {n}'s {relative}).
ask {friend} = (who is {n}'s {relative}*2|what is {n}'s {relative} called|what is the name of {n}'s {relative}*2)?
ask {relative} = (who is {friend}|how is {friend} related to {n})?
ask {n} = whose {relative} is {friend}?
claim friend = {n}'s {relative} is called {friend}. / is {n}'s {relative} called {friend}? / {n}'s {relative} is not called {friend}.
open {friend} is taller than {n}. / {n} visits {friend} every week. / {friend} has a car.
alone

person: month town
says ({s} (moved to|went to|visited|travelled to) {town} in {month}*2|in {month}, {m} (moved|went) to {town}).
ask in {month} = (when did {n} (move|go|travel) to {town}*2|when was {n} in {town}|in which month did {n} (move|go) to {town})?
ask {town} = where did {n} (go|move|travel) [to] [in {month}]?
ask {n} = (who (moved|went) to {town}|who was in {town})?
claim month = {n} went to {town} in {month}. / did {n} go to {town} in {month}? / {n} did not go to {town} in {month}.
claim town = {n} went to {town} in {month}. / did {n} go to {town}? / {n} did not go to {town}.
open {n} likes {town} very much. / {n} has a new job there. / {n} has many friends in {town}.

person: deed object place
says ({s} {did} {a_object} (at|in|near) the {place}*2|(at|in|near) the {place}, {m} {did} {a_object}).
ask {a_object} = what did {n} {deed} [at the {place}|in the {place}]?
ask the {place} = where did {n} {deed} (the|{a_object}|it)?
ask {n} = who {did} (the {object}|{a_object}) [at the {place}]?
claim object = {n} {did} {a_object}. / did {n} {deed} {a_object}? / {n} did not {deed} {a_object}.
claim place = {n} {did} {a_object} at the {place}. / did {n} {deed} {a_object} at the {place}? / {n} did not {deed} {a_object} at the {place}.
open the {object} is new. / {n} was alone at the {place}. / {n} will show the {object} to a friend.

person: deed colour object when
says ({s} {did} {a_colour} {object} {when}*2|{when}, {m} {did} {a_colour} {object}).
ask {a_colour} {object} = what did {n} {deed} [{when}]?
ask {when} = when did {n} {deed} the [{colour}] {object}?
ask {colour} = what (colour|color) (is|was) the {object} [that {n} {did}]?
ask {n} = who {did} (the [{colour}] {object}|{a_colour} {object}) [{when}]?
claim when = {n} {did} {a_colour} {object} {when}. / did {n} {deed} {a_colour} {object} {when}? / {n} did not {deed} {a_colour} {object} {when}.
claim colour = the {object} is {colour}. / is the {object} {colour}? / the {object} is not {colour}.
open the {object} was cheap. / {n} needs a new {object}. / {n} has many {objects}.

person: feeling reason
says {s} is {feeling} because {reason}.
ask because {reason} = why is {n} {feeling}?
ask {feeling} = (how does {n} feel|how is {n})?
ask {n} = who is {feeling}?
claim feeling = {n} is {feeling}. / is {n} {feeling}? / {n} is not {feeling}.
open {n} will go home soon. / {n} told a friend about it. / {n} has two children.
alone

person: act reason
says {s} {acted} because {reason}.
ask because {reason} = why did {n} {act}?
ask {n} = who {acted}?
claim act = {n} {acted}. / did {n} {act}? / {n} did not {act}.
open {n} was angry. / {n} had no money. / {n} did the same last week.
alone

person: meal food
says ({s} (had|ate|cooked|made) {food} for {meal}*2|for {meal}, {m} (had|ate) {food}).
ask {food} = (what did {n} (have|eat|cook) for {meal}*3|what did {n} eat)?
ask {n} = who (had|ate) {food} [for {meal}]?
claim food = {n} had {food} for {meal}. / did {n} (have|eat) {food} for {meal}? / {n} did not have {food} for {meal}.
open {n} was still hungry. / the {food} tasted very good. / {n} eats {food} every day.

person: price object
says ({s} (bought|sold) {a_object} for {price} (dollars|euros|pounds)*2|{n}'s {object} cost {price} (dollars|euros|pounds)).
ask {price} = (how much was {n}'s {object}|how much did {n}'s {object} cost|how much did {n} pay for the {object}|how much did the {object} cost*2|what did the {object} cost)?
ask {a_object} = what did {n} (buy|get) [for {price}]?
claim price = the {object} cost {price}. / did the {object} cost {price}? / the {object} did not cost {price}.
open {n} saved money for a year. / the {object} is broken now. / {n} wants another {object}.

person: place
says {s} (went|walked|drove) to the {place}.
ask the {place} = where did {n} go?
ask {n} = who (went|walked|drove) to the {place}?
claim place = {n} went to the {place}. / did {n} go to the {place}? / {n} did not go to the {place}.
open {n} likes the {place}. / {n} will come home late. / the {place} is new.

person: place
says {s} is at the {place}.
ask at the {place} = where is {n}?
ask {n} = who is at the {place}?
claim place = {n} is at the {place}. / is {n} at the {place}? / {n} is not at the {place}.
open {n} likes the {place}. / {n} will come home late. / the {place} is new.

person: food more_food
says {s} bought {food} and {more_food}.
ask {food} and {more_food} = what did {n} buy?
ask {n} = who bought {food} [and {more_food}]?
claim food = {n} bought {food}. / did {n} buy {food}? / {n} did not buy {food}.
open {n} paid ten dollars. / {n} is hungry. / {n} cooks every day.

person: food more_food
says {s} likes {food} and {more_food}.
ask {food} and {more_food} = what does {n} like?
ask {n} = who likes {food} [and {more_food}]?
claim food = {n} likes {food}. / does {n} like {food}? / {n} does not like {food}.
open {n} paid ten dollars. / {n} is hungry. / {n} cooks every day.

item: spot
says ({s} is {spot}*3|you can find {n} {spot}).
ask {spot} = (where is {n}*4|where can I find {n})?
ask {n} = what is {spot}?
claim spot = {n} is {spot}. / is {n} {spot}? / {n} is not {spot}.
open {n} is old. / {n} is from France. / I like {n}.

item: plain_colour
says {s} is {plain_colour}.
ask {plain_colour} = what (colour|color) is {n}?
ask {n} = what is {plain_colour}?
claim plain_colour = {n} is {plain_colour}. / is {n} {plain_colour}? / {n} is not {plain_colour}.
open {n} is expensive. / {n} is very big. / my brother likes {n}.

item: price
says {s} (costs|cost) {price} (dollars|euros|pounds).
ask {price} = (how much is {n}|how much does {n} cost*2|what does {n} cost|what is the price of {n})?
ask {n} = what costs {price} [dollars|euros|pounds]?
claim price = {n} costs {price}. / does {n} cost {price}? / {n} does not cost {price}.
open {n} is new. / {n} was cheaper last year. / {n} is mine.

self: count object spot
says (there (are|were) {count} {objects} {spot}|{count} {objects} are {spot}).
ask {count} = how many {objects} (are|were) (there|{spot})?
ask {spot} = where are the {objects}?
ask {objects} = what is {spot}?
claim count = there are {count} {objects} {spot}. / are there {count} {objects} [{spot}]? / there are not {count} {objects} {spot}.
claim object = there are {objects} {spot}. / are there [any] {objects} {spot}? / there are no {objects} {spot}.
open the {objects} are red. / somebody put the {objects} there. / the {objects} are new.

town: side
says {s} (is a town|lies|is) in the {side} of the country.
ask in the {side} = (where is {n}|in which part of the country is {n})?
claim side = {n} is in the {side} of the country. / is {n} in the {side} [of the country]? / {n} is not in the {side} of the country.
open {n} is a beautiful town. / it often rains in {n}.

town: population
says ({s} has [about] {population} (people|inhabitants)|[about] {population} people live in {n}).
ask {population} = (how many people live in {n}*2|how many (people|inhabitants) does {n} have|how big is {n})?
claim population = {n} has {population} people. / (does {n} have {population} people|do {population} people live in {n})? / {n} does not have {population} people.
open many people in {n} are farmers. / {n} will soon be bigger.

town: fame
says {s} is (famous|known|well known) for its {fame}.
ask its {fame} = what is {n} (famous|known) for?
ask {n} = (which|what) (town|place) is (famous|known) for its {fame}?
claim fame = {n} is famous for its {fame}. / is {n} (famous|known) for its {fame}? / {n} is not famous for its {fame}.
open many people visit {n} every summer. / {n} sells its {fame} to other towns.

town: friend
says (the mayor of {n} is {friend}|{friend} is the mayor of {n}).
ask {friend} = (who is the mayor of {n}*2|what is the name of the mayor of {n})?
claim friend = the mayor of {n} is {friend}. / is {friend} the mayor of {n}? / {friend} is not the mayor of {n}.
open {friend} was born in {n}. / {friend} is a good mayor.
alone

town: old_year
says {s} was founded in {old_year}.
ask {old_year} = (when was {n} founded|in which year was {n} founded)?
claim old_year = {n} was founded in {old_year}. / was {n} founded in {old_year}? / {n} was not founded in {old_year}.
open a rich king lived in {n}. / {n} has an old castle.

thing: hour
says {s} (opens|starts|begins) at {hour} [o'clock|am].
ask at {hour} = ((when|what time|at what time) does {n} (open|start|begin))?
claim hour = {n} opens at {hour} o'clock. / does {n} (open|start|begin) at {hour} [o'clock]? / {n} does not open at {hour} o'clock.
open {n} is near the station. / many people come to {n}. / {n} was different last year.

thing: late_hour
says {s} (closes|ends|is over) at {late_hour} [o'clock|pm].
ask at {late_hour} = ((when|what time|at what time) (does {n} (close|end)|is {n} over))?
claim late_hour = {n} ends at {late_hour} o'clock. / does {n} (close|end) at {late_hour} [o'clock]? / {n} does not end at {late_hour} o'clock.
open {n} is very popular. / there is food at {n}. / {n} is free for children.

thing: day
says {s} is closed on {day}.
ask on {day} = ((when|on which day|what day) is {n} closed)?
claim day = {n} is closed on {day}. / is {n} closed on {day}? / {n} is not closed on {day}.
open {n} is quite new. / I like {n} very much. / {n} is in the center.

thing: day
says {s} is on {day}.
ask on {day} = ((when|on which day|what day) is {n})?
claim day = {n} is on {day}. / is {n} on {day}? / {n} is not on {day}.
open {n} was better last year. / I like {n} very much. / {n} is in the center.

thing: price
says (a ticket for {n} costs {price} (dollars|euros|pounds)|{s} costs {price} (dollars|euros|pounds)).
ask {price} = (how much is a ticket for {n}|how much does a ticket for {n} cost|how much does {n} cost*2|what does {n} cost|what is the price of {n})?
claim price = {n} costs {price}. / does {n} cost {price}? / {n} does not cost {price}.
open {n} was cheaper last year. / children like {n}. / {n} is near the river.

thing: room day
says {s} (is|takes place) (on {day} in {room}|in {room} on {day}).
ask in {room} = (where (is {n}|does {n} take place)|in which room is {n})?
ask on {day} = (when|on which day|what day) (is {n}|does {n} take place)?
claim day = {n} is on {day}. / is {n} on {day}? / {n} is not on {day}.
claim room = {n} is in {room}. / is {n} in {room}? / {n} is not in {room}.
open {n} will be long. / many people will come to {n}. / the boss will be at {n}.

self: colour object
says (I (have|own|bought) {a_colour} {object}|my {object} is {colour}).
ask {colour} = (what (colour|color) is my {object}*3|what is the (colour|color) of my {object})?
ask {object} = what do I have that is {colour}?
claim colour = my {object} is {colour}. / (is my {object} {colour}|do I have {a_colour} {object})? / my {object} is not {colour}.
open my {object} is old. / I like my {object}. / I paid too much for it.

self: town
says I (live in|come from|was born in) {town}.
ask {town} = (where do I (live|come from)|where (am I from|was I born))?
claim town = I live in {town}. / (do I live in|am I from) {town}? / I do not live in {town}.
open I like {town}. / I have a big house. / my parents live in {town} too.

self: relative friend age
says my {relative} (is called|is|is named) {friend} and is {age} years old.
ask {friend} = (what is my {relative} called|who is my {relative}|what is the name of my {relative})?
ask {age} = how old is my {relative}?
claim age = my {relative} is {age}. / is my {relative} {age} [years old]? / my {relative} is not {age} years old.
claim friend = my {relative} is called {friend}. / is my {relative} called {friend}? / my {relative} is not called {friend}.
open my {relative} is taller than me. / I love my {relative}. / my {relative} has a dog.

self: count animal
says I have {count} {animals} [at home].
ask {count} = how many {animals} do I have?
ask {animals} = what (animals|pets) do I have?
claim count = I have {count} {animals}. / do I have {count} {animals}? / I do not have {count} {animals}.
open my {animals} are old. / my {animals} sleep all day. / I love animals.

self: day place
says (I went to the {place} on {day}|on {day} I went to the {place}|(we|my family and I) (were at|visited) the {place} on {day}).
ask the {place} = where (did I go|did we go|were we|was I) [on {day}]?
ask on {day} = (when did (I|we) go to the {place}|(what|on which) day (were we|was I) at the {place})?
claim day = we were at the {place} on {day}. / were we at the {place} on {day}? / we were not at the {place} on {day}.
claim place = we were at the {place} on {day}. / were we at the {place}? / we were not at the {place}.
open it was very nice. / we go there every year. / it rained all day.
"""


def _read(text: str) -> tuple[Kind, ...]:
    kinds = []
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        about, gaps = head.split(": ")
        kind = Kind(about, tuple(gaps.split()))
        for line in lines:
            key, _, rest = line.partition(" ")
            if key == "says":
                kind.says = "^" + rest
            elif key == "ask":
                answer, asks = rest.split(" = ")
                kind.asks.append((answer, asks))
            elif key == "claim":
                gap, forms = rest.split(" = ")
                says, asks, denies = forms.split(" / ")
                kind.claims.append(Claim(gap, "^" + says, asks, "^" + denies))
            elif key == "open":
                kind.open += ["^" + statement for statement in rest.split(" / ")]
            else:
                kind.alone = True
        kinds.append(kind)
    return tuple(kinds)


KINDS = _read(TEXT)
