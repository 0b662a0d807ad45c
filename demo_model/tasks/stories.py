# ruff: noqa: E501, SIM905  (sentences, lists of words)
"""Short everyday passages, one to three sentences that belong together, and plain questions about them.

A line is the passage, then "question = answer" parts; all are grammars of demo_model.phrasing. {n} and {o} are two
people, {he} and {his} the first one, {kin} a relation of the second, who may be a pet; {a} {b} are two numbers; the other gaps are those of `things.GAPS`. The answer
is a span of the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from demo_model.examples import Split
from demo_model.phrasing import expand, put_in
from demo_model.tasks import things, worlds
from demo_model.tasks.knowledge.relation import plural, with_article

TEXT = """
{n} has {a_animal} named {o}. {o} is {a} years old. | what is {n}'s {animal} (called|named) = {o} ; how old is {o} = {a} ; (what [kind of animal] is {o}) = {a_animal} ; who has {a_animal} = {n}
{n} has {a_animal}. The {animal} is {colour} and {a} years old. | what (color|colour) is the {animal} = {colour} ; how old is the {animal} = {a} ; what (animal|pet) does {n} have = {a_animal} ; who has {a_animal} = {n}
{n} has {a_animal} called {o}. {o} likes {food}. | what does {o} like = {food} ; what is the {animal} called = {o} ; who likes {food} = {o} ; who has {a_animal} = {n}
{n} lives in {town} and works as {a_job}. | where does {n} live = {town} ; what does {n} (do|do for a living) = {a_job} ; what is {n}'s job = {job} ; who lives in {town} = {n}
{n} is {a_job}. {He} lives in {town} with {his} {relative}. | where does {n} live = {town} ; what is {n}'s job = {job} ; what does {n} do = {a_job} ; who does {n} live with = {his} {relative} ; who is {a_job} = {n}
{n} is {a} years old. {He} lives in {town}. | how old is {n} = {a} ; where does {n} live = {town} ; who lives in {town} = {n}
{n} is {a} years old and {o} is {b}. | how old is {n} = {a} ; how old is {o} = {b} ; who is {a} [years old] = {n} ; who is {b} [years old] = {o}
{n} lives in {town}. {o} lives in {place_of_birth}. | where does {n} live = {town} ; where does {o} live = {place_of_birth} ; who lives in {town} = {n} ; who lives in {place_of_birth} = {o}
{n} went to the {place} on {day}. {He} bought {a_object}. | where did {n} go = the {place} ; when did {n} go to the {place} = on {day} ; what did {n} buy = {a_object} ; who went to the {place} = {n} ; who bought {a_object} = {n}
{n} went to the {place} with {o}. | who went to the {place} with {o} = {n} ; who did {n} go to the {place} with = {o} ; where did {n} go = the {place} ; where did {n} and {o} go = the {place}
{n} went to the {place} because {reason}. | why did {n} go to the {place} = because {reason} ; where did {n} go = the {place} ; who went to the {place} = {n}
{n} was {feeling} because {reason}. | why was {n} {feeling} = because {reason} ; how did {n} feel = {feeling} ; who was {feeling} = {n}
(Yesterday|Last week|On {day}), {n} went to the {place}. {He} bought {a_colour} {object} for {a} (dollars|euros). | what did {n} buy = {a_colour} {object} ; what (color|colour) (is|was) the {object} = {colour} ; how much did the {object} cost = {a} ; where did {n} go = the {place} ; who bought {a_object} = {n}
{n} bought {a_object} for {a} (dollars|euros). | what did {n} buy = {a_object} ; how much (did the {object} cost|was the {object}) = {a} ; how much did {n} pay for the {object} = {a} ; who bought {a_object} = {n}
{n} gave {o} {a_object}. | what did {n} give {o} = {a_object} ; who gave {o} {a_object} = {n} ; who got {a_object} = {o} ; what did {o} get = {a_object}
{n}'s {relative} is {a_job} in {town}. | what is {n}'s {relative} = {a_job} ; what does {n}'s {relative} do = {a_job} ; whose {relative} is {a_job} = {n} ; where does {n}'s {relative} work = in {town}
{n} put the {object} {spot}. | where did {n} put the {object} = {spot} ; where is the {object} = {spot} ; who put the {object} {spot} = {n} ; what did {n} put {spot} = the {object}
The {object} is {spot}. The {animal} is {there}. | where is the {object} = {spot} ; where is the {animal} = {there} ; what is {there} = the {animal} ; what is {spot} = the {object}
The {object} is {colour} and the {animal} is {plain_colour}. | what (color|colour) is the {object} = {colour} ; what (color|colour) is the {animal} = {plain_colour} ; what is {colour} = the {object}
{n} has {a_colour} {object} and {o} has {a_plain_colour} one. | who has the {colour} {object} = {n} ; who has the {plain_colour} {object} = {o} ; what (color|colour) is {n}'s {object} = {colour} ; what (color|colour) is {o}'s {object} = {plain_colour}
{n} drives {a_colour} car. {o} rides {a_plain_colour} bike. | what (color|colour) is {n}'s car = {colour} ; what (color|colour) is {o}'s bike = {plain_colour} ; who drives a car = {n} ; who rides a bike = {o}
{n} has {a} {animals} and {o} has {b}. | how many {animals} does {n} have = {a} ; how many {animals} does {o} have = {b} ; who has {a} {animals} = {n}
There are {a} {objects} and {b} {animals} {there}. | how many {objects} are there = {a} ; how many {animals} are there = {b} ; where are the {animals} = {there}
There are {a} {objects} {spot}. They belong to {n}. | how many {objects} are {spot} = {a} ; where are the {objects} = {spot} ; who do the {objects} belong to = {n} ; whose are the {objects} = {n}
The {event} (starts|begins) at {hour} on {day}. | (when|what time|at what time) does the {event} (start|begin) = at {hour} ; (what|on which) day is the {event} = {day}
The {place} opens at {hour} and closes at {late_hour}. | (when|what time|at what time) does the {place} open = at {hour} ; (when|what time|at what time) does the {place} close = at {late_hour}
The train to {town} leaves at {hour} from platform {b}. | where does the train go = to {town} ; when does the train [to {town}] leave = at {hour} ; (which|what) platform does the train [to {town}] leave from = {b}
The {vehicle} was late, so {n} missed the meeting. | who missed the meeting = {n} ; what was late = the {vehicle} ; what did {n} miss = the meeting ; why did {n} miss the meeting = the {vehicle} was late
It rained all day, so {n} stayed at home and {acted}. | who stayed at home = {n} ; why did {n} stay at home = it rained all day ; what did {n} do = {acted} ; where did {n} stay = at home
{n} and {o} played {sport} on {day}. {n} won. | who won = {n} ; what did they play = {sport} ; when did they play [{sport}] = on {day} ; who played {sport} with {n} = {o}
{n} beat {o} at {sport}. | who won = {n} ; who lost = {o} ; what did they play = {sport} ; who beat {o} = {n}
{n} is taller than {o}. | who is taller = {n} ; who is shorter = {o}
{n} is older than {o}. | who is older = {n} ; who is younger = {o}
{n} plays the {instrument} and {o} plays {sport}. | what instrument does {n} play = the {instrument} ; (which sport does {o} play|what does {o} play) = {sport} ; who plays the {instrument} = {n} ; who plays {sport} = {o}
{n} likes {food}, but {o} likes {more_food}. | what does {n} like = {food} ; what does {o} like = {more_food} ; who likes {food} = {n} ; who likes {more_food} = {o}
{n} ate {food} and {o} ate {more_food}. | what did {n} eat = {food} ; what did {o} eat = {more_food} ; who ate {food} = {n} ; who ate {more_food} = {o}
{n} drinks {drink} every morning. | what does {n} drink [every morning] = {drink} ; when does {n} drink {drink} = every morning ; who drinks {drink} = {n}
For {meal}, {n} had {food} and a glass of {drink}. | what did {n} (eat|have) for {meal} = {food} ; what did {n} drink = {drink} ; who had {food} = {n}
{n} cooked {food} for {o}. | who cooked {food} = {n} ; what did {n} cook = {food} ; who did {n} cook for = {o}
{n} was born in {place_of_birth} in {year}. | where was {n} born = {place_of_birth} ; when was {n} born = {year} ; who was born in {place_of_birth} = {n} ; (what|which) year was {n} born [in] = {year}
{n} was born in {town}. {He} moved to {place_of_birth} in {year}. | where was {n} born = {town} ; where did {n} move [to] = {place_of_birth} ; when did {n} move [to {place_of_birth}] = {year}
{n} met {o} at the {place}. | who did {n} meet = {o} ; where did {n} meet {o} = the {place} ; who met {o} = {n}
{n} lost {his} {object} at the {place}. {o} found it. | what did {n} lose = {his} {object} ; where did {n} lose {his} {object} = the {place} ; who lost {his} {object} = {n} ; who found it = {o} ; who found the {object} = {o}
{n} borrowed {a_object} from {o}. | who borrowed {a_object} = {n} ; what did {n} borrow = {a_object} ; who did {n} borrow the {object} from = {o}
{n} wrote a letter to {o}. | who wrote a letter = {n} ; who did {n} write to = {o} ; what did {n} write = a letter
{n} called {o} on {day}. | who called {o} = {n} ; who did {n} call = {o} ; when did {n} call {o} = on {day}
{n} teaches {language} at a school in {town}. | what does {n} teach = {language} ; where does {n} teach = {town} ; who teaches {language} = {n}
{n} speaks {language} and comes from {town}. | what language does {n} speak = {language} ; where does {n} come from = {town} ; where is {n} from = {town} ; who speaks {language} = {n}
{n} is married to {o}. They have {few} children. | who is {n} married to = {o} ; how many children do they have = {few}
{n} has two children, {o} and {friend}. {o} is {a} years old. | who are {n}'s children = {o} and {friend} ; how old is {o} = {a} ; how many children does {n} have = two
{n} works at the {place} and {o} works at the office. | where does {n} work = the {place} ; where does {o} work = the office ; who works at the office = {o} ; who works at the {place} = {n}
{n} goes to work by {vehicle}. {o} walks. | how does {n} (go|get) to work = by {vehicle} ; who walks = {o} ; who goes [to work] by {vehicle} = {n}
{n} is {here}. {o} is {there}. | where is {n} = {here} ; where is {o} = {there} ; who is {there} = {o} ; who is {here} = {n}
{n} is sleeping. {o} is reading a book. | who is sleeping = {n} ; who is reading [a book] = {o} ; what is {o} doing = reading a book ; what is {o} reading = a book
{n} painted the {object} {colour}. | what did {n} paint = the {object} ; what (color|colour) is the {object} = {colour} ; who painted the {object} = {n}
{n} broke the {object}. {He} was very sorry. | what did {n} break = the {object} ; who broke the {object} = {n} ; who was [very] sorry = {n}
The mayor of {town} is {n}. | who is the mayor [of {town}] = {n} ; where is {n} [the] mayor = {town}
{town} is a city with {population} people. It is famous for its {fame}. | how many people live in {town} = {population} ; what is {town} famous for = its {fame} ; (which|what) city is famous for its {fame} = {town}
The {town} bridge was built in {old_year}. It is {a} meters long. | when was the [{town}] bridge built = {old_year} ; how long is the [{town}] bridge = {a}
The river {town} is {population} kilometers long. | how long is the river [{town}] = {population}
The company was founded in {old_year} by {n}. It makes {objects}. | who founded the company = {n} ; when was the company founded = {old_year} ; what does the company make = {objects}
The book was written by {n} in {year}. | who wrote the book = {n} ; when was the book written = {year} ; who is the author of the book = {n}
The {animal} is called {o}. It lives in the {holder} and eats {food}. | what is the {animal} called = {o} ; where does the {animal} live = in the {holder} ; what does the {animal} eat = {food}
The {animal} ran into the {holder}. | where did the {animal} (run|go) = into the {holder} ; what ran into the {holder} = the {animal}
My name is {n}. I am {a} years old and I live in {town}. | what is my name = {n} ; how old am I = {a} ; where do I live = {town}
My {kin} {o} lives in {town}. | where does my {kin} live = {town} ; what is my {kin} called = {o} ; who lives in {town} = {o}
We went to {town} in {month}. The weather was (cold|warm|bad|good). | where did we go = {town} ; when did we go [to {town}] = in {month}
{n} wants to become {a_job}. | what does {n} want to (be|become) = {a_job} ; who wants to (be|become) {a_job} = {n}
{n} gets up at {hour} and goes to bed at {late_hour}. | (when|what time) does {n} get up = at {hour} ; (when|what time) does {n} go to bed = at {late_hour} ; who gets up at {hour} = {n}
{n}'s favorite (color|colour) is {colour} and {his} favorite food is {food}. | what is {n}'s favorite (color|colour) = {colour} ; what is {n}'s favorite food = {food}
The {animal} is a {plain_colour} animal. It eats {fresh} and lives about {a} years. | what (color|colour) is the {animal} = {plain_colour} ; what does the {animal} eat = {fresh} ; how long does the {animal} live = {a} years ; how many years does the {animal} live = {a}
Most {animals} eat {fresh}, but young {animals} drink milk. | what do [most] {animals} eat = {fresh} ; what do young {animals} drink = milk ; who drinks milk = young {animals}
{stuff} melts at {big} degrees. | at what temperature does {stuff} melt = {big} degrees ; what melts at {big} degrees = {stuff}
Plants need light and water. Without light they turn yellow and die. | what do plants need = light and water ; what happens without light = they turn yellow and die
The {object} was invented in {old_year} by {n}, {a_job} from {place_of_birth}. | who invented the {object} = {n} ; when was the {object} invented = {old_year} ; where was {n} from = {place_of_birth} ; what did {n} invent = the {object} ; what was {n}'s job = {a_job}
Scientists in {town} have found a new kind of {animal}. It is only {a} centimeters long. | who found a new kind of {animal} = scientists ; where was it found = {town} ; how long is it = {a} centimeters
A fire broke out in {hall} on {day}. {b} people were hurt. | where did the fire break out = in {hall} ; when did the fire break out = on {day} ; how many people were hurt = {b} ; what broke out [in {hall}] = a fire
Thieves stole {a} {goods} from a shop in {town} last night. The police are looking for a {colour} car. | what did the thieves steal = {a} {goods} ; where was the shop = {town} ; when did it happen = last night ; what are the police looking for = a {colour} car ; how many {goods} were stolen = {a} ; what (color|colour) is the car = {colour}
The city of {town} wants to close {hall} because {trouble} damaged it. | what does the city want to close = {hall} ; which city wants to close {hall} = {town} ; what damaged it = {trouble}
The mayor of {town}, {n}, opened a new {place} on {date}. | who is the mayor of {town} = {n} ; what did the mayor open = a new {place} ; when did the mayor open the {place} = on {date} ; who opened the [new] {place} = {n}
A new {place} will open on {street} in {month}. It will cost {population} euros to build. | where will the {place} open = on {street} ; when will the {place} open = in {month} ; how much will it cost [to build] = {population} euros ; what will open on {street} = a new {place}
It will be {a} degrees in {town} tomorrow and {b} degrees in {place_of_birth}. | how warm will it be in {town} [tomorrow] = {a} degrees ; how warm will it be in {place_of_birth} [tomorrow] = {b} degrees ; where will it be {a} degrees = in {town}
On {day} it will rain in the {side}. {n} will need an umbrella. | when will it rain = on {day} ; where will it rain = in the {side} ; what will {n} need = an umbrella
Our office is open from {hour} to {late_hour}. On {day}s it is closed. | when does the office open = {hour} ; when does the office close = {late_hour} ; when is the office closed = on {day}s ; (which|what) day is the office closed = {day}
Please call {phone} or come to {street} {a}. Ask for {n}. | (what|which) number should I call = {phone} ; who should I ask for = {n} ; where should I (come|go) = {street} {a} ; what is the [phone] number = {phone}
Dear {o}, the meeting is at {clock} in {hall}. Please bring {a_object}. See you, {n} | when is the meeting = at {clock} ; where is the meeting = in {hall} ; what should {o} bring = {a_object} ; who wrote the (message|letter) = {n}
Hi {o}, I cannot come on {day} because {reason}. Can we meet {there} next week? {n} | why can {n} not come = because {reason} ; who cannot come = {n} ; when can {n} not come = on {day} ; where does {n} want to meet = {there}
Lost: a {colour} {object}, near {hall}. Please call {n}, {phone}. | what was lost = a {colour} {object} ; where was it lost = near {hall} ; who should I call = {n} ; what (color|colour) is the {object} = {colour} ; what is the phone number = {phone}
For sale: {a_colour} {object}, {a} years old, {price} euros. Ask {n}. | what is for sale = {a_colour} {object} ; how old is (the {object}|it) = {a} years ; how much is the {object} = {price} euros ; who sells it = {n}
We are looking for {a_job} in {town}. The work starts on {date} and is paid {price} dollars an hour. | what job is it = {job} ; where is the job = {town} ; when does the work start = on {date} ; how much is paid [an hour] = {price} dollars
Mix {a} grams of flour with {few} eggs and bake for {b} minutes. | how many eggs (do I need|are needed) = {few} ; how much flour (do I need|is needed) = {a} grams ; how long (do I bake it|should I bake it|does it bake) = {b} minutes
Take {few} pills a day, always before {meal}. | how many pills (should I take|a day) = {few} ; when should I take (them|the pills) = before {meal}
The film lasts {a} minutes and starts at {clock}. {n} plays {a_job}. | how long is the film = {a} minutes ; when does the film start = at {clock} ; who plays {a_job} = {n} ; who does {n} play = {a_job}
{n} scored {few} goals against {town}. {o} was hurt. | who scored {few} goals = {n} ; how many goals did {n} score = {few} ; who was hurt = {o} ; who did they play against = {town}
{town} beat {place_of_birth} {few} to one. {n} scored the first goal in minute {a}. | who won = {town} ; who lost = {place_of_birth} ; who scored the first goal = {n} ; when was the first goal = in minute {a}
{n} ran the race in {a} minutes, {o} in {b}. | how long did {n} need = {a} minutes ; how long did {o} need = {b} ; who ran (it|the race) in {a} minutes = {n} ; who needed {a} minutes = {n}
{n} swam {a} meters and {o} swam {b} meters. | how far did {n} swim = {a} meters ; how far did {o} swim = {b} meters ; who swam {b} meters = {o} ; who swam {a} meters = {n}
{n} called the fire brigade because there was smoke {there}. | who called the fire brigade = {n} ; why did {n} call the fire brigade = because there was smoke {there} ; where was the smoke = {there} ; who did {n} call = the fire brigade
{n} has three cousins: {o}, {friend} and Sam. {friend} is the youngest. | who is the youngest = {friend} ; how many cousins does {n} have = three ; who has three cousins = {n}
{o} is the oldest child, then come {n} and {friend}. | who is the oldest [child] = {o}
{n} is a child of {o} and {friend}. | who are {n}'s parents = {o} and {friend} ; whose child is {n} = {o} and {friend}
{n}'s grandmother lives in {town}. {n} visits her every {day}. | where does {n}'s grandmother live = {town} ; who does {n} visit [every {day}] = {n}'s grandmother ; when does {n} visit {his} grandmother = every {day}
My name is {n}. My best friend is {o} and my children are {friend} and Max. | who is my best friend = {o} ; what is my name = {n} ; who are my children = {friend} and Max
I work as {a_job} in {town}. Before that I was {a_dream}. | what is my job = {job} ; where do I work = {town} ; what was I before = {a_dream}
I bought {fresh}, {drink} and {a_object}. I paid {price} euros. | how much did I pay = {price} euros ; what did I buy = {fresh}, {drink} and {a_object}
My favorite animal is the {animal} and my favorite (color|colour) is {colour}. | what is my favorite animal = the {animal} ; what is my favorite (color|colour) = {colour}
{n} is afraid of {fear}, but {o} is not. | what is {n} afraid of = {fear} ; who is afraid of {fear} = {n} ; who is not afraid [of {fear}] = {o}
The {animal} chased a butterfly {there}. | what did the {animal} chase = a butterfly ; who chased (a|the) butterfly = the {animal} ; what chased (a|the) butterfly = the {animal} ; where did the {animal} chase the butterfly = {there}
A {colour} bird sat {spot} and sang. {n} gave it some bread. | what (color|colour) was the bird = {colour} ; where was the bird = {spot} ; where did the bird (sit|sing) = {spot} ; who gave (it|the bird) some bread = {n} ; what did {n} give (it|the bird) = some bread
The old {object} belonged to {n}'s {relative}. Now it is {there}. | who did the {object} belong to = {n}'s {relative} ; where is the {object} [now] = {there}
{n} planted {a} trees in {month}, but {few} of them died. | how many trees did {n} plant = {a} ; when did {n} plant the trees = in {month} ; how many [trees] died = {few} ; who planted {a} trees = {n}
Last year {n} earned {population} dollars. This year it will be {price_big} more. | how much did {n} earn [last year] = {population} dollars ; who earned {population} dollars = {n}
{n} wants to become {a_dream}, but {his} {relative} wants {o} to become {a_job}. | what does {n} want to (be|become) = {a_dream}
{n} left {town} at {clock} and arrived in {place_of_birth} at {clock2}. | when did {n} leave [{town}] = at {clock} ; when did {n} arrive = at {clock2} ; where did {n} arrive = in {place_of_birth} ; who left {town} at {clock} = {n}
{n} lost {price} euros because {trouble} stopped the train. | how much [money] did {n} lose = {price} euros ; what stopped the train = {trouble} ; who lost {price} euros = {n}
The {object} is made of {stuff}, and the {animal} sleeps {spot}. | what is the {object} made of = {stuff} ; where does the {animal} sleep = {spot} ; what is made of {stuff} = the {object}
In {country}, people drink {drink} with {fresh}. | what do people drink in {country} = {drink} ; where do people drink {drink} [with {fresh}] = in {country}
The president of {country} visited {place_of_birth} in {month}. He spoke about {fear}. | who visited {place_of_birth} = the president of {country} ; when did the president visit {place_of_birth} = in {month} ; what did (he|the president) speak about = {fear}
The war began in {old_year}, when soldiers came to {town}. | when did the war begin = {old_year} ; where did the soldiers come [to] = {town} ; who came to {town} = soldiers
{n} ruled {country} for {a} years. After that came {o}. | how long did {n} rule = {a} years ; who came after {n} = {o} ; (which|what) country did {n} rule = {country} ; who ruled {country} for {a} years = {n}
{n} discovered the island in {old_year}. It was named after {o}. | who discovered the island = {n} ; when was the island discovered = {old_year} ; who was the island named after = {o}
The doctor told {n} to drink more {drink} and to sleep {few} hours. | what should {n} drink = {drink} ; how (long|many hours) should {n} sleep = {few} hours ; who told {n} to drink more {drink} = the doctor
The teacher gave {n} a book about {fear} and {o} a book about {subject}. | what is {n}'s book about = {fear} ; what is {o}'s book about = {subject} ; who got a book about {subject} = {o} ; who gave {n} a book = the teacher
First {n} {acted}, then {he} went to the {place}. | what did {n} do first = {acted} ; where did {n} go [then] = the {place} ; who {acted} = {n}
{n}'s birthday is in {month}. {o}'s is in June. | when is {n}'s birthday = in {month} ; when is {o}'s birthday = in June ; whose birthday is in {month} = {n}
"""


KIN = "brother sister mother father uncle aunt cousin grandmother grandfather boss".split()
EVENTS = "meeting lesson concert party film exam match show".split()
WHERE = "in the kitchen, in the garden, in the bathroom, in the garage, in the park, under the tree, on the roof".split(
    ", "
)
AT_HOME = ("watched a film", "read a book", "baked a cake", "cleaned the kitchen", "played chess", "slept")


@dataclass(frozen=True, slots=True)
class Story:
    """asks: a question and its answer each. gaps: those of `things.GAPS` that it needs."""

    passage: str
    asks: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]


def _read(text: str) -> Iterator[Story]:
    for line in text.strip().splitlines():
        passage, questions = line.split(" | ", 1)
        pairs = (part.strip().split(" = ") for part in questions.split(" ; "))
        used = set(re.findall(r"{(\w+)}", line))
        gaps = (gap for gap in things.GAPS if not used.isdisjoint({gap, f"a_{gap}", f"{gap}s"}))
        yield Story("^" + passage, tuple((asks, answer) for asks, answer in pairs), tuple(gaps))


STORIES = tuple(_read(TEXT))


def story(rng: Random, split: Split) -> tuple[str, str, str]:
    """A passage, a question without its mark, and the answer."""
    drawn = rng.choice(STORIES)
    asks, answer = rng.choice(drawn.asks)
    fields = _fields(rng, split, drawn.gaps)
    return put_in(expand(rng, drawn.passage), fields), put_in(expand(rng, asks), fields), put_in(answer, fields)


def _fields(rng: Random, split: Split, gaps: tuple[str, ...]) -> dict[str, str]:
    one, other = worlds.people(rng, split, 2)
    while " " in other.name:  # not for a dog
        other = worlds.person(rng, split, {one.name})
    here, there = rng.sample(WHERE, 2)
    numbers = rng.sample(range(2, 60), 2)
    fields = {
        "n": one.name, "o": other.name, "he": one.he, "He": one.he.capitalize(), "his": one.his,
        "a": str(numbers[0]), "b": str(numbers[1]),
        "acted": rng.choice(AT_HOME), "event": rng.choice(EVENTS),
        "here": here, "there": there, "few": rng.choice(worlds.NUMBER_WORDS[:5]),
        "kin": rng.choice(worlds.SHE_RELATIVES if other.he == "she" else worlds.HE_RELATIVES),
    }  # fmt: skip
    for gap in gaps:
        value = rng.choice(KIN) if gap == "relative" else things.GAPS[gap](rng, split)
        while value in fields.values():
            value = things.GAPS[gap](rng, split)
        fields |= {gap: value, f"a_{gap}": with_article(value), f"{gap}s": plural(value)}
    return fields
