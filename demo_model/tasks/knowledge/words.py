# ruff: noqa: E501, SIM905  (tables)
"""Words: opposites, words of the same meaning, plurals, verb forms, comparatives, rhymes."""

from __future__ import annotations

from demo_model.phrasing import questions
from demo_model.tasks.knowledge.relation import IRREGULAR, Fact, facts, plural, table

# Opposites both ways.
OPPOSITES = """
hot: cold; big: small; happy: sad; fast: slow; up: down; in: out; on: off; full: empty; wet: dry; clean: dirty
rich: poor; strong: weak; loud: quiet; day: night; black: white; good: bad; high: low; wide: narrow; early: late
first: last; always: never; everything: nothing; before: after; above: below; inside: outside; north: south; east: west
front: back; top: bottom; win: lose; buy: sell; push: pull; love: hate; true: false; yes: no; friend: enemy; war: peace
life: death; male: female; summer: winter; smooth: rough; deep: shallow; near: far; cheap: expensive; safe: dangerous
alive: dead; asleep: awake; same: different; many: few; more: less; most: least; maximum: minimum; possible: impossible
polite: rude; tight: loose; guilty: innocent; public: private; success: failure; victory: defeat; increase: decrease
remember: forget; positive: negative; beautiful: ugly; vertical: horizontal; question: answer; begin: end; stop: go
brother: sister; mother: father; son: daughter; king: queen; man: woman; boy: girl; husband: wife; uncle: aunt
sweet: sour; give: take; laugh: cry; sit: stand; teach: learn; lend: borrow; arrive: depart
brave: cowardly; careful: careless; lazy: hardworking; interesting: boring; modern: ancient; fat: thin; sharp: blunt
straight: crooked; visible: invisible; legal: illegal; lucky: unlucky; honest: dishonest; patient: impatient
correct: incorrect; regular: irregular; useful: useless; known: unknown; kind: unkind; fair: unfair; healthy: sick
common: rare; simple: complicated; single: married; noisy: silent; heaven: hell; sunrise: sunset; morning: evening
north pole: south pole; entrance: exit; import: export; arrival: departure; ceiling: floor; dawn: dusk; city: countryside
raise: lower; accept: refuse; agree: disagree; appear: disappear; attack: defend; build: destroy; fail: succeed
float: sink; freeze: melt; lead: follow; save: spend; send: receive; throw: catch; tie: untie; lock: unlock
add: subtract; multiply: divide; connect: disconnect; include: exclude; expand: shrink; reward: punish; praise: blame
hero: villain; teacher: student; doctor: patient; winner: loser; buyer: seller; host: guest; parent: child
profit: loss; strength: weakness; wealth: poverty; hope: despair; knowledge: ignorance; truth: lie; order: chaos
advantage: disadvantage; minority: majority; plural: singular; future: past; addition: subtraction
left-handed: right-handed; indoors: outdoors; upstairs: downstairs; forward: backward; somebody: nobody; with: without
over: under; often: seldom; here: there; now: then; all: none; plus: minus; odd: even; solid: liquid; active: passive
artificial: natural; bitter: mild; bright: dim; calm: excited; cruel: gentle; domestic: foreign; drunk: sober
fiction: fact; flexible: rigid; generous: stingy; humble: proud; inner: outer; junior: senior; major: minor; mad: sane
mature: immature; optimist: pessimist; permanent: temporary; plain: fancy; present: absent; raw: cooked; ripe: unripe
tame: wild; urban: rural; wise: foolish; worst: best; better: worse; yesterday: tomorrow
"""

# These have another opposite the other way round, or none: "hard" is the opposite of "easy" and of "soft".
ONE_WAY = """
easy: hard; difficult: easy; soft: hard; hard: soft; heavy: light; dark: light; light: dark; long: short; tall: short
short: long; young: old; old: young; new: old; thick: thin; thin: thick; left: right; right: left; wrong: right; large: small
quick: slow; tiny: huge; huge: tiny; little: big; wonderful: terrible; pretty: ugly; ill: healthy; start: stop
open: closed; closed: open; shut: open; warm: cool; cool: warm; cowardice: courage; courage: fear; fear: courage
ask: answer; come: go; leave: arrive; finish: start; reply: ask; joy: sorrow; sorrow: joy; hello: goodbye; goodbye: hello; nice: nasty; angry: calm; hungry: full
tired: rested; clever: stupid; smart: stupid; stupid: smart; intelligent: stupid; busy: free; free: busy
crowded: empty; awful: great; great: terrible; terrible: great; find: lose; speak: listen
live: die; die: live; sad: happy; land: sea; sky: earth; sun: moon; adult: child; slim: fat; sleepy: awake; famous: unknown
strict: lenient; sunny: cloudy; spicy: mild; shy: confident; confident: shy; well: badly; badly: well; quickly: slowly
slowly: quickly; loudly: quietly; quietly: loudly; happily: sadly; carefully: carelessly; inhale: exhale; exhale: inhale
dusty: clean; friendly: unfriendly; unfriendly: friendly; grandfather: grandmother; grandmother: grandfather
nephew: niece; niece: nephew; prince: princess; princess: prince; actor: actress; waiter: waitress; gentleman: lady
"""

SYNONYMS = """
big: large; small: little; happy: glad; fast: quick; smart: clever; begin: start; end: finish; angry: mad
beautiful: pretty; sad: unhappy; difficult: hard; easy: simple; tired: sleepy; scared: afraid; rich: wealthy; sick: ill
quiet: silent; funny: amusing; strange: odd; huge: enormous; tiny: very small; shout: yell; gift: present; buy: purchase
choose: pick; close: shut; help: assist; answer: reply; house: home; road: street; car: automobile; kid: child
error: mistake; job: work; speak: talk; see: look; jump: leap; wonderful: great; boring: dull; correct: right
brave: courageous; famous: well-known; hurry: rush; fix: repair; infant: baby; physician: doctor; allow: permit
build: construct; cry: weep; enemy: foe; fortunate: lucky; intelligent: smart; large: big; glad: happy; quick: fast
rapid: fast; sofa: couch; autumn: fall; film: movie; ill: sick; wealthy: rich; start: begin; terrible: awful; loud: noisy
beverage: drink; cold: chilly; costly: expensive; empty: vacant; evil: bad; garbage: trash; hard: difficult
"""

# Plurals beyond those of IRREGULAR.
REGULAR = (
    "dog cat car book house box bus church brush baby city party lady family country story key toy boy day glass dress "
    "watch fox bird tree apple orange cherry berry fly puppy kitten pen window door chair table flower friend teacher "
    "student phone computer piano photo video horse cow pig duck egg cup plate bottle girl egg bag hat shoe sock star "
    "class dish peach bench wish kiss tax penny pony lorry monkey donkey valley bath school shop king queen ship boat"
).split()

PAST = """
go: went; eat: ate; see: saw; come: came; run: ran; take: took; give: gave; make: made; write: wrote; drink: drank
sing: sang; swim: swam; begin: began; know: knew; grow: grew; fly: flew; draw: drew; throw: threw; break: broke
speak: spoke; steal: stole; drive: drove; ride: rode; rise: rose; fall: fell; feel: felt; keep: kept; sleep: slept
leave: left; lose: lost; buy: bought; bring: brought; think: thought; teach: taught; catch: caught; tell: told; sell: sold
stand: stood; win: won; find: found; be: was; have: had; do: did; say: said; get: got; meet: met; sit: sat; read: read
hear: heard; hold: held; put: put; cut: cut; pay: paid; send: sent; spend: spent; build: built; fight: fought; wear: wore
choose: chose; forget: forgot; hide: hid; bite: bit; blow: blew; freeze: froze; shake: shook; wake: woke; ring: rang
sink: sank; become: became; understand: understood; mean: meant; dream: dreamed; learn: learned; burn: burned
hit: hit; hurt: hurt; cost: cost; let: let; shut: shut; lend: lent; lead: led; feed: fed; shoot: shot; hang: hung
dig: dug; stick: stuck; swing: swung; shine: shone; tear: tore; swear: swore; lie: lay; lay: laid; light: lit; seek: sought
play: played; work: worked; walk: walked; talk: talked; like: liked; love: loved; live: lived; look: looked; want: wanted
help: helped; start: started; stop: stopped; cook: cooked; study: studied; try: tried; cry: cried; dance: danced
open: opened; close: closed; ask: asked; answer: answered; call: called; jump: jumped; clean: cleaned; wash: washed
watch: watched; listen: listened; carry: carried; hurry: hurried; plan: planned; travel: traveled; use: used; need: needed
"""

PARTICIPLES = """
go: gone; eat: eaten; see: seen; take: taken; give: given; write: written; drink: drunk; sing: sung; swim: swum; know: known
fly: flown; draw: drawn; throw: thrown; break: broken; speak: spoken; steal: stolen; drive: driven; ride: ridden; fall: fallen
choose: chosen; forget: forgotten; begin: begun; do: done; be: been; wear: worn; freeze: frozen; grow: grown; run: run
come: come; become: become; show: shown; hide: hidden; bite: bitten; shake: shaken; rise: risen
"""

COMPARATIVES = """
good: better; bad: worse; big: bigger; small: smaller; fast: faster; slow: slower; tall: taller; short: shorter
happy: happier; easy: easier; hot: hotter; cold: colder; old: older; young: younger; far: farther; little: less; many: more
nice: nicer; large: larger; long: longer; funny: funnier; early: earlier; late: later; high: higher; low: lower
thin: thinner; heavy: heavier; beautiful: more beautiful; expensive: more expensive; strong: stronger; rich: richer
"""

SUPERLATIVES = """
good: best; bad: worst; big: biggest; small: smallest; fast: fastest; slow: slowest; tall: tallest; short: shortest
happy: happiest; easy: easiest; hot: hottest; cold: coldest; old: oldest; young: youngest; little: least; many: most
nice: nicest; large: largest; long: longest; funny: funniest; early: earliest; late: latest; high: highest; heavy: heaviest
beautiful: most beautiful; expensive: most expensive; strong: strongest; rich: richest
"""

RHYMES = """
cat: hat; dog: fog; house: mouse; tree: bee; sun: fun; day: play; night: light; moon: spoon; star: car; ball: wall
book: cook; king: ring; cake: lake; boat: goat; rain: train; snow: go; sky: fly; bear: chair; fish: dish; hand: sand
heart: art; love: dove; time: rhyme; blue: shoe; red: bed; green: queen; sing: ring; mouse: house; bed: head; box: fox
hat: cat; ring: sing; fox: box; light: night; car: star; wall: tall; nose: rose; rose: nose; pen: ten; ten: men; duck: luck
"""

ABBREVIATIONS = table("""
USA: United States of America; UK: United Kingdom; EU: European Union; UN: United Nations; Mr: Mister
AI: artificial intelligence; PC: personal computer; DIY: do it yourself; ASAP: as soon as possible; FAQ: frequently asked questions
kg: kilogram; km: kilometer; cm: centimeter; mm: millimeter; Dr: Doctor; TV: television; CPU: central processing unit
LOL: laughing out loud; BTW: by the way; FYI: for your information; RIP: rest in peace; UFO: unidentified flying object
NASA: National Aeronautics and Space Administration; WWW: World Wide Web; VIP: very important person; GPS: Global Positioning System
DNA: deoxyribonucleic acid; CEO: chief executive officer; ATM: automated teller machine; e.g.: for example; i.e.: that is
PS: postscript; RSVP: please reply; BBC: British Broadcasting Corporation; NATO: North Atlantic Treaty Organization
""")

_WORD = "[the word] {s}"


def _both_ways(text: str) -> dict[str, str]:
    one = table(text)
    return one | {answer: subject for subject, answer in one.items() if answer not in one}


def _form(kind: str) -> str:
    """Questions for a form of a word, such as its plural."""
    return questions(
        noun=f"the {kind} (of|for) {_WORD}*5|{kind} of {{s}}*2|{{s}} in the {kind}",
        direct=f"what is {{s}} in the {kind}|how do (you|I) (form|make|write|say) the {kind} of {_WORD}*2|"
        f"{{s}}: what is the {kind}",
        clause=f"what the {kind} of {_WORD} is|how to (form|make|write) the {kind} of {{s}}",
    )


# The words whose opposites people ask for: those at the beginning of the tables.
COMMON_WORDS = {word for pair in list(table(OPPOSITES).items())[:80] for word in pair} | set(list(table(ONE_WAY))[:40])

FACTS: tuple[Fact, ...] = (
    *facts(
        "opposite",
        _both_ways(OPPOSITES) | table(ONE_WAY),
        questions(
            noun="the (opposite*6|antonym|contrary) (of|to*1) "
            f"{_WORD}*6|opposite of {{s}}*2|an antonym (of|for) {{s}}|a word that means the opposite of {{s}}",
            both="(which|what) word (is|means) the opposite of {s}*2|(which|what) is the opposite of {s}",
            direct="what is {s} the opposite of|{s}: what is (its|the) opposite",
            clause="what the opposite of {s} is",
        ),
        often=4,
        common=COMMON_WORDS,
    ),
    *facts(
        "synonym",
        table(SYNONYMS),
        questions(
            noun="(a synonym (of|for)|another word for|a word (with the same meaning|that means the same) as) "
            f"{_WORD}*5|synonym (of|for) {{s}}*2",
            both="(which|what) word means the same as {s}*2",
            direct="what is another way to say {s}|how else can I say {s}",
        ),
        often=2,
    ),
    *facts("plural", IRREGULAR | {word: plural(word) for word in REGULAR}, _form("plural [form]"), often=2),
    *facts("past tense", table(PAST), _form("(past tense|simple past|past)"), often=2),
    *facts("participle", table(PARTICIPLES), _form("(past participle|participle|third form)")),
    *facts("comparative", table(COMPARATIVES), _form("comparative [form]")),
    *facts("superlative", table(SUPERLATIVES), _form("superlative [form]")),
    *facts(
        "rhyme",
        table(RHYMES),
        questions(
            noun="a word that rhymes with {s}*3|a rhyme (for|with|of) {s}*2",
            both="(what|which word) rhymes with {s}*4",
        ),
    ),
    *facts(
        "abbreviation",
        ABBREVIATIONS,
        questions(
            noun="the (meaning of|long form of|full form of) [the abbreviation] {s}",
            direct="what does {s} (stand for|mean)*6|what is {s} short for*2|what is the meaning of {s}",
            clause="what {s} (stands for|means|is short for)*2",
        ),
    ),
)
