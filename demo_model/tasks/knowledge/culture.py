# ruff: noqa: E501  (tables)
"""Books, pictures, music, inventions, history, sports and games."""

from __future__ import annotations

from demo_model.phrasing import questions
from demo_model.tasks.knowledge.relation import Fact, facts, groups, trivia

WRITERS = groups("""
William Shakespeare: Hamlet, Romeo and Juliet, Macbeth, Othello, King Lear, A Midsummer Night's Dream, The Tempest
Miguel de Cervantes: Don Quixote
Leo Tolstoy: War and Peace, Anna Karenina
Fyodor Dostoevsky: Crime and Punishment, The Idiot
Charles Dickens: Oliver Twist, A Christmas Carol, David Copperfield, Great Expectations, A Tale of Two Cities
Jane Austen: Pride and Prejudice, Emma, Sense and Sensibility
Mary Shelley: Frankenstein
Bram Stoker: Dracula
J. R. R. Tolkien: The Hobbit, The Lord of the Rings
George Orwell: Animal Farm, 1984/Nineteen Eighty-Four
Herman Melville: Moby-Dick/Moby Dick
Lewis Carroll: Alice in Wonderland
Robert Louis Stevenson: Treasure Island
Daniel Defoe: Robinson Crusoe
Charlotte Bronte: Jane Eyre
Emily Bronte: Wuthering Heights
Mark Twain: The Adventures of Tom Sawyer/Tom Sawyer, Huckleberry Finn
J. M. Barrie: Peter Pan
Dante Alighieri: The Divine Comedy
Victor Hugo: Les Miserables, The Hunchback of Notre-Dame
J. K. Rowling: Harry Potter/the Harry Potter books
Homer: the Odyssey, the Iliad
Goethe: Faust, The Sorrows of Young Werther
Franz Kafka: The Metamorphosis, The Trial
Oscar Wilde: The Picture of Dorian Gray
Arthur Conan Doyle: Sherlock Holmes/the Sherlock Holmes stories
Agatha Christie: Murder on the Orient Express, Death on the Nile
Antoine de Saint-Exupery: The Little Prince
Jules Verne: Around the World in Eighty Days, Twenty Thousand Leagues Under the Sea
Ernest Hemingway: The Old Man and the Sea
F. Scott Fitzgerald: The Great Gatsby
Harper Lee: To Kill a Mockingbird
Rudyard Kipling: The Jungle Book
Hans Christian Andersen: The Little Mermaid, The Ugly Duckling, The Snow Queen
Astrid Lindgren: Pippi Longstocking
Roald Dahl: Charlie and the Chocolate Factory, Matilda
A. A. Milne: Winnie-the-Pooh/Winnie the Pooh
Jonathan Swift: Gulliver's Travels
Johanna Spyri: Heidi
Carlo Collodi: Pinocchio
C. S. Lewis: The Chronicles of Narnia/Narnia
Alexandre Dumas: The Three Musketeers
H. G. Wells: The Time Machine, The War of the Worlds
Charles Darwin: On the Origin of Species
Geoffrey Chaucer: The Canterbury Tales
Suzanne Collins: The Hunger Games
Stephen King: The Shining
Umberto Eco: The Name of the Rose
Michael Ende: The Neverending Story
Erich Kaestner: Emil and the Detectives
the Brothers Grimm: Grimms' fairy tales
Karl Marx: Das Kapital
Friedrich Schiller: William Tell
Aldous Huxley: Brave New World
William Golding: Lord of the Flies
J. D. Salinger: The Catcher in the Rye
Voltaire: Candide
Plato: The Republic
Anne Frank: The Diary of a Young Girl
""")

PAINTERS = groups("""
Leonardo da Vinci: the Mona Lisa/Mona Lisa, The Last Supper
Vincent van Gogh: The Starry Night/Starry Night, Sunflowers
Pablo Picasso: Guernica
Edvard Munch: The Scream
Johannes Vermeer: Girl with a Pearl Earring
Rembrandt: The Night Watch
Gustav Klimt: The Kiss
Michelangelo: the ceiling of the Sistine Chapel/the Sistine Chapel
Sandro Botticelli: The Birth of Venus
Claude Monet: Water Lilies
Salvador Dali: The Persistence of Memory
Grant Wood: American Gothic
Katsushika Hokusai: The Great Wave
Raphael: The School of Athens
""")

COMPOSERS = groups("""
Ludwig van Beethoven: the Moonlight Sonata, the Ninth Symphony, the Fifth Symphony
Antonio Vivaldi: The Four Seasons
Wolfgang Amadeus Mozart: The Magic Flute, Don Giovanni, The Marriage of Figaro, A Little Night Music
Johann Sebastian Bach: the Brandenburg Concertos, the St Matthew Passion
Pyotr Tchaikovsky: Swan Lake, The Nutcracker
George Frideric Handel: Messiah
Georges Bizet: Carmen
Giuseppe Verdi: Aida, La Traviata, Rigoletto
Giacomo Puccini: Tosca, La Boheme
Richard Wagner: The Ring of the Nibelung
Maurice Ravel: Bolero
Johann Strauss: The Blue Danube
Edvard Grieg: Peer Gynt
""")

INVENTORS = groups("""
Alexander Graham Bell: the telephone
Thomas Edison: the light bulb, the phonograph
Johannes Gutenberg: the printing press, printing
James Watt: the modern steam engine/the steam engine
the Wright brothers: the airplane/the aeroplane, the first plane
Alfred Nobel: dynamite
Tim Berners-Lee: the World Wide Web/the web
Karl Benz: the car/the automobile
Samuel Morse: Morse code, the Morse alphabet
Louis Braille: braille/writing for the blind
Guglielmo Marconi: the radio/radio
Benjamin Franklin: the lightning rod
Rudolf Diesel: the diesel engine
the Montgolfier brothers: the hot air balloon
Alessandro Volta: the battery/the electric battery
John Logie Baird: the television/television/TV
the Chinese: paper, gunpowder, the compass, fireworks
Levi Strauss: blue jeans/jeans
Konrad Zuse: the first programmable computer
Charles Babbage: the computer, the Analytical Engine
Vint Cerf and Bob Kahn: the internet
Karl von Drais: the bicycle/the bike
Nicephore Niepce: photography, the camera
Elisha Otis: the safety elevator
Martin Cooper: the mobile phone/the cell phone
Erno Rubik: the Rubik's Cube
James Naismith: basketball
Philo Farnsworth: electronic television
""")

DISCOVERERS = groups("""
Alexander Fleming: penicillin
Isaac Newton: gravity, the law of gravity
Christopher Columbus: America
Marie Curie: radium, polonium
Wilhelm Roentgen: X-rays
Albert Einstein: the theory of relativity/relativity
Charles Darwin: evolution
James Cook: Hawaii
Vasco da Gama: the sea route to India/the sea route from Europe to India
Watson and Crick: the structure of DNA
William Herschel: Uranus
Dmitri Mendeleev: the periodic table
Louis Pasteur: pasteurization
""")

WHO = groups("""
a scientist: Albert Einstein/Einstein, Isaac Newton/Newton, Marie Curie, Galileo Galilei/Galileo, Charles Darwin, Stephen Hawking, \
Nikola Tesla, Max Planck
a writer: William Shakespeare/Shakespeare, Charles Dickens, Jane Austen, Leo Tolstoy/Tolstoy, Agatha Christie, Goethe, \
J. K. Rowling, Mark Twain, Ernest Hemingway, Franz Kafka, Victor Hugo
a painter: Pablo Picasso/Picasso, Vincent van Gogh/Van Gogh, Claude Monet/Monet, Rembrandt, Leonardo da Vinci, Salvador Dali, \
Frida Kahlo, Raphael
a composer: Ludwig van Beethoven/Beethoven, Mozart/Wolfgang Amadeus Mozart, Bach/Johann Sebastian Bach, Vivaldi, Tchaikovsky, \
Chopin, Verdi
a singer: Elvis Presley, Michael Jackson, Madonna, Freddie Mercury, Bob Marley, Edith Piaf
an explorer: Christopher Columbus, Marco Polo, James Cook, Vasco da Gama, Roald Amundsen
a footballer: Pele, Diego Maradona/Maradona, Lionel Messi/Messi, Cristiano Ronaldo/Ronaldo
a philosopher: Plato, Aristotle, Socrates, Immanuel Kant/Kant
a queen of Egypt: Cleopatra
an emperor: Napoleon
a Roman leader: Julius Caesar
a US president: Abraham Lincoln, George Washington, John F. Kennedy, Thomas Jefferson
""")

HISTORY = trivia(
    "history",
    """
Neil Armstrong = the first (man|person|human) on the moon; who was the first (man|person|human) on the moon; who (walked|stood|landed) on the moon first; ? who first walked on the moon
Yuri Gagarin = the first (man|person|human) in space; who was the first (man|person|human) in space; who (flew|went) into space first
Valentina Tereshkova = the first woman in space; who was the first woman in space
Edmund Hillary and Tenzing Norgay = the first (people|men) on Mount Everest; who (climbed|were first on) Mount Everest [first]
Roald Amundsen = the first (man|person) at the South Pole; who (reached|was first at) the South Pole [first]
George Washington = the first (president of (the USA|the United States|America|the US)|(American|US) president); who was the first (president of (the USA|the United States|America|the US)|(American|US) president)
Abraham Lincoln = the president who (freed the slaves|ended slavery); which (president|US president) (freed the slaves|ended slavery)
Julius Caesar = the Roman (leader|general) who was killed in 44 BC; who said "I came, I saw, I conquered"
Napoleon = the French emperor who lost at Waterloo; who (lost|was beaten) at Waterloo; who was [the] emperor of France [in 1804]
Cleopatra = the [most] famous [last] queen of [ancient] Egypt; who was the [last] queen of [ancient] Egypt
Augustus = the first Roman emperor; who was the first Roman emperor
Nelson Mandela = the first black president of South Africa; who was the first black president of South Africa
Mahatma Gandhi = who led India to independence; the leader of (India's independence|the Indian independence movement)
Martin Luther King = who said "I have a dream"; who gave the [speech] "I have a dream" speech
Albert Einstein = who (wrote|found|came up with) E = mc2; who said that E = mc2; who developed the theory of relativity
Charles Darwin = who came up with [the theory of] evolution; the father of [the theory of] evolution
Ferdinand Magellan = whose expedition (sailed around the world first|first sailed around the world); who led the first (trip|voyage) around the world
Gustave Eiffel = who (built|designed) the Eiffel Tower; the builder of the Eiffel Tower
Michelangelo = who made the statue of David; the sculptor of David
the Romans = who built the Colosseum; the builders of the Colosseum; ? who lived in ancient Rome; who spoke Latin
the Egyptians = who built the pyramids; the builders of the pyramids
the Chinese = who built the Great Wall [of China]; the builders of the Great Wall [of China]
the Inca = who built Machu Picchu; the builders of Machu Picchu
the Vikings = which people came from Scandinavia in long ships; who (raided Europe|sailed) in longships
1969 = the year of the [first] moon landing; ? (when|in which year|what year) (did (people|men|humans) [first] land on the moon|was the [first] moon landing); ? when did (Neil Armstrong|the first man) (walk|land) on the moon; when (people|humans) first landed on the moon
1492 = the year (when Columbus (discovered|reached)|of the discovery of) America; ? (when|in which year|what year) (did Columbus (discover|reach|sail to)|was) America [discovered]; when Columbus (discovered|reached) America
1789 = the year of the French Revolution; ? (when|in which year|what year) (was|did) the French Revolution [begin|start]; when the French Revolution (began|started)
1776 = the year of the [American] Declaration of Independence; ? (when|in which year) did (America|the USA|the United States) (become independent|declare independence); when (America|the USA|the United States) (became independent|declared independence)
1914 = ? (when|in which year|what year) did (World War I|World War 1|the First World War|WW1) (start|begin|break out); when (World War I|the First World War|World War 1) (started|began|broke out); the (year|start) (when World War I began|of the First World War)
1918 = ? (when|in which year|what year) did (World War I|World War 1|the First World War|WW1) (end|finish); when (World War I|the First World War) (ended|was over); the end of (World War I|the First World War); ? when was (World War I|the First World War) over
1939 = ? (when|in which year|what year) did (World War II|World War 2|the Second World War|WW2) (start|begin|break out); when (World War II|the Second World War|World War 2) (started|began|broke out); the start of (World War II|the Second World War)
1945 = ? (when|in which year|what year) did (World War II|World War 2|the Second World War|WW2) (end|finish); when (World War II|the Second World War) (ended|was over); the end of (World War II|the Second World War|World War 2); ? when was (World War II|the Second World War) over
1989 = ? (when|in which year|what year) did the Berlin Wall (fall|come down|open); when the Berlin Wall (fell|came down); the year [of the fall] of the fall of the Berlin Wall
1961 = ? (when|in which year) was the Berlin Wall built; when the Berlin Wall was built
1912 = ? (when|in which year|what year) did the Titanic sink; when the Titanic sank; the year (when|in which) the Titanic sank
1066 = ? (when|in which year) was the Battle of Hastings; the (year|date) of the Battle of Hastings
1815 = ? (when|in which year) was the Battle of Waterloo; the (year|date) of the Battle of Waterloo
1889 = ? (when|in which year) was the Eiffel Tower (built|finished|opened); the year (when|in which) the Eiffel Tower was built
1990 = ? (when|in which year) was Germany (reunited|reunified); the year of German reunification
1564 = ? (when|in which year) was [William] Shakespeare born; when [William] Shakespeare was born
1879 = ? (when|in which year) was [Albert] Einstein born; when [Albert] Einstein was born
1770 = ? (when|in which year) was [Ludwig van] Beethoven born; when [Ludwig van] Beethoven was born
1756 = ? (when|in which year) was [Wolfgang Amadeus] Mozart born; when [Wolfgang Amadeus] Mozart was born
Ulm = ? where was [Albert] Einstein born; where [Albert] Einstein was born; the birthplace of [Albert] Einstein
Salzburg = ? where was Mozart born; where Mozart was born; the birthplace of Mozart
Bonn = ? where was Beethoven born; where Beethoven was born; the birthplace of Beethoven
Stratford-upon-Avon = ? where was Shakespeare born; where Shakespeare was born; the birthplace of Shakespeare
an iceberg = what (sank the Titanic|did the Titanic hit); ? what did the Titanic hit; ? why did the Titanic sink
the Titanic = which ship (sank in 1912|hit an iceberg); the ship that (sank in 1912|hit an iceberg)
Apollo 11 = the mission (that first landed on the moon|of Neil Armstrong); which mission landed on the moon [first]
Sputnik = the first (satellite|artificial satellite|satellite in space); which satellite was the first
Laika = the first dog in space; which (dog|animal) was first in space; ? what was the name of the first dog in space
football = the most popular sport [in the world]; which sport is the most popular [in the world]; which sport did (Pele|Maradona) play; ? which sport does (Messi|Ronaldo) play; ? which sport is played at the World Cup
tennis = which sport is played (at Wimbledon|with a racket [and a yellow ball]); the sport (at|of) Wimbledon; ? what do people play at Wimbledon
cricket = which sport is played with a bat and a wicket; which sport has wickets
basketball = which sport did Michael Jordan play; the sport (of|that) Michael Jordan [played]; which sport is played with a (ball and a basket|hoop)
golf = which sport has (holes and clubs|eighteen holes); which sport did Tiger Woods play; which sport is played with clubs and a small ball
chess = which game (has|is played with) (kings and queens|a king, a queen and pawns|bishops and knights); the game with (kings and pawns|rooks and bishops)
boxing = which sport (is done|is played) with gloves in a ring; which sport did Muhammad Ali do
ice hockey = which sport is played with a puck; the sport with a puck
90 minutes = the length of a (football|soccer) (match|game); ? how long (is|does) a (football|soccer) (match|game) [last|take]; how long a (football|soccer) (match|game) (is|lasts|takes)
Brazil = which country has won the most (football|) World Cups; the country with the most (football|) World Cups
Greece = where the [first|ancient] Olympic Games (began|started|come from); ? where (did the [first] Olympic Games (begin|start)|do the Olympic Games come from); the home of the [first] Olympic Games
5 = how many rings are (on the Olympic flag|in the Olympic symbol|in the Olympic logo); the number of Olympic rings; ? how many Olympic rings are there
42 kilometers = the length of a marathon; ? how long is a marathon; how long a marathon is
11 = ? how many players (are on|does|are there on) a (football|soccer) (team|side) [have]; the number of players (in|on) a (football|soccer) team
5 = the number of players (in|on) a basketball team; how many players are (in|on) a basketball team; ? how many (players|people) play in a basketball team
the king = which piece (must not be lost|is the most important) in chess; the most important [chess] piece in chess
the Bible = the [holy] book of (Christians|the Christians|Christianity); which book is holy to Christians
the Quran = the [holy] book of (Muslims|Islam); which book is holy to Muslims
Juliet = the lover of Romeo; ? who did Romeo love; who Romeo loved
Watson = the (friend|partner|assistant) of Sherlock Holmes; who was the (friend|partner) of Sherlock Holmes
seven = ? how many dwarfs (does Snow White meet|are there in Snow White|live with Snow White); how many dwarfs live with Snow White
Pinocchio = whose nose grows when he lies; which (puppet|boy)'s nose grows when he lies
a glass slipper = ? what did Cinderella lose; what Cinderella lost [at the ball]
Athena = the Greek goddess of wisdom; who was the Greek goddess of wisdom
Zeus = the (king|leader) of the Greek gods; who was the king of the [Greek] gods; the highest Greek god
Jupiter = the (king|head) of the Roman gods; who was the king of the Roman gods
Mars = the Roman god of war; who was the Roman god of war
Poseidon = the Greek god of the sea; who was the Greek god of the sea
Neptune = the Roman god of the sea; who was the Roman god of the sea
Thor = the Norse god of thunder; who was the [Norse|Viking] god of thunder
""",
    often=3,
)


def _who_did(verb: str, noun: str, doer: str) -> str:
    return questions(
        person=f"the {noun} of {{s}}*2|the (person|{doer}) who {verb} {{s}}|the name of the {doer} of {{s}}",
        both=f"who {verb} {{s}}*6|(which|what) ({doer}|person) {verb} {{s}}*2",
        direct=f"who was it that {verb} {{s}}|who was the {noun} of {{s}}*2|{{s}}: who {verb} it|"
        f"who is the {noun} of {{s}}*2",
        clause=f"who the {noun} of {{s}} (is|was)",
    )


FACTS: tuple[Fact, ...] = (
    *facts("writer", WRITERS, _who_did("wrote", "(author|writer)", "(author|writer)"), often=2),
    *facts("painter", PAINTERS, _who_did("painted", "(painter|artist)", "(painter|artist)"), often=2),
    *facts("composer", COMPOSERS, _who_did("(composed|wrote)", "composer", "composer"), often=1),
    *facts("inventor", INVENTORS, _who_did("(invented*3|created|came up with)", "inventor", "inventor"), often=2),
    *facts("discoverer", DISCOVERERS, _who_did("(discovered|found)", "discoverer", "(scientist|man|woman)"), often=2),
    *facts(
        "who is",
        WHO,
        questions(
            noun="the (job|profession) of {s}",
            direct="who (is|was) {s}*5|what (did {s} do|was {s}) [for a living]|what was {own} job",
            clause="who {s} (is|was)*2",
        ),
    ),
    *HISTORY,
)
