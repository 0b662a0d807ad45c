# ruff: noqa: E501  (tables)
"""What very common things are, have, can and do: a closed world, so that each claim is either true or false.

A block is a domain: its things, then its properties. A property is the question's forms / the statement = the things it
is true of, then what it is false of:

    = true                  false of all the rest
    = true ? doubtful       false of the rest; nothing is asked about the doubtful ones
    = true ! false          nothing is asked about the rest

@name is a list of a line above. Claims are drawn so that yes and no are equally likely for every thing and every
property alike: neither "can" nor "stone" says what the answer is, only the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TEXT = """
@birds: penguin, duck, chicken, eagle, owl, ostrich, parrot, goose, swan
@insects: bee, ant, butterfly, fly, mosquito
@fish: fish, shark, salmon, goldfish
@people: child, teacher
animals: dog, cat, cow, horse, bird, fish, elephant, lion, penguin, bee, spider, snake, pig, whale, sheep, mouse, duck, chicken, frog, shark, rabbit, bat, dolphin, child, bear, tiger, monkey, ant, eagle, butterfly, goat, owl, wolf, fox, giraffe, turtle, crocodile, fly, snail, ostrich, kangaroo, parrot, camel, zebra, goose, octopus, squirrel, deer, mosquito, swan, hamster, salmon, goldfish, teacher, worm
(can {a} fly|can {p} fly*2|do {p} fly) / {p} can fly = bird, bee, duck, eagle, bat, butterfly, owl, fly, parrot, goose, mosquito, swan ? chicken, ant
(can {a} swim|can {p} swim*2|do {p} swim) / {p} can swim = @fish, duck, whale, penguin, frog, dolphin, turtle, crocodile, goose, swan, octopus, dog ! bee, butterfly, spider, fly, chicken, snail, parrot, giraffe, mosquito, eagle
(can {a} bark|do {p} bark*2) / {p} bark = dog ? wolf, fox, deer
(do {p} (meow|say meow)|does {a} meow) / {p} meow = cat ? lion, tiger, owl
(can {a} run|can {p} run) / {p} can run = dog, cat, horse, lion, elephant, mouse, rabbit, bear, tiger, wolf, fox, giraffe, ostrich, zebra, camel, deer, child, teacher ! @fish, snake, whale, snail, worm, dolphin, bee, butterfly, fly, octopus
(can {a} jump|can {p} jump) / {p} can jump = frog, kangaroo, cat, dog, rabbit, horse, monkey, squirrel, child, tiger, lion ! snail, worm, elephant, snake
(can {a} (talk|speak)|can {p} (talk|speak)*2) / {p} can talk = @people ? parrot
(can {a} read|can {p} read [books]) / {p} can read = teacher ? child
(can {a} climb trees|can {p} climb [trees]|can {a} climb a tree) / {p} can climb trees = monkey, squirrel, cat, bear ! dog, cow, horse, @fish, elephant, penguin, pig, whale, sheep, dolphin, giraffe, zebra, camel
(do {p} lay eggs*2|does {a} lay eggs) / {p} lay eggs = bird, @birds, @fish, spider, frog, butterfly, turtle, crocodile, fly, snail, snake, octopus, mosquito ? shark, bee, ant, worm
(do {p} (give|produce) milk|does {a} give [us] milk) / {p} give milk = cow, goat, sheep ! @birds, @insects, @fish, bird, spider, snake, frog, turtle, crocodile, snail, octopus, worm
(do {p} make honey|does {a} make honey) / {p} make honey = bee
(do {p} have wings*2|does {a} have wings) / {p} have wings = bird, @birds, bee, bat, butterfly, fly, mosquito ? ant
(do {p} have feathers*2|does {a} have feathers) / {p} have feathers = bird, @birds
(do {p} have fur*2|does {a} have fur) / {p} have fur = dog, cat, lion, mouse, rabbit, bear, tiger, monkey, bat, wolf, fox, squirrel, hamster, kangaroo ? cow, horse, sheep, goat, elephant, pig, giraffe, camel, zebra, deer, bee, spider, whale, dolphin, butterfly, fly
(do {p} have (tails|a tail)*2|does {a} have a tail) / {p} have a tail = dog, cat, cow, horse, elephant, lion, pig, sheep, mouse, tiger, wolf, fox, giraffe, crocodile, kangaroo, camel, zebra, squirrel, monkey, @fish, whale, dolphin, goat, rabbit ! spider, child, teacher, frog, butterfly, fly, octopus, ant, mosquito
(do {p} have legs*2|does {a} have legs) / {p} have legs = dog, cat, cow, horse, bird, elephant, lion, @birds, @insects, spider, pig, sheep, mouse, frog, rabbit, child, bear, tiger, monkey ! @fish, snake, whale, dolphin, snail, worm
(do {p} have (four|4) legs*2|does {a} have (four|4) legs) / {p} have four legs = dog, cat, cow, horse, elephant, lion, pig, sheep, mouse, frog, rabbit, bear, tiger, goat, wolf, fox, giraffe, turtle, crocodile, camel, zebra, squirrel, deer, hamster ? monkey, kangaroo, bat
(do {p} have (two|2) legs*2|does {a} have (two|2) legs) / {p} have two legs = bird, @birds, @people ? kangaroo, monkey, bat
(do {p} have (six|6) legs*2|does {a} have (six|6) legs) / {p} have six legs = @insects
(do {p} have (eight|8) legs*2|does {a} have (eight|8) legs) / {p} have eight legs = spider ? octopus
(do {p} have fins*2|does {a} have fins) / {p} have fins = @fish, whale, dolphin ? penguin, octopus
(do {p} have beaks|does {a} have a beak*2) / {p} have a beak = bird, @birds ? turtle, octopus, dolphin
(do {p} have horns*2|does {a} have horns) / {p} have horns = cow, goat ? sheep, deer, giraffe, snail
(do {p} have (trunks|a trunk)|does {a} have a trunk*2) / {p} have a trunk = elephant ? mosquito, butterfly
(do {p} have (long necks|a long neck)|does {a} have a long neck) / {p} have long necks = giraffe, swan, ostrich ? goose, camel, turtle, horse
(do {p} have stripes*2|does {a} have stripes) / {p} have stripes = zebra, tiger, bee ? snake, @fish, cat, dog, butterfly, mosquito, squirrel, pig, frog, spider, fly, bird, duck, horse
(do {p} have a (shell|hard shell)|does {a} have a shell) / {p} have a shell = turtle, snail ? crocodile, octopus
(do {p} have sharp teeth|does {a} have sharp teeth) / {p} have sharp teeth = lion, shark, tiger, crocodile, wolf, bear ! bee, butterfly, snail, worm, duck, chicken, penguin, ant, eagle, owl
(do {p} eat meat*2|does {a} eat meat) / {p} eat meat = lion, shark, tiger, wolf, crocodile, eagle, dog, cat ! cow, horse, sheep, rabbit, giraffe, zebra, goat, elephant, bee, butterfly, camel, kangaroo
(do {p} eat grass*2|does {a} eat grass) / {p} eat grass = cow, horse, sheep, goat, zebra, rabbit, deer, kangaroo ! lion, shark, wolf, tiger, spider, eagle, crocodile, whale, owl, penguin, frog, snake, child
(do {p} eat fish*2|does {a} eat fish) / {p} eat fish = shark, penguin, bear, dolphin, cat ! cow, horse, sheep, rabbit, giraffe, zebra, goat, bee, butterfly, elephant
(do {p} eat mice*2|does {a} eat mice) / {p} eat mice = cat, owl, snake, fox ! cow, horse, sheep, bee, elephant, rabbit, goat, whale, giraffe
(do {p} live in (water|the water|the sea)|does {a} live in (water|the sea)) / {p} live in the water = fish, shark, whale, dolphin, octopus ! dog, cat, cow, horse, elephant, lion, bee, spider, pig, sheep, mouse, chicken, rabbit, child, bear, tiger, monkey, ant, eagle, owl, wolf, giraffe, camel
(do {p} live on (farms|a farm)|does {a} live on a farm) / {p} live on farms = cow, pig, sheep, chicken, goat, horse ! lion, tiger, whale, shark, elephant, penguin, giraffe, crocodile, dolphin, wolf, octopus, zebra
(do {p} live in Africa|does {a} live in Africa|are there {p} in Africa) / {p} live in Africa = lion, elephant, giraffe, zebra ! kangaroo, tiger
(do {p} live in trees) / {p} live in trees = monkey, squirrel ! cow, fish, horse, whale, shark, dog, pig, elephant, sheep, lion
(is {a} a mammal*2|are {p} mammals) / {a} is a mammal = dog, cat, cow, horse, elephant, lion, pig, whale, sheep, mouse, rabbit, bear, tiger, monkey, bat, dolphin, goat, wolf, fox, giraffe, kangaroo, camel, zebra, squirrel, deer, hamster ? @people
(is {a} a bird*2|are {p} birds) / {a} is a bird = @birds ? bird
(is {a} a fish*2|are {p} fish) / {a} is a fish = shark, salmon, goldfish ? fish
(is {a} an insect*2|are {p} insects) / {a} is an insect = @insects
(is {a} a reptile*2|are {p} reptiles) / {a} is a reptile = snake, turtle, crocodile
(is {a} a [good] pet|are {p} [good] pets) / {a} is a pet = dog, cat, hamster, goldfish ! lion, shark, whale, elephant, crocodile, bear, tiger, wolf, giraffe, bee, mosquito, teacher
(is {a} a wild animal|are {p} wild animals|are {p} wild) / {a} is a wild animal = lion, tiger, wolf, bear, elephant, giraffe, zebra, shark, crocodile, fox ! dog, cat, cow, sheep, pig, chicken, hamster
(is {a} a farm animal|are {p} farm animals) / {a} is a farm animal = cow, pig, sheep, chicken, goat ! lion, tiger, whale, shark, elephant, penguin, giraffe, crocodile, dolphin, wolf, bear
(is {a} dangerous|are {p} dangerous*2) / {p} are dangerous = lion, shark, tiger, crocodile, bear, wolf ! sheep, rabbit, butterfly, duck, chicken, snail, hamster, goldfish
(is {a} (big|large|a big animal)|are {p} (big|large)) / {p} are big = elephant, whale, giraffe, bear, camel ! mouse, ant, bee, fly, butterfly, mosquito, snail, spider, hamster
(is {a} (small|a small animal)|are {p} (small|little|tiny)) / {p} are small = mouse, ant, bee, fly, butterfly, mosquito, snail, spider, hamster ! elephant, whale, giraffe, bear, camel
(is {a} fast|are {p} fast*2) / {p} are fast = horse, lion, tiger, rabbit, eagle, zebra, ostrich ! snail, turtle, worm
(is {a} slow|are {p} slow*2) / {p} are slow = snail, turtle, worm ! horse, lion, tiger, rabbit, eagle, zebra, ostrich
do {p} go to school / {p} go to school = child, teacher

@animals: dog, cat, cow, horse, bird, fish, lion, elephant, bee, mouse
@vehicles: car, bus, bike, train, plane, boat, truck, ship, helicopter, motorcycle
@furniture: table, chair, bed, sofa, desk
@plants: tree, flower, rose, oak
@fruits: apple, banana, orange, lemon, strawberry, pear, cherry
@vegetables: carrot, potato, onion, cabbage, cucumber
@dishes: cake, cookie, sandwich, pizza, egg
@instruments: piano, guitar, violin, drum, trumpet
@machines: computer, television, lamp, phone, fridge
@clothes: shoe, hat, coat, shirt, sock
@jobs: doctor, teacher, baker
@cutlery: spoon, fork, knife, cup, plate
things: car, table, tree, dog, apple, house, book, chair, bird, banana, carrot, stone, flower, bed, bus, spoon, cat, phone, piano, ball, bike, pencil, train, shoe, fish, hammer, plane, computer, @vehicles, @furniture, @plants, @fruits, @vegetables, @dishes, @instruments, @machines, @clothes, @cutlery, @animals, @jobs, newspaper, pen, brick, clock, saw, cloud, river, pillow, window
(is {a} an animal*2|are {p} animals) / {a} is an animal = @animals ? @jobs
(is {a} a plant*2|are {p} plants) / {a} is a plant = @plants ? @fruits, @vegetables
(is {a} alive*2|is {a} a living thing|are {p} (alive|living things)) / {a} is alive = @animals, @plants ? @jobs, @fruits, @vegetables, egg
(is {a} a vehicle*2|are {p} vehicles) / {a} is a vehicle = @vehicles
(is {a} a piece of furniture|is {a} furniture) / {a} is furniture = @furniture ? piano, lamp, clock, television, fridge
(is {a} a fruit*3|are {p} fruit|are {p} fruits) / {a} is a fruit = @fruits ? cucumber
(is {a} a vegetable*2|are {p} vegetables) / {a} is a vegetable = @vegetables
(is {a} a [musical] instrument*2|are {p} instruments|can you (make|play) music with {a}) / {a} is an instrument = @instruments ? computer, phone, bird, saw, spoon, television
(is {a} a tool*2|are {p} tools) / {a} is a tool = hammer, saw ? knife, pencil, pen, computer, phone, @machines, @cutlery, @instruments, stone, brick, clock
(is {a} a machine|are {p} machines) / {a} is a machine = computer, car, bus, train, plane, truck, helicopter ! dog, tree, apple, stone, flower, banana, carrot, spoon, pillow, cloud, river, bird, fish, cake
(can (you|we|I|people) eat {a}|can (you|we|people) eat {p}*2) / you can eat {p} = @fruits, @vegetables, @dishes ? @animals, flower, @plants
(can (you|we) wear {a}*2|do (you|people|we) wear {p}) / you can wear {p} = @clothes ? @animals, flower, pillow, clock, @jobs, phone
(can (you|we|I) read {a}*2|do (you|people|we) read {p}) / you can read {p} = book, newspaper ? computer, phone, clock, television, @jobs, @clothes, cloud
(can (you|we|I) drive {a}*2|do people drive {p}) / you can drive {p} = car, bus, truck ? @vehicles
(can (you|we|I) ride {a}) / you can ride {p} = bike, horse, motorcycle ! table, tree, apple, book, banana, carrot, stone, flower, spoon, phone, piano, house, cake, hat, pencil
(can (you|we|I) write with {a}*2) / you can write with {p} = pencil, pen ? computer, phone, @jobs, stone, brick, @cutlery
(can (you|we|I) sit on {a}*2|do (you|we|people) sit on {p}) / you can sit on {p} = chair, sofa ! apple, bird, banana, flower, spoon, phone, shoe, fish, pencil, egg, cloud, lamp, bee, mouse
(can (you|we|I|people) sleep in {a}|do (you|we|people) sleep in {p}) / you can sleep in {p} = bed ! apple, book, spoon, phone, piano, ball, pencil, shoe, cup, carrot, bird, hammer
(can (you|we|I) cut (bread|things|paper) with {a}) / you can cut with {p} = knife, saw ! apple, banana, book, pillow, ball, phone, chair, spoon, cloud, fish, hat, flower, bed
(can (you|we|I) play (football|with) {a}|do children play with {p}) / children play with {p} = ball ! river, knife, brick, saw, oak, bus, truck, bee, onion, fridge, window
(do {p} have wheels*2|does {a} have wheels|has {a} [got] wheels) / {p} have wheels = car, bus, bike, train, truck, plane, motorcycle ? helicopter, bed, chair, desk, ship, boat
(do {p} have (an engine|engines)|does {a} have an engine*2) / {p} have an engine = car, bus, truck, plane, helicopter, motorcycle ? train, ship, boat, @machines
(do {p} (need|use) (electricity|power)*2|does {a} (need|use) electricity) / {p} need electricity = computer, television, lamp, phone, fridge ! table, chair, tree, stone, brick, book, pencil, spoon, apple, shoe, dog, bird, ball, bike, hammer, flower, piano, fork
(do {p} have pages|does {a} have pages) / {p} have pages = book, newspaper ? computer
(can {a} fly|can {p} fly*2) / {p} can fly = plane, helicopter, bird, bee ? cloud, ball, @jobs
(can {a} (walk|run)|can {p} (walk|run)) / {p} can walk = dog, cat, cow, horse, lion, elephant, mouse, @jobs ? bird, bee
(can {a} (talk|think)|can {p} (talk|think)) / {p} can talk = @jobs ? computer, phone, television, @animals
(do {p} have (eyes|a mouth)|does {a} have (eyes|a mouth)) / {p} have eyes = dog, cat, cow, horse, bird, fish, lion, elephant, mouse, @jobs ? potato, river
(do {p} breathe|does {a} (breathe|sleep)|do {p} sleep) / {p} breathe = @animals, @jobs ? @plants, phone, computer
(do {p} have legs*2|does {a} have legs) / {p} have legs = table, chair, dog, cat, cow, horse, bird, lion, desk, @jobs ? bed, sofa, piano, bee, elephant, mouse, lamp, computer
(do {p} have leaves*2|does {a} have leaves) / {p} have leaves = tree, flower, rose, oak ? book, newspaper, @fruits, @vegetables, table
(do {p} grow*2|does {a} grow) / {p} grow = tree, flower, dog, cat, rose, carrot, apple ! stone, car, table, spoon, phone, chair, book, house, hammer, shoe, ball, cup
(do {p} grow on trees*2|does {a} grow on (a tree|trees)) / {p} grow on trees = apple, orange, lemon, pear, cherry ! potato, carrot, onion, strawberry, stone, car, fish, egg, shoe, book, cabbage, cake, sandwich, bus, dog
(do {p} grow in the (ground|earth)) / {p} grow in the ground = potato, carrot, onion ! apple, cherry, car, phone, fish, cake, sandwich, shoe, spoon, chair, dog
(is {a} made of metal|are {p} made of metal) / {p} are made of metal = car, spoon, fork, knife, hammer, truck, train, ship ! book, pillow, banana, shirt, tree, apple, cake, flower, dog, stone, sock, carrot
(is {a} made of paper|are {p} made of paper) / {p} are made of paper = book, newspaper ! spoon, hammer, stone, car, apple, dog, brick, chair, cup, bus, bird
(is {a} made of stone|are {p} made of stone) / {p} are made of stone = brick ! shirt, book, bird, tree, apple, phone, pillow, banana
(is {a} heavy|are {p} heavy*2) / {p} are heavy = car, truck, bus, piano, ship, train, house, elephant ! pencil, pen, spoon, cookie, flower, egg, cherry, sock, strawberry, bee
(is {a} (light|very light)|are {p} light) / {p} are light = pencil, pen, spoon, cookie, flower, egg, cherry, sock, strawberry ! car, truck, bus, piano, ship, train, house, elephant
(is {a} (big|large)|are {p} (big|large)*2) / {p} are big = house, bus, train, ship, truck, plane, elephant, oak ! pencil, pen, spoon, cookie, egg, cherry, strawberry, bee, mouse
(is {a} small|are {p} small*2) / {p} are small = pencil, pen, spoon, cookie, egg, cherry, strawberry, bee, mouse ! house, bus, train, ship, truck, plane, elephant, oak
(is {a} hard|are {p} hard*2) / {p} are hard = stone, brick, hammer ! pillow, shirt, sock, banana, cake, coat, flower, bed
(is {a} soft|are {p} soft*2) / {p} are soft = pillow, bed, sofa, sock, cake ! stone, brick, hammer, car, piano, spoon, knife, saw
(is {a} sweet|are {p} sweet*2) / {p} are sweet = apple, banana, orange, strawberry, cake, cookie, pear, cherry ! lemon, onion, potato, pizza, sandwich, stone, cabbage, egg, brick
(is {a} sour|are {p} sour*2) / {p} are sour = lemon ! banana, cake, cookie, potato, pear, carrot, egg
(is {a} round|are {p} round*2) / {p} are round = ball, orange, apple, plate, cherry ! book, table, bed, pencil, house, brick, newspaper, fork, bus, banana
(is {a} (healthy|good for you)|are {p} (healthy|good for you)*2) / {p} are healthy = apple, banana, orange, carrot, cabbage, cucumber, pear ! cake, cookie
(is {a} expensive|are {p} expensive*2) / {p} are expensive = car, house, ship, plane, helicopter, piano ! pencil, spoon, banana, egg, onion, cookie, potato, newspaper, pen
(is {a} a (person|human)|are {p} people) / {a} is a person = @jobs
(does {a} (tell|show) the time|do {p} (tell|show) the time) / {p} tell the time = clock ? phone, computer, television
(can (you|we|I) drink (from|out of) {a}*2) / you can drink from {p} = cup ! table, pencil, shoe, brick, book, hammer, pillow, bike, apple, car, piano, chair
(is there water in {a}|is {a} full of water) / {a} is full of water = river ! book, brick, table, pencil, car, chair, piano, hammer, bed, shoe
(is {a} in the sky|are {p} in the sky|(can|do) you see {p} in the sky) / {p} are in the sky = cloud ! table, river, bed, house, carrot, potato, chair, brick, fish, bus, train
(is {a} made of glass|are {p} made of glass) / {p} are made of glass = window ! book, tree, dog, hammer, pillow, shirt, brick, apple, banana, newspaper, car
(does {a} work in a hospital|do {p} work in hospitals) / {a} works in a hospital = doctor ! teacher, baker, dog, tree, lion, apple
(does {a} work in a school|do {p} work in schools) / {a} works in a school = teacher ! doctor, baker, horse, tree, lion, apple
(does {a} (make|bake) bread|do {p} (make|bake) bread) / {p} bake bread = baker ! doctor, teacher, dog, cow, bird

stuff: water, ice, fire, milk, sugar, salt, bread, snow, gold, the sun, iron, honey, coffee, the moon, glass, wood, juice, chocolate, paper, tea, rice, butter, cheese, ice cream, oil, sand, blood, grass, the sky, wool, wine, soup, air, meat, soap, plastic, coal, steam, rain, beer, silver, lemon juice, cotton, jam
is {s} hot / {s} is hot = fire, the sun, steam ! ice, snow, ice cream
is {s} cold / {s} is cold = ice, snow, ice cream ! fire, the sun, steam
(is {s} wet) / {s} is wet = water, rain, juice, milk ! fire, paper, salt, sugar, iron, sand, the sun, wood, glass, gold
(is {s} dry) / {s} is dry = paper, salt, sugar, sand, coal, rice ! water, rain, juice, milk, tea, soup
(is {s} a liquid*2|is {s} liquid) / {s} is a liquid = water, milk, juice, coffee, tea, oil, wine, beer, blood, lemon juice ! ice, wood, iron, bread, paper, salt, sugar, snow, cheese, rice, glass, sand, the moon, air
(is {s} a solid|is {s} solid) / {s} is a solid = ice, iron, wood, gold, silver, coal, plastic ! water, milk, juice, coffee, tea, wine, air, steam, oil
(is {s} a gas) / {s} is a gas = air, steam ! water, milk, ice, iron, gold, wood, bread, sand, salt, wool, paper
(is {s} a metal*2|is {s} metal) / {s} is a metal = iron, gold, silver ? sand
(is {s} sweet*2|does {s} taste sweet) / {s} is sweet = sugar, honey, chocolate, ice cream, jam ! salt, water, bread, meat, rice, soup, oil, lemon juice, paper, soap
(is {s} salty|does {s} taste salty) / {s} is salty = salt ! sugar, honey, milk, chocolate, tea, ice cream, jam, juice, coffee
(is {s} sour|does {s} taste sour) / {s} is sour = lemon juice ! sugar, honey, chocolate, milk, bread, butter, jam, ice cream, salt
(can (you|we|I|people) eat {s}*2|is {s} food) / you can eat {s} = bread, chocolate, rice, butter, cheese, ice cream, honey, meat, jam, soup ! iron, glass, wood, paper, sand, the sun, the moon, gold, wool, soap, plastic, coal, fire, air, cotton
(can (you|we|I|people) drink {s}*2|do people drink {s}|is {s} a drink) / you can drink {s} = water, milk, juice, coffee, tea, wine, beer ! bread, iron, glass, wood, paper, sand, ice cream, rice, cheese, meat, gold, grass, wool, salt, sugar, butter, fire
(can {s} burn|does {s} burn*2) / {s} can burn = wood, paper, oil, coal ! water, ice, sand, salt, glass, milk, snow, rain, juice
(does {s} float [on water]|can {s} float) / {s} floats = wood, ice ! iron, gold, sand, silver
(is {s} hard) / {s} is hard = iron, gold, ice, glass, silver ! butter, water, milk, wool, cotton, snow, honey, air
(is {s} soft) / {s} is soft = butter, wool, cotton, snow, ice cream ! iron, glass, coal, ice, silver
(is {s} white) / {s} is white = milk, snow, salt, sugar ! blood, coal, chocolate, grass, gold, coffee, fire, the sky, wine
(is {s} black) / {s} is black = coal ! milk, snow, blood, salt, sugar, grass, the sun, the sky, gold, cheese
(is {s} red) / {s} is red = blood ! milk, snow, grass, the sky, coal, salt, water, butter, rice
(is {s} green) / {s} is green = grass ! milk, snow, the sky, blood, gold, coal, salt, the moon, chocolate, the sun, fire
(is {s} blue) / {s} is blue = the sky ! grass, milk, snow, blood, coal, gold, chocolate, the sun, honey, cheese, bread
(is {s} yellow) / {s} is yellow = the sun, butter, gold, honey ! grass, snow, blood, coal, the sky, milk, chocolate
(is {s} brown) / {s} is brown = chocolate, wood, coffee ! milk, snow, grass, blood, the sky, the sun, salt
(is {s} made (from|of|with) milk*2|does {s} contain milk) / {s} is made from milk = cheese, butter, ice cream ! wine, iron, glass, wood, juice, paper, rice, gold, beer, honey
(is {s} made (from|of) grapes) / {s} is made from grapes = wine ! cheese, butter, bread, glass, paper, milk, iron, chocolate, beer
(is {s} made (from|of) wood) / {s} is made from wood = paper ! glass, iron, cheese, wine, bread, milk, gold, ice, plastic
(is {s} made (from|of) (flour|wheat)) / {s} is made from flour = bread ! glass, iron, wine, milk, gold, ice, paper, honey
is {s} made of water / {s} is made of water = ice, snow, rain, steam ! iron, gold, wood, glass, fire, paper, sand, salt
(does {s} come from (a cow|cows)*2|do cows give (us) {s}) / {s} comes from cows = milk ! honey, wool, iron, rice, sugar, salt, wine, water, gold, tea
(does {s} come from bees|do bees make {s}*2) / bees make {s} = honey ! milk, wool, cheese, wine, sugar, salt, bread, butter, tea
(does {s} come from sheep) / {s} comes from sheep = wool ! honey, iron, rice, sugar, salt, wine, gold, tea, cotton, silver
(is {s} (expensive|valuable)) / {s} is expensive = gold, silver ! water, sand, salt, paper, rain, air, bread, grass
(does {s} melt|can {s} melt) / {s} can melt = ice, snow, ice cream, butter, chocolate ! wood, paper, wool, tea, coffee, milk
(do (you|people|we|plants|animals) need {s} to live) / we need {s} to live = water, air ! gold, wine, coffee, beer, glass, iron, chocolate, silver, plastic, coal
(is {s} (healthy|good for you)) / {s} is healthy = water, rice, milk ! beer, wine, sugar, soap
(is {s} in the sky) / {s} is in the sky = the sun, the moon ! grass, iron, bread, sand, salt, wood, honey, coal
(does {s} (fall|come) from the sky) / {s} falls from the sky = rain, snow ! iron, bread, wood, grass, salt, paper, honey, sand
(is {s} dangerous) / {s} is dangerous = fire ! bread, milk, rice, wool, paper, water, honey, cheese, tea
"""

CORE = 24  # the first things of a domain ...
OFTEN = 12.0  # ... are asked for so many times as often as the others


@dataclass(frozen=True, slots=True)
class Property:
    asks: str
    says: str
    true: tuple[str, ...]
    false: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One claim: a thing and a property. share: how often it is drawn among the true, or the false, ones."""

    thing: str
    property: Property
    share: float


def _read(text: str) -> list[list[Cell]]:
    found = []
    lists: dict[str, str] = {}
    for block in text.strip().split("\n\n"):
        things: list[str] = []
        properties = []
        for line in block.splitlines():
            if head := re.match(r"(@?)(\w+): ", line):
                if head[1]:
                    lists[line.split(":")[0]] = line[head.end() :]
                else:
                    things = _names(line[head.end() :], lists)
            else:
                properties.append(_property(line, things, lists))
        found.append((things, properties))
    return [cells for things, properties in found for cells in _balanced(things, properties)]


def _names(text: str, lists: dict[str, str]) -> list[str]:
    text = re.sub(r"@\w+", lambda name: lists[name[0]], text)
    return list(dict.fromkeys(text.split(", ")))


def _property(line: str, things: list[str], lists: dict[str, str]) -> Property:
    forms, rest = line.split(" = ")
    asks, says = forms.split(" / ")
    parts = re.split(r" ([?!]) ", rest)
    true = [thing for thing in _names(parts[0], lists) if thing in things]
    other = _names(parts[2], lists) if len(parts) > 1 else []
    false = other if parts[1:2] == ["!"] else [thing for thing in things if thing not in other]
    false = [thing for thing in false if thing in things and thing not in _names(parts[0], lists)]
    return Property(asks, says, tuple(true), tuple(false))


def _balanced(things: list[str], properties: list[Property]) -> tuple[list[Cell], list[Cell]]:
    """The true and the false claims, with shares under which things and properties are as likely in both."""
    core = set(things[:CORE])
    cells = ([], [])  # type: tuple[list[tuple[str, Property]], list[tuple[str, Property]]]
    for each in properties:
        for at, members in enumerate((each.true, each.false)):
            cells[at].extend((thing, each) for thing in members)
    shares = [[OFTEN if thing in core else 1.0 for thing, _ in side] for side in cells]
    for _ in range(12):  # towards equal sums on both sides, by turns for each thing and each property
        for key in (0, 1):
            sums: list[dict[object, float]] = [{}, {}]
            for side, (pairs, weights) in enumerate(zip(cells, shares, strict=True)):
                for pair, weight in zip(pairs, weights, strict=True):
                    name = pair[0] if key == 0 else pair[1].says
                    sums[side][name] = sums[side].get(name, 0.0) + weight
            for side, pairs in enumerate(cells):
                for at, pair in enumerate(pairs):
                    name = pair[0] if key == 0 else pair[1].says
                    own, across = sums[side][name], sums[1 - side].get(name, 0.0)
                    shares[side][at] *= ((own * across) ** 0.5 / own) if across else 0.5
    return tuple(  # type: ignore[return-value]
        [Cell(*pair, weight) for pair, weight in zip(pairs, weights, strict=True)]
        for pairs, weights in zip(cells, shares, strict=True)
    )


def which(property: Property) -> str:
    """The question of which thing it is true: "{p} have wings" becomes "which has wings"."""
    says = property.says
    if asks := re.fullmatch(r"{[aps]} (\w+)( .*)?", says):
        verb = {"can": "can", "are": "is", "have": "has", "go": "goes"}.get(asks[1], asks[1])
        if says.startswith("{p}") and verb == asks[1] != "can":
            verb += "s"
        return f"which {verb}{asks[2] or ''}"
    if says.startswith("you can"):
        return "which can you" + re.sub(r" {[ps]}", "", says.removeprefix("you can"))
    return "which do " + re.sub(r" {[ps]}", "", says)


TABLES = _read(TEXT)  # true claims, false claims, of each domain in turn
