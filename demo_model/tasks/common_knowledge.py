# ruff: noqa: E501, SIM905  (tables)
"""Yes-or-no questions about the world: can a dog fly, is ice hot, is Paris in France, is 7 bigger than 5?

True and false ones are equally likely. Held out are combinations of a question, its subject and its wording.

Half of the claims are about very common things (`knowledge.lexicon`), the rest about names and fixed statements. Evenly
drawn over all tables, comparisons of capitals, currencies, numbers and opposites had not left chance after a million
examples, so they are few now, and about what everybody asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from demo_model.examples import Item, Split, Task, draw_split
from demo_model.phrasing import expand, put_in
from demo_model.tasks.knowledge import core, countries, culture, lexicon, measures, nature
from demo_model.tasks.knowledge.relation import first_name, named, plural, with_article

# A question and the same as a statement, then what it is true of and what it is false of.
PROPERTIES = """
(is {a} a flower|are {p} flowers) / {a} is a flower = rose, tulip, daisy, lily, sunflower, orchid, violet, daffodil = dog, oak, stone, carrot, car, potato, cat, cloud
(is {a} a tree|are {p} trees) / {a} is a tree = oak, pine, birch, maple, willow, beech, palm, fir = rose, dog, tulip, stone, carrot, car, daisy, river
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
do (you|we|people) need {s} in winter / you need {s} in winter = a warm coat, gloves, a scarf, a woolen hat, heating = sunscreen, a swimsuit, sandals
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
yes = do people have two hands / people have two hands; does a hand have five fingers / a hand has five fingers; do (people|we) sleep at night / (people|we) sleep at night; do (we|people) smell with (our|the) nose / (we|people) smell with (our|the) nose; do (we|people) taste with (our|the) tongue / (we|people) taste with (our|the) tongue; is the brain in the head / the brain is in the head; does the heart pump blood / the heart pumps blood; do (people|humans) have (teeth|bones|hair|skin|blood) / (people|humans) have (teeth|bones|hair|skin|blood); does a (person|human) have (two legs|two arms|one head|a heart|ten toes) / a (person|human) has (two legs|two arms|one head|a heart|ten toes)
no = do people have (four|three) hands / people have (four|three) hands; does a hand have (six|ten|three|eight) fingers / a hand has (six|ten|three|eight) fingers; do (people|humans) have (feathers|fins|wings|tails|horns|four legs) / (people|humans) have (feathers|fins|wings|tails|horns|four legs); is the brain in the (foot|leg|stomach|hand) / the brain is in the (foot|leg|stomach|hand); do (we|people) smell with (our|the) (ears|eyes) / (we|people) smell with (our|the) (ears|eyes); do (we|people) taste with (our|the) (ears|feet) / (we|people) taste with (our|the) (ears|feet); does the heart pump (milk|coffee|oil) / the heart pumps (milk|coffee|oil); does a (person|human) have (four legs|three arms|two heads|a tail|wings) / a (person|human) has (four legs|three arms|two heads|a tail|wings)
yes = is a minute shorter than an hour / a minute is shorter than an hour; is an hour longer than a minute / an hour is longer than a minute; is a day longer than an hour / a day is longer than an hour; is a week longer than a day / a week is longer than a day; is a year longer than a month / a year is longer than a month; is a kilometer longer than a meter / a kilometer is longer than a meter; is a kilogram heavier than a gram / a kilogram is heavier than a gram; is a month longer than a week / a month is longer than a week; is a second shorter than a minute / a second is shorter than a minute; is a day shorter than a week / a day is shorter than a week
no = is a minute longer than an hour / a minute is longer than an hour; is an hour shorter than a minute / an hour is shorter than a minute; is a day shorter than an hour / a day is shorter than an hour; is a week shorter than a day / a week is shorter than a day; is a year shorter than a month / a year is shorter than a month; is a kilometer shorter than a meter / a kilometer is shorter than a meter; is a gram heavier than a kilogram / a gram is heavier than a kilogram; is a month shorter than a week / a month is shorter than a week; is a second longer than a minute / a second is longer than a minute; is a day longer than a week / a day is longer than a week
yes = do people eat breakfast in the morning / people eat breakfast in the morning; do people eat dinner in the evening / people eat dinner in the evening; is (Saturday|Sunday) part of the weekend / (Saturday|Sunday) is part of the weekend; does (Sunday|Monday) come after Saturday / (Sunday|Monday) comes after Saturday; is (Friday|Monday) a weekday / (Friday|Monday) is a weekday; are there four seasons in a year / there are four seasons in a year; are there 60 seconds in a minute / there are 60 seconds in a minute; does a year have 365 days / a year has 365 days; does February have 28 days / February has 28 days
no = do people eat breakfast (at night|in the evening) / people eat breakfast (at night|in the evening); do people eat dinner in the morning / people eat dinner in the morning; is (Monday|Tuesday|Wednesday|Thursday) part of the weekend / (Monday|Tuesday|Wednesday|Thursday) is part of the weekend; does Friday come after Saturday / Friday comes after Saturday; is (Saturday|Sunday) a weekday / (Saturday|Sunday) is a weekday; are there (two|six|five|ten) seasons in a year / there are (two|six|five|ten) seasons in a year; are there (10|30|100) seconds in a minute / there are (10|30|100) seconds in a minute; does a year have (100|300|500) days / a year has (100|300|500) days; does February have (31|40) days / February has (31|40) days
yes = does a bike have (two|2) wheels / a bike has (two|2) wheels; does a car have (four|4) wheels / a car has (four|4) wheels; do planes fly / planes fly; do ships sail on (water|the sea) / ships sail on (water|the sea); do trains run on (rails|tracks) / trains run on (rails|tracks); can you (call people|take pictures) with a phone / you can (call people|take pictures) with a phone; does a fridge keep food cold / a fridge keeps food cold; can you see with a lamp in the dark / you can see with a lamp in the dark; do bikes have (two wheels|pedals) / bikes have (two wheels|pedals); do cars need (fuel|a driver) / cars need (fuel|a driver)
no = does a bike have (four|five|six) wheels / a bike has (four|five|six) wheels; does a car have (two|three|ten) wheels / a car has (two|three|ten) wheels; do planes swim / planes swim; do (ships|boats) fly / (ships|boats) fly; do (trains|cars|bikes) fly / (trains|cars|bikes) fly; can you (eat|drink) a phone / you can (eat|drink) a phone; does a fridge keep food (hot|warm) / a fridge keeps food (hot|warm); do bikes have (four wheels|wings|an engine) / bikes have (four wheels|wings|an engine); can cars (swim|talk) / cars can (swim|talk); can you (drive|eat) a (table|book) / you can (drive|eat) a (table|book)
yes = do pilots fly planes / pilots fly planes; do farmers grow (food|vegetables) / farmers grow (food|vegetables); do (chefs|cooks) cook food / (chefs|cooks) cook food; do painters paint / painters paint; do singers sing / singers sing; do dentists (look after|check) teeth / dentists (look after|check) teeth; do police officers catch (thieves|criminals) / police officers catch (thieves|criminals); do (teachers|firefighters|doctors|nurses|pilots) help people / (teachers|firefighters|doctors|nurses|pilots) help people; do bakers bake (bread|cakes) / bakers bake (bread|cakes); do students go to school / students go to school
no = do pilots (bake bread|check teeth) / pilots (bake bread|check teeth); do farmers (fly planes|put out fires) / farmers (fly planes|put out fires); do dentists (fly planes|bake bread|put out fires) / dentists (fly planes|bake bread|put out fires); do firefighters (start fires|bake bread|check teeth) / firefighters (start fires|bake bread|check teeth); do teachers (fly planes|check teeth|put out fires) / teachers (fly planes|check teeth|put out fires); do bakers (check teeth|put out fires|fly planes) / bakers (check teeth|put out fires|fly planes); do (singers|painters) put out fires / (singers|painters) put out fires; do doctors (bake bread|fly planes) / doctors (bake bread|fly planes)
yes = are bananas yellow / bananas are yellow; are strawberries red / strawberries are red; are carrots orange / carrots are orange; are cherries red / cherries are red; are lemons (sour|yellow) / lemons are (sour|yellow); are leaves green / leaves are green; are (elephants|mice) gray / (elephants|mice) are gray; do apples grow on trees / apples grow on trees; do trees have (roots|branches|leaves) / trees have (roots|branches|leaves); do flowers need (water|sun) / flowers need (water|sun); are (dogs|cats|lions|horses|whales) mammals / (dogs|cats|lions|horses|whales) are mammals; are (eagles|penguins|ducks) birds / (eagles|penguins|ducks) are birds; are (bees|ants) insects / (bees|ants) are insects
no = are bananas (blue|red|purple) / bananas are (blue|red|purple); are strawberries (blue|black|purple) / strawberries are (blue|black|purple); are carrots (blue|black) / carrots are (blue|black); are cherries blue / cherries are blue; are lemons (sweet|blue) / lemons are (sweet|blue); are leaves (blue|pink) / leaves are (blue|pink); are (elephants|mice) (green|blue|pink) / (elephants|mice) are (green|blue|pink); do apples grow in the (ground|sea) / apples grow in the (ground|sea); do trees have (legs|wings|fur) / trees have (legs|wings|fur); do flowers need (milk|coffee) / flowers need (milk|coffee); are (dogs|cats|lions|horses|whales) (fish|birds|insects) / (dogs|cats|lions|horses|whales) are (fish|birds|insects); are (eagles|penguins|ducks) (mammals|fish) / (eagles|penguins|ducks) are (mammals|fish); are (spiders|mice|birds) insects / (spiders|mice|birds) are insects
yes = is (Europe|Asia|Africa|Australia) a continent / (Europe|Asia|Africa|Australia) is a continent; is (France|Germany|Italy|Spain) a country / (France|Germany|Italy|Spain) is a country; is (Paris|London|Rome|Berlin) a city / (Paris|London|Rome|Berlin) is a city; is the Eiffel Tower in (Paris|France) / the Eiffel Tower is in (Paris|France); is Big Ben in (London|England) / Big Ben is in (London|England); is Mount Everest in Asia / Mount Everest is in Asia; is Antarctica (cold|a continent) / Antarctica is (cold|a continent); is the Sahara (hot|a desert) / the Sahara is (hot|a desert); is the Nile in Africa / the Nile is in Africa; is Canada in (North America|America) / Canada is in (North America|America); is Russia bigger than (France|Germany|Italy) / Russia is bigger than (France|Germany|Italy); is China in Asia / China is in Asia
no = is (France|Paris|London|Germany) a continent / (France|Paris|London|Germany) is a continent; is (Africa|Europe|Asia) a country / (Africa|Europe|Asia) is a country; is (France|Germany|Italy|Spain) a city / (France|Germany|Italy|Spain) is a city; is (Paris|London|Rome|Berlin) a country / (Paris|London|Rome|Berlin) is a country; is the Eiffel Tower in (London|Berlin|Rome|England) / the Eiffel Tower is in (London|Berlin|Rome|England); is Big Ben in (Paris|Rome|France) / Big Ben is in (Paris|Rome|France); is Mount Everest in (Africa|Europe) / Mount Everest is in (Africa|Europe); is Antarctica (hot|warm) / Antarctica is (hot|warm); is the Sahara (cold|a sea|an ocean) / the Sahara is (cold|a sea|an ocean); is the Nile in (Europe|Asia) / the Nile is in (Europe|Asia); is Canada in (Europe|Asia|Africa) / Canada is in (Europe|Asia|Africa); is (France|Germany|Italy) bigger than Russia / (France|Germany|Italy) is bigger than Russia; is China in (Europe|Africa) / China is in (Europe|Africa)
yes = does 2 + 2 (equal|make) 4 / 2 + 2 makes 4; is 2 + 2 4 / 2 + 2 is 4; is (5|five) (bigger|more|greater) than (3|three) / (5|five) is (bigger|more|greater) than (3|three); is ten more than nine / ten is more than nine; is (7|3|5|9) an odd number / (7|3|5|9) is an odd number; is (4|2|6|8) an even number / (4|2|6|8) is an even number; is 1 (less|smaller) than 2 / 1 is (less|smaller) than 2; is a million more than a thousand / a million is more than a thousand; is a dozen (12|twelve) / a dozen is (12|twelve)
no = does 2 + 2 (equal|make) (5|3|6) / 2 + 2 makes (5|3|6); is 2 + 2 (5|3|22) / 2 + 2 is (5|3|22); is (3|three) (bigger|more|greater) than (5|five) / (3|three) is (bigger|more|greater) than (5|five); is nine more than ten / nine is more than ten; is (7|3|5|9) an even number / (7|3|5|9) is an even number; is (4|2|6|8) an odd number / (4|2|6|8) is an odd number; is 2 (less|smaller) than 1 / 2 is (less|smaller) than 1; is a thousand more than a million / a thousand is more than a million; is a dozen (10|ten|20|six) / a dozen is (10|ten|20|six)
yes = can a fish swim / a fish can swim; can a bird fly / a bird can fly; is a dog an animal / a dog is an animal; is a cat an animal / a cat is an animal; is a car a vehicle / a car is a vehicle; is a rose a (flower|plant) / a rose is a (flower|plant); is a banana a fruit / a banana is a fruit; is (water|milk) a liquid / (water|milk) is a liquid; is (milk|snow) white / (milk|snow) is white; is ice cold / ice is cold; is the (sun|fire) hot / the (sun|fire) is hot; is the sun (hot|big|yellow|in the sky) / the sun is (hot|big|yellow|in the sky); is an elephant (big|an animal) / an elephant is (big|an animal); is a mouse (small|an animal) / a mouse is (small|an animal); do dogs bark / dogs bark; do cats meow / cats meow; do horses have four legs / horses have four legs; do fish have fins / fish have fins; do rabbits have (long ears|fur) / rabbits have (long ears|fur)
no = can a (rock|fish|dog|cat|horse) fly / a (rock|fish|dog|cat|horse) can fly; can a (dog|bird|fish) read / a (dog|bird|fish) can read; is a dog a (cat|bird|fish|plant) / a dog is a (cat|bird|fish|plant); is a cat a (dog|bird|fruit|fish) / a cat is a (dog|bird|fruit|fish); is a car an animal / a car is an animal; is a rose a (tree|fruit|bird) / a rose is a (tree|fruit|bird); is a banana (an animal|a vegetable) / a banana is (an animal|a vegetable); is (ice|wood|stone) a liquid / (ice|wood|stone) is a liquid; is (coal|grass) white / (coal|grass) is white; is (fire|the sun) cold / (fire|the sun) is cold; is ice (hot|a liquid) / ice is (hot|a liquid); is the sun (small|cold|blue|green) / the sun is (small|cold|blue|green); is an elephant (small|a bird) / an elephant is (small|a bird); is a mouse (big|a bird|a fish) / a mouse is (big|a bird|a fish); do dogs (meow|fly|lay eggs) / dogs (meow|fly|lay eggs); do cats (bark|fly|lay eggs) / cats (bark|fly|lay eggs); do horses have (two|six) legs / horses have (two|six) legs; do fish have (wings|fur) / fish have (wings|fur); do rabbits have (wings|feathers|horns) / rabbits have (wings|feathers|horns)
"""

# From small to big, and from slow to fast.
SIZES = "ant, mouse, cat, dog, horse, elephant, whale", "pea, apple, chair, car, bus, house, mountain"
SPEEDS = "snail, turtle, dog, horse, cheetah", "snail, bike, car, train, plane"

ASKED = (
    "(^{asks}?*40|^[<hey>] {asks}?*2|^{asks}? Yes or no?*2|^yes or no: {asks}?|^is it true that {says}?*2|"
    "^{says}, (right|true)?|^{asks}, yes or no?|^do you know if {says}?|^<can you> tell me if {says}?)"
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

_COUNTRIES = set(
    "France, Germany, Italy, Spain, England, Japan, China, Russia, India, Egypt, the United States, Brazil".split(", ")
)
_TOWNS = set("Paris, Berlin, Rome, Madrid, London, Tokyo, Beijing, Moscow, New York, Cairo, Vienna, Sydney".split(", "))
_AUTHORED = set("Hamlet, Romeo and Juliet, Harry Potter, The Lord of the Rings, Don Quixote, Oliver Twist".split(", "))
# What everybody asks, of the tables with more than a dozen rows in the core.
_TOP = {
    "capital": _COUNTRIES, "continent": _COUNTRIES, "language": _COUNTRIES,
    "country of city": _TOWNS, "writer": _AUTHORED,
}  # fmt: skip

# For each color, those that nobody takes it for.
FAR = {
    "yellow": "blue black purple gray", "green": "red black purple pink white", "blue": "yellow red orange brown pink",
    "red": "green blue yellow white gray", "white": "black red green purple blue", "black": "white yellow pink red green",
    "orange": "blue green black purple white", "purple": "yellow green white orange", "brown": "blue green pink white purple",
    "gray": "red yellow green orange pink", "pink": "green black blue brown yellow",
}  # fmt: skip

CORE_SHARE = 0.75  # of the claims are about the first things of a row, or what most people ask for
CORE_THINGS = 6

Claim = Callable[[Random, bool], tuple[str, str]]  # draws a true or false question, and the same as a statement


def _of_table(relation: str, answers: dict[str, str], asks: str, says: str, wrong: str = "") -> Claim:
    """Claims about a table: the value of a subject, or that of another one (of those in `wrong`).

    Mostly about the facts that newcomers ask for, which the family `facts` teaches as well.
    """
    subjects = list(answers)
    top = _TOP.get(relation, core.ASKED.get(relation, set()))
    known = [s for s in subjects if not top.isdisjoint({s, first_name(s)})] or subjects

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
_COLOURED = [thing for thing, colour in _COLOURS.items() if colour in FAR]
_COLOURED_CORE = [thing for thing in _COLOURED if first_name(thing) in core.ASKED["colour"]]


def _cells(cells: list[lexicon.Cell]) -> tuple[list[lexicon.Cell], list[float]]:
    return cells, list(accumulate(cell.share for cell in cells))


_TRUE, _FALSE = (list(map(_cells, lexicon.TABLES[side::2])) for side in (0, 1))
_DOMAINS = (5, 3, 2)  # animals, things, stuff


def _common_thing(rng: Random, true: bool) -> tuple[str, str]:
    cells, shares = rng.choices(_TRUE if true else _FALSE, _DOMAINS)[0]
    cell = rng.choices(cells, cum_weights=shares)[0]
    fields = named(cell.thing)
    return put_in(expand(rng, cell.property.asks), fields), put_in(cell.property.says, fields)


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
    thing = rng.choice(_COLOURED_CORE if rng.random() < CORE_SHARE else _COLOURED)
    colour = _COLOURS[thing]
    name = expand(rng, thing)
    value = colour if true else rng.choice(FAR[colour].split())
    return f"is {name} {value}", f"{name} is {value}"


def _bigger(rng: Random, true: bool) -> tuple[str, str]:
    orders, more, less = rng.choice(((SIZES, "(bigger*2|heavier)", "smaller"), (SPEEDS, "faster*2", "slower")))
    order = rng.choice(orders).split(", ")
    low, high = sorted(rng.sample(range(len(order)), 2))
    up = rng.random() < 0.6
    one, two = (order[high], order[low]) if up == true else (order[low], order[high])
    word = expand(rng, f"({more if up else less})")
    many = rng.random() < 0.2
    one, two = (plural(one), plural(two)) if many else (with_article(one), with_article(two))
    be = "are" if many else "is"
    return f"{be} {one} {word} than {two}", f"{one} {be} {word} than {two}"


NUMBERS = (*range(1, 11), 20, 50, 100, 1000)


def _numbers(rng: Random, true: bool) -> tuple[str, str]:
    kind = rng.choice(("compare", "compare", "even", "sum"))
    if kind == "compare":
        low, high = sorted(rng.sample(NUMBERS, 2))
        up = rng.random() < 0.5
        one, two = (high, low) if up == true else (low, high)
        word = expand(rng, "(bigger*2|greater|more)" if up else "(smaller|less)")
        return f"is {one} {word} than {two}", f"{one} is {word} than {two}"
    if kind == "even":
        number, even = rng.randint(1, 20), rng.random() < 0.5
        if (number % 2 == 0) != (even == true):
            number += 1
        word = "even" if even else "odd"
        return expand(rng, f"is {number} (an {word} number|{word})"), f"{number} is {word}"
    one, two = rng.randint(1, 5), rng.randint(1, 5)
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


_KINDS: tuple[tuple[Claim, int], ...] = (
    (_common_thing, 50),
    (_property, 9),
    (_plain, 16),
    (_colour, 4),
    (_numbers, 3),
    (_bigger, 5),
    (_calendar, 1),
    (
        _of_table(
            "capital",
            _CAPITALS,
            "is {value} the capital [city] of {s}*3|is the capital of {s} {value}",
            "{value} is the capital of {s}",
        ),
        3,
    ),
    (_of_table("country of city", _CITIES, "is {s} in {value}*3|is {s} a city in {value}", "{s} is in {value}"), 3),
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
        2,
    ),
    (_of_table("animal class", nature.CLASSES, "is {a} {a_value}*3|are {p} {values}", "{a} is {a_value}"), 2),
    (_of_table("kind", nature.KINDS, "is {a} {value}*3", "{a} is {value}"), 2),
    (_of_table("writer", culture.WRITERS, "did {value} write {s}", "{value} wrote {s}"), 1),
    (_of_table("sound", _PLAIN_SOUNDS, "(does {a}|do {p}) (say|go|make) {value}", "{p} say {value}"), 1),
    (_of_table("sight", countries.SIGHTS, "is {s} in {value}", "{s} is in {value}"), 1),
    (
        _of_table(
            "measure",
            _COUNTED,
            "are there {value} {part} in {whole}*2|does {whole} have {value} {part}",
            "there are {value} {part} in {whole}",
        ),
        2,
    ),
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
        *("Answer yes or no. «{question}» Answer:",) * 6,
        *("«{question}»",) * 6,
        *("Q: «{question}» A:",) * 3,
        "«{question}» OPTIONS: - yes - no Answer:",
        "Question: «{question}» Answer:",
        "Answer yes or no. Question: «{question}» Answer:",
        "«{question}» OPTIONS: - no - yes",
        "Answer this with yes or no: «{question}»",
    ),
    shot="{question}",
    instructions=("Answer yes or no.", "Yes or no?"),
    closed=True,
    weight=11.0,
)
