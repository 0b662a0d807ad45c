# ruff: noqa: E501, SIM905  (tables)
"""Yes-or-no questions about the world: can a dog fly, is ice hot, is Paris in France, is 7 bigger than 5?

True and false ones are equally likely. Held out are combinations of a question, its subject and its wording.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import expand, put_in
from demo_model.tasks.knowledge import core, countries, culture, measures, nature, words
from demo_model.tasks.knowledge.relation import first_name, named, plural, table, with_article

# A question and the same as a statement, then what it is true of and what it is false of.
PROPERTIES = """
(can {a} fly|can {p} fly|do {p} fly|is {a} able to fly) / {p} can fly = bird, eagle, bee, butterfly, bat, owl, plane, helicopter, fly, mosquito, duck, parrot, seagull, pigeon, goose = dog, cat, cow, fish, elephant, penguin, ostrich, horse, human, car, stone, tree, snake, pig, house, lion, mouse, frog, whale, snail, turtle
(can {a} swim|can {p} swim|do {p} swim|is {a} able to swim) / {p} can swim = fish, duck, shark, dolphin, whale, penguin, frog, seal, dog, human, turtle, crocodile, swan, octopus, otter = stone, chair, tree, house, table, butterfly, bee, lamp, spoon, brick, hammer, car
(can {a} (talk|speak)|can {p} (talk|speak)) / {p} can talk = human, child, teacher, woman, man = dog, cat, fish, tree, stone, table, cow, horse, snail, flower, spider
(can {a} bark|do {p} bark) / {p} bark = dog, puppy = cat, cow, horse, fish, bird, sheep, snake, duck, mouse, spider
(can {a} run|do {p} run) / {p} can run = dog, horse, human, cat, lion, cheetah, ostrich, wolf, rabbit, child = snake, fish, tree, stone, snail, worm, table, flower
(does {a} lay eggs|do {p} lay eggs|can {a} lay eggs) / {p} lay eggs = hen, chicken, bird, duck, snake, frog, turtle, crocodile, fish, ant, penguin, ostrich, goose, eagle, bee = dog, cat, cow, horse, human, elephant, lion, pig, sheep, rabbit, whale, bear, mouse
(does {a} have wings|do {p} have wings|has {a} [got] wings) / {p} have wings = bird, bat, butterfly, plane, bee, eagle, penguin, duck, owl, fly, swan, dragonfly = dog, cat, fish, snake, cow, car, horse, human, spider, frog, mouse, elephant
(does {a} have fur|do {p} have fur) / {p} have fur = dog, cat, bear, rabbit, fox, wolf, lion, tiger, mouse, squirrel, hamster = fish, frog, snake, lizard, crocodile, shark, snail, worm, car
(does {a} have a tail|do {p} have tails) / {p} have a tail = dog, cat, cow, horse, lion, monkey, mouse, tiger, fish, crocodile, pig, fox = human, spider, ant, chair, table, tree, bee
(does {a} have legs|do {p} have legs) / {p} have legs = dog, cat, spider, ant, human, horse, table, chair, bird, frog, lizard, cow = snake, fish, worm, snail, whale, dolphin, shark, jellyfish, stone, car
(does {a} have wheels|do {p} have wheels) / {p} have wheels = car, bus, bike, train, truck, motorcycle, tractor = boat, table, house, dog, tree, horse, book, bird
(does {a} live in (water|the sea)|do {p} live in (water|the sea)) / {p} live in water = fish, shark, whale, dolphin, octopus, jellyfish, squid, tuna = dog, cat, lion, horse, camel, eagle, human, chicken, elephant, giraffe, cow
(does {a} eat meat|do {p} eat meat) / {p} eat meat = lion, tiger, shark, wolf, crocodile, cat, dog, eagle = cow, horse, sheep, rabbit, giraffe, zebra, goat, koala, deer, panda
(does {a} eat grass|do {p} eat grass) / {p} eat grass = cow, horse, sheep, goat, zebra, kangaroo, rabbit = lion, cat, shark, wolf, spider, human, eagle, crocodile
(does {a} give [us] milk|do {p} give [us] milk|do we get milk from {p}) / {p} give milk = cow, goat, sheep = chicken, fish, snake, bird, frog, duck, bee, spider
(does {a} make honey|do {p} make honey) / {p} make honey = bee = spider, dog, cow, bird, ant, cat, mosquito, fish
(is {a} (alive|a living thing)|are {p} (alive|living things)) / {a} is alive = dog, tree, flower, cat, bird, fish, human, rose, mouse, bee = stone, table, car, house, chair, spoon, book, phone, lamp, computer
is {s} hot / {s} is hot = fire, the sun, boiling water, lava, a burning candle, a volcano, steam, an oven that is on, the desert in summer = ice, snow, ice cream, a fridge, frost, a snowman, the South Pole, winter in Norway
is {s} cold / {s} is cold = ice, snow, ice cream, a fridge, frost, a snowman, the North Pole, Antarctica, a freezer = fire, the sun, boiling water, lava, steam, a volcano, fresh tea
(is {s} sweet|does {s} taste sweet) / {s} is sweet = sugar, honey, chocolate, candy, cake, jam, a ripe banana, ice cream, syrup = salt, a lemon, vinegar, pepper, water, an onion, garlic, mustard
(is {s} sour|does {s} taste sour) / {s} is sour = a lemon, vinegar, a lime, lemon juice = sugar, honey, milk, bread, chocolate, water, salt
(is {s} salty|does {s} taste salty) / {s} is salty = salt, sea water, soy sauce, the sea = sugar, honey, chocolate, a banana, an apple, jam, a river
is {s} hard / {s} is hard = stone, steel, iron, a diamond, a rock, a brick, glass, a hammer = butter, cotton, a pillow, water, cream, wool, a feather, a cloud
is {s} soft / {s} is soft = butter, cotton, a pillow, wool, a feather, a blanket, a sponge, fur = stone, steel, iron, a diamond, a rock, a brick, a hammer, glass
is {s} heavy / {s} is heavy = an elephant, a car, a piano, a truck, a house, a ship, a big rock, a train = a feather, a leaf, a sheet of paper, a balloon, a hair, a fly, a pencil
(is {s} a liquid|is {s} liquid) / {s} is a liquid = water, milk, oil, juice, blood, coffee, tea, petrol, wine, beer = stone, wood, ice, bread, sand, iron, a table, paper, gold
(can (you|we|I|people) eat {s}|is {s} food) / you can eat {s} = bread, an apple, cheese, rice, a banana, a cake, soup, meat, an egg, a carrot, pizza, chocolate = a stone, glass, a table, plastic, a shoe, a car, a book, iron, a lamp, sand, a chair
can (you|we|I|people) drink {s} / you can drink {s} = water, milk, tea, juice, coffee, lemonade, beer = bread, sand, a stone, wood, a table, iron, a book, a shoe
(is {s} round|is {s} shaped like a ball) / {s} is round = a ball, the Earth, the sun, an orange, the moon, a marble, a globe = a cube, a book, a brick, a door, a ruler, a box, a pyramid
(is {a} a fruit|are {p} fruit) / {a} is a fruit = apple, banana, pear, cherry, grape, orange, lemon, strawberry, mango, peach, plum, tomato, kiwi, melon, pineapple = carrot, potato, onion, cabbage, chair, dog, hamburger, sandwich, egg, cheese cake, steak, leek
(is {a} a vegetable|are {p} vegetables) / {a} is a vegetable = carrot, onion, cabbage, potato, leek, cauliflower, cucumber, turnip, radish = apple, banana, sandwich, dog, chair, egg, cherry, cake, mango, stone
(is {a} an animal|are {p} animals) / {a} is an animal = dog, cat, fish, bird, spider, bee, snake, cow, whale, ant, frog, horse, mouse, lion = tree, stone, rose, car, table, house, apple, river, cloud, book, mountain
(is {a} a plant|are {p} plants) / {a} is a plant = tree, rose, tulip, cactus, oak, fern, sunflower, daisy, palm, bush = dog, stone, car, cat, house, cloud, table, bird, fish, book
(is {a} a flower|are {p} flowers) / {a} is a flower = rose, tulip, daisy, lily, sunflower, orchid, violet, daffodil = dog, oak, stone, carrot, car, potato, cat, cloud
(is {a} a tree|are {p} trees) / {a} is a tree = oak, pine, birch, maple, willow, beech, palm, fir = rose, dog, tulip, stone, carrot, car, daisy, river
(is {a} a [musical] instrument|can you (make music|play music) (with|on) {a}) / {a} is an instrument = piano, violin, guitar, flute, trumpet, drum, cello, harp, saxophone = hammer, chair, fork, car, shoe, apple, window, dog, pillow
(is {a} a vehicle|can you drive {a}) / {a} is a vehicle = car, bus, truck, tractor, van, taxi, motorcycle = chair, table, house, tree, apple, book, dog, pencil
(is {a} a tool|are {p} tools) / {a} is a tool = hammer, saw, screwdriver, drill, shovel, wrench, rake = apple, dog, cloud, banana, song, river, cat
(is {a} a piece of furniture|is {a} furniture) / {a} is furniture = table, chair, sofa, bed, wardrobe, desk, bookshelf = dog, apple, car, cloud, tree, fork, hammer
is {s} a planet / {s} is a planet = Mars, Venus, Jupiter, Saturn, Earth, Mercury, Neptune, Uranus = the sun, the moon, Pluto, London, Africa, a star, the North Star, Russia
(is {s} a (color|colour)) / {s} is a color = red, blue, green, yellow, black, white, purple, pink, orange, brown, gray = seven, Monday, a dog, music, water, a table, big, France, cheese
(is {s} a day [of the week]) / {s} is a day = Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday = January, summer, red, seven, March, Paris, winter, July
(is {s} a month) / {s} is a month = January, February, March, April, May, June, July, August, September, October, November, December = Monday, summer, red, Sunday, Paris, winter, Friday, Christmas
(is {s} a season) / {s} is a season = summer, winter, spring, autumn = Monday, July, red, Christmas, night, Sunday, rain
(is {s} a metal|is {s} made of metal) / {s} is a metal = iron, gold, silver, copper, steel, aluminum, lead, zinc, tin = wood, glass, water, paper, plastic, cotton, wool, bread, air
(is {s} a language) / {s} is a language = English, French, German, Spanish, Italian, Chinese, Russian, Arabic, Japanese, Latin = Paris, Monday, blue, France, Africa, Germany, a dog, milk
(is {s} a (job|profession)) / {s} is a job = a teacher, a doctor, a nurse, a baker, a pilot, a farmer, a lawyer, a cook = a table, a dog, blue, Monday, a river, a cloud, a spoon
(is {s} a sport) / {s} is a sport = football, tennis, basketball, golf, swimming, hockey, rugby, boxing, volleyball, skiing = cooking, sleeping, a sandwich, a car, reading, a dog, blue, breakfast
(is {s} a continent) / {s} is a continent = Africa, Asia, Europe, Antarctica, South America, North America, Australia = France, Paris, London, Japan, the Nile, the moon, Brazil, China
(is {s} an ocean) / {s} is an ocean = the Pacific, the Atlantic, the Indian Ocean, the Arctic Ocean = the Nile, Lake Baikal, Africa, the Sahara, the Thames, the Alps
(is {s} a river) / {s} is a river = the Nile, the Amazon, the Rhine, the Danube, the Thames, the Seine, the Volga, the Mississippi = Mount Everest, the Pacific, the Sahara, Paris, the moon, the Alps, Africa
(is {s} a mountain) / {s} is a mountain = Mount Everest, Mont Blanc, Kilimanjaro, Mount Fuji, Ben Nevis, the Matterhorn = the Nile, the Pacific, Paris, the Sahara, the Rhine, London
(does {s} float [on water]|will {s} float [on water]) / {s} floats on water = wood, a cork, ice, a boat, a leaf, a duck, a rubber duck = a stone, iron, a brick, a hammer, a coin, a nail, an anvil
(does {s} burn|can {s} burn) / {s} can burn = wood, paper, coal, oil, straw, gas, petrol = water, stone, sand, ice, glass, salt
do (you|we|people) need {s} in winter / you need {s} in winter = a warm coat, gloves, a scarf, a woolen hat, heating = sunscreen, a swimsuit, sandals
(is {s} dangerous) / {s} is dangerous = a shark, fire, a bomb, a tiger, poison, a crocodile, lightning, a knife fight = a pillow, a kitten, a flower, a sock, a spoon, a cookie, a book
(is {s} (big|large)) / {s} is big = an elephant, a whale, a house, a mountain, the sun, Russia, a skyscraper, a ship = an ant, a mouse, a pea, a coin, a grain of sand, a fly, an atom
(is {s} small) / {s} is small = an ant, a mouse, a pea, a coin, a grain of sand, a fly, an atom, a needle = an elephant, a whale, a house, a mountain, the sun, Russia, a skyscraper
(is {s} fast) / {s} is fast = a cheetah, a rocket, a racing car, a plane, light, a train, a falcon = a snail, a turtle, a sloth, a worm, a tree
(is {s} expensive) / {s} is expensive = a diamond, gold, a house, a new car, a yacht, a plane = a pencil, water from the tap, a sheet of paper, an egg, sand
(is {s} (good for you|healthy)) / {s} is healthy = fruit, fresh vegetables, sport, water, sleep, salad = smoking, too much sugar, poison, too much alcohol, stress
(is {s} healthy to eat every day|should (you|we) eat {s} every day) / you should eat {s} every day = fruit, vegetables, salad = candy, chips, cake, fast food
"""

# Questions without a subject.
STATEMENTS = """
yes = is the sky blue / the sky is blue; is the (Earth|earth) round / the Earth is round; is the sun a star / the sun is a star; is (the grass|grass) green / grass is green
yes = does the Earth (go|move|travel) around the sun / the Earth goes around the sun; does the moon (go|move) around the Earth / the moon goes around the Earth; is the sun bigger than the Earth / the sun is bigger than the Earth
yes = does the sun rise in the east / the sun rises in the east; does the sun set in the west / the sun sets in the west; is water wet / water is wet; is snow white / snow is white; is blood red / blood is red; is milk white / milk is white
yes = does water boil at 100 degrees [Celsius] / water boils at 100 degrees; does water freeze at 0 degrees [Celsius] / water freezes at 0 degrees; is ice frozen water / ice is frozen water; is (fire|a fire) hot / fire is hot
yes = do (people|humans|we) need (water|air|food|sleep|oxygen) [to live] / humans need (water|air|food|sleep); do plants need (water|light|sunlight) / plants need light; do fish live in water / fish live in water; do cows eat grass / cows eat grass
yes = do (cats|dogs|cows) have four legs / (cats|dogs|cows) have four legs; do spiders have eight legs / spiders have eight legs; do birds have wings / birds have wings; do cows give milk / cows give milk; do bees make honey / bees make honey
yes = is Christmas in December / Christmas is in December; is summer (warmer|hotter) than winter / summer is warmer than winter; is winter colder than summer / winter is colder than summer; does it snow in winter / it snows in winter; is January the first month [of the year] / January is the first month
yes = are there (7|seven) days in a week / there are seven days in a week; does a week have (7|seven) days / a week has seven days; are there (12|twelve) months in a year / there are twelve months in a year; does a day have 24 hours / a day has 24 hours; does an hour have (60|sixty) minutes / an hour has 60 minutes
yes = is a (tomato|cucumber|pumpkin) a fruit / a tomato is a fruit; is a whale a mammal / a whale is a mammal; is a dolphin a mammal / a dolphin is a mammal; is a bat a mammal / a bat is a mammal; is a penguin a bird / a penguin is a bird; are (penguins|ostriches) birds / penguins are birds
yes = is gold a metal / gold is a metal; is iron a metal / iron is a metal; is a diamond hard / diamonds are hard; is oxygen a gas / oxygen is a gas; does iron rust / iron rusts; does wood float [on water] / wood floats; is glass (fragile|easy to break) / glass is fragile
yes = is an elephant bigger than a mouse / an elephant is bigger than a mouse; is a mouse smaller than a (cat|dog|horse) / a mouse is smaller than a cat; is a cheetah faster than a (human|cow|turtle) / a cheetah is faster than a human; is the Nile a river / the Nile is a river
yes = is Mount Everest the (highest|tallest) mountain [in the world] / Mount Everest is the highest mountain; is Russia the (largest|biggest) country [in the world] / Russia is the largest country; is Jupiter the (largest|biggest) planet / Jupiter is the largest planet; is the Pacific the (largest|biggest) ocean / the Pacific is the largest ocean
yes = did Shakespeare write (Hamlet|Romeo and Juliet|Macbeth) / Shakespeare wrote Hamlet; did (Leonardo|Leonardo da Vinci) paint the Mona Lisa / Leonardo da Vinci painted the Mona Lisa; (did people walk on the moon|have people been on the moon) / people have been on the moon; was (Neil Armstrong|Armstrong) the first man on the moon / Neil Armstrong was the first man on the moon
yes = is bread made (of|from) flour / bread is made from flour; is cheese made (of|from) milk / cheese is made from milk; is wine made (of|from) grapes / wine is made from grapes; is paper made (of|from) wood / paper is made from wood; is chocolate (sweet|made from cocoa) / chocolate is sweet
yes = can (you|people|humans|a human) (walk|read|learn|talk|laugh|think) / humans can (walk|read|talk); can babies cry / babies can cry; can a parrot talk / a parrot can talk; can an airplane fly / airplanes can fly; can a kangaroo jump / kangaroos can jump; can monkeys climb trees / monkeys can climb trees
yes = is Paris the capital of France / Paris is the capital of France; is London in England / London is in England; is Berlin in Germany / Berlin is in Germany; is Rome in Italy / Rome is in Italy; is Spain in Europe / Spain is in Europe; is Egypt in Africa / Egypt is in Africa; is Japan an island / Japan is an island
yes = is English spoken in (England|Australia|America) / English is spoken in England; do they speak (Portuguese in Brazil|Spanish in Mexico|German in Austria) / they speak Portuguese in Brazil; is the euro used in (Germany|France|Italy|Spain) / the euro is used in Germany
yes = is smoking (bad|bad for you|unhealthy) / smoking is unhealthy; is sugar sweet / sugar is sweet; is a lemon (sour|yellow) / a lemon is sour; is the sea salty / the sea is salty; are vegetables healthy / vegetables are healthy; is (a car|a bus) a vehicle / a car is a vehicle; does a (car|bus) have wheels / a car has wheels
yes = is a rose a flower / a rose is a flower; is an oak a tree / an oak is a tree; do trees have leaves / trees have leaves; does a triangle have (3|three) sides / a triangle has three sides; does a square have (4|four) (sides|corners) / a square has four sides; is a circle round / a circle is round
yes = is two an even number / two is an even number; is (zero|0) less than one / zero is less than one; is half of (ten|10) (five|5) / half of ten is five; is 100 (more|bigger|greater) than 10 / 100 is more than 10; is (a hundred|100) smaller than (a thousand|1000) / a hundred is smaller than a thousand
yes = do (firefighters|firemen) put out fires / firefighters put out fires; do doctors help (sick people|people) / doctors help sick people; do teachers work in schools / teachers work in schools; does a baker bake bread / a baker bakes bread; is a doctor a job / doctor is a job
yes = is the heart an organ / the heart is an organ; do (people|humans|we) have (two eyes|two ears|ten fingers|one nose|two legs) / humans have two eyes; do (people|humans) have a brain / humans have a brain; do we see with our eyes / we see with our eyes; do we hear with our ears / we hear with our ears
yes = is night dark / night is dark; is (it|it usually) dark at night / it is dark at night; is it light during the day / it is light during the day; does rain fall from (clouds|the sky) / rain falls from clouds; can you see stars at night / you can see stars at night; does ice melt (in the sun|when it is warm) / ice melts in the sun
no = is the sky green / the sky is green; is the (Earth|earth) flat / the Earth is flat; is the sun cold / the sun is cold; is grass (blue|red) / grass is blue; is the sun a planet / the sun is a planet; is the moon a star / the moon is a star; is the moon made of cheese / the moon is made of cheese
no = does the sun (go|move|turn) around the Earth / the sun goes around the Earth; is the moon bigger than the Earth / the moon is bigger than the Earth; is the Earth bigger than the sun / the Earth is bigger than the sun; is the moon bigger than the sun / the moon is bigger than the sun
no = does the sun rise in the west / the sun rises in the west; does the sun set in the east / the sun sets in the east; is snow (black|green|hot|warm) / snow is black; is blood (green|blue) / blood is green; is milk black / milk is black; is ice (hot|warm) / ice is hot; is (fire|a fire) (cold|wet) / fire is cold; is water dry / water is dry
no = does water boil at (10|20|50) degrees [Celsius] / water boils at 10 degrees; does water freeze at (100|50) degrees [Celsius] / water freezes at 100 degrees; can (people|humans|you|a human) (fly|breathe (under water|underwater)|live without water|live without air|walk through walls) / humans can fly
no = can (dogs|cats|pigs|cows) (fly|talk|read|write|drive) / (dogs|cats|pigs) can fly; can a (dog|cat|pig|cow) (fly|talk|read|write|drive) / a pig can fly; can fish (fly|walk|talk|read|climb trees) / fish can walk; can a (stone|table|tree) (walk|talk|think|fly) / a stone can walk
no = do fish live (in trees|on land|in the desert) / fish live in trees; do cows eat (meat|fish|stones) / cows eat meat; do (cats|dogs|cows) have (six|two|eight) legs / dogs have six legs; do spiders have (four|six|ten) legs / spiders have four legs; do snakes have legs / snakes have legs; do fish have (legs|fur|arms) / fish have legs
no = is Christmas in (July|March|summer) / Christmas is in July; is winter (warmer|hotter) than summer / winter is warmer than summer; is summer colder than winter / summer is colder than winter; is January the last month [of the year] / January is the last month; is December the first month [of the year] / December is the first month
no = are there (8|eight|10|ten|five) days in a week / there are ten days in a week; does a week have (5|five|8|eight) days / a week has eight days; are there (10|ten|13|thirteen) months in a year / there are ten months in a year; does a day have (20|30|12) hours / a day has 20 hours; does an hour have (100|30|50) minutes / an hour has 100 minutes
no = is a (carrot|potato|onion) a fruit / a carrot is a fruit; is a whale a fish / a whale is a fish; is a dolphin a fish / a dolphin is a fish; is a bat a bird / a bat is a bird; is a spider an insect / a spider is an insect; are spiders insects / spiders are insects; is a penguin a (fish|mammal) / a penguin is a fish; is an (apple|banana) a vegetable / an apple is a vegetable
no = can penguins fly / penguins can fly; can (a penguin|an ostrich) fly / a penguin can fly; is gold a liquid / gold is a liquid; is wood a metal / wood is a metal; is (iron|a stone) soft / iron is soft; does (iron|a stone|a brick) float [on water] / a stone floats; is oxygen a (liquid|metal) / oxygen is a metal; is glass a metal / glass is a metal
no = is a mouse bigger than (an elephant|a dog|a cat) / a mouse is bigger than an elephant; is an elephant smaller than a (mouse|dog|cat) / an elephant is smaller than a mouse; is a (snail|turtle|human) faster than a (cheetah|car|plane) / a snail is faster than a cheetah; is the Nile a (mountain|city) / the Nile is a mountain
no = is (Ben Nevis|Mont Blanc|Mount Fuji) the (highest|tallest) mountain in the world / Mont Blanc is the highest mountain in the world; is (Italy|France|Spain) the (largest|biggest) country in the world / Italy is the largest country in the world; is (Mars|Earth|Venus) the (largest|biggest) planet / Mars is the largest planet
no = did Shakespeare write (Harry Potter|Moby Dick|Dracula) / Shakespeare wrote Harry Potter; did Picasso paint the Mona Lisa / Picasso painted the Mona Lisa; did Mozart paint [pictures] / Mozart painted the Mona Lisa; have people (been|walked) on (Mars|the sun|Jupiter) / people have been on Mars; was Einstein the first man on the moon / Einstein was the first man on the moon
no = is bread made (of|from) (milk|stones|meat) / bread is made from stones; is cheese made (of|from) (wood|grapes|flour) / cheese is made from wood; is wine made (of|from) (milk|potatoes) / wine is made from milk; is paper made (of|from) (iron|glass) / paper is made from iron; is chocolate (salty|made from fish) / chocolate is made from fish
no = is Berlin the capital of (France|Spain|Italy) / Berlin is the capital of France; is London in (France|Italy|Germany) / London is in France; is Rome in (Spain|Germany|England) / Rome is in Spain; is Spain in (Asia|Africa|America) / Spain is in Asia; is Japan in (Europe|Africa) / Japan is in Europe; is Africa a country / Africa is a country
no = do they speak (Chinese in Brazil|German in Mexico|French in Japan) / they speak Chinese in Brazil; is the euro used in (Japan|the USA|China) / the euro is used in Japan; is smoking (good|good for you|healthy) / smoking is healthy; is sugar (salty|sour) / sugar is salty; is a lemon (sweet|blue) / a lemon is sweet; is the sea sweet / the sea is sweet
no = is a rose an animal / a rose is an animal; is a dog a plant / a dog is a plant; is a car alive / a car is alive; does a triangle have (4|four|5|five) sides / a triangle has four sides; does a square have (3|three|five|5) sides / a square has three sides; is a circle square / a circle is square; is a ball square / a ball is square
no = is three an even number / three is an even number; is (zero|0) more than one / zero is more than one; is half of (ten|10) (four|4|six|3) / half of ten is four; is 10 (more|bigger|greater) than 100 / 10 is more than 100; is (a thousand|1000) smaller than (a hundred|100) / a thousand is smaller than a hundred
no = do (people|humans|we) have (three eyes|four arms|two noses|six legs|wings|a tail) / humans have three eyes; do we see with our (ears|nose|feet) / we see with our ears; do we hear with our (eyes|hands|feet) / we hear with our eyes; do birds have (four|six) legs / birds have four legs; do trees have (eyes|legs|wheels) / trees have legs
no = is night (bright|light) / night is bright; is it (dark|night) during the day / it is dark during the day; can you see the sun at night / you can see the sun at night; does rain fall from the ground / rain falls from the ground; is the moon (hot|green|square) / the moon is square; is the sun (blue|green|black) / the sun is blue; do cats bark / cats bark; do dogs meow / dogs meow
"""

SIZES = "ant, mouse, cat, sheep, cow, elephant, whale".split(", ")
SPEEDS = "snail, human, horse, car, plane, rocket".split(", ")

ASKED = (
    "(^{asks}?*24|^[<hey>] {asks}?*3|^{asks}? Yes or no?*2|^yes or no: {asks}?|^is it (true|right|correct) that {says}?*3|^{says}, (right|true|yes or no)?|"
    "^do you know (if|whether) {says}?|^<can you> tell me (if|whether) {says}?|^{asks}, yes or no?|^tell me, {asks}?|^true or not: {says}?)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its statement, each a grammar, with what they are true of and false of."""

    asks: str
    says: str
    true: tuple[str, ...]
    false: tuple[str, ...]


def _properties(text: str) -> list[Row]:
    rows = []
    for line in text.strip().splitlines():
        forms, true, false = line.split(" = ")
        asks, says = forms.split(" / ")
        rows.append(Row(asks, says, tuple(true.split(", ")), tuple(false.split(", "))))
    return rows


def _statements(text: str) -> dict[bool, list[tuple[str, str]]]:
    found: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for line in text.strip().splitlines():
        answer, pairs = line.split(" = ")
        found[answer == "yes"] += [(asks, says) for asks, says in (pair.split(" / ") for pair in pairs.split("; "))]
    return found


ROWS = _properties(PROPERTIES)
PLAIN = _statements(STATEMENTS)

# For each color, those that nobody takes it for.
FAR = {
    "yellow": "blue black purple gray", "green": "red black purple pink white", "blue": "yellow red orange brown pink",
    "red": "green blue yellow white gray", "white": "black red green purple blue", "black": "white yellow pink red green",
    "orange": "blue green black purple white", "purple": "yellow green white orange", "brown": "blue green pink white purple",
    "gray": "red yellow green orange pink", "pink": "green black blue brown yellow",
}  # fmt: skip

CORE_SHARE = 0.75  # of the claims are about the first things of a row, or what most people ask for
CORE_THINGS = 4

Claim = Callable[[Random, bool], tuple[str, str]]  # draws a true or false question, and the same as a statement


def _of_table(relation: str, answers: dict[str, str], asks: str, says: str, wrong: str = "") -> Claim:
    """Claims about a table: the value of a subject, or that of another one (of those in `wrong`).

    Mostly about the facts that newcomers ask for, which the family `facts` teaches as well.
    """
    subjects = list(answers)
    known = [s for s in subjects if not core.ASKED.get(relation, set()).isdisjoint({s, first_name(s)})] or subjects

    def claim(rng: Random, true: bool) -> tuple[str, str]:
        among = known if rng.random() < CORE_SHARE else subjects
        subject = rng.choice(among)
        value = answers[subject]
        while not true and (value == answers[subject] or value in answers[subject] or answers[subject] in value):
            value = rng.choice(wrong.split() or [answers[other] for other in among])
        names = named(expand(rng, subject)) | {"value": value, "a_value": with_article(value), "values": plural(value)}
        return put_in(expand(rng, f"({asks})"), names), put_in(expand(rng, says), names)

    return claim


def _common(table_: dict[str, str]) -> dict[str, str]:
    return {s: a for s, a in table_.items() if first_name(s) in countries.COMMON}


_CAPITALS = _common(countries.CAPITALS)
# Not those in the parts of the United Kingdom: they are in two countries.
_KNOWN = {first_name(country) for country in _CAPITALS} - {"England", "Scotland", "Wales", "the United Kingdom"}
_CITIES = {
    city: country for city, country in (countries.COUNTRY_OF_CAPITAL | countries.CITIES).items() if country in _KNOWN
}
# Of animals whose sound nobody would give to another one.
_PLAIN_SOUNDS = {animal: nature.SOUNDS[animal] for animal in "dog cat cow sheep pig duck horse bee snake frog".split()}
# Of those with one number as the answer.
_COUNTED = {asks: answer for asks, answer in measures.MEASURES.items() if answer.isdigit() and "/" not in asks}
_COLOURS = nature.things(nature.COLOURS)


def _property(rng: Random, true: bool) -> tuple[str, str]:
    row = rng.choice(ROWS)
    things = row.true if true else row.false
    fields = named(rng.choice(things[:CORE_THINGS] if rng.random() < CORE_SHARE else things))
    asks, says = expand(rng, row.asks), expand(rng, row.says)
    if re.match("an? ", fields["s"]) and re.search(r"\{s\} is (?!an? )", row.says) and rng.random() < 0.4:
        asks, says = _of_many(asks), _of_many(says)
    return put_in(asks, fields), put_in(says, fields)


def _of_many(sentence: str) -> str:
    """ "is {s} hot" becomes "are {p} hot"."""
    for one, many in (("is {s}", "are {p}"), ("does {s}", "do {p}"), ("{s} is", "{p} are"), ("{s}", "{p}")):
        sentence = sentence.replace(one, many)
    return sentence


def _plain(rng: Random, true: bool) -> tuple[str, str]:
    asks, says = rng.choice(PLAIN[true])
    return expand(rng, asks), expand(rng, says)


def _colour(rng: Random, true: bool) -> tuple[str, str]:
    thing = rng.choice([s for s, colour in _COLOURS.items() if colour in FAR])
    colour = _COLOURS[thing]
    name = expand(rng, thing)
    value = colour if true else rng.choice(FAR[colour].split())
    return f"is {name} {value}", f"{name} is {value}"


def _bigger(rng: Random, true: bool) -> tuple[str, str]:
    order, more, less = rng.choice(
        ((SIZES, "(bigger|larger|heavier)", "(smaller|lighter)"), (SPEEDS, "faster", "slower"))
    )
    low, high = sorted(rng.sample(range(len(order)), 2))
    up = rng.random() < 0.5
    one, two = (order[high], order[low]) if up == true else (order[low], order[high])
    word = expand(rng, more if up else less)
    one, two = with_article(one), with_article(two)
    return f"is {one} {word} than {two}", f"{one} is {word} than {two}"


def _numbers(rng: Random, true: bool) -> tuple[str, str]:
    kind = rng.choice(("compare", "compare", "even", "prime", "sum"))
    if kind == "compare":
        low, high = sorted(rng.sample(range(rng.choice((10, 10, 20, 100, 1000))), 2))
        up = rng.random() < 0.5
        one, two = (high, low) if up == true else (low, high)
        word = expand(rng, "(bigger|greater|larger|more|higher)" if up else "(smaller|less|lower)")
        return f"is {one} {word} than {two}", f"{one} is {word} than {two}"
    if kind == "even":
        number, even = rng.randint(1, 100), rng.random() < 0.5
        if (number % 2 == 0) != (even == true):
            number += 1
        word = "even" if even else "odd"
        return expand(rng, f"is {number} (an {word} number|{word})"), f"{number} is {word}"
    if kind == "prime":
        number = rng.choice(
            (2, 3, 5, 7, 11, 13, 17, 19, 23, 29) if true else (1, 4, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21)
        )
        return expand(rng, f"is {number} (a prime number|prime|a prime)"), f"{number} is a prime number"
    one, two = rng.randint(1, 10), rng.randint(1, 10)
    total = one + two if true else one + two + rng.choice((-1, 1, 2, 3))
    return expand(
        rng,
        f"(is {one} + {two} [equal to] {total}|is {one} plus {two} {total}|does {one} + {two} (equal|make) {total})",
    ), f"{one} + {two} is {total}"


def _calendar(rng: Random, true: bool) -> tuple[str, str]:
    cycle = rng.choice((measures.DAYS, measures.MONTHS))
    at, after = rng.randrange(len(cycle) - 1), rng.random() < 0.5  # not from the last to the first
    one, two = (cycle[at], cycle[at + 1]) if after == true else (cycle[at + 1], cycle[at])
    side = "after" if after else "before"
    return expand(rng, f"(does {two} come {side} {one}|is {two} [right] {side} {one})"), f"{two} comes {side} {one}"


def _opposite(rng: Random, true: bool) -> tuple[str, str]:
    pairs = list(table(words.OPPOSITES).items())
    (one, two), (other, _) = rng.sample(pairs, 2)
    value = two if true else other
    return f"is {value} the opposite of {one}", f"{value} is the opposite of {one}"


_KINDS: tuple[tuple[Claim, int], ...] = (
    (_property, 22),
    (_plain, 22),
    (_colour, 5),
    (_numbers, 5),
    (_bigger, 3),
    (_calendar, 2),
    (_opposite, 2),
    (
        _of_table(
            "capital",
            _CAPITALS,
            "is {value} the capital [city] of {s}*3|is the capital of {s} {value}",
            "{value} is the capital of {s}",
        ),
        4,
    ),
    (_of_table("country of city", _CITIES, "is {s} in {value}*3|is {s} a city in {value}", "{s} is in {value}"), 4),
    (
        _of_table(
            "continent",
            _common(countries.CONTINENTS),
            "is {s} (in|part of) {value}*3|does {s} belong to {value}|is {s} a country in {value}",
            "{s} is in {value}",
        ),
        3,
    ),
    (
        _of_table(
            "language",
            _common(countries.LANGUAGES),
            "(do they|do people) speak {value} in {s}*3|is {value} spoken in {s}",
            "they speak {value} in {s}",
            "Japanese Thai Polish Hungarian Greek Korean Vietnamese Danish Norwegian Hebrew Persian Portuguese",
        ),
        3,
    ),
    (
        _of_table(
            "currency",
            _common(countries.CURRENCIES),
            "(do they|can I) pay with the {value} in {s}|is the {value} the currency of {s}",
            "the {value} is the currency of {s}",
        ),
        1,
    ),
    (_of_table("animal class", nature.CLASSES, "is {a} {a_value}*3|are {p} {values}", "{a} is {a_value}"), 4),
    (_of_table("kind", nature.KINDS, "is {a} {value}*3", "{a} is {value}"), 3),
    (_of_table("writer", culture.WRITERS, "did {value} write {s}", "{value} wrote {s}"), 2),
    (
        _of_table(
            "young",
            nature.YOUNG,
            "is {a_value} a (young|baby) {s}|is a baby {s} called {a_value}",
            "{a_value} is a young {s}",
        ),
        1,
    ),
    (_of_table("sound", _PLAIN_SOUNDS, "(does {a}|do {p}) (say|go|make) {value}", "{p} say {value}"), 1),
    (_of_table("sight", countries.SIGHTS, "is {s} in {value}", "{s} is in {value}"), 1),
    (
        _of_table(
            "measure",
            _COUNTED,
            "are there {value} {part} in {whole}*2|does {whole} have {value} {part}",
            "there are {value} {part} in {whole}",
        ),
        3,
    ),
    (_of_table("legs", nature.LEGS, "(does {a}|do {p}) have {value} legs", "{p} have {value} legs"), 2),
)
_MAKERS = tuple(make for make, share in _KINDS for _ in range(share))


def _draw(rng: Random) -> tuple[object, ...]:
    true = rng.random() < 0.5
    asks, says = rng.choice(_MAKERS)(rng, true)
    return "yes" if true else "no", asks, says, expand(rng, ASKED)


def item(rng: Random, split: Split) -> Item:
    answer, asks, says, wording = map(str, draw_split(rng, split, _draw))
    return Item({"question": put_in(wording, {"asks": asks, "says": says})}, answer)


TASK = Task(
    "common_knowledge",
    item,
    (
        *("Answer yes or no. «{question}» Answer:",) * 4,
        *("«{question}»",) * 4,
        *("Q: «{question}» A:",) * 2,
        "«{question}» OPTIONS: - yes - no Answer:",
        "Question: «{question}» Answer:",
        "Answer yes or no. Question: «{question}» Answer:",
        "«{question}» OPTIONS: - no - yes",
        "Answer this with yes or no: «{question}»",
    ),
    shot="{question}",
    instructions=("Answer yes or no.", "Yes or no?"),
    closed=True,
    weight=2.0,
)
