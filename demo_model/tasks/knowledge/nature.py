# ruff: noqa: E501, SIM905  (tables)
"""Animals, plants, the body, colours of things, the sky and simple science."""

from __future__ import annotations

from demo_model.phrasing import questions
from demo_model.tasks.knowledge.relation import Fact, facts, first_name, groups, swapped, table, trivia, with_article

SOUNDS = table("""
dog: woof; cat: meow; cow: moo; sheep: baa; pig: oink; duck: quack; horse: neigh; donkey: hee-haw
rooster: cock-a-doodle-doo; lion: roar; tiger: roar; snake: hiss; bee: buzz; mosquito: buzz; fly: buzz; frog: ribbit
owl: hoot; wolf: howl; mouse: squeak; crow: caw; hen: cluck; chicken: cluck; turkey: gobble; pigeon: coo; dove: coo
bear: growl; cricket: chirp; goose: honk; bird: tweet; lamb: baa; goat: baa; puppy: woof; kitten: meow; elephant: trumpet
hyena: laugh; monkey: chatter; seal: bark
""")

LEGS = groups("""
0: snake, shark, whale, worm, dolphin, fish, snail, eel, salmon, earthworm, jellyfish
2: chicken, duck, parrot, penguin, ostrich, owl, bird, human/person, eagle, goose, swan, hen, flamingo, turkey, kangaroo
4: dog, cat, horse, cow, lizard, frog, elephant, pig, lion, sheep, mouse, rabbit, tiger, bear, goat, donkey, camel, \
giraffe, zebra, wolf, fox, hamster, turtle, crocodile, table, chair, deer, rat, squirrel, hedgehog
6: ant, bee, beetle, butterfly, fly, ladybug/ladybird, mosquito, insect, wasp, grasshopper, cockroach, dragonfly
8: spider, scorpion, tick, tarantula
10: lobster, shrimp, crab
""")

YOUNG = table("""
dog: puppy; cat: kitten; cow: calf; horse: foal; sheep: lamb; goat: kid; pig: piglet; hen: chick; duck: duckling
goose: gosling; lion: cub; tiger: cub; bear: cub; deer: fawn; kangaroo: joey; koala: joey; frog: tadpole; swan: cygnet
owl: owlet; eagle: eaglet; elephant: calf; whale: calf; giraffe: calf; zebra: foal; seal: pup; butterfly: caterpillar
wolf: cub; fox: cub; donkey: foal; chicken: chick; rabbit: kit; leopard: cub; bird: chick; dolphin: calf; toad: tadpole
human: baby; polar bear: cub; panda: cub; hedgehog: hoglet; shark: pup; monkey: infant; camel: calf
""")

FEMALES = table("""
lion: lioness; tiger: tigress; bull: cow; rooster: hen; stallion: mare; ram: ewe; boar: sow; stag: doe; fox: vixen
drake: duck
""")

MALES = table("""
cow: bull; hen: rooster; chicken: rooster; mare: stallion; ewe: ram; sheep: ram; horse: stallion; duck: drake; sow: boar
pig: boar; goose: gander; cat: tomcat; deer: stag; goat: billy goat
""")

CLASSES = groups("""
mammal: dog, cat, horse, cow, whale, dolphin, bat, elephant, lion, monkey, rabbit, mouse, kangaroo, bear, seal, pig, \
goat, sheep, tiger, fox, wolf, giraffe, zebra, camel, hippo/hippopotamus, human, koala, hedgehog, squirrel, panda, otter, \
deer, gorilla, rat, donkey, walrus, polar bear, hamster, leopard, cheetah, rhino/rhinoceros, moose, orca, llama
bird: eagle, penguin, owl, parrot, sparrow, duck, ostrich, swan, crow, chicken, pigeon, goose, robin, hawk, flamingo, \
peacock, seagull, turkey, stork, pelican, raven, hen, canary, vulture, blackbird, woodpecker, hummingbird, falcon
fish: shark, salmon, tuna, goldfish, seahorse, trout, cod, herring, carp, eel, piranha, sardine, stingray, swordfish
insect: ant, bee, butterfly, beetle, mosquito, ladybug/ladybird, dragonfly, fly, wasp, grasshopper, moth, cricket, \
cockroach, flea
reptile: snake, lizard, crocodile, turtle, alligator, tortoise, cobra, gecko, chameleon, iguana, python
amphibian: frog, toad, salamander, newt
arachnid: spider, scorpion, tick, tarantula
crustacean: crab, lobster, shrimp
mollusk: snail, octopus, squid, clam, mussel, slug
""")

KINDS = groups("""
a fruit: apple, banana, pear, mango, cherry, grape, peach, plum, strawberry, orange, lemon, pineapple, melon, kiwi
a vegetable: carrot, cabbage, cauliflower, leek, turnip, beetroot, onion
a flower: rose, tulip, daisy, lily, daffodil, orchid, sunflower, violet, carnation, poppy
a tree: oak, pine, birch, maple, willow, beech, fir, palm, chestnut tree
a musical instrument: piano, violin, guitar, flute, trumpet, drum, cello, harp, clarinet, trombone, \
saxophone, tuba, accordion, ukulele, banjo, viola, oboe, bassoon
a tool: hammer, saw, screwdriver, drill, wrench, shovel, rake
a vehicle: car, bus, truck, motorcycle, tractor, van, taxi, lorry
a piece of furniture: sofa, table, chair, wardrobe, bookshelf, armchair, desk, bed
a boat: canoe, ferry, yacht, kayak
a piece of clothing: shirt, jacket, sweater, coat, skirt, blouse
a shape: triangle, circle, rectangle, hexagon
""")

FOODS = table("""
cow: grass; horse: grass and hay; sheep: grass; rabbit: grass and carrots; lion: meat; tiger: meat; shark: fish
panda: bamboo; koala: eucalyptus leaves; cat: meat and fish; squirrel: nuts; mouse: seeds and grain; seal: fish
penguin: fish; pelican: fish; spider: insects; frog: insects; bat: insects; wolf: meat; goat: grass; zebra: grass
giraffe: leaves; caterpillar: leaves; eagle: meat; monkey: fruit; crocodile: meat; anteater: ants; owl: mice
dolphin: fish; hedgehog: insects; elephant: grass and leaves; snake: mice; dog: meat; kangaroo: grass; polar bear: seals
donkey: hay; hamster: seeds; woodpecker: insects; deer: grass and leaves; bee: nectar; butterfly: nectar; parrot: seeds
""")

HOMES = table("""
bird: a nest; bee: a hive; spider: a web; dog: a kennel; horse: a stable; cow: a barn; pig: a sty; rabbit: a burrow
fox: a den; lion: Africa; ant: an anthill; eagle: a nest; chicken: a coop; squirrel: a tree; bear: a cave; goldfish: a bowl
fish: water; whale: the ocean; shark: the ocean; dolphin: the ocean; octopus: the ocean; camel: the desert
polar bear: the Arctic; penguin: Antarctica; kangaroo: Australia; koala: Australia; panda: China
giraffe: Africa; zebra: Africa; tiger: Asia; llama: South America; mole: the ground; frog: a pond; hippo: Africa
crocodile: rivers; monkey: the jungle; seal: the sea; jellyfish: the sea; mouse: a hole; wasp: a nest; beaver: a lodge
""")

GROUPS = table("""
lions: a pride; wolves: a pack; cows: a herd; sheep: a flock; birds: a flock; bees: a swarm; fish: a school
dogs: a pack; elephants: a herd; geese: a flock; ants: a colony; whales: a pod; dolphins: a pod; puppies: a litter
kittens: a litter; crows: a murder; horses: a herd; penguins: a colony; wasps: a swarm; goats: a herd; buffalo: a herd
""")

COLOURS = groups("""
yellow: banana, lemon, sunflower, dandelion, canary, egg yolk/the yolk of an egg, the sun, chick, the sand on a beach, \
sweetcorn/corn, mustard, butter, daffodil, New York taxi, cheese
green: grass, cucumber, emerald, spinach, broccoli, lettuce, pea, frog, cactus, lime, kiwi, avocado, leaf in summer/leaf, \
crocodile, four-leaf clover, the grass in spring, pine tree
blue: the sky, blueberry, the sea/the ocean, sapphire
red: blood, tomato, strawberry, ruby, stop sign, fire engine/fire truck, cherry, rose, ladybug/ladybird, lobster, heart, \
raspberry, ketchup, chili pepper
white: snow, milk, salt, polar bear, flour, cotton, swan, sheep, rice, sugar, paper, tooth, cloud, bone, wedding dress, \
vanilla ice cream, ghost
black: coal, soot, crow, raven, the night sky, panther, tar, tire/tyre, black hole, blackbird, oil
orange: carrot, pumpkin, orange, basketball, clementine, fox, goldfish, apricot
purple: eggplant/aubergine, amethyst, lavender, plum, violet
brown: chocolate, mud, chestnut, wood, bear/brown bear, coffee, potato, soil/earth, bread, monkey, nut
gray: elephant, rhinoceros/rhino, ash, mouse, concrete, dolphin, donkey, koala, shark, hippo
pink: flamingo, pig, cherry blossom
black and white: zebra, panda, penguin, Dalmatian, chessboard
""")

# No article before these.
_MASS = set(
    "grass spinach broccoli lettuce blood snow milk salt flour cotton coal soot ash chocolate mud butter mustard sweetcorn "
    "corn ketchup rice sugar paper tar oil lavender wood coffee soil earth bread concrete sweetcorn cheese".split()
)

SYMBOLS = table("""
hydrogen: H; helium: He; carbon: C; nitrogen: N; oxygen: O; neon: Ne; sodium: Na; aluminum/aluminium: Al; sulfur/sulphur: S
chlorine: Cl; potassium: K; calcium: Ca; iron: Fe; copper: Cu; zinc: Zn; silver: Ag; tin: Sn; gold: Au; mercury: Hg; lead: Pb
lithium: Li; silicon: Si; magnesium: Mg; phosphorus: P; uranium: U; nickel: Ni; iodine: I; platinum: Pt; fluorine: F
argon: Ar; titanium: Ti; boron: B; tungsten: W; cobalt: Co; bromine: Br; radium: Ra
""")

FORMULAS = table("water: H2O; carbon dioxide: CO2; table salt/salt: NaCl; methane: CH4; ammonia: NH3; ozone: O3")


def things(names: dict[str, str]) -> dict[str, str]:
    """Put an article before the things that one can count: "a banana", "grass", "the sun"."""
    found = {}
    for subject, answer in names.items():
        parts = [_thing(part) for part in subject.strip("()").replace("*2", "").split("|")]
        found["(" + "|".join(parts) + ")" if len(parts) > 1 else parts[0]] = answer
    return found


def _thing(name: str) -> str:
    if name in _MASS or name.startswith("the ") or name.endswith("ice cream"):
        return name
    return ("an " if name[0] in "aeiou" else "a ") + name


SCIENCE = trivia(
    "science",
    """
Jupiter = the (largest|biggest) planet [in (the|our) solar system]; which planet is the (largest|biggest) [of all|in the solar system]
Mercury = the smallest planet [in (the|our) solar system]; which planet is the smallest; which planet is (closest|nearest) to the sun; the planet (closest|nearest) to the sun
Venus = the hottest planet; which planet is the hottest; the second planet from the sun
Mars = the red planet; which planet is (red|called the red planet|known as the red planet); the fourth planet from the sun
Saturn = the planet with [the] rings; which planet has [the (biggest|famous)] rings; the sixth planet from the sun
Earth = the planet (we live on|that we live on); which planet do we live on; which planet is our home; the third planet from the sun; ? what planet are we on
Neptune = the planet (farthest|furthest) from the sun; which planet is (farthest|furthest) from the sun; the eighth planet from the sun
Uranus = the seventh planet from the sun; which planet is the seventh from the sun
8 = the number of planets [in (the|our) solar system]; how many planets (there are|are in the solar system); ? how many planets are there [in (the|our) solar system]; ? how many planets does (the|our) solar system have
the sun = the star (closest|nearest) to (Earth|us); which star is (closest|nearest) to (Earth|us); the center of (the|our) solar system; what gives us (light and heat|light and warmth); the biggest thing in the solar system
a star = ? what is the sun; what kind of object the sun is; ? what kind of (object|thing) is the sun; ? is the sun a star or a planet
the moon = what goes around the Earth; what orbits the Earth; what shines [in the sky] at night; what causes the tides
1 = the number of moons of (Earth|the Earth); ? how many moons does (Earth|the Earth) have; how many moons (Earth|the Earth) has
the Milky Way = (our galaxy|the name of our galaxy|the galaxy we live in); which galaxy (is ours|is our home); ? in which galaxy do we live; ? what is our galaxy called
365 days = ? how long does the Earth (need|take) to go around the sun; how long the Earth takes to go around the sun
24 hours = ? how long does the Earth take to turn once; how long it takes the Earth to turn once
8 minutes = ? how long does (light|sunlight) take from the sun to (Earth|the Earth); how long sunlight takes to reach (Earth|the Earth)
100 degrees Celsius = the boiling point of water; ? (at what|at which|what) temperature does water boil [at]; ? when does water boil; (at|) what temperature water boils [at]; ? how hot is boiling water
0 degrees Celsius = the (freezing|melting) point of (water|ice); ? (at what|at which|what) temperature does (water freeze|ice melt) [at]; ? when does (water freeze|ice melt); (at|) what temperature (water freezes|ice melts) [at]
37 degrees Celsius = the [normal] body temperature [of (a human|humans|a person)]; ? how warm is (the human body|a healthy person); ? what is a normal temperature for a (human|person)
ice = frozen water; ? what is frozen water [called]; ? what does water become when it freezes; what water (turns into|becomes) when it freezes; ? what do you call frozen water; ? what does water turn into when it freezes
steam = ? what does water become when it boils; what water (turns into|becomes) when it boils; ? what does boiling water turn into; ? what do you get when you boil water
H2O = the (chemical|) formula (of|for) water; ? what is water made of; what water is made of
hydrogen and oxygen = ? (what|which) elements (are in water|is water made of); which elements (make|form) water
oxygen = the gas (we|people|humans|animals) (breathe in|need to breathe|need to live); (what|which) gas (we|people|humans|animals) need to (breathe|live); ? (what|which) gas do (we|people|humans|animals) (breathe in|need|need to breathe|need to live); ? what do we breathe [in]; ? (what|which) gas do plants (make|give off|produce|release)
carbon dioxide = the gas (we|people|humans) breathe out; ? (what|which) gas do (we|people|humans) breathe out; (what|which) gas plants (take in|absorb|need); ? (what|which) gas do (plants|trees) (take in|absorb|need|breathe in); ? what do we breathe out; what makes the bubbles in (lemonade|soda)
nitrogen = the main gas in (air|the air|the atmosphere); ? what is [most of] (air|the air) [mostly] made of; (what|which) gas is there most of in the air
helium = which gas (is in (party balloons|balloons that fly)|makes balloons (fly|float)); the gas in (balloons|party balloons); ? (what|which) gas do you put in balloons
gravity = the force that (pulls us down|keeps us on the ground|makes things fall); what makes (things|apples) fall [down|to the ground]; what (keeps us on the ground|pulls us down to Earth); which force (makes things fall|pulls us to the ground); ? why do things fall [down]
magnet = ? what attracts iron; what attracts (iron|metal|nails)
diamond = the hardest (natural material|material|natural substance|stone|mineral|gem) [in the world|on Earth]; which (stone|material|mineral) is the hardest [in the world]
a thermometer = ? what do (you|we) measure (temperature|fever) with; what measures temperature; what (you|we) measure temperature with; the (tool|instrument) (for measuring|that measures) temperature; ? (with what|how) do you measure temperature
a compass = what shows (north|where north is); the (tool|instrument) that (shows|points) [to the] north; ? what do you use to find north; which instrument always points north
a telescope = ? what do (you|we|people) (look at|see) the stars with; ? what do astronomers use [to look at stars]; the instrument for (looking at|seeing) (stars|planets)
a microscope = ? what do (you|we|people) (look at|see) (very small things|bacteria|cells) with; the instrument for (seeing|looking at) very small things
a ruler = ? what do (you|we) measure (length|a line) with; ? what do you draw a straight line with
a clock = what (shows|tells) (the time|us the time); ? what do you use to (tell the time|see what time it is)
an umbrella = what (protects you from the rain|keeps you dry in the rain); ? what do (you|I|people) (use|need) (when it rains|in the rain|against the rain)
scissors = ? what do (you|I|people|we) (cut paper with|use to cut paper); the tool (for cutting paper|that cuts paper)
a hammer = ? what do (you|I|people|we) (hit nails with|use to hit a nail|use for nails); the tool for (nails|hitting nails)
a rainbow = ? what do you see when (the sun shines and it rains|there is sun and rain); what appears when (it rains and the sun shines|the sun shines through rain)
7 = the number of colors (of|in) (a|the) rainbow; how many (colors|colours) are in (a|the) rainbow; ? how many (colors|colours) (does (a|the) rainbow have|are there in (a|the) rainbow|has (a|the) rainbow)
red = the first color of (a|the) rainbow; the top color of (a|the) rainbow
green = what (color|colour) (yellow and blue|blue and yellow) make; ? what (color|colour) do you get (from|when you mix|if you mix|by mixing|if I mix) (yellow and blue|blue and yellow); ? what do (blue and yellow|yellow and blue) make
orange = what (color|colour) (red and yellow|yellow and red) make; ? what (color|colour) do you get (from|when you mix|if you mix|by mixing|if I mix) (yellow and red|red and yellow); ? what do (red and yellow|yellow and red) make
purple = what (color|colour) (red and blue|blue and red) make; ? what (color|colour) do you get (from|when you mix|if you mix|by mixing|if I mix) (blue and red|red and blue); ? what do (red and blue|blue and red) make
gray = what (color|colour) (black and white|white and black) make; ? what (color|colour) do you get (from|when you mix|if you mix|by mixing|if I mix) (black and white|white and black)
pink = what (color|colour) (red and white|white and red) make; ? what (color|colour) do you get (from|when you mix|if you mix|by mixing|if I mix) (red and white|white and red)
red, yellow and green = ? what are the (colors|colours) of a traffic light; ? which (colors|colours) does a traffic light have; which (colors|colours) are on a traffic light
red = what (color|colour) of [the] traffic light means stop; ? what (color|colour) (light|traffic light) means stop; ? at (what|which) (color|colour) do cars stop
green = what (color|colour) of [the] traffic light means go; ? what (color|colour) (light|traffic light) means go; ? at (what|which) (color|colour) (do|can) cars go
5 = the number of senses; how many senses (we have|a human has|there are); ? how many senses do (we|people|humans) have; ? how many senses are there
10 = the number of fingers (of a human|we have); how many fingers (we have|a person has|a human has); ? how many fingers do (we|people|you|humans) have; ? how many fingers does a (human|person) have; ? how many toes do (we|people|you|humans) have; ? how many toes does a (human|person) have
5 = how many fingers are on (a hand|one hand); ? how many fingers (does a hand have|are there on (a|one) hand); ? how many toes (are there on (a|one) foot|does a foot have)
2 = ? how many (eyes|ears|arms|hands|feet|knees|lungs|kidneys) do (we|people|you|humans) have; ? how many (eyes|ears|arms|hands|feet|knees|lungs|kidneys) does a (human|person) have
1 = ? how many (noses|hearts|mouths|heads|hearts) does a (human|person) have; ? how many (noses|hearts|mouths|heads) do (we|you|people) have
32 = the number of teeth (of|in) (an adult|a human|a grown-up); how many teeth (an adult|a person|a human) has; ? how many teeth does (an adult|a human|a person) have; ? how many teeth do (adults|people|humans|we) have
206 = the number of bones in (the human body|an adult); how many bones (are in the human body|a human has|an adult has); ? how many bones (does a human have|are there in the human body|do we have|are in the human body)
the heart = (which|what) organ (pumps [the] blood|moves the blood); what pumps [the] blood [through the body|around the body]; the organ that pumps [the] blood
the brain = (which|what) organ (do we think with|thinks|controls the body); the organ (we think with|for thinking); ? what do we think with; what is inside (the|your) (skull|head)
the lungs = (which|what) organs do we breathe with; ? what do we breathe with; the organs (we breathe with|for breathing)
the stomach = (which|what) organ digests (food|our food); where (food goes|our food goes) after we swallow it; ? where does (food|our food) go after we (swallow|eat) it
the skin = the (largest|biggest) organ [of the (body|human body)|of a human|in the human body]; which organ is the (largest|biggest)
the eyes = ? what do we see with; (which|what) part of the body do we see with; what we see with
the ears = ? what do we hear with; (which|what) part of the body do we hear with; what we hear with
the nose = ? what do we smell with; (which|what) part of the body do we smell with; what we smell with
the tongue = ? what do we taste with; (which|what) part of the body do we taste with; what we taste with
the teeth = ? what do we chew with; what we (chew|bite) with; ? what do we bite with
the legs = ? what do we (walk|run) with; what we (walk|run) with
the thigh bone = the (longest|biggest|largest) bone [in the human body|in the body]; which bone is the (longest|biggest|largest)
the cheetah = the fastest [land] animal [in the world|on land|on Earth]; which animal is the fastest [in the world|on land]; which animal runs the fastest
the blue whale = the (largest|biggest|heaviest) animal [in the world|on Earth|of all]; which animal is the (largest|biggest|heaviest) [of all|in the world]; the (largest|biggest) (mammal|whale)
the elephant = the (largest|biggest|heaviest) [land] animal on land; the (largest|biggest) land animal; which animal has a trunk; the animal with a trunk
the giraffe = the tallest animal [in the world|on Earth]; which animal is the tallest; which animal has (a long neck|the longest neck); the animal with the (longest|long) neck
the ostrich = the (largest|biggest) bird [in the world]; which bird is the (largest|biggest); which bird lays the (largest|biggest) eggs
the hummingbird = the smallest bird [in the world]; which bird is the smallest; which bird can fly backwards
the peregrine falcon = the fastest bird [in the world]; which bird is the fastest
the sloth = the slowest (animal|mammal); which animal is the slowest
the whale shark = the (largest|biggest) fish [in the world]; which fish is the (largest|biggest)
the lion = which animal is [called] the king of (the jungle|animals|beasts); the king of (the jungle|animals|beasts); which (cat|animal) has a mane
the zebra = which animal has (black and white stripes|stripes); the (animal|horse) with (black and white stripes|stripes)
the camel = which animal has (humps|a hump); the animal with (humps|a hump); ? what is the ship of the desert; which animal lives in the desert
the kangaroo = which animal (carries its baby in a pouch|has a pouch|jumps through Australia); the animal with a pouch
the snail = which animal carries its (house|home) on its back; the animal that carries its (house|home) [on its back]
the bat = which mammal can fly; the (only|) (mammal that can fly|flying mammal)
the spider = which animal (makes|spins|builds) a web; what (makes|spins|builds) a web; the animal that (makes|spins|builds) webs
the bee = which (insect|animal) makes honey; the (insect|animal) that makes honey; ? where does honey come from
the cow = which animal gives (us milk|milk); ? where does milk come from; the animal that gives [us] milk; ? which animal do we get milk from
the sheep = which animal gives us wool; ? where does wool come from; the animal that gives us wool; ? which animal does wool come from
the chicken = which animal lays [the] eggs [that we eat]; ? where do eggs come from; ? which animal do we get eggs from
the silkworm = ? where does silk come from; which animal makes silk
honey = ? what (do bees|does a bee) make; what bees make; the thing (that bees make|bees make); ? what do (we|people) get from bees; ? what do bees produce
milk = ? what do we get from cows; what (we get from cows|cows give us); ? what do cows give us; ? what do (babies|baby mammals) drink
eggs = ? what do (hens|chickens) lay; what (hens|chickens) lay; ? what do we get from (chickens|hens)
wool = ? what do we get from sheep; what (we get from sheep|sheep give us); ? what do sheep give us
a web = ? what do spiders (make|spin|build); what (spiders make|a spider makes|spiders spin); ? what does a spider (make|build|spin)
a nest = ? what do birds build; what birds build; ? where does a bird lay its eggs; ? where do birds lay [their] eggs
a raisin = a dried grape; ? what is a dried grape [called]; ? what do you call a dried grape
a prune = a dried plum; ? what is a dried plum [called]; ? what do you call a dried plum
the root = the part of a plant [that is] under the ground; which part of (a|the) plant is (under|in) the ground
chlorophyll = what makes (leaves|plants|grass) green; ? why are leaves green
photosynthesis = ? how do plants make (food|their food|sugar from light); the (process|way) by which plants make food
water, light and air = ? what do plants need [to (grow|live)]; what plants need [to (grow|live)]
the dinosaurs = which (animals|reptiles) died out [about] 65 million years ago; which big (animals|reptiles) lived millions of years ago
Tyrannosaurus rex = the most famous dinosaur; ? what is T. rex short for
a butterfly = what a caterpillar (becomes|turns into); ? what does a caterpillar (become|turn into); what comes out of a cocoon
a frog = ? what does a tadpole (become|turn into|grow into); what a tadpole (becomes|turns into)
the speed of light = the fastest speed [possible]; what is the fastest (thing|speed) in the universe
300,000 kilometers per second = the speed of light; ? how fast is light; how fast light (is|travels); ? how fast does light travel
343 meters per second = the speed of sound [in air]; ? how fast is sound; how fast sound (is|travels); ? how fast does sound travel
gold = which metal are (wedding rings|Olympic medals for winners) made of; which metal (is used for wedding rings|has the symbol Au); the metal for (first place|wedding rings)
mercury = which metal is liquid [at room temperature]; the [only] liquid metal
iron = which metal (rusts|is magnetic); which metal does a magnet attract
hydrogen = the (lightest|first|most common) element [in the universe]; which element is the (lightest|first); the lightest gas
in the east = where the sun (rises|comes up); ? where does the sun (rise|come up); ? (in which|which) direction does the sun rise [in]
in the west = where the sun (sets|goes down); ? where does the sun (set|go down); ? (in which|which) direction does the sun set [in]
a volcano = ? what do you call a mountain that (spits|erupts|spits fire); a mountain that (spits fire|erupts); ? where does lava come from; what lava comes out of
an earthquake = ? what is it called when the (ground|earth) shakes; what makes the (ground|earth) shake
212 degrees Fahrenheit = the boiling point of water in Fahrenheit; ? at (what|which) temperature in Fahrenheit does water boil
32 degrees Fahrenheit = the freezing point of water in Fahrenheit; ? at (what|which) temperature in Fahrenheit does water freeze
384,000 kilometers = the distance (to the moon|from the Earth to the moon|between the Earth and the moon); ? how far (away is the moon|is the moon [from (Earth|the Earth)]|is it to the moon); how far (away|) the moon is
150 million kilometers = the distance (to the sun|from the Earth to the sun|between the Earth and the sun); ? how far (away is the sun|is the sun [from (Earth|the Earth)]|is it to the sun); how far (away|) the sun is
8,849 meters = the height of Mount Everest; ? how (high|tall) is Mount Everest; how (high|tall) Mount Everest is
330 meters = the height of the Eiffel Tower; ? how (high|tall) is the Eiffel Tower; how (high|tall) the Eiffel Tower is
4.5 billion years = the age of the Earth; ? how old is the Earth; how old the Earth is
3.14 = the value of pi; pi; how much pi is; ? what is [the number] pi
2 = the smallest prime number; which prime number is the smallest; the only even prime number
the nucleus = the center of an atom; ? what is the (center|middle) of an atom called
the cell = the smallest unit of life; ? what are (living things|we) made of
the mitochondria = the powerhouse of the cell; what produces energy in (a|the) cell
a dog = ? which animal is man's best friend; man's best friend; which animal barks
A = the first letter of the alphabet; which letter (is the first|comes first in the alphabet)
Z = the last letter of the alphabet; which letter (is the last|comes last in the alphabet)
an island = land with water all around; a piece of land (surrounded by|with water all around|in the sea); ? what do you call land (surrounded by water|with water all around it)
a desert = a very dry place [with little rain]; a place with [a lot of] sand and no (water|rain); ? what do you call a place (with no rain|of sand)
salt = what makes the sea (salty|taste salty); ? what is in sea water
a dentist = ? who (looks after|repairs|checks) (your|our) teeth; the doctor for (your|the|our) teeth; who (looks after|repairs|cleans) (your|our) teeth
a vet = who (looks after|treats) sick animals; the doctor for animals; ? what is an animal doctor called
a doctor = who (helps sick people|treats sick people|works in a hospital); ? (who|whom) do you (see|call) when you are (sick|ill)
a teacher = who (teaches children|works in a school|gives lessons); ? who teaches (children|pupils|at school)
a baker = who (bakes|makes) bread; ? who sells bread; the person who (bakes|makes) bread
a firefighter = who puts out fires; the person who puts out fires; ? who do you call when there is a fire
a pilot = who flies (a plane|an airplane|planes); the person who flies (a plane|planes)
a farmer = who (grows (corn|wheat|vegetables)|works on a farm); the person who works on a farm
a butcher = who (sells|cuts) meat; the person who sells meat
a carpenter = who (makes|builds) (furniture|things from wood); the person who works with wood
a plumber = who repairs (pipes|taps|water pipes); the person who repairs (pipes|taps)
a librarian = who works in a library; the person who works in a library
a tailor = who (makes|sews) (clothes|suits); the person who (makes|sews) clothes
a florist = who sells flowers; the person who sells flowers
""",
    often=3,
)

_KIND = "(kind|type|sort)"
_COLOUR = questions(
    noun="the (color|colour) of {s}*3|{own} (color|colour)|(color|colour) of {s}",
    direct="(what|which) (color|colour) is {s}*8|(what|which) (color|colour) does {s} have|{s} is (what|which) (color|colour)|"
    "what is {own} (color|colour)|{s}: what (color|colour)",
    clause="(what|which) (color|colour) {s} (is|has)*2",
)
_COLOUR_OF_MANY = questions(
    noun="the (color|colour) of {p}*3|(color|colour) of {p}",
    direct="(what|which) (color|colour) are {p}*6|(what|which) (color|colour) do {p} have|{p} are (what|which) (color|colour)",
    clause="(what|which) (color|colour) {p} (are|have)*2",
)


def _is_one(thing: str) -> bool:
    """Whether a thing can be counted, like "a banana", and its plural is a plain one."""
    return thing.startswith(("a ", "an ", "(a ", "(an ")) and " of " not in thing and " in " not in thing


FACTS: tuple[Fact, ...] = (
    *facts(
        "sound",
        SOUNDS,
        questions(
            noun="the (sound|noise) (of {a}|{a} makes|that {a} makes|{p} make)*3",
            direct="(what|which) (sound|noise) (does {a}|do {p}) make*5|what (does {a}|do {p}) say*2|how (does {a}|do {p}) sound|"
            "what (sound|noise) does the {s} make",
            clause="(what|which) (sound|noise) ({a} makes|{p} make)|what ({a} says|{p} say)|how ({a} sounds|{p} sound)",
        ),
        often=2,
    ),
    *facts(
        "legs",
        LEGS,
        questions(
            noun="the number of legs (of|on) {a}|number of legs of {a}|{own} number of legs",
            both="how many legs are on {a}",
            direct="how many legs (does {a}|do {p}) have*6|how many legs has {a} [got]*2|how many legs have {p} [got]|"
            "how many legs are there on {a}|on how many legs (does {a} stand|do {p} walk)|how many legs does the {s} have",
            clause="how many legs ({a} has|{p} have)*3",
        ),
        often=2,
    ),
    *facts(
        "young",
        YOUNG,
        questions(
            noun="the (young|baby) of {a}*2|{own} (young|baby)|a baby {s}*3|the [right] (name|word) for a (baby|young) {s}|"
            "the young of {p}",
            direct="what is (a (baby|young) {s}|the (young|baby) of {a}|{own} (young|baby)) called*4|"
            "what do (you|we|people) call (a (baby|young) {s}|the (young|baby) of {a})*4|how do you call a (baby|young) {s}|"
            "what is a (baby|young) {s}*2|what are (baby|young) {p} called*2|what do you call (baby|young) {p}",
            clause="what (a (baby|young) {s}|the (young|baby) of {a}) is called*2|what you call a (baby|young) {s}",
        ),
        often=2,
    ),
    *facts(
        "female",
        FEMALES,
        questions(
            noun="the female (of {a}|{s})|a female {s}|the [right] (name|word) for a female {s}",
            direct="what (is a female {s} called|do you call a female {s})*3|what is the female of {a} [called]",
            clause="what (a female {s} is called|you call a female {s})",
        ),
    ),
    *facts(
        "male",
        MALES,
        questions(
            noun="the male (of {a}|{s})|a male {s}|the [right] (name|word) for a male {s}",
            direct="what (is a male {s} called|do you call a male {s})*3|what is the male of {a} [called]",
            clause="what (a male {s} is called|you call a male {s})",
        ),
    ),
    *facts(
        "animal class",
        CLASSES,
        questions(
            noun=f"the (class|animal group|animal class) (of {{a}}|{{a}} belongs to|{{p}} belong to)|the {_KIND} of animal [that] {{a}} is",
            direct=f"(what|which) {_KIND} of animal (is {{a}}|are {{p}})*4|what (class|group) of animal is {{a}}|"
            "(which|what) (class|group) [of animals] does {a} belong to*2|what is {a}*2|{a} is (what|a what) [kind of animal]",
            clause=f"(what|which) {_KIND} of animal {{a}} is*2|(which|what) (class|group) [of animals] {{a}} belongs to",
        ),
    ),
    *facts(
        "kind",
        KINDS,
        questions(
            noun=f"the {_KIND} of thing [that] {{a}} is",
            direct=f"what is {{a}}*5|what {_KIND} of thing is {{a}}*2|what are {{p}}",
            clause=f"what {{a}} is*2|what {_KIND} of thing {{a}} is",
        ),
    ),
    *facts(
        "food",
        FOODS,
        questions(
            noun="the [favorite] food of {a}|the food ({a} eats|{p} eat)",
            direct="what (does {a}|do {p}) [mainly|usually|like to] eat*6|what (does {a}|do {p}) (live on|feed on)|"
            "what do you feed {a} [with]|what (food|kind of food) (does {a}|do {p}) eat*2",
            clause="what ({a} eats|{p} eat)*3|what (food|kind of food) ({a} eats|{p} eat)",
        ),
    ),
    *facts(
        "home",
        HOMES,
        questions(
            noun="the home of {a}|{own} home",
            direct="where (does {a}|do {p}) live*5|where (can I|do you|can you) find {a}|what (does {a}|do {p}) live in*2",
            clause="where ({a} lives|{p} live)*2|what ({a} lives|{p} live) in",
        ),
    ),
    *facts(
        "group of animals",
        GROUPS,
        questions(
            noun="a group of {s}*2|the [right] (name|word) for a group of {s}",
            direct="what (is a group of {s} called|do you call a group of {s})*4|what is a group of {s}",
            clause="what (a group of {s} is called|you call a group of {s})*2",
        ),
    ),
    *facts("colour", {s: c for s, c in things(COLOURS).items() if not _is_one(s)}, _COLOUR, often=2),
    *facts(
        "colour", {s: c for s, c in things(COLOURS).items() if _is_one(s)}, f"({_COLOUR}*2|{_COLOUR_OF_MANY})", often=2
    ),
    *facts(
        "animal of sound",
        {sound: with_article(animal) for sound, animal in swapped(SOUNDS).items()}
        | {"woof": "a dog", "moo": "a cow", "oink": "a pig"}
        | {"baa": "a sheep", "roar": "a lion", "buzz": "a bee", "quack": "a duck", "cluck": "a hen"},
        questions(
            noun="the animal that (says|goes|makes) {s}|the animal with the sound {s}",
            both="(which|what) animal (says|goes|makes [the sound]) {s}*4|(what|who) (says|goes) {s}*2",
        ),
    ),
    *facts(
        "meaning of young",
        {young: f"a young {first_name(animal)}" for young, animal in swapped(YOUNG).items()}
        | {"puppy": "a young dog", "lamb": "a young sheep"}
        | {
            "calf": "a young cow",
            "cub": "a young bear",
            "foal": "a young horse",
            "chick": "a young bird",
            "joey": "a young kangaroo",
        },
        questions(
            noun="the meaning of {s}|the animal called {a}",
            direct="what is {a}*4|what kind of animal is {a}",
            clause="what {a} is",
        ),
    ),
    *facts(
        "symbol",
        SYMBOLS,
        questions(
            noun="the [chemical] symbol (for|of) [the element] {s}*3|{own} [chemical] symbol",
            both="(which|what) [chemical] symbol stands for {s}",
            direct="what [chemical] symbol does {s} have|how do you write {s} in (chemistry|the periodic table)|"
            "how is {s} written in chemistry",
            clause="what [chemical] symbol {s} has",
        ),
    ),
    *facts(
        "element of symbol",
        {symbol: first_name(element) for symbol, element in swapped(SYMBOLS).items()},
        questions(
            noun="the element (with the symbol|with the chemical symbol|written|called) {s}|the [chemical] element {s}",
            both="(which|what) [chemical] element (has the [chemical] symbol {s}|is {s})*3",
            direct="what does {s} (stand for|mean) in (chemistry|the periodic table)*2|what element is {s}*2",
            clause="what {s} (stands for|means) in (chemistry|the periodic table)",
        ),
    ),
    *facts(
        "formula",
        FORMULAS,
        questions(
            noun="the [chemical] formula (of|for) {s}*3|{own} [chemical] formula",
            direct="what [chemical] formula does {s} have|how do you write {s} in chemistry",
            clause="what [chemical] formula {s} has",
        ),
    ),
    *facts(
        "substance of formula",
        swapped(FORMULAS),
        questions(
            noun="the (name|common name) of {s}|the substance with the formula {s}",
            both="(which|what) (substance|chemical|thing) (is|has the formula) {s}*2",
            direct="what is {s}*5|what does {s} (mean|stand for)*2",
            clause="what {s} (is|means|stands for)*2",
        ),
    ),
    *SCIENCE,
)
