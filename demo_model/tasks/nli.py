# ruff: noqa: E501, SIM905  (sentences)
"""Premise and hypothesis: does one follow from the other? Yes, no, or it is not possible to tell."""

from __future__ import annotations

import re
from random import Random

from demo_model.examples import Item, Split, Task
from demo_model.phrasing import put_in
from demo_model.tasks import inference, worlds
from demo_model.tasks.inference import LABELS, NO, OPEN, YES, Pair
from demo_model.tasks.knowledge.relation import plural, with_article

COMPOSED_SHARE = 0.5  # of the items are from `inference`
DENIED_SHARE = 0.4  # of what is open, where it can be: else "not" would say that it is not open

# A scene, then what follows, what is impossible, what is undecided.
SCENES: tuple[list[str], ...] = tuple(
    line.split(" | ")
    for line in """
{n} is eating {food} in the kitchen. | {n} is eating something. | {n} is eating nothing. | {n} is very hungry.
{n} is sleeping on the sofa. | {n} is asleep. | {n} is running. | {n} is dreaming of a dog.
{n} is running through the park. | {n} is outside. | {n} is lying in bed. | {n} is late for school.
{n} is playing with a dog. | {n} is with an animal. | {n} is asleep. | {n} is the owner of the dog.
{n} is reading a book in bed. | {n} is reading. | {n} is swimming. | The book is about animals.
{n} is swimming in the lake. | {n} is in the water. | {n} is at home in bed. | {n} is training for a race.
{n} is riding a bike to the {place}. | {n} is on a bike. | {n} is driving a car. | The bike is new.
{n} is singing a song to a baby. | {n} is singing. | {n} is silent. | {n} is the mother of the baby.
{n} is cooking soup. | {n} is making food. | {n} is swimming. | The soup is for a friend.
{n} bought {a_object}. | {n} bought something. | {n} bought nothing. | {n} paid too much.
{n} is drinking {drink}. | {n} is drinking something. | {n} is not drinking anything. | The {drink} is cold.
{n} is standing alone in the garden. | {n} is in the garden. | {n} is in a crowd. | {n} is waiting.
{n} is painting the wall {colour}. | {n} is painting. | {n} is sleeping. | {n} is a painter.
{n} is writing a long letter. | {n} is writing something. | {n} is asleep. | The letter is for a friend.
{n} won the race. | {n} took part in the race. | {n} lost the race. | {n} trained every day.
{n} forgot the {object} at home. | {n} did not bring the {object}. | {n} brought the {object}. | {n} went back home.
{n} is the only person in the room. | {n} is alone in the room. | The room is full of people. | The room is warm.
{n} has never been to {town}. | {n} has not been to {town}. | {n} has been to {town} twice. | {n} wants to see {town}.
{n} sold the old car. | {n} had a car. | {n} kept the old car. | {n} bought a new car.
{n} closed all the windows. | The windows are closed. | {n} left a window open. | {n} was cold.
{n} is sitting on a chair and eating {food}. | {n} is sitting. | {n} is standing. | {n} likes {food}.
{n} is driving to the {place}. | {n} is going to the {place}. | {n} is staying at home. | {n} works at the {place}.
{n} was too ill to go to work. | {n} did not go to work. | {n} was well and went to work. | {n} went to the doctor.
{n} gave all the {objects} away. | {n} has no {objects} left. | {n} kept the {objects}. | {n} was sad about it.
It is raining, so {n} stays at home. | {n} is at home. | {n} is at the {place}. | {n} is watching a film.
{n} is sleeping. | {n} is asleep. | {n} is awake. | {n} is tired.
{n} is sleeping in a chair. | {n} is not awake. | {n} is dancing. | {n} is dreaming.
{n} is awake. | {n} is not asleep. | {n} is sleeping. | {n} is reading.
{n} is sitting on a bench. | {n} is sitting. | {n} is standing. | {n} is waiting for a friend.
{n} is standing at the bus stop. | {n} is standing. | {n} is lying in bed. | {n} is going to work.
{n} is walking in the rain. | It is raining. | The sun is shining. | {n} has an umbrella.
{n} is playing football with friends. | {n} is playing a game. | {n} is alone. | {n} will win the game.
{n} is playing football in the park. | {n} is outside. | {n} is at home in bed. | {n} is very good at football.
{n} plays the guitar. | {n} plays an instrument. | {n} has never played an instrument. | {n} plays in a band.
{n} is playing the piano. | {n} is making music. | {n} is sleeping. | {n} is a famous musician.
{n} has a dog. | {n} has an animal. | {n} has no animals. | The dog is brown.
{n} has two cats. | {n} has animals. | {n} has no pets. | The cats are black.
{n} has a red car. | {n} has a car. | {n} has no car. | The car is fast.
{n} drives a red car. | {n} can drive. | {n} cannot drive. | {n} drives too fast.
{n} lives alone. | {n} lives with nobody. | {n} lives with three friends. | {n} is sad.
{n} is alone at home. | {n} is at home. | {n} is at a party. | {n} is watching television.
{n} is on the phone. | {n} is using a phone. | {n} has no phone. | {n} is talking to a friend.
{n} is eating an apple. | {n} is eating fruit. | {n} is eating nothing. | The apple is green.
{n} is eating a banana. | {n} is eating. | {n} is asleep. | {n} likes apples more.
{n} is eating pizza with friends. | {n} is eating. | {n} is alone. | The pizza is cold.
{n} is a vegetarian. | {n} does not eat meat. | {n} eats meat every day. | {n} is a doctor.
{n} is drinking a cup of coffee. | {n} is drinking coffee. | {n} is drinking tea only. | The coffee is hot.
{n} is cooking dinner in the kitchen. | {n} is in the kitchen. | {n} is in the garden. | {n} is cooking fish.
{n} is laughing. | {n} is making a sound. | {n} is crying. | {n} heard a joke.
{n} is crying. | {n} is not laughing. | {n} is laughing. | {n} lost a toy.
{n} is happy. | {n} is not sad. | {n} is sad. | {n} won the lottery.
{n} is running fast. | {n} is running. | {n} is sitting still. | {n} is late for the bus.
{n} is climbing a tree. | {n} is climbing. | {n} is swimming in the sea. | The tree is an oak.
{n} is riding a horse. | {n} is on a horse. | {n} is on a bike. | The horse is white.
{n} is wearing a red hat. | {n} is wearing a hat. | {n} is wearing nothing on the head. | It is cold.
{n} is wearing a black coat. | {n} has a coat on. | {n} is wearing a white coat only. | {n} is going to work.
{n} is reading a newspaper. | {n} is reading. | {n} cannot read. | The news is bad.
{n} is watching a film. | {n} is looking at a screen. | {n} is blind. | The film is funny.
{n} is painting a picture. | {n} is making a picture. | {n} is sleeping. | The picture is for {n}'s mother.
{n} is singing on a stage. | {n} is on a stage. | {n} is silent. | {n} is famous.
{n} is dancing at a party. | {n} is at a party. | {n} is sitting at home. | It is {n}'s birthday.
{n} is swimming. | {n} is wet. | {n} is completely dry. | {n} is in the sea.
{n} is working in the garden. | {n} is outside. | {n} is on holiday at the beach. | {n} has many flowers.
{n} is washing the car. | {n} is cleaning the car. | {n} is driving the car. | The car is old.
{n} is at the beach. | {n} is near water. | {n} is at the office. | {n} is swimming.
{n} is in Paris. | {n} is in France. | {n} is in Japan. | {n} is looking at the Eiffel Tower.
{n} lives in Berlin. | {n} lives in Germany. | {n} lives in Italy. | {n} was born in Berlin.
{n} was born in London. | {n} was born in England. | {n} was born in Brazil. | {n} still lives in London.
{n} is a teacher. | {n} has a job. | {n} has no job. | {n} teaches math.
{n} is a doctor. | {n} has a job. | {n} is unemployed. | {n} works in a big hospital.
{n} works at night. | {n} has a job. | {n} does not work. | {n} works as a nurse.
{n} is older than forty. | {n} is older than thirty. | {n} is twenty years old. | {n} is fifty years old.
{n} is ten years old. | {n} is a child. | {n} is an adult. | {n} likes school.
{n} is married. | {n} has a husband or a wife. | {n} is single. | {n} has two children.
{n} has three children. | {n} has children. | {n} has no children. | {n} has two sons.
{n} has a brother and a sister. | {n} has a brother. | {n} is an only child. | The brother is older.
{n} has no money. | {n} cannot pay. | {n} has a lot of money. | {n} lost the money.
{n} bought a new phone. | {n} has a phone. | {n} bought nothing. | The old phone was broken.
{n} lost the key. | {n} does not have the key. | {n} has the key in the hand. | {n} will find the key.
A man is walking a dog on the beach. | A man is outside with an animal. | A man is alone in a house. | The dog is brown.
A woman is selling fruit at a market. | A woman is at a market. | A woman is asleep at home. | The fruit is cheap.
Two boys are playing chess. | Two boys are playing a game. | Two boys are swimming. | The boys are brothers.
A group of people is waiting for the bus. | People are waiting. | Nobody is waiting. | The bus is late.
A girl in a red dress is dancing. | A girl is dancing. | A girl is sitting on a chair. | The girl is at a wedding.
An old man is feeding pigeons in the park. | A man is in a park. | A man is feeding cows on a farm. | The man comes here every day.
A chef is preparing a meal. | Somebody is making food. | The chef is sleeping. | The meal is for a wedding.
The children are building a sandcastle. | The children are playing with sand. | The children are asleep. | The children are on holiday.
A boy is wearing a helmet and riding a bike. | A boy is on a bike. | A boy has nothing on his head. | The boy is riding to school.
Four friends are having dinner in a restaurant. | Some people are eating. | The restaurant is empty. | They are eating pizza.
A cat is lying on the roof. | There is an animal on the roof. | There is nothing on the roof. | The cat is waiting for food.
A dog is swimming in a river with a stick. | A dog is in the water. | A dog is sleeping in a house. | The dog is young.
A worker is repairing the street. | Somebody is working. | Nobody is on the street. | The worker is tired.
A mother is reading a story to her son. | A woman is reading to a child. | The mother is alone. | The story is about a dragon.
The players are celebrating after the match. | The match is over. | The match has not started yet. | The players won the cup.
It rained all night and the streets are wet. | The streets are not dry. | The streets are dry. | There are no cars on the streets.
The shop sells only shoes. | You can buy shoes in the shop. | You can buy bread in the shop. | The shoes are expensive.
The bus was full, so {n} had to stand. | {n} did not sit in the bus. | {n} sat in the bus all the time. | {n} was angry.
{n} paid for everyone. | {n} paid. | {n} paid nothing. | {n} is rich.
{n} left the party early because of a headache. | {n} was at the party. | {n} stayed until the end. | {n} had a lot to drink.
{n} lives on the tenth floor. | {n} lives in a tall building. | {n} lives on the ground floor. | {n} uses the lift.
{n} has not eaten anything since breakfast. | {n} did not eat lunch. | {n} had a big lunch. | {n} is ill.
{n} speaks four languages. | {n} speaks more than one language. | {n} speaks only one language. | {n} speaks Chinese.
{n} is the owner of the bakery. | The bakery belongs to {n}. | {n} does not own a bakery. | {n} bakes the bread.
{n} took the train instead of the car. | {n} went by train. | {n} went by car. | {n} does not like driving.
{n} slept only two hours. | {n} did not sleep long. | {n} slept all night and all day. | {n} drinks coffee now.
{n} always tells the truth. | {n} does not lie. | {n} often lies. | {n} is a judge.
{n} met nobody on the way. | {n} did not meet anyone. | {n} met a friend on the way. | {n} walked through the forest.
{n} has a younger sister. | {n} is not an only child. | {n} has no sister. | {n}'s sister is five years old.
{n} got the highest mark in the class. | Nobody in the class had a higher mark than {n}. | {n} got the lowest mark in the class. | {n} studied all week.
{n} gave up after one hour. | {n} stopped. | {n} went on all day. | {n} was very tired.
{n} is afraid of all animals. | {n} is afraid of dogs. | {n} is not afraid of any animal. | {n} was bitten by a dog.
{n} turned off the light and went to bed. | The light is off. | {n} left the light on. | {n} read a book in bed.
{n} spent all the money on {food}. | {n} has no money left from it. | {n} saved all the money. | The {food} was delicious.
{n} put {drink} and {food} on the table. | There is something on the table. | There is nothing on the table. | {n} has guests.
The {place} was closed, so {n} went home. | {n} did not go into the {place}. | The {place} was open. | It was Sunday.
The {object} is too expensive for {n}. | {n} cannot pay for the {object}. | The {object} is free. | The {object} is {colour}.
The {object} fell from the table and broke. | The {object} is broken. | The {object} is still whole. | The {object} was {n}'s.
The restaurant is open every day. | The restaurant is open on Sunday. | The restaurant is closed on Monday. | The restaurant is good.
The river is frozen. | There is ice on the river. | The river is warm. | You can skate on it safely.
The road is closed. | Cars cannot use the road. | The road is open. | There was an accident.
The water is boiling. | The water is hot. | The water is frozen. | The water is for tea.
The baby was born yesterday. | The baby is very young. | The baby is ten years old. | The baby is a girl.
The library has no books about {town}. | You cannot find a book about {town} in the library. | The library has many books about {town}. | The library is small.
The lift does not work. | You have to take the stairs. | The lift works well. | The lift will work again tomorrow.
Smoking is not allowed here. | You may not smoke here. | You may smoke here. | People smoke outside.
{n} passed the test. | {n} took the test. | {n} failed the test. | The test was easy.
{n} failed the exam. | {n} took the exam. | {n} passed the exam. | {n} did not study.
{n} came late to the meeting. | {n} came to the meeting. | {n} was on time. | The bus was late.
{n} missed the train. | {n} was not on the train. | {n} was on the train. | {n} took the next train.
{n} broke a leg. | {n} is hurt. | {n} is completely fine. | {n} fell from a tree.
{n} is sick in bed. | {n} is in bed. | {n} is healthy. | {n} has a cold.
{n} died in 1950. | {n} is dead. | {n} is alive. | {n} was very old.
{n} cannot swim. | {n} is not able to swim. | {n} swims very well. | {n} is afraid of water.
{n} speaks English and French. | {n} speaks two languages. | {n} speaks only English. | {n} lived in France.
{n} never eats fish. | {n} does not eat fish. | {n} eats fish every Friday. | {n} likes chicken.
{n} always gets up early. | {n} gets up early. | {n} always gets up late. | {n} goes to bed early.
{n} forgot the umbrella and it rained. | It rained. | It was dry all day. | {n} got a cold.
The door is open. | The door is not closed. | The door is closed. | {n} opened the door.
The door is locked. | The door is not open. | The door is wide open. | {n} has the key.
The glass is empty. | There is nothing in the glass. | The glass is full of water. | {n} drank the water.
The shop is closed. | You cannot buy anything in the shop now. | The shop is open. | The shop opens at nine.
The sun is shining. | It is not dark. | It is the middle of the night. | It is warm.
It is snowing. | It is cold. | It is a hot summer day. | The children are happy.
It is midnight. | It is dark outside. | The sun is shining. | {n} is asleep.
The dog is barking. | The dog is making a noise. | The dog is silent. | The dog is angry.
The dog is running after a ball. | The dog is moving. | The dog is asleep. | The ball is red.
The cat is sleeping on the bed. | The cat is on the bed. | The cat is in the garden. | The cat is old.
The baby is crying. | The baby is not quiet. | The baby is silent. | The baby is hungry.
The soup is too hot to eat. | The soup is hot. | The soup is cold. | It is tomato soup.
The train is late. | The train is not on time. | The train is on time. | The train is full.
The room is dark. | There is little light in the room. | The room is bright. | The room is small.
Two children are playing in the garden. | There are children in the garden. | The garden is empty. | The children are sisters.
Three men are sitting at a table. | There are men at the table. | Nobody is sitting. | The men are playing cards.
Nobody came to the party. | {n} did not come to the party. | {n} came to the party. | The party was expensive.
Everybody likes the cake. | {n} likes the cake. | {n} does not like the cake. | {n} baked the cake.
All the shops are closed. | The bakery is closed. | The bakery is open. | It is Sunday.
""".strip().splitlines()
)

# Who can be in a scene besides people with a name.
SOMEBODY = (
    "a man, a woman, the boy, the girl, my sister, my brother, the teacher, the old man, a child, the doctor".split(
        ", "
    )
)

# A person can have two of these, so another value is undecided, not false.
LOOSE_GAPS = "instrument sport language drink animal object place food more_food act feeling".split()

# What somebody is doing: then what follows, what is impossible meanwhile, what is undecided.
DOINGS: tuple[list[str], ...] = tuple(
    line.split(" | ")
    for line in """
playing the guitar | playing an instrument; making music | sleeping; playing the piano | playing for money
playing the piano | playing an instrument; making music | sleeping; swimming | playing a sad song
playing football | playing a game; playing with a ball; doing a sport | sleeping; sitting still | winning the game
playing tennis | playing a game; doing a sport | sleeping; lying down | losing the game
playing chess | playing a game | sleeping; swimming | winning the game
riding a horse | on a horse; riding an animal | riding a bike; walking | riding a white horse
riding a bike | on a bike; riding something | driving a car; riding a horse | going to work
driving a car | in a car; driving | asleep; walking | going home
driving a bus | driving; in a bus | riding a bike; asleep | late
eating an apple | eating; eating fruit; eating something | eating nothing; drinking | very hungry
eating a pizza | eating; eating something; having food | eating nothing; eating an apple | hungry
eating soup | eating; eating something | asleep; eating nothing | sick
drinking coffee | drinking; drinking something | drinking nothing; eating | tired
drinking water | drinking; drinking something | drinking wine; asleep | thirsty
cooking dinner | cooking; making food | sleeping; swimming | cooking fish
baking a cake | baking; making a cake | sleeping; running | baking for a birthday
reading a book | reading; looking at a book | sleeping; swimming | reading about animals
reading a newspaper | reading | sleeping; running | reading about sport
writing a letter | writing; writing something | asleep; swimming | writing to a friend
painting a picture | painting; making a picture | sleeping; driving | a famous painter
watching television | looking at a screen; watching something | sleeping; reading a book | watching a film about dogs
listening to music | listening; hearing something | asleep; listening to nothing | listening to a new song
singing a song | singing; making a sound | silent; sleeping | a famous singer
dancing | moving; awake | sitting still; sleeping | in love
running | moving; awake | sitting; standing still | late
walking | moving; on foot | sitting; sleeping | going home
walking a dog | walking; with a dog; with an animal | alone without an animal; sitting on a chair | tired
swimming | in the water; moving | completely dry; sitting on a chair | training for a race
jumping | moving; awake | sleeping; sitting still | happy
sleeping | asleep | awake; running; dancing | dreaming; tired
lying in bed | in bed | standing; running | sick; tired
sitting on a chair | sitting | standing; running; lying down | tired; at work
sitting on a bench | sitting; on a bench | standing; running | waiting for a friend
standing | not sitting; not lying down | sitting; lying down | waiting; tired
crying | not laughing; making a sound | laughing; silent | hungry; hurt
laughing | making a sound; not crying | crying; silent | laughing about a joke
smiling | not crying; showing a smile | crying | in love; rich
talking on the phone | talking; using a phone | silent; asleep | talking to a friend
talking to a friend | talking; with somebody | silent; alone | talking about work
wearing a red hat | wearing a hat; wearing something red | wearing no hat | wearing black shoes
wearing a blue coat | wearing a coat; wearing something blue | wearing no coat | cold
carrying a bag | carrying something; holding a bag | carrying nothing | carrying books
holding a baby | holding a child; with a baby | alone; holding nothing | a parent
holding a cup | holding something | holding nothing | drinking tea
buying bread | buying food; shopping; buying something | buying nothing; sleeping | buying milk too
buying a shirt | buying something; shopping; buying clothes | buying nothing | buying a green shirt
washing the dishes | cleaning something; washing something | sleeping; eating | tired
washing a car | cleaning a car; washing something | driving the car; asleep | the owner of the car
cutting the grass | working; cutting something | sleeping; sitting down | listening to music
planting flowers | working with plants; planting something | sleeping; swimming | planting roses
climbing a tree | climbing; moving | sitting on a chair; swimming | looking for a cat
climbing a mountain | climbing; moving | swimming; in bed | very strong
fishing | trying to catch fish | sleeping in bed; cooking | catching a big fish
taking a photo | using a camera or a phone; taking a picture | sleeping | taking a photo of a bird
waiting for a bus | waiting | on the bus; sleeping in bed | going to the city
waiting for a train | waiting | on the train; driving a car | late for work
working on a computer | using a computer; working | sleeping; swimming | writing an email
feeding a cat | with an animal; feeding an animal; with a cat | asleep; feeding nothing | the owner of the cat
feeding the birds | feeding animals | asleep | sitting on a bench
kicking a ball | playing with a ball; moving | asleep; lying in bed | playing in a team
throwing a ball | moving; throwing something | asleep; sitting without a ball | playing with a dog
opening a door | moving; opening something | asleep; closing the door | going out
brushing teeth | brushing; cleaning something | sleeping; eating | going to bed
""".strip().splitlines()
)
# Where it may be done: then what follows, what is impossible.
WHERE: tuple[list[str], ...] = tuple(
    line.split(" | ")
    for line in """
in the park | in the park; outside | in the kitchen; at home in bed
in the garden | in the garden; outside | in an office; on a boat
at the beach | at the beach; outside; near the sea | in a library; in the mountains
in the kitchen | in the kitchen; inside | in the park; on the street
in the living room | in the living room; inside; in a room | at the beach; outside
at home | at home | at the office; at school
on the street | on the street; outside | in bed; in the kitchen
""".strip().splitlines()
)
# Done in few of these places.
PLACED = (
    "driving, riding, swimming, fishing, climbing, waiting, buying, washing, cutting, planting, lying in bed, sleeping, brushing, "
    "cooking, baking, walking, running, standing, opening, kicking, throwing, watching, working, football, tennis, feeding"
).split(", ")
WHO = {
    "a man": "a person", "a woman": "a person", "the man": "somebody", "the woman": "somebody", "a boy": "a child",
    "a girl": "a child", "the boy": "a child", "the girl": "a child", "a child": "somebody", "the teacher": "somebody",
    "a doctor": "a person", "my brother": "somebody", "my sister": "somebody", "an old man": "a man",
    "a young woman": "a woman", "the old lady": "somebody",
}  # fmt: skip
STATE = (
    "has a dog, lives in a big city, has two brothers, likes chocolate, comes from France, speaks three languages, "
    "has a cat, has a sister, will go home soon, likes winter"
).split(", ")

GROUPS = ("children", "students", "players", "singers", "workers", "guests", "neighbors", "sailors")
COMPARED = [pair for one, two in (pair.split() for pair in (
    "taller shorter", "older younger", "faster slower", "stronger weaker", "richer poorer", "heavier lighter",
)) for pair in ((one, two), (two, one))]  # fmt: skip


def _facts(rng: Random, split: Split, label: str) -> Pair:
    """A sentence about a fact of a passage, or about something that the passage does not mention."""
    given = worlds.simple(rng, split) if rng.random() < 0.8 else worlds.passage(rng, split, (1, 1, 1, 2))
    fact = rng.choice(given.facts)
    changed: dict[str, str] = {}
    deny = rng.random() < 0.3
    if label == OPEN:
        if rng.random() < 0.4:
            return given.text, fact.fill(rng, rng.choice(fact.kind.open))
        who = rng.choice(given.people)
        known = [f.kind for f in given.facts if f.who == who]
        kinds = [
            kind for kind in worlds.KINDS_ABOUT[fact.kind.about] if not any(worlds.related(k, kind) for k in known)
        ]
        if not kinds:
            return given.text, fact.fill(rng, rng.choice(fact.kind.open))
        kind = rng.choice(kinds)
        fact = worlds.draw_fact(rng, split, kind, who, given.words)
        claim = rng.choice(kind.claims)
        rivals = [f.values[claim.gap] for f in given.facts if f.who != who and f.kind is kind]
        if rivals and rng.random() < 0.6:
            changed = {claim.gap: rng.choice(rivals)}
    else:
        claim = rng.choice(fact.kind.claims)
        if claim.gap in LOOSE_GAPS:
            deny = label == NO
        elif (label == YES) == deny:
            changed = {claim.gap: worlds.other_value(rng, split, given, fact, claim.gap)}
    return given.text, fact.fill(rng, claim.denies if deny else claim.says, **changed)


# Something about a person, and its denial.
STATES = tuple(
    line.split(" | ")
    for line in """
is happy | is not happy
is tired | is not tired
is at home | is not at home
is sick | is not sick
is married | is not married
is a teacher | is not a teacher
is a doctor | is not a doctor
is tall | is not tall
is reading a book | is not reading a book
is eating an apple | is not eating an apple
is cooking dinner | is not cooking dinner
is wearing a hat | is not wearing a hat
has a dog | does not have a dog
has a car | does not have a car
has a sister | does not have a sister
has two children | does not have two children
likes tea | does not like tea
likes pizza | does not like pizza
plays football | does not play football
plays the piano | does not play the piano
lives in Paris | does not live in Paris
lives in London | does not live in London
works in a bank | does not work in a bank
speaks French | does not speak French
can swim | cannot swim
can drive | cannot drive
was born in May | was not born in May
went to the park | did not go to the park
bought a book | did not buy a book
saw a film | did not see a film
""".strip().splitlines()
)


def _plain(rng: Random, split: Split, label: str) -> Pair:
    """What is said again, what is denied, and what is not mentioned: the first things to learn."""
    said, other = rng.sample(STATES, 2)
    one, two = (person.name for person in worlds.people(rng, split, 2))
    at = int(rng.random() < 0.3)  # a denial is denied in turn
    premise = f"{one} {said[at]}."
    if rng.random() < 0.2:
        premise = " ".join(rng.sample((premise, f"{two} {rng.choice(other)}."), 2))
    if label == OPEN:
        return f"{one} {said[at]}.", rng.choice((f"{two} {rng.choice(said)}.", f"{one} {rng.choice(other)}."))
    return premise, f"{one} {said[at if label == YES else 1 - at]}."


def _everyday(rng: Random, split: Split, label: str) -> Pair:
    """A man is playing the guitar in the park: so somebody is outside, and nobody is asleep."""
    who, wider = rng.choice(list(WHO.items()))
    if rng.random() < 0.35:
        who, wider = worlds.person(rng, split).name, "somebody"
    doing, follows, impossible, unknown = rng.choice(DOINGS)
    where = ["", "", ""]
    if rng.random() < 0.4 and not any(word in doing for word in PLACED):
        where = rng.choice(WHERE)
    place, there, elsewhere = where
    again = {"a ": "the ", "an": "the"}.get(who[:2], who[:2]) + who[2:] if rng.random() < 0.5 else who
    if label == YES:
        says = [f"{again} is {more}" for more in (*follows.split("; "), *filter(None, there.split("; ")))]
        says += [f"{wider} is {doing}", f"{again} is {doing}"]
        says += [
            f"{again} is not {other}" for other in impossible.split("; ") if not re.search(r"\b(no|nothing)\b", other)
        ]
    elif label == NO:
        says = [f"{again} is {other}" for other in (*impossible.split("; "), *filter(None, elsewhere.split("; ")))]
        says += [f"{again} is not {doing}", f"nobody is {doing}", f"{again} is not {rng.choice(follows.split('; '))}"]
    else:
        says = [f"{again} is {maybe}" for maybe in unknown.split("; ")] + [f"{again} {rng.choice(STATE)}"]
    text = f"^{who} is {doing} {place}".strip() + "."
    return put_in(text, {}), put_in(f"^{rng.choice(says)}.".replace("is not not", "is"), {})


def _scene(rng: Random, split: Split, label: str) -> Pair:
    scene = rng.choice(SCENES)
    fields = {"n": rng.choice(SOMEBODY) if rng.random() < 0.3 else worlds.person(rng, split).name}
    for gap in ("food", "drink", "colour", "object", "place", "town"):
        value = worlds.GAPS[gap](rng, split)
        fields |= {gap: value, f"a_{gap}": with_article(value), f"{gap}s": plural(value)}
    return put_in("^" + scene[0], fields), put_in("^" + scene[1 + LABELS.index(label)], fields)


def _quantifier(rng: Random, split: Split, label: str) -> Pair:
    """All, none, some or most of a group have something; does one of them have it?"""
    name = worlds.person(rng, split).name
    thing = with_article(rng.choice(worlds.COLOURS)) + " " + rng.choice(worlds.OBJECTS)
    group = rng.choice(GROUPS)
    has, has_not = f"{name} has {thing}.", f"{name} does not have {thing}."
    if label == OPEN:
        amount = rng.choice((f"Some of the {group}", f"Many of the {group}", f"Most of the {group}"))
        hypothesis = rng.choice((has, has_not))
        premise = f"{amount} have {thing}."
    else:
        every = rng.random() < 0.5
        premise = rng.choice((f"All the {group} have {thing}.", f"All of the {group} have {thing}."))
        if not every:
            premise = f"None of the {group} has {thing}."
        hypothesis = has if every == (label == YES) else has_not
    member = f"{name} is one of the {group}."
    return rng.choice((f"{premise} {member}", f"{member} {premise}")), hypothesis


def _compared(rng: Random, split: Split, label: str) -> Pair:
    """Anna is taller than Ben: so Ben is not taller, and shorter."""
    a, b, c = (p.name for p in worlds.people(rng, split, 3))
    word, opposite = rng.choice(COMPARED)
    yes = (f"{a} is {word} than {b}.", f"{b} is {opposite} than {a}.", f"{b} is not {word} than {a}.")
    no = (f"{b} is {word} than {a}.", f"{a} is {opposite} than {b}.", f"{a} is not {word} than {b}.")
    unknown = (f"{a} is {word} than {c}.", f"{c} is {word} than {b}.", f"{a} likes {b}.")
    return yes[0], rng.choice({YES: yes, NO: no, OPEN: unknown}[label])


def _together(rng: Random, split: Split, label: str) -> Pair:
    """Both, neither, or only one of two people."""
    one, two = (p.name for p in worlds.people(rng, split, 2))
    thing = with_article(rng.choice(worlds.OBJECTS))
    who = rng.choice((one, two))
    has, has_not = f"{who} has {thing}.", f"{who} does not have {thing}."
    if label == OPEN:
        premise = rng.choice((f"Either {one} or {two} has {thing}.", f"One of them, {one} or {two}, has {thing}."))
        return premise, rng.choice((has, has_not))
    true = rng.random() < 0.5
    if true:
        premise = rng.choice((f"{one} and {two} both have {thing}.", f"Both {one} and {two} have {thing}."))
    else:
        premise = f"Neither {one} nor {two} has {thing}."
    return premise, has if true == (label == YES) else has_not


THING_ADJECTIVES = (
    "big small, old new, clean dirty, hot cold, wet dry, heavy light, expensive cheap, full empty, open closed, long short, "
    "hard soft, bright dark, broken whole, round square"
)
PERSON_ADJECTIVES = (
    "tall short, young old, rich poor, happy sad, asleep awake, alive dead, fast slow, strong weak, married single, "
    "sick healthy, loud quiet, polite rude, lazy hardworking, brave cowardly, honest dishonest, famous unknown"
)
SAME = {
    "big": "large", "small": "little", "fast": "quick", "happy": "glad", "rich": "wealthy", "expensive": "costly", "sick": "ill",
    "quiet": "silent", "brave": "courageous", "closed": "shut", "famous": "well known", "sad": "unhappy",
}  # fmt: skip


def _pairs(text: str) -> list[tuple[str, str]]:
    one_way = [(first, second) for first, second in (pair.split(" ") for pair in text.split(", "))]
    return one_way + [(second, first) for first, second in one_way]


def _adjective(rng: Random, split: Split, label: str) -> Pair:
    """The soup is hot: so it is not cold."""
    if rng.random() < 0.5:
        pairs, what = (
            _pairs(THING_ADJECTIVES),
            "the " + rng.choice((rng.choice(worlds.OBJECTS), rng.choice(worlds.PLACES))),
        )
    else:
        pairs, what = _pairs(PERSON_ADJECTIVES), worlds.person(rng, split).name
    word, opposite = rng.choice(pairs)
    if label == YES:
        says = rng.choice((f"not {opposite}", SAME.get(word, f"not {opposite}")))
    elif label == NO:
        says = rng.choice((opposite, opposite, f"not {word}"))
    else:
        says = rng.choice([other for other, _ in pairs if other not in (word, opposite)])
    return put_in(f"^{what} is {word}.", {}), put_in(f"^{what} is {says}.", {})


def _colour(rng: Random, split: Split, label: str) -> Pair:
    thing, (colour, other) = rng.choice(worlds.OBJECTS), rng.sample(worlds.COLOURS, 2)
    name = worlds.person(rng, split).name
    says = {
        YES: (f"{name} has {with_article(thing)}.", f"The {thing} is {colour}.", f"The {thing} is not {other}."),
        NO: (
            f"{name} does not have {with_article(thing)}.",
            f"The {thing} is {other}.",
            f"The {thing} is not {colour}.",
        ),
        OPEN: (
            f"The {thing} is new.",
            f"{name} has two {plural(thing)} at home.",
            f"{name} likes the {thing}.",
            f"The {thing} was cheap.",
        ),
    }
    return f"{name} has {with_article(colour)} {thing}.", rng.choice(says[label])


def _number(rng: Random, split: Split, label: str) -> Pair:
    """Five apples are more than three."""
    name, thing = worlds.person(rng, split).name, rng.choice(worlds.SMALL_THINGS)
    count, things = rng.randint(4, 30), plural(thing)
    less, more = rng.randint(1, count - 1), rng.randint(count + 1, count + 20)
    says = {
        YES: (f"more than {less} {things}", f"fewer than {more} {things}", f"{count} {things}", things),
        NO: (f"more than {more} {things}", f"fewer than {less + 1} {things}", f"only {less} {things}", f"no {things}"),
        OPEN: (f"{count} red {things}", f"a brother with {things}", f"many {plural(rng.choice(worlds.OBJECTS))}"),
    }
    return f"{name} has {count} {things}.", f"{name} has {rng.choice(says[label])}."


def _every(rng: Random, split: Split, label: str) -> Pair:
    """All cats are black, and Tom is a cat."""
    name, kind = worlds.person(rng, split).name, rng.choice((*worlds.ANIMALS, *worlds.JOBS))
    does, does_not, base = rng.choice(
        (("can fly", "cannot fly", "can fly"), ("can swim", "cannot swim", "can swim"), ("is tall", "is not tall", "are tall"),
         ("is friendly", "is not friendly", "are friendly"), ("likes music", "does not like music", "like music"),
         ("has a house", "does not have a house", "have a house"), ("is rich", "is not rich", "are rich"))
    )  # fmt: skip
    member = f"{name} is {with_article(kind)}."
    if label == OPEN:
        some = rng.choice(
            (f"Some {plural(kind)} {base}. {member}", f"All {plural(kind)} {base}. {name} is not {with_article(kind)}.")
        )
        return some, f"{name} {rng.choice((does, does_not))}."
    every = rng.random() < 0.6
    rule = f"{rng.choice(('All', 'All the')) if every else 'No'} {plural(kind)} {base}."
    return f"{rule} {member}", f"{name} {does if every == (label == YES) else does_not}."


def _if(rng: Random, split: Split, label: str) -> Pair:
    """If it rains, Tom stays at home."""
    name = worlds.person(rng, split).name
    when, now, not_now = rng.choice(
        (("it rains", "It is raining.", "It is not raining."), ("it snows", "It is snowing.", "It is not snowing."),
         ("the sun shines", "The sun is shining.", "The sun is not shining."),
         ("it is Sunday", "It is Sunday.", "It is Monday."), ("the bell rings", "The bell is ringing.", "The bell is silent."))
    )  # fmt: skip
    does, does_not = rng.choice(
        (("stays at home", "does not stay at home"), ("wears a hat", "does not wear a hat"), ("takes the bus", "does not take the bus"),
         ("goes to the park", "does not go to the park"), ("bakes a cake", "does not bake a cake"))
    )  # fmt: skip
    rule = rng.choice((f"If {when}, {name} {does}.", f"When {when}, {name} {does}."))
    if label == OPEN:
        return f"{rule} {not_now}", f"{name} {rng.choice((does, does_not))}."
    return f"{rule} {now}", f"{name} {does if label == YES else does_not}."


PATTERNS = (
    *(_everyday,) * 14, *(_plain,) * 9, *(_facts,) * 4, *(_scene,) * 6, *(_adjective,) * 4, *(_colour,) * 2,
    *(_compared,) * 2, _quantifier, _together, _number, _every, _if,
)  # fmt: skip


# Words that begin a sentence and are small letters elsewhere.
SMALL = set(
    "the it there all nobody you we my a everybody many an our somebody some no none most not every each both neither either "
    "only today tomorrow yesterday in at on last early first they nothing if when everyone someone after before during her his "
    "is two three several few you".split()
)


def _inside(text: str) -> str:
    """A sentence as a part of another one: "the dog is asleep", "Anna is asleep"."""
    first = text.split(" ", 1)[0].rstrip(",").lower()
    return (text[0].lower() + text[1:] if first in SMALL else text).rstrip(".")


OF_MANY = r"(All|Some|Most|Many|Every|No|None|A few|Not|There|Both|Either|Neither|Nobody|Only)\b"


def _denied(statement: str) -> str:
    """The denial of a statement about one thing or person; any other one as it is."""
    if re.match(OF_MANY, statement) or re.search(r"\b(not|no|only|or|too|never|cannot|also|still)\b", statement):
        return statement
    return re.sub(r" (is|was|are|were|will|has been) ", r" \1 not ", statement, count=1).replace(
        "has been not", "has not been"
    )


def item(rng: Random, split: Split) -> Item:
    label = rng.choice(LABELS)
    pattern = rng.choice(inference.PATTERNS if rng.random() < COMPOSED_SHARE else PATTERNS)
    premise, hypothesis = pattern(rng, split, label)
    if label == OPEN and rng.random() < DENIED_SHARE:
        hypothesis = _denied(hypothesis)
    fields = {
        "premise": premise, "hypothesis": hypothesis, "claim": _inside(hypothesis), "given": premise.rstrip("."),
        "if": " and ".join(map(_inside, re.split(r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)\. ", premise))),
    }  # fmt: skip
    return Item(fields, label)


OPTIONS = "OPTIONS: - yes - no - it is not possible to tell"
PAIR = (
    *("Premise: {premise} Hypothesis: {hypothesis}",) * 8,
    "premise: {premise} hypothesis: {hypothesis}",
    "Premise: {given} Hypothesis: {claim}",
    "Premise: {premise} So: {hypothesis}",
    "{premise} Hypothesis: {hypothesis}",
    "{premise} {hypothesis}",
    "P: {premise} H: {hypothesis}",
    "Sentence 1: {premise} Sentence 2: {hypothesis}",
)

TASK = Task(
    name="nli",
    item=item,
    phrasings=(
        *(f"{pair} Does the premise entail the hypothesis? {OPTIONS} Answer:" for pair in PAIR),
        *(f"{pair} Does the premise entail the hypothesis?" for pair in PAIR[:9]),
        *(f"{PAIR[0]} Does the premise entail the hypothesis? {OPTIONS} Answer:",) * 12,
        *PAIR[:2],
        '{premise} Based on the text above, can we conclude that "{hypothesis}"? OPTIONS: - yes - it is not possible to tell - no',
        "{premise} Can we say that the following is true? {hypothesis} OPTIONS: - it is not possible to tell - no - yes",
        "Read this and decide if the hypothesis is true. {premise} Hypothesis: {hypothesis} OPTIONS: - no - yes - it is not possible to tell",
        f'If "{{premise}}" is true, is it also true that "{{hypothesis}}"? {OPTIONS}',
        "premise: {premise} hypothesis: {hypothesis} Yes, no, or it is not possible to tell?",
        "Text: {premise} Statement: {hypothesis} Does the statement follow from the text? OPTIONS: - no - it is not possible to tell - yes Answer:",
        'Given the sentence "{premise}", is it true that "{hypothesis}"?',
        "{premise} «(does it follow that|does this mean that|can we conclude that|can I conclude that|is it certain that|does that mean) {claim}?»",
        "{premise} «(^so {claim}?|^therefore {claim}? [yes or no or unknown?]|{hypothesis} (Does that follow?|Is that true?|Does it follow?))»",
        "{premise} Does it follow that {claim}?",
        "{premise} Does this imply that {claim}?",
        "If {if}, does it follow that {claim}?",
        "If {if}, is it true that {claim}?",
        "If {if}, can we conclude that {claim}?",
        "If {if}, is it certain that {claim}?",
        "If {if}, do we know that {claim}?",
        "«^(suppose|assume|given|we know|imagine) that {if}. (can we say|is it true|does it follow|do we know|is it certain|can we be sure) that {claim}?»",
        'Does it follow from "{given}" that {claim}?',
        'Does "{given}" mean that {claim}?',
        "«^given that {if}, (can we say|is it true|can we conclude|does it follow|is it certain) that {claim}?»",
        "Does {claim} follow from {if}?",
        "Text: {premise} Claim: {hypothesis} Is the claim true?",
        "Premise: {premise} Hypothesis: {hypothesis} Is the hypothesis true?",
        "Premise: {premise} Hypothesis: {hypothesis} Yes, no or maybe?",
        "Statement 1: {premise} Statement 2: {hypothesis} Does 2 follow from 1?",
        "Fact: {premise} Conclusion: {hypothesis} Is the conclusion right?",
        "{premise} «(is it (true|certain|clear) that|do we know [for sure] that|can we be sure that|may we conclude that) {claim}?»",
        'Does "{premise}" imply "{hypothesis}"?',
        'Does "{hypothesis}" follow from "{premise}"?',
        'Can we conclude "{claim}" from "{given}"?',
        "Premise: {premise} Hypothesis: {hypothesis} Entailment?",
        "Premise: {premise} Hypothesis: {hypothesis} Does it follow?",
    ),
    shot="Premise: {premise} Hypothesis: {hypothesis}",
    instructions=(
        f"Does the premise entail the hypothesis? {OPTIONS}",
        "Say yes, no, or it is not possible to tell.",
        "Is the hypothesis true if the premise is true?",
    ),
    closed=True,
    weight=4.0,
    max_shots=2,
)
