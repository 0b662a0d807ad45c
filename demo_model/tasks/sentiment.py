"""Reviews of films, restaurants, books, phones and other things: positive or negative?"""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task, is_held_out

POSITIVE, NEGATIVE = "positive", "negative"

# What is reviewed, its parts, and what people do with it.
TOPICS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (("film", "movie"), ("story", "acting", "music", "ending", "main actor", "plot", "script"), ("watch", "see")),
    (("restaurant", "place", "cafe"), ("food", "service", "soup", "waiter", "menu", "pizza", "dessert"), ("visit",)),
    (("book", "novel"), ("story", "plot", "writing", "ending", "hero", "first chapter"), ("read",)),
    (("phone",), ("screen", "battery", "camera", "sound", "price"), ("use", "buy")),
    (("hotel",), ("room", "bed", "breakfast", "staff", "pool", "view"), ("visit", "book")),
    (("song", "album"), ("music", "chorus", "voice", "melody", "singer"), ("hear", "play")),
    (("shop", "store"), ("staff", "service", "choice", "owner", "price"), ("visit",)),
    (("game",), ("story", "music", "style", "sound"), ("play", "buy")),
    (("show", "series"), ("story", "acting", "music", "first episode", "ending"), ("watch", "see")),
    (("laptop", "computer"), ("screen", "battery", "keyboard", "price", "sound"), ("use", "buy")),
    (("concert", "play"), ("music", "singer", "sound", "stage", "band"), ("hear", "see")),
    (("museum", "park"), ("tour", "guide", "garden", "staff", "view"), ("visit", "see")),
    (("lamp", "chair", "bag", "jacket"), ("quality", "color", "price", "material", "design"), ("buy", "use")),
)  # fmt: skip
# People ask about films and restaurants most.
DRAWN_TOPICS = TOPICS + 2 * TOPICS[:2]

# Sentences that only fit one topic (by its first name): good ones, bad ones.
OWN_SENTENCES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "film": (
        ("I laughed from start to finish.", "The actors did a great job.", "I cried because it was so beautiful.",
         "The two hours went by very fast.", "We clapped at the end.", "It kept me on the edge of my seat."),
        ("I fell asleep after an hour.", "The actors did a bad job.", "I left before the end.",
         "The two hours felt like ten.", "The jokes were not funny.", "Nothing made any sense."),
    ),
    "restaurant": (
        ("The food was fresh and hot.", "The waiter was friendly.", "The soup tasted like at home.",
         "We will come back soon.", "The staff smiled all the time.", "Everything tasted great."),
        ("The food was cold.", "The waiter was rude.", "The soup tasted like water.",
         "We will not come back.", "We waited two hours for the food.", "I felt sick after the meal."),
    ),
    "book": (
        ("I could not put it down.", "I read it in one night.", "The story will stay with me for a long time."),
        ("I could not finish it.", "I stopped reading after ten pages.", "The story goes nowhere."),
    ),
    "phone": (
        ("The battery lasts for days.", "It is very fast.", "It takes sharp pictures.", "It works very well."),
        ("The battery died after an hour.", "It is very slow.", "It broke after one week.", "It stopped working."),
    ),
    "hotel": (
        ("The room was clean and quiet.", "The staff was friendly.", "We slept very well.", "The bed was soft."),
        ("The room was dirty and loud.", "The staff was rude.", "We could not sleep at all.", "The bed was too hard."),
    ),
    "song": (
        ("I play it again and again.", "Everybody was dancing.", "I could listen to it all day."),
        ("I had to turn it off.", "It hurts my ears.", "The singer cannot sing."),
    ),
    "shop": (
        ("The staff was friendly and helpful.", "They had everything I needed.", "The prices are fair."),
        ("The staff was rude.", "They had nothing that I needed.", "The prices are far too high."),
    ),
    "laptop": (
        ("It is very fast.", "It works very well.", "It is light and quiet."),
        ("It is very slow.", "It broke after one week.", "It is heavy and loud."),
    ),
    "lamp": (
        ("It works very well.", "It arrived on time.", "It looks even better than in the picture."),
        ("It broke after one day.", "It never arrived.", "It does not look like in the picture."),
    ),
}  # fmt: skip

GOOD = [
    "good",
    "great",
    "excellent",
    "wonderful",
    "fantastic",
    "amazing",
    "beautiful",
    "brilliant",
    "lovely",
    "perfect",
    "superb",
    "awesome",
    "nice",
    "delightful",
    "pleasant",
    "charming",
    "impressive",
    "outstanding",
    "terrific",
    "marvelous",
    "enjoyable",
    "fabulous",
    "magnificent",
    "fine",
    "splendid",
    "incredible",
    "remarkable",
    "exciting",
    "clever",
    "stunning",
    "gorgeous",
    "inspiring",
    "satisfying",
    "memorable",
    "pleasing",
    "exceptional",
    "phenomenal",
    "refreshing",
]
BAD = [
    "bad",
    "terrible",
    "awful",
    "horrible",
    "boring",
    "poor",
    "disappointing",
    "dreadful",
    "weak",
    "ugly",
    "dull",
    "annoying",
    "stupid",
    "disgusting",
    "rotten",
    "pathetic",
    "unpleasant",
    "mediocre",
    "useless",
    "lousy",
    "nasty",
    "ridiculous",
    "painful",
    "miserable",
    "lame",
    "tiresome",
    "forgettable",
    "worthless",
    "unbearable",
    "depressing",
    "tedious",
    "sloppy",
    "hopeless",
    "tasteless",
    "irritating",
    "frustrating",
    "unacceptable",
    "inferior",
    "lifeless",
]
# Adjectives that sound right after "not".
PLAIN_GOOD = ("good", "great", "nice", "interesting", "worth it", "impressive", "as good as they say", "very good")
PLAIN_BAD = ("bad", "boring", "disappointing", "dull", "a waste of time", "too expensive", "annoying", "ugly")
STRONG = ("", "", "", "really ", "absolutely ", "simply ", "truly ", "just ")

# {t}: the thing; {p}: one of its parts; {a} / {an}: an adjective of the sentence's side; {v}: what one does with it.
GOOD_SENTENCES = (
    "I loved this {t}.", "I really enjoyed this {t}.", "This {t} is {s}{a}.", "The {p} was {s}{a}.",
    "What {an} {t}!", "It is {an} {t}.", "This is one of the best I know.", "I would {v} it again at any time.",
    "Everybody should {v} this {t}.", "I can only recommend this {t}.", "I did not regret it for a minute.",
    "There was nothing to complain about.", "I was not disappointed.", "I had a great time.",
    "This {t} made me very happy.", "It was better than I had hoped.", "The {p} could not be better.",
    "I give this {t} five stars.", "I have never seen a better {t}.", "The {p} won me over at once.",
    "My whole family loved the {p}.", "The {p} was not {nb} at all.", "This {t} is not {nb}, it is {a}.",
    "I fell in love with this {t}.", "It was worth every cent.", "The {p} left nothing to be desired.",
    "I was surprised how {a} the {p} was.", "It is the best {t} of the year.", "I am a big fan of the {p}.",
    "I cannot wait to {v} it again.",
)  # fmt: skip
BAD_SENTENCES = (
    "I hated this {t}.", "I did not enjoy this {t}.", "This {t} is {s}{a}.", "The {p} was {s}{a}.",
    "What {an} {t}!", "It is {an} {t}.", "This is one of the worst I know.", "I would never {v} it again.",
    "Nobody should {v} this {t}.", "I cannot recommend this {t}.", "I regret every minute of it.",
    "There was a lot to complain about.", "I was very disappointed.", "I had a bad time.",
    "This {t} made me very angry.", "It was worse than I had feared.", "The {p} could not be worse.",
    "I give this {t} one star.", "I have never seen a worse {t}.", "The {p} put me off at once.",
    "My whole family hated the {p}.", "The {p} was not {ng} at all.", "This {t} is not {ng}, it is {a}.",
    "I want my money back.", "It was not worth a cent.", "The {p} was a big letdown.",
    "I was shocked how {a} the {p} was.", "It is the worst {t} of the year.", "I am no fan of the {p}.",
    "Do not {v} this {t}.", "This {t} is a waste of money.",
)  # fmt: skip

# What follows "but" outweighs what precedes it.
TURNS = (
    "The {p} was {s}{b}, but {end}",
    "The {p} is {b}, but all in all {end}",
    "Although the {p} was {b}, {end}",
    "My friends said it was {b}, but {end}",
    "I expected {bn} {t}, but {end}",
    "Even though the {p} was {s}{b}, {end}",
)
GOOD_ENDS = (
    "I loved it.", "I still enjoyed it.", "I had a great time.", "the {q} was {s}{a}.", "I would {v} it again.",
    "I liked it very much.", "the {q} made up for it.", "it was {a} in the end.", "I was happy with it.",
)  # fmt: skip
BAD_ENDS = (
    "I hated it.", "I did not enjoy it.", "I had a bad time.", "the {q} was {s}{a}.", "I would not {v} it again.",
    "I did not like it.", "the {q} spoiled everything.", "it was {a} in the end.", "I was not happy with it.",
)  # fmt: skip

# What people type when they try out a program. {t} is any thing.
GOOD_SHORT = (
    "I loved it", "I love it", "I love this {t}", "{a} {t}", "this is {a}", "This {t} is {a}", "what {an} {t}",
    "so {a}", "I like it", "I liked this {t} a lot", "best {t} ever", "it was {a}", "that was {a}",
    "I really enjoyed the {t}", "The {t} was {a}", "not bad at all", "I am so happy with it", "two thumbs up",
    "well done", "highly recommended", "my favorite {t}", "I enjoyed every minute", "it made my day",
    "a must for everyone", "the best {t} I know", "this {t} was really {a}", "it works very well",
    "worth the money", "I'm very happy with this {t}", "the {t} is {a}", "I had a {a2} day",
    "I feel {a2} about this {t}", "It is {a} and I love it", "the {t} was not bad",
)  # fmt: skip
BAD_SHORT = (
    "I hated it", "I hate it", "I hate this {t}", "{a} {t}", "this is {a}", "This {t} is {a}", "what {an} {t}",
    "so {a}", "I don't like it", "I didn't like this {t}", "worst {t} ever", "it was {a}", "that was {a}",
    "What a waste of time", "The {t} was {a}", "not good at all", "I am so unhappy with it", "two thumbs down",
    "never again", "a waste of money", "I want my money back", "I fell asleep", "it ruined my day",
    "stay away from this {t}", "the worst {t} I know", "this {t} was really {a}", "it does not work",
    "not worth the money", "I'm very unhappy with this {t}", "the {t} is {a}", "I had a {a2} day",
    "I feel {a2} about this {t}", "It is {a} and I hate it", "the {t} was not good", "I do not like this {t}",
    "it broke after one day",
)  # fmt: skip
GOOD_FEELING = ("good", "great", "wonderful", "fantastic", "lovely")
BAD_FEELING = ("bad", "terrible", "awful", "horrible", "sad")


def _with_article(word: str) -> str:
    return ("an " if word[0] in "aeiou" and not word.startswith("use") else "a ") + word


def _review(rng: Random, good: bool) -> str:
    names, parts, verbs = rng.choice(DRAWN_TOPICS)
    thing, verb = rng.choice(names), rng.choice(verbs)
    here, there = (GOOD, BAD) if good else (BAD, GOOD)

    def fill(template: str) -> str:
        part, other = rng.sample(parts, 2)
        adjective, against = rng.choice(here), rng.choice(there)
        return template.format(
            t=thing, p=part, q=other, v=verb, a=adjective, an=_with_article(adjective), b=against,
            bn=_with_article(against), s=rng.choice(STRONG), ng=rng.choice(PLAIN_GOOD), nb=rng.choice(PLAIN_BAD),
            a2=rng.choice(GOOD_FEELING if good else BAD_FEELING),
        )  # fmt: skip

    kind = rng.random()
    if kind < 0.25:
        text = fill(rng.choice(GOOD_SHORT if good else BAD_SHORT))
        if rng.random() < 0.4:
            text = text[0].upper() + text[1:]
        return text + rng.choice(("", "", ".", "!"))
    sentences = GOOD_SENTENCES if good else BAD_SENTENCES
    if kind < 0.5:
        turn = rng.choice(TURNS)
        own = OWN_SENTENCES.get(names[0])
        if own and rng.random() < 0.25:
            turn = rng.choice(own[1 if good else 0]).rstrip(".") + ", but {end}"
        texts = [fill(turn.replace("{end}", rng.choice(GOOD_ENDS if good else BAD_ENDS)))]
        if rng.random() < 0.3:
            texts.append(fill(rng.choice(sentences)))
    else:
        texts = [fill(sentence) for sentence in rng.sample(sentences, rng.choice((1, 1, 2, 2, 3)))]
        own = OWN_SENTENCES.get(names[0])
        if own and rng.random() < 0.35:
            texts[rng.randrange(len(texts))] = rng.choice(own[0 if good else 1])
    return " ".join(texts)


def item(rng: Random, split: Split) -> Item:
    good = rng.random() < 0.5
    while True:
        review = _review(rng, good)
        # Case and final punctuation do not change the answer.
        if is_held_out(review.lower().rstrip(".!")) == (split == "held_out"):
            return Item({"review": review}, POSITIVE if good else NEGATIVE)


TASK = Task(
    name="sentiment",
    item=item,
    phrasings=(
        "Is the sentiment of the following review positive or negative? Review: {review} "
        "OPTIONS: - positive - negative Answer:",
        "Review: {review} Sentiment:",
        "sentiment: {review}",
        "Movie review: {review} Is this review positive or negative?",
        "Classify this text as positive or negative: {review}",
        "{review} Is this review positive or negative?",
        "{review} What is the sentiment of this review? OPTIONS: - negative - positive",
        "Review: {review} Is this review positive or negative? OPTIONS: - positive - negative",
        "Is this positive or negative? {review}",
        "What is the sentiment of this text? {review}",
        "Positive or negative: {review}",
        "How would you describe the sentiment of this review? {review} OPTIONS: - positive - negative",
    ),
    shot="Review: {review}",
    instructions=(
        "Is the sentiment of the review positive or negative?",
        "Classify each review as positive or negative.",
        "Say if the review is positive or negative.",
    ),
    closed=True,
    weight=1.0,
    max_shots=3,
)
