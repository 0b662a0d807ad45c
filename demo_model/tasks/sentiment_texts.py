# ruff: noqa: E501  (tables, one entry a line)
"""What people say in reviews, by topic: sentences that praise (+) and sentences that complain (-).

A line in the grammar of demo_model.phrasing stands for several sentences. {t} is the thing that is reviewed, {p} and {q}
are parts of it, {v} is what one does with it; {a} is an adjective that praises in + and complains in -, {an} the same
with its article; {b} and {bn} are adjectives of the other side; {s} is an adverb such as "really", or nothing.
"""

from __future__ import annotations

from demo_model.tasks.tables import words

# A topic: its names; its parts; verbs. Then sentences that fit only it.
TOPICS = """
# film, movie, comedy, thriller, documentary; story, acting, music, ending, main actor, plot, script, dialogue, photography; watch, see
+ I (laughed|smiled|cried with joy) from start to finish.
+ The actors did a (great|fantastic|brilliant) job.
+ It kept me on the edge of my seat.
+ The two hours (flew by|went by very fast|passed in no time).
+ We (clapped|cheered) at the end.
+ I would watch it again (tonight|tomorrow|any time).
+ A (masterpiece|gem|must-see).
+ I could not take my eyes off the screen.
+ My kids want to see it again.
+ It deserves every (award|prize) it got.
+ I couldn't stop laughing.
- I fell asleep (after an hour|halfway through|in the cinema).
- The actors did a (bad|terrible|poor) job.
- I (left|walked out) before the end.
- The two hours felt like ten.
- The jokes were not funny [at all].
- Nothing made any sense.
- I kept looking at my watch.
- The plot (is|was) full of holes.
- (The ending|It) was so predictable.
- I wish I had stayed at home.
- They should not have made a second part.
- The trailer was better than the film.
- Two hours of my life that I will never get back.
# restaurant, place, cafe, pizzeria, bar, bistro; food, service, soup, waiter, menu, pizza, dessert, coffee, atmosphere, steak; visit
+ The food was (fresh|hot|fresh and hot|cooked perfectly).
+ The waiter (was friendly|was so kind|smiled all the time|made us feel welcome).
+ (Best|The best) (pizza|burger|soup|pasta|steak|coffee) (I have|I've) ever had.
+ We will (come back soon|be back|definitely return).
+ The portions were (huge|generous) and the prices fair.
+ Everything tasted (great|wonderful|delicious|like at home).
+ I licked my plate clean.
+ My mouth is still watering.
+ The soup was delicious.
+ We didn't have to wait at all.
+ The staff went out of their way to help us.
+ The pasta was so good that I ordered it twice.
- The food was (cold|burnt|salty|raw in the middle|greasy|bland|tasteless).
- The waiter (was rude|ignored us|forgot our order|spilled soup on my shirt).
- (Worst|The worst) (pizza|burger|soup|pasta|steak|coffee) (I have|I've) ever had.
- We will (not come back|never come back|not return|never eat there again).
- The portions were tiny and (overpriced|the prices high).
- Everything tasted (awful|like cardboard|like water|of nothing).
- There was a (hair|fly) in my soup.
- I (felt sick|got sick|had a stomach ache) after the meal.
- We waited (an hour|two hours|forever) for (the food|our food|a table).
- They brought me the wrong dish.
- The table was (dirty|sticky).
- I left hungry.
# book, novel, story, biography, cookbook; story, plot, writing, ending, hero, first chapter, language, characters; read
+ I (could not|couldn't) put it down.
+ I read it in one (night|day|sitting).
+ The story will stay with me for a long time.
+ I (can't|cannot) wait for the next (one|part|book).
+ The characters feel like old friends.
+ I learned a lot from it.
+ A real page turner.
- I (could not|couldn't|did not) finish it.
- I (stopped reading|gave up) after ten pages.
- The story goes nowhere.
- The characters are (flat|boring|not believable).
- It put me to sleep.
- I had to force myself to finish it.
- Too long and nothing happens.
# phone, smartphone, tablet, camera, laptop, computer; screen, battery, camera, sound, price, keyboard, display; use, buy
+ The battery lasts (for days|two days|all day).
+ It is (very|so|super) fast.
+ It takes (sharp|great|beautiful) pictures.
+ It works (very well|perfectly|like a charm|great|without any problems).
+ It does everything I need.
+ Easy to use and (good looking|fast|light).
+ It still works after three years.
+ The best one I have ever owned.
+ My new one is so much better than the old one.
- The battery (died|is empty|dies) after (an hour|two hours).
- It is (very|so|really) slow.
- It (broke|stopped working) after (one week|two days|a month).
- It (keeps crashing|crashes all the time|freezes every day).
- The screen (cracked|is scratched|went black) after a week.
- It gets too hot and turns itself off.
- I had to send it back.
- It won't turn on [anymore].
- It is hard to use.
- The new one is worse than the old one.
# hotel, room, apartment, hostel, campsite; room, bed, breakfast, staff, pool, view, location, bathroom; visit, book
+ The room was (clean|quiet|clean and quiet|spacious).
+ The staff was (friendly|helpful|very kind).
+ We slept (very well|like babies).
+ The bed was (soft|comfortable).
+ The view was (breathtaking|amazing|stunning).
+ We felt at home right away.
+ Breakfast was (rich|fresh|delicious).
+ Perfect for families.
+ We did not want to leave.
- The room was (dirty|loud|dirty and loud|tiny|cold|smelly).
- The staff was (rude|unfriendly|no help at all).
- We could not sleep at all.
- The bed was (too hard|uncomfortable|broken).
- There were (bugs|cockroaches|hairs) in the (bed|room|bathroom).
- There was no hot water.
- The pool was closed (the whole week|when we arrived).
- The (room|bathroom|carpet) smelled (terrible|bad|of smoke).
- We left a day early.
- The pictures on the website were a lie.
# song, album, concert, band, singer, show; music, chorus, voice, melody, sound, lyrics, stage; hear, listen to
+ I play it again and again.
+ (Everybody was|We all started|Everyone started) dancing.
+ I could listen to it all day.
+ It gives me goosebumps.
+ What a voice!
+ It makes me want to dance.
- I had to turn it off.
- It hurts my ears.
- The singer (cannot sing|can't sing|was out of tune).
- We left after two songs.
- It was far too loud.
- It all sounds the same.
# shop, store, online shop, delivery, company, customer service; staff, service, choice, owner, price, delivery, packaging; visit, use
+ The staff was (friendly|helpful|friendly and helpful).
+ They had everything I needed.
+ The prices are fair.
+ It arrived (on time|a day early|the next day|well packed).
+ They (answered my question|solved my problem|helped me|called back) (at once|right away|in five minutes).
+ I got my money back without any trouble.
+ Fast delivery and (great|excellent|friendly) service.
+ I will order (here|from them) again.
- The staff was (rude|unfriendly|no help).
- They had nothing that I needed.
- The prices are (far too high|a joke).
- It (never arrived|arrived too late|arrived broken|arrived damaged).
- They never (answered|called back|replied to my email).
- I am still waiting for my (money|order|refund|package).
- They sent me the wrong (size|colour|item|thing).
- Nobody (helped me|answered the phone|cared).
- I was on hold for an hour.
- I will never order (here|from them) again.
# game, video game, board game, app; story, music, style, graphics, controls, levels; play, buy
+ We play it every (day|evening|weekend).
+ The whole family had fun.
+ I can't stop playing.
+ Hours of fun!
+ Great fun for (kids|everyone|the whole family).
- I stopped playing after (ten minutes|an hour).
- It is full of (bugs|ads|mistakes).
- It crashes every time I open it.
- My kids were bored after five minutes.
- The rules make no sense.
- It is too hard and not fun.
# shoes, jacket, bag, chair, lamp, sofa, vacuum cleaner, toaster, bike, watch, mattress, headphones; quality, colour, price, material, design, size; buy, use
+ (It fits|They fit) perfectly.
+ It looks even better than in the picture.
+ Well made and good value for money.
+ So comfortable that I wear (it|them) every day.
+ Exactly what I (needed|wanted|was looking for).
+ It exceeded my expectations.
+ I bought a second one for my (mother|sister|friend).
- (It doesn't|They don't) fit.
- It does not look like in the picture.
- Cheaply made and (overpriced|too expensive).
- So uncomfortable that I (never wear it|gave it away).
- Not what I (ordered|expected|wanted).
- It fell apart after (a day|a week|two weeks|one wash).
- The colour washed out the first time.
- It smells like chemicals.
- The zipper broke (right away|after two days).
- Parts were missing.
# trip, holiday, vacation, flight, tour, train ride, cruise, city, beach, museum, park; weather, guide, view, food, people, crew, journey; visit, book
+ We had (a great|a wonderful|an unforgettable|a lovely) time.
+ The sun was shining every day.
+ The people were so (friendly|kind|welcoming).
+ I want to go back (right now|next year).
+ Our guide knew everything and made us laugh.
+ The crew was (kind|friendly|helpful) and the flight on time.
+ The best holiday of my life.
+ It was a dream.
- It rained (every day|the whole week).
- We were robbed on the first day.
- They lost (my suitcase|our luggage).
- The flight was (cancelled|six hours late|delayed for hours).
- The beach was (dirty|full of rubbish|crowded).
- I was happy when it was over.
- The worst holiday of my life.
- There was nothing to do [there].
- We got lost because of the guide.
# party, weekend, day, wedding, birthday, evening, date; music, food, people, atmosphere, weather; visit
+ (I|We) had so much fun.
+ I haven't laughed so much in (years|ages|months).
+ Everything was perfect.
+ It made my (day|week|year).
+ I will never forget this wonderful day.
+ What a (lovely|beautiful|perfect|great) day!
- I (had no fun|did not have any fun).
- I (was bored|went home early).
- Everything went wrong.
- It ruined my (day|week|weekend).
- I want to forget it as soon as possible.
- What a (terrible|horrible|bad|sad) day!
- Nobody talked to me.
# teacher, doctor, dentist, hairdresser, boss, colleague, neighbour, driver, course, lesson, school, job; attitude, manner, work, explanations, office; visit, recommend
+ (He|She) is (so kind|very patient|always friendly|really helpful|a great person).
+ (He|She) took the time to (listen|explain everything).
+ (He|She) always helps me.
+ I learned so much.
+ I trust (him|her) completely.
+ I look forward to it every week.
+ (He|She) explains everything (well|so clearly).
+ I have never been in better hands.
- (He|She) is (rude|always angry|never on time|lazy|mean|unfriendly).
- (He|She) did not listen to me.
- (He|She) never helps anyone.
- I learned nothing.
- I do not trust (him|her).
- (He|She) shouts at everyone.
- I had to wait for two hours and (he|she) had no time for me.
- (He|She) cut my hair far too short.
- (He|She) lied to me.
- I dread going there.
"""

# Sentences that fit any topic.
GENERAL = """
+ I loved this {t}.
+ I (really|truly|absolutely|) (enjoyed|loved|liked) (this {t}|the {p}|it|every minute of it).
+ This {t} is {s}{a}.
+ The {p} (was|is) {s}{a}.
+ The {p} and the {q} were {s}{a}.
+ What {an} {t}!
+ It (is|was) {an} {t}.
+ This is one of the best I know.
+ I would {v} it again (at any time|in a heartbeat|without thinking twice|tomorrow).
+ (Everybody|Everyone|You) should {v} this {t}.
+ I (can only|highly|would|would definitely|strongly) recommend (this {t}|it) [to everyone|to all my friends].
+ I (did not|do not|don't) regret (it for a minute|a single minute|anything).
+ There (was|is) nothing to complain about.
+ I have no complaints [at all].
+ I was not disappointed.
+ (It|This {t}|The {p}) (did not|didn't) disappoint [me].
+ I had a (great|good|wonderful) time.
+ This {t} made me very happy.
+ It was (much|) better than I (had hoped|expected|thought).
+ The {p} (could not|couldn't) be better.
+ I (could not|couldn't) be happier [with it|with this {t}].
+ I (could not|couldn't) have asked for (more|a better {t}).
+ I give this {t} (five|5|ten out of ten) stars.
+ I have never seen a better {t}.
+ The {p} won me over at once.
+ My whole family loved (it|the {p}).
+ The {p} was not {nb} at all.
+ It (was|is) not {nb} at all.
+ This {t} is not {nb}, it is {a}.
+ I fell in love with this {t}.
+ It was worth every (cent|penny|minute).
+ Worth the (money|price|wait|trip).
+ The {p} left nothing to be desired.
+ I was (surprised|amazed|impressed) how {a} the {p} was.
+ It is the best {t} of the year.
+ I am a big fan of (it|the {p}).
+ I (cannot|can't) wait to {v} it again.
+ I (can't|cannot) say (anything bad|a bad word) about it.
+ You (won't|will not) regret it.
+ Not a single thing was wrong.
+ I (did not|didn't) expect (it|this {t}) to be so {a}.
+ I (was|am) (very|so|really) (happy|pleased|satisfied|content) with (it|this {t}|the {p}).
+ (Everything|It all) went smoothly.
+ I was pleasantly surprised.
+ It exceeded (all|) my expectations.
+ (Never|I never) had a problem with it.
+ I (keep coming back|always come back) for more.
+ It is hard to find a better {t}.
+ If you get the chance, {v} it.
+ Do yourself a favour and {v} it.
+ (This {t}|It) is (a|such a|a real|an absolute|a true) (gem|masterpiece|delight|joy|treat|triumph|pleasure|winner|bargain|blessing|dream|success|highlight).
+ {a} {p} and {a} {q}.
+ {a} {p}, (great|good|lovely|fantastic) {q}.
+ (Great|Good|Excellent|Wonderful|Lovely|Fantastic|Amazing|Superb) {p} [and (great|good|excellent|friendly) {q}].
+ Money well spent.
+ I'm so glad (I bought it|I went there|I found it|we came).
+ It (saved my life|changed my life|makes my life easier|makes me smile every day).
+ I (can't|cannot) (praise it enough|live without it anymore|imagine life without it|wait to use it again).
+ I (wouldn't|would not) (change a thing|want to miss it|trade it for anything).
+ You (can't|cannot) go wrong with (it|this {t}).
+ It (does exactly what it should|does what it says|never lets me down|never disappoints|gets better every time).
+ (As good as it gets|Hard to beat|Better than the first one|Better than all the others|The best choice I ever made|One of a kind).
+ I (have|had) (nothing bad to say|no reason to complain|no regrets) [about it].
+ There is nothing I (don't|do not) like about it.
+ I'm (impressed|delighted|amazed|thrilled|over the moon|hooked|in love with it|a happy customer).
+ (My|The) (kids|children|friends|parents|family|guests) (loved|love|adored|enjoyed) (it|the {p}|this {t}).
+ (Hats off|Thumbs up|Well done|Bravo) to (the {p}|everyone who made it|the whole team).
+ (Everything|The whole {t}) (was|is) (just right|wonderful|well organised|as promised|even better than promised|top quality).
+ It (rocks|is a lot of fun|is worth a visit|is simply the best|is second to none|is out of this world).
+ The {p} (impressed|surprised|delighted|convinced) (me|us) [in a good way].
+ I (felt|feel) (welcome|at home|safe|relaxed|happy) (there|right away|the whole time).
- (This {t}|It) is (a|such a|a real|an absolute|a complete|a total) (nightmare|disaster|failure|mess|joke|scam|rip-off|flop|catastrophe|disappointment|letdown|shame|torture).
- (This {t}|It) is (garbage|trash|rubbish|junk|crap|pure garbage|total rubbish|a piece of junk).
- {a} {p} and {a} {q}.
- {a} {p}, (bad|poor|terrible|awful) {q}.
- (Bad|Poor|Terrible|Awful|Horrible|Lousy|Dreadful) {p} [and (bad|poor|terrible|rude) {q}].
- Money down the drain.
- I wish I (hadn't bought it|had never bought it|hadn't gone there|had read the reviews before|had my money back).
- It (ruined my life|drives me crazy|makes my life harder|gives me a headache|makes me angry every day).
- I (can't|cannot) (stand it|take it anymore|believe how {a} it is|understand why people like it).
- I (wouldn't|would not) (wish it on my worst enemy|give it to my dog|do it again|buy it again|take it for free).
- You can do better than (this|this {t}).
- It (does not do what it should|doesn't do what it says|let me down|always disappoints|gets worse every time).
- (As bad as it gets|Hard to like|Worse than the first one|Worse than all the others|The worst choice I ever made|Nothing special).
- I (have|had) (nothing good to say|every reason to complain|many regrets) [about it].
- There is nothing I like about it.
- I'm (unimpressed|disgusted|shocked|furious|fed up|sick of it|done with it|an unhappy customer).
- (My|The) (kids|children|friends|parents|family|guests) (hated|hate|disliked|were bored by) (it|the {p}|this {t}).
- Shame on (the {p}|everyone who made it|the whole team).
- (Everything|The whole {t}) (was|is) (just wrong|a mess|badly organised|not as promised|worse than promised|low quality).
- It (sucks|is no fun|is not worth a visit|is simply the worst|is below average|is beyond repair|went downhill).
- The {p} (annoyed|disappointed|shocked|bored|disgusted) (me|us).
- I (felt|feel) (unwelcome|out of place|unsafe|stressed|sick|bored) (there|right away|the whole time).
- I would give it zero stars if I could.
- Nothing to write home about.
- I'm never (coming back|going there again|buying this again|using it again).
- I hated this {t}.
- I (really|truly|absolutely|) (hated|disliked|regretted) (this {t}|the {p}|it|every minute of it).
- I (did not|didn't) (enjoy|like|love) (this {t}|the {p}|it) [at all|one bit].
- This {t} is {s}{a}.
- The {p} (was|is) {s}{a}.
- The {p} and the {q} were {s}{a}.
- What {an} {t}!
- It (is|was) {an} {t}.
- This is one of the worst I know.
- I would (never|not) {v} it again.
- (Nobody|No one) should {v} this {t}.
- I (cannot|can't|would not|wouldn't|could not|won't) recommend (this {t}|it) [to anyone|to anybody].
- I regret (every minute of it|it|buying it|going there).
- There was a lot to complain about.
- I was (very|so|really|deeply) disappointed.
- (It|This {t}|The {p}) (was a|was such a|is a) (disappointment|letdown|failure|disaster|mess|joke).
- I had a (bad|terrible|horrible) time.
- This {t} made me (very angry|angry|sad|mad).
- It was (much|) worse than I (had feared|expected|thought).
- The {p} (could not|couldn't) be worse.
- I (could not|couldn't) be (more disappointed|unhappier|less impressed).
- I expected (more|much more|better).
- I give this {t} (one star|1 star|zero stars|no stars).
- I have never seen a worse {t}.
- The {p} put me off at once.
- My whole family hated (it|the {p}).
- The {p} was not {ng} at all.
- It (was not|wasn't|is not|isn't) {ng} [at all].
- This {t} is not {ng}, it is {a}.
- I want my money back.
- It was not worth (a cent|a penny|the money|it|the wait|my time).
- The {p} was a big letdown.
- I was (shocked|surprised) how {a} the {p} was.
- It is the worst {t} of the year.
- I am no fan of (it|the {p}).
- (Do not|Don't|Please don't) {v} (this {t}|it).
- (This {t}|It) is a waste of (money|time|time and money).
- What a waste of (money|time)!
- Never again!
- Save your money.
- Stay away from (this {t}|it).
- I (can't|cannot) say (anything good|a good word) about it.
- You will regret it.
- Nothing worked.
- I (did not|didn't) expect (it|this {t}) to be so {a}.
- I (was|am) (very|so|really) (unhappy|unsatisfied|dissatisfied|upset|annoyed) with (it|this {t}|the {p}).
- I (was not|am not|wasn't|was far from) (happy|pleased|satisfied|impressed) with (it|this {t}|the {p}).
- I felt (cheated|ripped off|let down).
- It (could have|should have) been (so much|much|) better.
- (Nothing|Absolutely nothing) about it was {ng}.
- It is hard to find a worse {t}.
- There are (much|far) better ones.
- Not what was promised.
- I had (nothing but|only) (trouble|problems) with it.
- Avoid it (at all costs|if you can).
- (It|This {t}) (did not|didn't) live up to (my|our) expectations.
"""

# What people type when they try a program out; without a topic.
SHORT = """
+ I (love|like|adore|loved|liked|enjoyed) (it|this|that|this {t}|the {t})
+ (so|very|really|absolutely|simply|) {a}
+ (it|this|that) (is|was) (so|very|really|absolutely|) {a}
+ this {t} is {s}{a}
+ what {an} {t}
+ (best|the best) {t} (ever|I know|in town|of all time)
+ not bad [at all]
+ not {nb} at all
+ (two thumbs up|thumbs up|five stars|5 stars|10/10|5/5|ten out of ten|A+)
+ (highly|strongly|definitely|) recommended
+ (well done|good job|great job|great work|bravo|wow|awesome|yay|hooray)
+ my favourite {t}
+ it made my day
+ a must for everyone
+ (it works|works) (very well|great|perfectly|like a charm)
+ worth (the money|it|every penny)
+ I'm (very|so|really|) (happy|pleased|glad|excited|satisfied) [with it|with this {t}|today]
+ I (feel|am feeling) (good|great|wonderful|fantastic|so happy|much better) [today]
+ I (had|am having) a (good|great|wonderful|lovely|fantastic|nice) (day|time|week|weekend|morning|evening)
+ (today|my day|life|the day|the weekend) (is|was) (good|great|wonderful|beautiful|fantastic|amazing)
+ (I am in a good mood|I am having fun|I had fun|life is good|I feel loved|everything is fine|things are going well)
+ (I passed my exam|I got the job|we won the game|I got a present|we are getting married|she said yes|I won the lottery|I got a raise|my team won|I found my lost dog|the sun is shining|I am in love|I made a new friend)
+ (my|our) (mother|father|sister|brother|friend|boss|neighbour|teacher) is (so kind|wonderful|the best|great|very nice|always there for me|a good person)
+ (can't|cannot) complain
+ I'd (buy|do|use|visit|recommend) it again
+ (keep it up|thank you so much|thanks, this helped a lot|this is what I wanted|exactly what I needed)
+ the {t} was {s}{a}
+ the {t} was not {nb}
+ I can't get enough of (it|this {t})
+ (couldn't|could not) be (happier|better)
+ no complaints
- I (hate|dislike|can't stand|hated|despise|disliked) (it|this|that|this {t}|the {t})
- (so|very|really|absolutely|simply|) {a}
- (it|this|that) (is|was) (so|very|really|absolutely|) {a}
- this {t} is {s}{a}
- what {an} {t}
- (worst|the worst) {t} (ever|I know|in town|of all time)
- not (good|great|nice|worth it|recommended|impressed) [at all]
- not {ng} at all
- (two thumbs down|thumbs down|one star|1 star|0/10|1/5|1/10|zero out of ten|zero stars)
- (I don't|I do not|I didn't|I did not) (like|love|enjoy|recommend) (it|this|that|this {t}|the {t})
- (never again|no thanks|stay away|don't bother|avoid|boo|yuck|ugh|meh|what a mess)
- (a waste of money|a waste of time|what a waste of time|such a waste|total waste)
- it (ruined|spoiled) my day
- (it does not work|doesn't work|it broke|it broke after one day|it stopped working|it never worked|nothing works)
- not worth (the money|it|a penny)
- I'm (very|so|really|) (unhappy|angry|sad|disappointed|upset|annoyed|frustrated|tired of this) [with it|with this {t}|today]
- I (feel|am feeling) (bad|terrible|awful|horrible|so sad|sick|lonely|worse) [today]
- I (had|am having) a (bad|terrible|horrible|awful|rough|sad) (day|time|week|weekend|morning|evening)
- (today|my day|life|the day|the weekend) (is|was) (bad|terrible|awful|horrible|a disaster|sad)
- (I am in a bad mood|I am bored|I had no fun|life is hard|nobody likes me|everything is wrong|nothing is going well|I want to cry)
- (I failed my exam|I lost my job|we lost the game|I got a fine|we are getting divorced|she said no|I lost all my money|I got fired|my team lost|my dog died|it is raining again|I missed my train|I broke my leg|somebody stole my bike|my car broke down)
- (my|our) (mother|father|sister|brother|friend|boss|neighbour|teacher) is (so mean|horrible|the worst|angry with me|very rude|never there for me|a bad person)
- I want (my money back|a refund|to go home)
- I'd never (buy|do|use|visit|recommend) it again
- (this is useless|this is not what I wanted|I expected more|I regret it|I give up|what a shame)
- the {t} was {s}{a}
- the {t} was not {ng}
- I have had enough of (it|this {t})
- (couldn't|could not) be (worse|more disappointed)
- (nothing but trouble|nothing special|far too expensive|overpriced|too expensive for what it is|too slow|too loud|too long)
"""

# What follows the contrast decides.
TURNS = """
The {p} was {s}{b}, but {end}
The {p} is {b}, but all in all {end}
Although the {p} was {b}, {end}
(My friends said|I heard|People told me|I thought) it was {b}, but {end}
I expected {bn} {t}, but {end}
Even though the {p} was {s}{b}, {end}
(Despite|In spite of) the {b} {p}, {end}
The {p} was {b}. But {end}
The {p} (was|is) {b}; however, {end}
It {started} but {end}
At first (I was {unsure}|it was {b}), but (then|in the end|later) {end}
Yes, the {p} is {b}, but {end}
{own}, but {end}
Some people say it is {b}. I disagree: {end}
I thought I would {other} it, but {end}
I (wanted|expected) to {other} it, but {end}
(Everyone|My sister|My boss|The internet) said it was {b}, but {end}
{b} {p}, but {end}
"""
ENDS = """
+ (I loved it|I loved every minute|we loved it).
+ I still enjoyed it.
+ I had a great time.
+ the {q} was {s}{a}.
+ the {q} (made up for it|saved it|made up for everything).
+ I would {v} it again.
+ I liked it very much.
+ it was {a} in the end.
+ I was happy with it.
+ it was worth it.
+ I would recommend it.
+ everything else was {a}.
+ it works (perfectly|very well) now.
+ we will come back.
- (I hated it|I hated every minute|we hated it).
- I did not enjoy it.
- I had a bad time.
- the {q} was {s}{a}.
- the {q} (spoiled everything|ruined it|ruined everything|let it down).
- I would not {v} it again.
- I did not like it.
- it was {a} in the end.
- I was not happy with it.
- it was not worth it.
- I would not recommend it.
- everything else was {a}.
- it stopped working (after a week|soon after).
- we will not come back.
"""

GOOD = words("""
good great excellent wonderful fantastic amazing beautiful brilliant lovely perfect superb awesome nice delightful pleasant
charming impressive outstanding terrific marvelous enjoyable fabulous magnificent fine splendid incredible remarkable
exciting clever stunning gorgeous inspiring satisfying memorable pleasing exceptional phenomenal refreshing cool funny
interesting friendly fresh first-class top-notch top flawless delicious entertaining heartwarming touching thrilling
breathtaking adorable lovable helpful reliable fair comfortable cosy relaxing spectacular sublime solid sweet unforgettable
convincing well-made gripping elegant useful warm
""")
BAD = words("""
bad terrible awful horrible boring poor disappointing dreadful weak ugly dull annoying stupid disgusting rotten pathetic
unpleasant mediocre useless lousy nasty ridiculous painful miserable lame tiresome forgettable worthless unbearable
depressing tedious sloppy hopeless tasteless irritating frustrating unacceptable inferior lifeless silly confusing rude
cheap stale second-rate broken faulty inedible predictable shallow overrated overpriced underwhelming unfriendly
unreliable unfair uncomfortable dirty stressful abysmal atrocious appalling cold shabby bland uninspired unconvincing
badly-made messy horrid uninteresting noisy
""")
STRONG = (
    "",
    "",
    "",
    "really ",
    "absolutely ",
    "simply ",
    "truly ",
    "just ",
    "so ",
    "very ",
    "pretty ",
    "quite ",
    "totally ",
)
# Adjectives that sound right after "not".
PLAIN_GOOD = "good|great|nice|interesting|worth it|impressive|as good as they say|very good|special|funny|fun|helpful|fresh|tasty|clean|easy to use|worth the money|convincing|what I had hoped for|my taste"
PLAIN_BAD = "bad|boring|disappointing|dull|a waste of time|too expensive|annoying|ugly|as bad as they say|hard to use|too long|dirty|complicated|too loud"
