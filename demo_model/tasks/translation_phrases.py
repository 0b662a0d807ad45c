# ruff: noqa: E501  (tables, one entry a line)
"""Everyday phrases that the model knows by heart: English (with other ways to say it after /) | German | French.

Lines with a final mark are sentences; the others are words and parts of sentences, whose translation has no final mark.
"You" is the informal du and tu, as everywhere in the translation families.
"""

from __future__ import annotations

PHRASES = """
Hello!/Hi!/Hello there!/Hi there!/Hey! | Hallo! | Bonjour !
Good morning./Good morning! | Guten Morgen. | Bonjour.
Good afternoon./Good day. | Guten Tag. | Bon après-midi.
Good evening. | Guten Abend. | Bonsoir.
Good night./Good night! | Gute Nacht. | Bonne nuit.
Goodbye./Bye./Goodbye!/Bye bye. | Auf Wiedersehen. | Au revoir.
See you tomorrow. | Bis morgen. | À demain.
See you later. | Bis später. | À plus tard.
See you soon. | Bis bald. | À bientôt.
See you on Monday. | Bis Montag. | À lundi.
See you next week. | Bis nächste Woche. | À la semaine prochaine.
How are you?/How are you doing?/How are you today? | Wie geht es dir? | Comment vas-tu ?
Hello, how are you?/Hi, how are you? | Hallo, wie geht es dir? | Bonjour, comment vas-tu ?
How is it going? | Wie geht's? | Comment ça va ?
What is up? | Was ist los? | Quoi de neuf ?
I am fine./I am well./I am doing well. | Mir geht es gut. | Je vais bien.
I am fine, thank you./I am fine, thanks. | Mir geht es gut, danke. | Je vais bien, merci.
I am not well./I do not feel well./I am not feeling well. | Mir geht es nicht gut. | Je ne me sens pas bien.
And you? | Und dir? | Et toi ?
Thank you./Thanks./Thank you!/Thanks! | Danke. | Merci.
Thank you very much./Many thanks./Thanks a lot./Thank you so much. | Vielen Dank. | Merci beaucoup.
Thank you for your help./Thanks for your help. | Danke für deine Hilfe. | Merci pour ton aide.
Thank you for everything. | Danke für alles. | Merci pour tout.
Thank you for the gift./Thank you for the present. | Danke für das Geschenk. | Merci pour le cadeau.
You are welcome. | Gern geschehen. | De rien.
Please. | Bitte. | S'il vous plaît.
Yes, please. | Ja, bitte. | Oui, s'il vous plaît.
No, thank you./No, thanks. | Nein, danke. | Non, merci.
Yes. | Ja. | Oui.
No. | Nein. | Non.
Maybe./Perhaps. | Vielleicht. | Peut-être.
Of course. | Natürlich. | Bien sûr.
Excuse me./Excuse me! | Entschuldigung. | Excusez-moi.
I am sorry./Sorry./Sorry!/I am so sorry. | Es tut mir leid. | Je suis désolé.
No problem./No problem! | Kein Problem. | Pas de problème.
It does not matter./Never mind. | Das macht nichts. | Ce n'est pas grave.
Welcome!/Welcome. | Willkommen! | Bienvenue !
Congratulations! | Herzlichen Glückwunsch! | Félicitations !
Good luck!/Good luck. | Viel Glück! | Bonne chance !
Happy birthday!/Happy birthday to you! | Alles Gute zum Geburtstag! | Joyeux anniversaire !
Merry Christmas! | Frohe Weihnachten! | Joyeux Noël !
Happy New Year! | Frohes neues Jahr! | Bonne année !
Happy Easter! | Frohe Ostern! | Joyeuses Pâques !
Enjoy your meal!/Enjoy your meal./Bon appetit! | Guten Appetit! | Bon appétit !
Cheers! | Prost! | Santé !
Have a nice day!/Have a good day!/Have a nice day. | Einen schönen Tag noch! | Bonne journée !
Have a nice evening! | Einen schönen Abend noch! | Bonne soirée !
Have a nice weekend!/Have a good weekend! | Schönes Wochenende! | Bon week-end !
Have a good trip!/Have a nice trip! | Gute Reise! | Bon voyage !
Where is the station?/Where is the train station? | Wo ist der Bahnhof? | Où est la gare ?
Where is the hotel? | Wo ist das Hotel? | Où est l'hôtel ?
Where is the airport? | Wo ist der Flughafen? | Où est l'aéroport ?
Where is the bank? | Wo ist die Bank? | Où est la banque ?
Where is the beach? | Wo ist der Strand? | Où est la plage ?
Where is the hospital? | Wo ist das Krankenhaus? | Où est l'hôpital ?
Where is the supermarket? | Wo ist der Supermarkt? | Où est le supermarché ?
Where is my bag? | Wo ist meine Tasche? | Où est mon sac ?
I would like a coffee. | Ich möchte einen Kaffee. | Je voudrais un café.
I would like a coffee, please. | Ich möchte einen Kaffee, bitte. | Je voudrais un café, s'il vous plaît.
I would like a beer, please. | Ich möchte ein Bier, bitte. | Je voudrais une bière, s'il vous plaît.
I would like a tea, please. | Ich möchte einen Tee, bitte. | Je voudrais un thé, s'il vous plaît.
I would like some water, please. | Ich möchte Wasser, bitte. | Je voudrais de l'eau, s'il vous plaît.
A coffee, please./One coffee, please. | Einen Kaffee, bitte. | Un café, s'il vous plaît.
A beer, please./One beer, please. | Ein Bier, bitte. | Une bière, s'il vous plaît.
I drink water. | Ich trinke Wasser. | Je bois de l'eau.
I drink coffee. | Ich trinke Kaffee. | Je bois du café.
I drink tea. | Ich trinke Tee. | Je bois du thé.
I drink coffee every morning. | Ich trinke jeden Morgen Kaffee. | Je bois du café tous les matins.
She drinks tea. | Sie trinkt Tee. | Elle boit du thé.
The man drinks beer. | Der Mann trinkt Bier. | L'homme boit de la bière.
The cat drinks milk. | Die Katze trinkt Milch. | Le chat boit du lait.
I eat bread./I am eating bread. | Ich esse Brot. | Je mange du pain.
I eat an apple./I am eating an apple. | Ich esse einen Apfel. | Je mange une pomme.
The girl eats an apple. | Das Mädchen isst einen Apfel. | La fille mange une pomme.
He eats a pizza. | Er isst eine Pizza. | Il mange une pizza.
We eat together. | Wir essen zusammen. | Nous mangeons ensemble.
I like pizza. | Ich mag Pizza. | J'aime la pizza.
I like coffee. | Ich mag Kaffee. | J'aime le café.
I do not like coffee. | Ich mag keinen Kaffee. | Je n'aime pas le café.
I like chocolate. | Ich mag Schokolade. | J'aime le chocolat.
I love chocolate. | Ich liebe Schokolade. | J'adore le chocolat.
I love my mother. | Ich liebe meine Mutter. | J'aime ma mère.
I love my family. | Ich liebe meine Familie. | J'aime ma famille.
I like dogs. | Ich mag Hunde. | J'aime les chiens.
I like cats. | Ich mag Katzen. | J'aime les chats.
I like music. | Ich mag Musik. | J'aime la musique.
I have a dog. | Ich habe einen Hund. | J'ai un chien.
I have a cat. | Ich habe eine Katze. | J'ai un chat.
I have a cat and a dog. | Ich habe eine Katze und einen Hund. | J'ai un chat et un chien.
I have a brother. | Ich habe einen Bruder. | J'ai un frère.
I have a sister. | Ich habe eine Schwester. | J'ai une sœur.
We have a big house. | Wir haben ein großes Haus. | Nous avons une grande maison.
She has a red car. | Sie hat ein rotes Auto. | Elle a une voiture rouge.
The boy has a ball. | Der Junge hat einen Ball. | Le garçon a une balle.
I see a bird. | Ich sehe einen Vogel. | Je vois un oiseau.
I want to eat. | Ich will essen. | Je veux manger.
I want to sleep. | Ich will schlafen. | Je veux dormir.
I want to go home. | Ich will nach Hause gehen. | Je veux rentrer à la maison.
I need water. | Ich brauche Wasser. | J'ai besoin d'eau.
I need a new phone. | Ich brauche ein neues Handy. | J'ai besoin d'un nouveau téléphone.
I need a taxi. | Ich brauche ein Taxi. | J'ai besoin d'un taxi.
I am looking for the station. | Ich suche den Bahnhof. | Je cherche la gare.
I read a book./I am reading a book. | Ich lese ein Buch. | Je lis un livre.
She reads a book./She is reading a book. | Sie liest ein Buch. | Elle lit un livre.
I bought a car. | Ich habe ein Auto gekauft. | J'ai acheté une voiture.
I was at home yesterday. | Ich war gestern zu Hause. | J'étais à la maison hier.
I am coming tomorrow. | Ich komme morgen. | Je viens demain.
I get up at seven. | Ich stehe um sieben auf. | Je me lève à sept heures.
I go to school. | Ich gehe zur Schule. | Je vais à l'école.
I live in Berlin. | Ich wohne in Berlin. | J'habite à Berlin.
I live in Paris. | Ich wohne in Paris. | J'habite à Paris.
I am from England. | Ich komme aus England. | Je viens d'Angleterre.
I am tired. | Ich bin müde. | Je suis fatigué.
I am happy. | Ich bin glücklich. | Je suis heureux.
I am sick. | Ich bin krank. | Je suis malade.
I am twenty years old. | Ich bin zwanzig Jahre alt. | J'ai vingt ans.
My brother is a doctor. | Mein Bruder ist Arzt. | Mon frère est médecin.
My sister is a teacher. | Meine Schwester ist Lehrerin. | Ma sœur est professeure.
My mother cooks dinner. | Meine Mutter kocht das Abendessen. | Ma mère prépare le dîner.
My father works a lot. | Mein Vater arbeitet viel. | Mon père travaille beaucoup.
My father is at work. | Mein Vater ist bei der Arbeit. | Mon père est au travail.
He is my friend. | Er ist mein Freund. | C'est mon ami.
They are at home. | Sie sind zu Hause. | Ils sont à la maison.
This is my book. | Das ist mein Buch. | C'est mon livre.
This is my house./That is my house. | Das ist mein Haus. | C'est ma maison.
This is my brother. | Das ist mein Bruder. | C'est mon frère.
This is my mother. | Das ist meine Mutter. | C'est ma mère.
The woman is young. | Die Frau ist jung. | La femme est jeune.
The house is big. | Das Haus ist groß. | La maison est grande.
The car is red. | Das Auto ist rot. | La voiture est rouge.
The dog is black. | Der Hund ist schwarz. | Le chien est noir.
The coffee is hot. | Der Kaffee ist heiß. | Le café est chaud.
The book is on the table. | Das Buch ist auf dem Tisch. | Le livre est sur la table.
The cat is on the table. | Die Katze ist auf dem Tisch. | Le chat est sur la table.
The milk is in the fridge. | Die Milch ist im Kühlschrank. | Le lait est dans le réfrigérateur.
The cat is sleeping./The cat sleeps. | Die Katze schläft. | Le chat dort.
The children are playing./The children play. | Die Kinder spielen. | Les enfants jouent.
The children are playing in the garden./The children play in the garden. | Die Kinder spielen im Garten. | Les enfants jouent dans le jardin.
I play football. | Ich spiele Fußball. | Je joue au football.
She plays the piano. | Sie spielt Klavier. | Elle joue du piano.
I speak English. | Ich spreche Englisch. | Je parle anglais.
Open the door. | Öffne die Tür. | Ouvre la porte.
Close the window. | Schließ das Fenster. | Ferme la fenêtre.
Good morning, how are you? | Guten Morgen, wie geht es dir? | Bonjour, comment vas-tu ?
Today is Monday. | Heute ist Montag. | Aujourd'hui, c'est lundi.
It is raining. | Es regnet. | Il pleut.
It is cold. | Es ist kalt. | Il fait froid.
It is hot. | Es ist heiß. | Il fait chaud.
I am going to work./I go to work. | Ich gehe zur Arbeit. | Je vais au travail.
I am going to the supermarket./I go to the supermarket. | Ich gehe zum Supermarkt. | Je vais au supermarché.
I am going to the beach. | Ich gehe an den Strand. | Je vais à la plage.
We are going to the cinema./We are going to the movies. | Wir gehen ins Kino. | Nous allons au cinéma.
She is going to school./She goes to school. | Sie geht zur Schule. | Elle va à l'école.
He goes to work by bus. | Er fährt mit dem Bus zur Arbeit. | Il va au travail en bus.
He works in a bank. | Er arbeitet in einer Bank. | Il travaille dans une banque.
She works in a hospital. | Sie arbeitet in einem Krankenhaus. | Elle travaille dans un hôpital.
My father is a teacher. | Mein Vater ist Lehrer. | Mon père est professeur.
My mother is a doctor. | Meine Mutter ist Ärztin. | Ma mère est médecin.
My mother is at home. | Meine Mutter ist zu Hause. | Ma mère est à la maison.
My sister lives in London. | Meine Schwester wohnt in London. | Ma sœur habite à Londres.
My brother lives in Berlin. | Mein Bruder wohnt in Berlin. | Mon frère habite à Berlin.
My brother is older than me. | Mein Bruder ist älter als ich. | Mon frère est plus âgé que moi.
My sister is younger than me. | Meine Schwester ist jünger als ich. | Ma sœur est plus jeune que moi.
My grandmother is eighty years old. | Meine Großmutter ist achtzig Jahre alt. | Ma grand-mère a quatre-vingts ans.
My son is five years old. | Mein Sohn ist fünf Jahre alt. | Mon fils a cinq ans.
My daughter is six years old. | Meine Tochter ist sechs Jahre alt. | Ma fille a six ans.
I love my wife. | Ich liebe meine Frau. | J'aime ma femme.
I love my husband. | Ich liebe meinen Mann. | J'aime mon mari.
I love my dog. | Ich liebe meinen Hund. | J'aime mon chien.
The dog is barking. | Der Hund bellt. | Le chien aboie.
The dog is sleeping./The dog sleeps. | Der Hund schläft. | Le chien dort.
The dog is running./The dog runs. | Der Hund rennt. | Le chien court.
The dog is hungry. | Der Hund hat Hunger. | Le chien a faim.
The dog is in the garden. | Der Hund ist im Garten. | Le chien est dans le jardin.
The cat is under the table. | Die Katze ist unter dem Tisch. | Le chat est sous la table.
The cat is black. | Die Katze ist schwarz. | Le chat est noir.
The cat is eating a fish./The cat eats a fish. | Die Katze frisst einen Fisch. | Le chat mange un poisson.
The baby is crying. | Das Baby weint. | Le bébé pleure.
The baby is sleeping. | Das Baby schläft. | Le bébé dort.
The bird is singing. | Der Vogel singt. | L'oiseau chante.
The bird sings in the tree. | Der Vogel singt im Baum. | L'oiseau chante dans l'arbre.
The boy is eating an apple./The boy eats an apple. | Der Junge isst einen Apfel. | Le garçon mange une pomme.
The boy plays football. | Der Junge spielt Fußball. | Le garçon joue au football.
The girl is reading a book./The girl reads a book. | Das Mädchen liest ein Buch. | La fille lit un livre.
The woman is reading a book./The woman reads a book. | Die Frau liest ein Buch. | La femme lit un livre.
The man is reading the newspaper./The man reads the newspaper. | Der Mann liest die Zeitung. | L'homme lit le journal.
The man is old. | Der Mann ist alt. | L'homme est vieux.
The children are at school. | Die Kinder sind in der Schule. | Les enfants sont à l'école.
The children are happy. | Die Kinder sind glücklich. | Les enfants sont heureux.
The children are sleeping. | Die Kinder schlafen. | Les enfants dorment.
The house is small. | Das Haus ist klein. | La maison est petite.
The house is old. | Das Haus ist alt. | La maison est vieille.
The house is very big. | Das Haus ist sehr groß. | La maison est très grande.
The car is new. | Das Auto ist neu. | La voiture est neuve.
The car is very fast. | Das Auto ist sehr schnell. | La voiture est très rapide.
The car is expensive. | Das Auto ist teuer. | La voiture est chère.
My car is broken. | Mein Auto ist kaputt. | Ma voiture est en panne.
My car is red. | Mein Auto ist rot. | Ma voiture est rouge.
The book is interesting. | Das Buch ist interessant. | Le livre est intéressant.
The book is very good. | Das Buch ist sehr gut. | Le livre est très bon.
The soup is hot. | Die Suppe ist heiß. | La soupe est chaude.
The soup is too hot. | Die Suppe ist zu heiß. | La soupe est trop chaude.
The flowers are beautiful. | Die Blumen sind schön. | Les fleurs sont belles.
The apple is red. | Der Apfel ist rot. | La pomme est rouge.
The grass is green. | Das Gras ist grün. | L'herbe est verte.
The snow is white. | Der Schnee ist weiß. | La neige est blanche.
The window is open. | Das Fenster ist offen. | La fenêtre est ouverte.
The key is on the table. | Der Schlüssel ist auf dem Tisch. | La clé est sur la table.
The train leaves at eight. | Der Zug fährt um acht ab. | Le train part à huit heures.
The train leaves at nine. | Der Zug fährt um neun ab. | Le train part à neuf heures.
When does the bus come?/When is the next bus? | Wann kommt der Bus? | Quand arrive le bus ?
When does the shop open?/What time does the shop open?/When does the store open? | Wann öffnet der Laden? | À quelle heure ouvre le magasin ?
When does the shop close?/What time does the shop close?/When does the store close? | Wann schließt der Laden? | À quelle heure ferme le magasin ?
When does the film start?/What time does the film start?/When does the movie start? | Wann fängt der Film an? | À quelle heure commence le film ?
What time do you get up?/When do you get up? | Wann stehst du auf? | À quelle heure te lèves-tu ?
When are you coming? | Wann kommst du? | Quand viens-tu ?
When are you coming home? | Wann kommst du nach Hause? | Quand rentres-tu à la maison ?
Where did you buy that? | Wo hast du das gekauft? | Où as-tu acheté ça ?
Where is the next bus stop?/Where is the bus stop? | Wo ist die Bushaltestelle? | Où est l'arrêt de bus ?
Where is the pharmacy?/Is there a pharmacy nearby? | Wo ist die Apotheke? | Où est la pharmacie ?
Where is the kitchen? | Wo ist die Küche? | Où est la cuisine ?
Where is the restaurant? | Wo ist das Restaurant? | Où est le restaurant ?
Where is the museum? | Wo ist das Museum? | Où est le musée ?
Where is the school? | Wo ist die Schule? | Où est l'école ?
Where is the dog? | Wo ist der Hund? | Où est le chien ?
Where is the cat? | Wo ist die Katze? | Où est le chat ?
Where is your brother? | Wo ist dein Bruder? | Où est ton frère ?
Where are the children? | Wo sind die Kinder? | Où sont les enfants ?
How many children do you have? | Wie viele Kinder hast du? | Combien d'enfants as-tu ?
How is your mother? | Wie geht es deiner Mutter? | Comment va ta mère ?
How is your family? | Wie geht es deiner Familie? | Comment va ta famille ?
Do you like pizza? | Magst du Pizza? | Aimes-tu la pizza ?
Do you like it?/Do you like that? | Gefällt es dir? | Est-ce que ça te plaît ?
Do you want a coffee?/Would you like a coffee? | Möchtest du einen Kaffee? | Veux-tu un café ?
Do you want to dance? | Willst du tanzen? | Veux-tu danser ?
Do you want to play? | Willst du spielen? | Veux-tu jouer ?
Do you live here? | Wohnst du hier? | Habites-tu ici ?
Do you have a dog? | Hast du einen Hund? | As-tu un chien ?
Do you have a pen? | Hast du einen Stift? | As-tu un stylo ?
Can you swim? | Kannst du schwimmen? | Sais-tu nager ?
Can you cook? | Kannst du kochen? | Sais-tu cuisiner ?
I can swim. | Ich kann schwimmen. | Je sais nager.
I cannot swim. | Ich kann nicht schwimmen. | Je ne sais pas nager.
I cannot come today. | Ich kann heute nicht kommen. | Je ne peux pas venir aujourd'hui.
I cannot sleep. | Ich kann nicht schlafen. | Je ne peux pas dormir.
I have to work./I must work. | Ich muss arbeiten. | Je dois travailler.
I have to work tomorrow./I must work tomorrow. | Ich muss morgen arbeiten. | Je dois travailler demain.
I want to learn German. | Ich will Deutsch lernen. | Je veux apprendre l'allemand.
I want to learn French. | Ich will Französisch lernen. | Je veux apprendre le français.
I want to buy a house. | Ich will ein Haus kaufen. | Je veux acheter une maison.
I want to buy a car. | Ich will ein Auto kaufen. | Je veux acheter une voiture.
I want to drink something. | Ich will etwas trinken. | Je veux boire quelque chose.
I would like a glass of water./I would like a glass of water, please. | Ich möchte ein Glas Wasser. | Je voudrais un verre d'eau.
I would like a room for two nights. | Ich möchte ein Zimmer für zwei Nächte. | Je voudrais une chambre pour deux nuits.
I would like a kilo of apples. | Ich möchte ein Kilo Äpfel. | Je voudrais un kilo de pommes.
I am looking for a shirt. | Ich suche ein Hemd. | Je cherche une chemise.
I am just looking. | Ich schaue nur. | Je regarde seulement.
I will take it./I take it. | Ich nehme es. | Je le prends.
Do you have this in blue? | Hast du das in Blau? | Est-ce que tu as ça en bleu ?
How much are the apples?/How much do the apples cost? | Wie viel kosten die Äpfel? | Combien coûtent les pommes ?
How much is the coffee?/How much does the coffee cost? | Wie viel kostet der Kaffee? | Combien coûte le café ?
I am cooking./I cook. | Ich koche. | Je cuisine.
I am cooking dinner. | Ich koche das Abendessen. | Je prépare le dîner.
I am watching TV. | Ich sehe fern. | Je regarde la télévision.
I am listening to music./I listen to music. | Ich höre Musik. | J'écoute de la musique.
I am writing a letter./I write a letter. | Ich schreibe einen Brief. | J'écris une lettre.
I am eating breakfast./I am having breakfast. | Ich frühstücke. | Je prends le petit-déjeuner.
We are eating dinner./We are having dinner. | Wir essen zu Abend. | Nous dînons.
We are learning German./We learn German. | Wir lernen Deutsch. | Nous apprenons l'allemand.
We are learning French./We learn French. | Wir lernen Französisch. | Nous apprenons le français.
They are playing football./They play football. | Sie spielen Fußball. | Ils jouent au football.
He is sleeping. | Er schläft. | Il dort.
She is sleeping. | Sie schläft. | Elle dort.
He is tall. | Er ist groß. | Il est grand.
She is beautiful. | Sie ist schön. | Elle est belle.
He is very nice. | Er ist sehr nett. | Il est très gentil.
She is very nice. | Sie ist sehr nett. | Elle est très gentille.
She is tired. | Sie ist müde. | Elle est fatiguée.
She is happy. | Sie ist glücklich. | Elle est heureuse.
She is a teacher. | Sie ist Lehrerin. | Elle est professeure.
He is a doctor. | Er ist Arzt. | Il est médecin.
He has a dog. | Er hat einen Hund. | Il a un chien.
She has two cats. | Sie hat zwei Katzen. | Elle a deux chats.
He has a blue car. | Er hat ein blaues Auto. | Il a une voiture bleue.
She has long hair. | Sie hat lange Haare. | Elle a les cheveux longs.
She has blue eyes. | Sie hat blaue Augen. | Elle a les yeux bleus.
We have two children. | Wir haben zwei Kinder. | Nous avons deux enfants.
We have a garden. | Wir haben einen Garten. | Nous avons un jardin.
We have a new car. | Wir haben ein neues Auto. | Nous avons une nouvelle voiture.
I went to the cinema yesterday./Yesterday I went to the cinema. | Ich bin gestern ins Kino gegangen. | Je suis allé au cinéma hier.
I went to Paris last year./Last year I went to Paris. | Ich bin letztes Jahr nach Paris gefahren. | Je suis allé à Paris l'année dernière.
I ate a pizza. | Ich habe eine Pizza gegessen. | J'ai mangé une pizza.
I bought a new phone. | Ich habe ein neues Handy gekauft. | J'ai acheté un nouveau téléphone.
I lost my phone./I have lost my phone. | Ich habe mein Handy verloren. | J'ai perdu mon téléphone.
I was sick yesterday./Yesterday I was sick. | Ich war gestern krank. | J'étais malade hier.
It was very cold yesterday./Yesterday it was very cold. | Gestern war es sehr kalt. | Il a fait très froid hier.
It is very cold today./Today it is very cold. | Heute ist es sehr kalt. | Il fait très froid aujourd'hui.
It is very hot today./Today it is very hot. | Heute ist es sehr heiß. | Il fait très chaud aujourd'hui.
It is cold today./Today it is cold. | Heute ist es kalt. | Il fait froid aujourd'hui.
It will rain tomorrow./Tomorrow it will rain. | Morgen wird es regnen. | Il va pleuvoir demain.
It is raining today./Today it is raining. | Heute regnet es. | Il pleut aujourd'hui.
It is snowing. | Es schneit. | Il neige.
It is windy./It is windy today. | Es ist windig. | Il y a du vent.
It is three o'clock. | Es ist drei Uhr. | Il est trois heures.
Tomorrow is Sunday. | Morgen ist Sonntag. | Demain, c'est dimanche.
Today is a beautiful day./It is a beautiful day. | Heute ist ein schöner Tag. | C'est une belle journée aujourd'hui.
I am free tomorrow. | Ich habe morgen frei. | Je suis libre demain.
See you at eight. | Bis um acht. | À huit heures.
I play the guitar. | Ich spiele Gitarre. | Je joue de la guitare.
I like to swim./I like swimming. | Ich schwimme gern. | J'aime nager.
I like to cook./I like cooking. | Ich koche gern. | J'aime cuisiner.
I like to travel./I like travelling. | Ich reise gern. | J'aime voyager.
I like my job. | Ich mag meine Arbeit. | J'aime mon travail.
I like this song. | Ich mag dieses Lied. | J'aime cette chanson.
I like this book. | Ich mag dieses Buch. | J'aime ce livre.
Close the door./Close the door, please. | Schließ die Tür. | Ferme la porte.
Open the window./Open the window, please. | Öffne das Fenster. | Ouvre la fenêtre.
Turn off the light. | Mach das Licht aus. | Éteins la lumière.
Wash your hands. | Wasch dir die Hände. | Lave-toi les mains.
Come home. | Komm nach Hause. | Rentre à la maison.
Go to bed. | Geh ins Bett. | Va au lit.
Drink your milk. | Trink deine Milch. | Bois ton lait.
Do not forget your keys. | Vergiss deine Schlüssel nicht. | N'oublie pas tes clés.
Do not be late. | Komm nicht zu spät. | Ne sois pas en retard.
Look at me. | Sieh mich an. | Regarde-moi.
Listen to me. | Hör mir zu. | Écoute-moi.
Wait for me. | Warte auf mich. | Attends-moi.
What is your favourite book?/What is your favorite book? | Was ist dein Lieblingsbuch? | Quel est ton livre préféré ?
There is a dog in the garden. | Im Garten ist ein Hund. | Il y a un chien dans le jardin.
There is a cat on the roof. | Auf dem Dach ist eine Katze. | Il y a un chat sur le toit.
There is milk in the fridge. | Im Kühlschrank ist Milch. | Il y a du lait dans le réfrigérateur.
There is no milk. | Es gibt keine Milch. | Il n'y a pas de lait.
My favourite food is pizza. | Mein Lieblingsessen ist Pizza. | Mon plat préféré est la pizza.
How are your parents? | Wie geht es deinen Eltern? | Comment vont tes parents ?
What is your dog's name? | Wie heißt dein Hund? | Comment s'appelle ton chien ?
I am going to bed because I am tired. | Ich gehe ins Bett, weil ich müde bin. | Je vais au lit parce que je suis fatigué.
In summer it is hot. | Im Sommer ist es heiß. | En été, il fait chaud.
In winter it is cold. | Im Winter ist es kalt. | En hiver, il fait froid.
In winter it snows. | Im Winter schneit es. | En hiver, il neige.
Can you close the door, please? | Kannst du bitte die Tür schließen? | Peux-tu fermer la porte, s'il te plaît ?
Can you open the window, please? | Kannst du bitte das Fenster öffnen? | Peux-tu ouvrir la fenêtre, s'il te plaît ?
We are hungry. | Wir haben Hunger. | Nous avons faim.
He is hungry. | Er hat Hunger. | Il a faim.
She is hungry. | Sie hat Hunger. | Elle a faim.
They are hungry. | Sie haben Hunger. | Ils ont faim.
I have too much work. | Ich habe zu viel Arbeit. | J'ai trop de travail.
Have fun! | Viel Spaß! | Amuse-toi bien !
Get well soon! | Gute Besserung! | Bon rétablissement !
Sleep well!/Sleep well. | Schlaf gut! | Dors bien !
Sweet dreams! | Träum süß! | Fais de beaux rêves !
Take care!/Take care of yourself! | Pass auf dich auf! | Prends soin de toi !
Be careful!/Watch out! | Sei vorsichtig! | Fais attention !
Help!/Help me! | Hilfe! | Au secours !
Stop! | Halt! | Arrête !
Let's go!/Let us go! | Los geht's! | Allons-y !
Come in!/Come in, please. | Komm herein! | Entre !
Come here./Come here! | Komm her! | Viens ici !
Come with me. | Komm mit mir. | Viens avec moi.
Sit down, please./Please sit down./Sit down. | Setz dich bitte. | Assieds-toi, s'il te plaît.
Wait a moment./Wait a moment, please./One moment, please./Just a moment. | Einen Moment, bitte. | Un moment, s'il vous plaît.
Hurry up! | Beeil dich! | Dépêche-toi !
Be quiet! | Sei still! | Tais-toi !
Do not worry./Do not worry! | Mach dir keine Sorgen. | Ne t'inquiète pas.
What is your name? | Wie heißt du? | Comment t'appelles-tu ?
What is his name? | Wie heißt er? | Comment s'appelle-t-il ?
What is her name? | Wie heißt sie? | Comment s'appelle-t-elle ?
Nice to meet you./It is nice to meet you./Pleased to meet you. | Freut mich. | Enchanté.
Where are you from?/Where do you come from? | Woher kommst du? | D'où viens-tu ?
How old are you? | Wie alt bist du? | Quel âge as-tu ?
What do you do?/What is your job?/What do you do for a living? | Was machst du beruflich? | Que fais-tu dans la vie ?
What are you doing? | Was machst du? | Que fais-tu ?
What are you doing today? | Was machst du heute? | Que fais-tu aujourd'hui ?
What are you doing tomorrow? | Was machst du morgen? | Que fais-tu demain ?
What are you doing tonight?/What are you doing this evening? | Was machst du heute Abend? | Que fais-tu ce soir ?
Do you speak English?/Can you speak English? | Sprichst du Englisch? | Parles-tu anglais ?
Do you speak German?/Can you speak German? | Sprichst du Deutsch? | Parles-tu allemand ?
Do you speak French?/Can you speak French? | Sprichst du Französisch? | Parles-tu français ?
I speak a little German. | Ich spreche ein wenig Deutsch. | Je parle un peu allemand.
I speak a little French. | Ich spreche ein wenig Französisch. | Je parle un peu français.
I speak a little English. | Ich spreche ein wenig Englisch. | Je parle un peu anglais.
My German is not very good. | Mein Deutsch ist nicht sehr gut. | Mon allemand n'est pas très bon.
My French is not very good. | Mein Französisch ist nicht sehr gut. | Mon français n'est pas très bon.
I understand./I see. | Ich verstehe. | Je comprends.
I do not understand. | Ich verstehe nicht. | Je ne comprends pas.
Do you understand?/Do you understand me? | Verstehst du mich? | Est-ce que tu me comprends ?
I do not know. | Ich weiß es nicht. | Je ne sais pas.
I know. | Ich weiß. | Je sais.
I think so. | Ich glaube schon. | Je pense que oui.
I hope so. | Ich hoffe es. | J'espère.
I am not sure. | Ich bin nicht sicher. | Je ne suis pas sûr.
I agree. | Ich bin einverstanden. | Je suis d'accord.
Can you repeat that?/Can you repeat that, please?/Can you say that again? | Kannst du das wiederholen? | Peux-tu répéter ?
Please speak slowly./Speak slowly, please./Can you speak more slowly? | Bitte sprich langsam. | Parle lentement, s'il te plaît.
What does that mean?/What does this mean? | Was bedeutet das? | Qu'est-ce que ça veut dire ?
How do you say that in German? | Wie sagt man das auf Deutsch? | Comment dit-on cela en allemand ?
How do you say that in French? | Wie sagt man das auf Französisch? | Comment dit-on cela en français ?
I am hungry. | Ich habe Hunger. | J'ai faim.
I am very hungry./I am so hungry. | Ich habe großen Hunger. | J'ai très faim.
I am thirsty. | Ich habe Durst. | J'ai soif.
I am cold. | Mir ist kalt. | J'ai froid.
I am hot. | Mir ist heiß. | J'ai chaud.
I am scared./I am afraid. | Ich habe Angst. | J'ai peur.
I am right. | Ich habe recht. | J'ai raison.
You are right. | Du hast recht. | Tu as raison.
You are wrong. | Du hast unrecht. | Tu as tort.
I am lost./We are lost. | Ich habe mich verlaufen. | Je suis perdu.
I am in a hurry. | Ich habe es eilig. | Je suis pressé.
I am bored. | Mir ist langweilig. | Je m'ennuie.
I am from here. | Ich bin von hier. | Je suis d'ici.
I love you. | Ich liebe dich. | Je t'aime.
I love you too. | Ich liebe dich auch. | Je t'aime aussi.
I miss you. | Ich vermisse dich. | Tu me manques.
I like you. | Ich mag dich. | Je t'aime bien.
I need you. | Ich brauche dich. | J'ai besoin de toi.
Do you love me? | Liebst du mich? | Est-ce que tu m'aimes ?
Will you marry me? | Willst du mich heiraten? | Veux-tu m'épouser ?
I have a headache./My head hurts. | Ich habe Kopfschmerzen. | J'ai mal à la tête.
I have a stomach ache./My stomach hurts. | Ich habe Bauchschmerzen. | J'ai mal au ventre.
I have a toothache./My tooth hurts. | Ich habe Zahnschmerzen. | J'ai mal aux dents.
I have a cold. | Ich bin erkältet. | Je suis enrhumé.
I have a fever. | Ich habe Fieber. | J'ai de la fièvre.
I have no time./I do not have time. | Ich habe keine Zeit. | Je n'ai pas le temps.
I have no money./I do not have any money. | Ich habe kein Geld. | Je n'ai pas d'argent.
I have a question. | Ich habe eine Frage. | J'ai une question.
I have a problem. | Ich habe ein Problem. | J'ai un problème.
I have an idea. | Ich habe eine Idee. | J'ai une idée.
I have to go./I must go./I have to leave. | Ich muss gehen. | Je dois partir.
I need help./I need some help. | Ich brauche Hilfe. | J'ai besoin d'aide.
I need a doctor. | Ich brauche einen Arzt. | J'ai besoin d'un médecin.
Call a doctor!/Call a doctor, please. | Ruf einen Arzt! | Appelle un médecin !
Call the police!/Call the police. | Ruf die Polizei! | Appelle la police !
Call me tomorrow./Call me tomorrow, please. | Ruf mich morgen an. | Appelle-moi demain.
Call me./Call me! | Ruf mich an. | Appelle-moi.
Write to me./Write me. | Schreib mir. | Écris-moi.
Tell me./Tell me the truth. | Sag mir die Wahrheit. | Dis-moi la vérité.
Give me the book, please./Please give me the book. | Gib mir bitte das Buch. | Donne-moi le livre, s'il te plaît.
Give me your hand. | Gib mir deine Hand. | Donne-moi la main.
Show me the way. | Zeig mir den Weg. | Montre-moi le chemin.
Can you help me?/Can you help me, please?/Could you help me?/Could you help me, please? | Kannst du mir helfen? | Peux-tu m'aider ?
Can I help you?/May I help you? | Kann ich dir helfen? | Est-ce que je peux t'aider ?
Can I ask you something?/May I ask you a question?/Can I ask you a question? | Darf ich dich etwas fragen? | Est-ce que je peux te poser une question ?
Can I come in?/May I come in? | Darf ich hereinkommen? | Est-ce que je peux entrer ?
Can I sit here?/May I sit here? | Darf ich hier sitzen? | Est-ce que je peux m'asseoir ici ?
Where is the bathroom?/Where is the toilet?/Where are the toilets?/Where is the restroom? | Wo ist die Toilette? | Où sont les toilettes ?
Where are you?/Where are you now? | Wo bist du? | Où es-tu ?
Where is my phone? | Wo ist mein Handy? | Où est mon téléphone ?
Where are my keys? | Wo sind meine Schlüssel? | Où sont mes clés ?
Where are we? | Wo sind wir? | Où sommes-nous ?
Where are you going? | Wohin gehst du? | Où vas-tu ?
Where do you live? | Wo wohnst du? | Où habites-tu ?
Where do you work? | Wo arbeitest du? | Où travailles-tu ?
Where have you been?/Where were you? | Wo warst du? | Où étais-tu ?
How do I get to the station?/How can I get to the station?/How do I get to the train station? | Wie komme ich zum Bahnhof? | Comment puis-je aller à la gare ?
How do I get to the airport?/How can I get to the airport? | Wie komme ich zum Flughafen? | Comment puis-je aller à l'aéroport ?
How far is it?/How far is it to the station? | Wie weit ist es? | C'est à quelle distance ?
Turn left./Turn left here. | Biege links ab. | Tourne à gauche.
Turn right./Turn right here. | Biege rechts ab. | Tourne à droite.
Go straight ahead./Go straight on. | Geh geradeaus. | Va tout droit.
It is not far. | Es ist nicht weit. | Ce n'est pas loin.
How much is it?/How much does it cost?/How much is this?/How much does this cost?/How much is that?/How much does that cost? | Wie viel kostet das? | Combien ça coûte ?
That is too expensive./It is too expensive./This is too expensive. | Das ist zu teuer. | C'est trop cher.
It is very cheap./That is very cheap. | Das ist sehr billig. | C'est très bon marché.
The bill, please./The check, please./Can I have the bill, please?/Can we have the bill, please? | Die Rechnung, bitte. | L'addition, s'il vous plaît.
The menu, please./Can I have the menu, please?/Can we see the menu, please? | Die Speisekarte, bitte. | La carte, s'il vous plaît.
Can I pay by card?/Can I pay with a card?/Can I pay by credit card? | Kann ich mit Karte zahlen? | Est-ce que je peux payer par carte ?
A table for two, please. | Einen Tisch für zwei, bitte. | Une table pour deux, s'il vous plaît.
I would like to pay./I would like to pay, please. | Ich möchte bezahlen. | Je voudrais payer.
I would like to order. | Ich möchte bestellen. | Je voudrais commander.
I have a reservation./I have a booking. | Ich habe reserviert. | J'ai une réservation.
Do you have a room free?/Do you have a free room? | Hast du ein Zimmer frei? | Est-ce que tu as une chambre libre ?
I am looking for a hotel. | Ich suche ein Hotel. | Je cherche un hôtel.
I am vegetarian./I am a vegetarian. | Ich bin Vegetarier. | Je suis végétarien.
It tastes good./It tastes very good./That tastes good. | Es schmeckt gut. | C'est bon.
It was delicious./The food was delicious. | Es war lecker. | C'était délicieux.
What time is it?/What is the time?/Do you know what time it is? | Wie spät ist es? | Quelle heure est-il ?
What day is it today?/What day is it?/What day is today? | Welcher Tag ist heute? | Quel jour sommes-nous ?
What is the date today?/What is today's date? | Der Wievielte ist heute? | Quelle est la date aujourd'hui ?
When is your birthday? | Wann hast du Geburtstag? | Quand est ton anniversaire ?
What is this?/What is that? | Was ist das? | Qu'est-ce que c'est ?
Who is that?/Who is this?/Who is it? | Wer ist das? | Qui est-ce ?
Who are you? | Wer bist du? | Qui es-tu ?
What happened?/What has happened? | Was ist passiert? | Que s'est-il passé ?
What is the problem?/What is wrong?/What is the matter? | Was ist das Problem? | Quel est le problème ?
What do you want? | Was willst du? | Que veux-tu ?
What do you think?/What do you think about it? | Was denkst du? | Qu'en penses-tu ?
What would you like?/What would you like to drink? | Was möchtest du trinken? | Que veux-tu boire ?
What would you like to eat?/What do you want to eat? | Was möchtest du essen? | Que veux-tu manger ?
Why not? | Warum nicht? | Pourquoi pas ?
Why are you laughing? | Warum lachst du? | Pourquoi ris-tu ?
Why are you crying? | Warum weinst du? | Pourquoi pleures-tu ?
Are you hungry? | Hast du Hunger? | As-tu faim ?
Are you thirsty? | Hast du Durst? | As-tu soif ?
Are you ready? | Bist du bereit? | Es-tu prêt ?
Are you tired? | Bist du müde? | Es-tu fatigué ?
Are you okay?/Are you all right? | Ist alles in Ordnung? | Est-ce que ça va ?
Are you sure? | Bist du sicher? | Es-tu sûr ?
Are you married? | Bist du verheiratet? | Es-tu marié ?
Are you coming?/Are you coming with us? | Kommst du mit? | Est-ce que tu viens avec nous ?
Are you there? | Bist du da? | Es-tu là ?
Is it far?/Is it far from here? | Ist es weit? | Est-ce que c'est loin ?
Is it true?/Is that true? | Ist das wahr? | Est-ce que c'est vrai ?
Is this seat free?/Is this seat taken? | Ist dieser Platz frei? | Est-ce que cette place est libre ?
Everything is fine./Everything is okay./It is okay./All is well. | Alles ist gut. | Tout va bien.
It is not my fault. | Es ist nicht meine Schuld. | Ce n'est pas ma faute.
That is right./That is correct./This is correct. | Das stimmt. | C'est exact.
That is wrong./This is wrong. | Das ist falsch. | C'est faux.
That is true./It is true. | Das ist wahr. | C'est vrai.
That is not true./It is not true. | Das ist nicht wahr. | Ce n'est pas vrai.
That is good./It is good./This is good. | Das ist gut. | C'est bien.
That is great!/This is great!/Great! | Das ist toll! | C'est super !
That is nice./That is nice of you./That is very kind./That is very kind of you. | Das ist sehr nett. | C'est très gentil.
That is beautiful./It is beautiful./This is beautiful. | Das ist schön. | C'est beau.
That is interesting. | Das ist interessant. | C'est intéressant.
That is important./It is important./This is important. | Das ist wichtig. | C'est important.
That is possible./It is possible. | Das ist möglich. | C'est possible.
That is impossible./It is impossible. | Das ist unmöglich. | C'est impossible.
That is easy./It is easy./It is very easy. | Das ist einfach. | C'est facile.
That is difficult./It is difficult./It is hard. | Das ist schwierig. | C'est difficile.
That is a good idea./It is a good idea./Good idea!/What a good idea! | Das ist eine gute Idee. | C'est une bonne idée.
That is all. | Das ist alles. | C'est tout.
It depends. | Es kommt darauf an. | Ça dépend.
I like it./I like that. | Das gefällt mir. | Ça me plaît.
I do not like it./I do not like that. | Das gefällt mir nicht. | Ça ne me plaît pas.
I do not care. | Das ist mir egal. | Ça m'est égal.
I am happy for you. | Ich freue mich für dich. | Je suis content pour toi.
I am looking forward to it. | Ich freue mich darauf. | Je m'en réjouis.
I am here./I am here now. | Ich bin hier. | Je suis ici.
I am at home. | Ich bin zu Hause. | Je suis à la maison.
I am at work. | Ich bin bei der Arbeit. | Je suis au travail.
I am coming./I am coming! | Ich komme. | J'arrive.
I am on holiday./I am on vacation. | Ich bin im Urlaub. | Je suis en vacances.
I am a student. | Ich bin Student. | Je suis étudiant.
I do not smoke. | Ich rauche nicht. | Je ne fume pas.
I have been waiting for an hour./I have been waiting for one hour. | Ich warte seit einer Stunde. | J'attends depuis une heure.
I was born in Germany. | Ich bin in Deutschland geboren. | Je suis né en Allemagne.
I was born in France. | Ich bin in Frankreich geboren. | Je suis né en France.
What is the weather like?/How is the weather?/What is the weather like today?/How is the weather today? | Wie ist das Wetter? | Quel temps fait-il ?
The weather is nice./The weather is good./The weather is beautiful./It is nice weather. | Das Wetter ist schön. | Il fait beau.
The weather is nice today./The weather is good today./The weather is beautiful today. | Das Wetter ist heute schön. | Il fait beau aujourd'hui.
The weather is bad./The weather is bad today. | Das Wetter ist schlecht. | Il fait mauvais.
The sun is shining./The sun shines. | Die Sonne scheint. | Le soleil brille.
The sky is blue. | Der Himmel ist blau. | Le ciel est bleu.
It is sunny./It is sunny today. | Es ist sonnig. | Il y a du soleil.
It is cloudy./It is cloudy today. | Es ist bewölkt. | Le ciel est nuageux.
It is late./It is very late. | Es ist spät. | Il est tard.
It is early./It is very early. | Es ist früh. | Il est tôt.
It is dark./It is dark outside. | Es ist dunkel. | Il fait nuit.
It is time to go. | Es ist Zeit zu gehen. | Il est temps de partir.
It is midnight. | Es ist Mitternacht. | Il est minuit.
It is noon. | Es ist Mittag. | Il est midi.
It is half past two. | Es ist halb drei. | Il est deux heures et demie.
It is half past seven. | Es ist halb acht. | Il est sept heures et demie.
Today is my birthday./It is my birthday./It is my birthday today. | Heute ist mein Geburtstag. | C'est mon anniversaire aujourd'hui.
Time is money. | Zeit ist Geld. | Le temps, c'est de l'argent.
Life is beautiful./Life is good. | Das Leben ist schön. | La vie est belle.
The early bird catches the worm. | Der frühe Vogel fängt den Wurm. | L'avenir appartient à ceux qui se lèvent tôt.
The train is late. | Der Zug hat Verspätung. | Le train est en retard.
The door is open. | Die Tür ist offen. | La porte est ouverte.
The door is closed. | Die Tür ist geschlossen. | La porte est fermée.
The food is very good./The food is good. | Das Essen ist sehr gut. | La nourriture est très bonne.
Dinner is ready./The food is ready. | Das Essen ist fertig. | Le repas est prêt.
We are friends./They are friends. | Wir sind Freunde. | Nous sommes amis.
I live with my parents. | Ich wohne bei meinen Eltern. | J'habite chez mes parents.
My parents live in Berlin. | Meine Eltern wohnen in Berlin. | Mes parents habitent à Berlin.
My parents live in Paris. | Meine Eltern wohnen in Paris. | Mes parents habitent à Paris.
I have two children. | Ich habe zwei Kinder. | J'ai deux enfants.
I have a brother and a sister. | Ich habe einen Bruder und eine Schwester. | J'ai un frère et une sœur.
I have a dog and a cat. | Ich habe einen Hund und eine Katze. | J'ai un chien et un chat.
Hello, world!/Hello world! | Hallo, Welt! | Bonjour, le monde !
Two beers, please./Two beers please! | Zwei Bier, bitte. | Deux bières, s'il vous plaît.
Two coffees, please. | Zwei Kaffee, bitte. | Deux cafés, s'il vous plaît.
Two tickets, please. | Zwei Fahrkarten, bitte. | Deux billets, s'il vous plaît.
We are on holiday./We are on vacation. | Wir sind im Urlaub. | Nous sommes en vacances.
We are going on holiday tomorrow./We are going on vacation tomorrow. | Wir fahren morgen in den Urlaub. | Nous partons en vacances demain.
I am going on holiday./I am going on vacation. | Ich fahre in den Urlaub. | Je pars en vacances.
I am in love. | Ich bin verliebt. | Je suis amoureux.
We had a good time./We had a great time. | Wir hatten viel Spaß. | Nous nous sommes bien amusés.
I have a meeting. | Ich habe eine Besprechung. | J'ai une réunion.
I am working from home. | Ich arbeite von zu Hause. | Je travaille à la maison.
There are many people here. | Hier sind viele Leute. | Il y a beaucoup de monde ici.
The shop is closed./The store is closed. | Der Laden ist geschlossen. | Le magasin est fermé.
I have lost my way. | Ich habe mich verlaufen. | Je me suis perdu.
I am so happy. | Ich bin so glücklich. | Je suis si heureux.
You are very kind./You are so kind. | Du bist sehr nett. | Tu es très gentil.
I am very sorry. | Es tut mir sehr leid. | Je suis vraiment désolé.
It is cold outside. | Draußen ist es kalt. | Il fait froid dehors.
What are you eating? | Was isst du? | Que manges-tu ?
What are you reading? | Was liest du? | Que lis-tu ?
What do you like to do? | Was machst du gern? | Qu'aimes-tu faire ?
What are we having for dinner?/What is for dinner? | Was gibt es zum Abendessen? | Qu'est-ce qu'il y a pour le dîner ?
to be | sein | être
to have | haben | avoir
to do | tun | faire
to make | machen | faire
to go | gehen | aller
to say | sagen | dire
to give | geben | donner
to think | denken | penser
to want | wollen | vouloir
to know | wissen | savoir
to help | helfen | aider
to speak | sprechen | parler
to live | leben | vivre
to play | spielen | jouer
to wait | warten | attendre
to visit | besuchen | visiter
to need | brauchen | avoir besoin de
I like fruit. | Ich mag Obst. | J'aime les fruits.
I eat a lot of fruit. | Ich esse viel Obst. | Je mange beaucoup de fruits.
I like vegetables. | Ich mag Gemüse. | J'aime les légumes.
How was your day?/How was your day today? | Wie war dein Tag? | Comment s'est passée ta journée ?
How was your weekend? | Wie war dein Wochenende? | Comment était ton week-end ?
I am happy to see you./It is nice to see you./Good to see you. | Ich freue mich, dich zu sehen. | Je suis content de te voir.
Long time no see!/Long time no see. | Lange nicht gesehen! | Ça fait longtemps !
I have already eaten. | Ich habe schon gegessen. | J'ai déjà mangé.
I am learning to drive. | Ich lerne Auto fahren. | J'apprends à conduire.
I am going home./I go home. | Ich gehe nach Hause. | Je rentre à la maison.
I am going to bed. | Ich gehe ins Bett. | Je vais au lit.
I will be right back./I will be back soon. | Ich bin gleich wieder da. | Je reviens tout de suite.
I do not like it here. | Es gefällt mir hier nicht. | Je n'aime pas être ici.
It was a pleasure. | Es war mir ein Vergnügen. | C'était un plaisir.
It is my pleasure./My pleasure. | Es ist mir ein Vergnügen. | C'est un plaisir.
I would like to book a room./I would like to reserve a room. | Ich möchte ein Zimmer reservieren. | Je voudrais réserver une chambre.
I would like to book a table./I would like to reserve a table. | Ich möchte einen Tisch reservieren. | Je voudrais réserver une table.
Do you accept credit cards?/Do you take credit cards? | Nehmen Sie Kreditkarten? | Acceptez-vous les cartes de crédit ?
Could you take a photo of us?/Can you take a picture of us? | Kannst du ein Foto von uns machen? | Peux-tu prendre une photo de nous ?
Where can I find a taxi?/Where can I get a taxi? | Wo finde ich ein Taxi? | Où est-ce que je peux trouver un taxi ?
Is breakfast included? | Ist das Frühstück inbegriffen? | Le petit-déjeuner est-il compris ?
Is there free wifi?/Is there wifi here?/Do you have wifi? | Gibt es hier WLAN? | Y a-t-il le wifi ici ?
What is the password? | Wie ist das Passwort? | Quel est le mot de passe ?
I do not have a reservation. | Ich habe nicht reserviert. | Je n'ai pas de réservation.
My battery is empty./My battery is dead. | Mein Akku ist leer. | Ma batterie est vide.
I am a beginner. | Ich bin Anfänger. | Je suis débutant.
I made a mistake. | Ich habe einen Fehler gemacht. | J'ai fait une erreur.
It is your turn. | Du bist dran. | C'est ton tour.
That is funny!/That is funny./That is very funny. | Das ist lustig. | C'est drôle.
I cannot wait./I cannot wait! | Ich kann es kaum erwarten. | J'ai hâte.
Do you understand German? | Verstehst du Deutsch? | Comprends-tu l'allemand ?
Do you understand French? | Verstehst du Französisch? | Comprends-tu le français ?
Who made this? | Wer hat das gemacht? | Qui a fait ça ?
I am proud of you. | Ich bin stolz auf dich. | Je suis fier de toi.
I believe you. | Ich glaube dir. | Je te crois.
I trust you. | Ich vertraue dir. | Je te fais confiance.
I will always love you. | Ich werde dich immer lieben. | Je t'aimerai toujours.
You are beautiful. | Du bist schön. | Tu es belle.
You are my best friend. | Du bist mein bester Freund. | Tu es mon meilleur ami.
He is my best friend. | Er ist mein bester Freund. | C'est mon meilleur ami.
She is my best friend. | Sie ist meine beste Freundin. | C'est ma meilleure amie.
She is my sister. | Sie ist meine Schwester. | C'est ma sœur.
He is my brother. | Er ist mein Bruder. | C'est mon frère.
She is my mother. | Sie ist meine Mutter. | C'est ma mère.
He is my father. | Er ist mein Vater. | C'est mon père.
He is a good man. | Er ist ein guter Mann. | C'est un homme bon.
The water is cold. | Das Wasser ist kalt. | L'eau est froide.
The old house has a green door. | Das alte Haus hat eine grüne Tür. | La vieille maison a une porte verte.
Birds can fly. | Vögel können fliegen. | Les oiseaux peuvent voler.
Two plus two is four. | Zwei plus zwei ist vier. | Deux plus deux font quatre.
I think, therefore I am. | Ich denke, also bin ich. | Je pense, donc je suis.
To be or not to be. | Sein oder nicht sein. | Être ou ne pas être.
Better late than never./Better late than never! | Besser spät als nie. | Mieux vaut tard que jamais.
I like to read. | Ich lese gern. | J'aime lire.
My favourite colour is blue./My favorite color is blue. | Meine Lieblingsfarbe ist Blau. | Ma couleur préférée est le bleu.
My favourite colour is red./My favorite color is red. | Meine Lieblingsfarbe ist Rot. | Ma couleur préférée est le rouge.
My favourite colour is green./My favorite color is green. | Meine Lieblingsfarbe ist Grün. | Ma couleur préférée est le vert.
What is your favourite colour?/What is your favorite color? | Was ist deine Lieblingsfarbe? | Quelle est ta couleur préférée ?
What is your favourite food?/What is your favorite food? | Was ist dein Lieblingsessen? | Quel est ton plat préféré ?
What are your hobbies?/What is your hobby? | Was sind deine Hobbys? | Quels sont tes loisirs ?
What kind of music do you like?/What music do you like? | Welche Musik magst du? | Quelle musique aimes-tu ?
Do you like music? | Magst du Musik? | Aimes-tu la musique ?
Do you have brothers or sisters?/Do you have any brothers or sisters?/Do you have siblings? | Hast du Geschwister? | As-tu des frères et sœurs ?
Do you have children?/Do you have any children?/Do you have kids? | Hast du Kinder? | As-tu des enfants ?
Do you have a pet?/Do you have pets?/Do you have any pets? | Hast du ein Haustier? | As-tu un animal ?
Do you have time?/Do you have a moment? | Hast du Zeit? | As-tu le temps ?
Do you know him? | Kennst du ihn? | Le connais-tu ?
Did you sleep well? | Hast du gut geschlafen? | As-tu bien dormi ?
I did not sleep well. | Ich habe nicht gut geschlafen. | Je n'ai pas bien dormi.
Have you eaten?/Have you already eaten?/Did you eat? | Hast du schon gegessen? | As-tu déjà mangé ?
What did you say? | Was hast du gesagt? | Qu'est-ce que tu as dit ?
What did you do yesterday?/What did you do? | Was hast du gestern gemacht? | Qu'as-tu fait hier ?
I am learning German./I learn German. | Ich lerne Deutsch. | J'apprends l'allemand.
I am learning French./I learn French. | Ich lerne Französisch. | J'apprends le français.
I do not speak German./I cannot speak German. | Ich spreche kein Deutsch. | Je ne parle pas allemand.
I do not speak French./I cannot speak French. | Ich spreche kein Französisch. | Je ne parle pas français.
What is your phone number?/Can I have your phone number? | Wie ist deine Telefonnummer? | Quel est ton numéro de téléphone ?
What is your address? | Wie ist deine Adresse? | Quelle est ton adresse ?
The computer does not work./My computer does not work./My computer is broken. | Der Computer funktioniert nicht. | L'ordinateur ne marche pas.
My phone is not working./My phone does not work./My phone is broken. | Mein Handy funktioniert nicht. | Mon téléphone ne marche pas.
I forgot my password./I have forgotten my password. | Ich habe mein Passwort vergessen. | J'ai oublié mon mot de passe.
I lost my passport./I have lost my passport. | Ich habe meinen Reisepass verloren. | J'ai perdu mon passeport.
I lost my keys./I have lost my keys. | Ich habe meine Schlüssel verloren. | J'ai perdu mes clés.
I lost my wallet./I have lost my wallet. | Ich habe meinen Geldbeutel verloren. | J'ai perdu mon portefeuille.
I missed the bus./I have missed the bus. | Ich habe den Bus verpasst. | J'ai raté le bus.
I missed the train./I have missed the train. | Ich habe den Zug verpasst. | J'ai raté le train.
When does the train leave?/What time does the train leave?/When does the next train leave? | Wann fährt der Zug ab? | À quelle heure part le train ?
When does the bus leave?/What time does the bus leave? | Wann fährt der Bus ab? | À quelle heure part le bus ?
When does the train arrive?/What time does the train arrive? | Wann kommt der Zug an? | À quelle heure arrive le train ?
When does it start?/What time does it start? | Wann fängt es an? | À quelle heure est-ce que ça commence ?
Which platform does the train leave from? | Von welchem Gleis fährt der Zug ab? | De quel quai part le train ?
Where can I buy a ticket?/Where can I buy tickets? | Wo kann ich eine Fahrkarte kaufen? | Où est-ce que je peux acheter un billet ?
A ticket to Berlin, please./One ticket to Berlin, please. | Eine Fahrkarte nach Berlin, bitte. | Un billet pour Berlin, s'il vous plaît.
A ticket to Paris, please./One ticket to Paris, please. | Eine Fahrkarte nach Paris, bitte. | Un billet pour Paris, s'il vous plaît.
I am allergic to nuts. | Ich bin allergisch gegen Nüsse. | Je suis allergique aux noix.
Can I have a glass of water, please?/Can I have a glass of water?/A glass of water, please. | Ein Glas Wasser, bitte. | Un verre d'eau, s'il vous plaît.
Very good!/Very good. | Sehr gut! | Très bien !
Well done!/Good job! | Gut gemacht! | Bien joué !
today | heute | aujourd'hui
tomorrow | morgen | demain
yesterday | gestern | hier
now | jetzt | maintenant
later | später | plus tard
soon | bald | bientôt
always | immer | toujours
never | nie | jamais
often | oft | souvent
late | spät | tard
sometimes | manchmal | parfois
here | hier | ici
there | dort | là
very | sehr | très
too | auch | aussi
also | auch | aussi
only | nur | seulement
with | mit | avec
without | ohne | sans
and | und | et
or | oder | ou
but | aber | mais
because | weil | parce que
if | wenn | si
who | wer | qui
what | was | quoi
where | wo | où
when | wann | quand
why | warum | pourquoi
how | wie | comment
how much | wie viel | combien
how many | wie viele | combien
I | ich | je
you | du | tu
he | er | il
she | sie | elle
we | wir | nous
they | sie | ils
my | mein | mon
nothing | nichts | rien
everything | alles | tout
something | etwas | quelque chose
everybody/everyone | alle | tout le monde
nobody | niemand | personne
more | mehr | plus
a lot | viel | beaucoup
a little | ein wenig | un peu
left | links | à gauche
right | rechts | à droite
straight ahead | geradeaus | tout droit
last week | letzte Woche | la semaine dernière
next week | nächste Woche | la semaine prochaine
next year | nächstes Jahr | l'année prochaine
last year | letztes Jahr | l'année dernière
every day | jeden Tag | tous les jours
in the morning | am Morgen | le matin
in the evening | am Abend | le soir
at night | in der Nacht | la nuit
at home | zu Hause | à la maison
the day after tomorrow | übermorgen | après-demain
my parents | meine Eltern | mes parents
parents | Eltern | parents
my friends | meine Freunde | mes amis
ladies and gentlemen | meine Damen und Herren | mesdames et messieurs
sheep | Schaf | mouton
fruit | Obst | fruits
pasta | Nudeln | pâtes
homework | Hausaufgaben | devoirs
hair | Haare | cheveux
the hair | die Haare | les cheveux
my hair | meine Haare | mes cheveux
vegetables | Gemüse | légumes
the sheep | das Schaf | le mouton
Monday | Montag | lundi
Tuesday | Dienstag | mardi
Wednesday | Mittwoch | mercredi
Thursday | Donnerstag | jeudi
Friday | Freitag | vendredi
Saturday | Samstag | samedi
Sunday | Sonntag | dimanche
January | Januar | janvier
February | Februar | février
March | März | mars
April | April | avril
May | Mai | mai
June | Juni | juin
July | Juli | juillet
August | August | août
September | September | septembre
October | Oktober | octobre
November | November | novembre
December | Dezember | décembre
German | Deutsch | allemand
French | Französisch | français
English | Englisch | anglais
Christmas | Weihnachten | Noël
Easter | Ostern | Pâques
the first | der erste | le premier
the last | der letzte | le dernier
hundred/a hundred/one hundred | hundert | cent
thousand/a thousand/one thousand | tausend | mille
million/a million/one million | eine Million | un million
"""

# Sentences with gaps: {slot}, {slot:case} in German, {slot:de}, {slot:à}, {slot:que} in French. The slots are drawn by
# demo_model.tasks.translation_patterns; a digit makes a second slot of the same kind.
TEMPLATES = """
Hello, {name}! | Hallo, {name}! | Bonjour, {name} !
Good morning, {name}! | Guten Morgen, {name}! | Bonjour, {name} !
Thank you, {name}. | Danke, {name}. | Merci, {name}.
Goodbye, {name}! | Auf Wiedersehen, {name}! | Au revoir, {name} !
How are you, {name}? | Wie geht es dir, {name}? | Comment vas-tu, {name} ?
My name is {name}. | Ich heiße {name}. | Je m'appelle {name}.
I am {name}. | Ich bin {name}. | Je suis {name}.
Hello, my name is {name}. | Hallo, ich heiße {name}. | Bonjour, je m'appelle {name}.
His name is {name}. | Er heißt {name}. | Il s'appelle {name}.
Her name is {name}. | Sie heißt {name}. | Elle s'appelle {name}.
{mine}'s name is {name}. | {mine} heißt {name}. | {mine} s'appelle {name}.
{animals}'s name is {name}. | {animals} heißt {name}. | {animals} s'appelle {name}.
This is {name}. | Das ist {name}. | C'est {name}.
I work in {a place}. | Ich arbeite in {a place:dat}. | Je travaille dans {a place}.
She works in {a place}. | Sie arbeitet in {a place:dat}. | Elle travaille dans {a place}.
He works in {a place}. | Er arbeitet in {a place:dat}. | Il travaille dans {a place}.
I live in {dwelling}. | Ich wohne in {dwelling:dat}. | J'habite dans {dwelling}.
We live in {dwelling}. | Wir wohnen in {dwelling:dat}. | Nous habitons dans {dwelling}.
They live in {dwelling}. | Sie wohnen in {dwelling:dat}. | Ils habitent dans {dwelling}.
He is {him}. | Er ist {him}. | C'est {him}.
She is {her}. | Sie ist {her}. | C'est {her}.
They are {them}. | Sie sind {them}. | Ce sont {them}.
My name is {name} and I live {in}. | Ich heiße {name} und ich wohne {in}. | Je m'appelle {name} et j'habite {in}.
I live {in}. | Ich wohne {in}. | J'habite {in}.
I am from {from}. | Ich komme {from}. | Je viens {from}.
We are from {from}. | Wir kommen {from}. | Nous venons {from}.
She is from {from}. | Sie kommt {from}. | Elle vient {from}.
He is from {from}. | Er kommt {from}. | Il vient {from}.
Are you from {from}? | Kommst du {from}? | Viens-tu {from} ?
I was born {in}. | Ich bin {in} geboren. | Je suis né {in}.
She was born {in}. | Sie ist {in} geboren. | Elle est née {in}.
I have been {to}. | Ich war schon {in}. | Je suis déjà allé {in}.
I have never been {to}. | Ich war noch nie {in}. | Je ne suis jamais allé {in}.
I would like to travel {to}. | Ich möchte {to} reisen. | Je voudrais voyager {in}.
How do I get to the {place}? | Wie komme ich {going}? | Comment puis-je aller {at} ?
I have lived {in} for {n} years. | Ich wohne seit {n} Jahren {in}. | J'habite {in} depuis {n} ans.
I have been learning German for {n} years. | Ich lerne seit {n} Jahren Deutsch. | J'apprends l'allemand depuis {n} ans.
I have been learning French for {n} years. | Ich lerne seit {n} Jahren Französisch. | J'apprends le français depuis {n} ans.
I have been working here for {n} years. | Ich arbeite seit {n} Jahren hier. | Je travaille ici depuis {n} ans.
What {nice}! | Was für {nice}! | {quel nice} !
It costs {n} euros. | Es kostet {n} Euro. | Ça coûte {n} euros.
{the} costs {n} euros. | {the} kostet {n} Euro. | {the} coûte {n} euros.
The train leaves at {hour} o'clock. | Der Zug fährt um {hour} Uhr ab. | Le train part à {hour} heures.
The train arrives at {hour} o'clock. | Der Zug kommt um {hour} Uhr an. | Le train arrive à {hour} heures.
The bus leaves at {hour} o'clock. | Der Bus fährt um {hour} Uhr ab. | Le bus part à {hour} heures.
The bus comes in {n} minutes. | Der Bus kommt in {n} Minuten. | Le bus arrive dans {n} minutes.
The film starts at {hour} o'clock. | Der Film fängt um {hour} Uhr an. | Le film commence à {hour} heures.
I get up at {hour} o'clock. | Ich stehe um {hour} Uhr auf. | Je me lève à {hour} heures.
I go to bed at {hour} o'clock. | Ich gehe um {hour} Uhr ins Bett. | Je vais au lit à {hour} heures.
We eat at {hour} o'clock. | Wir essen um {hour} Uhr. | Nous mangeons à {hour} heures.
Let's meet at {hour} o'clock. | Treffen wir uns um {hour} Uhr. | On se retrouve à {hour} heures.
Let's meet {at}. | Treffen wir uns {at}. | On se retrouve {at}.
It is half past {half}. | Es ist halb {half}. | Il est {half} et demie.
It is quarter past {hour}. | Es ist Viertel nach {hour}. | Il est {hour} heures et quart.
It is quarter to {hour}. | Es ist Viertel vor {hour}. | Il est {hour} heures moins le quart.
It is ten past {hour}. | Es ist zehn nach {hour}. | Il est {hour} heures dix.
It is ten to {hour}. | Es ist zehn vor {hour}. | Il est {hour} heures moins dix.
How many {many} do you have? | Wie viele {many} hast du? | Combien {many:de} as-tu ?
How many {many} are there? | Wie viele {many} gibt es? | Combien {many:de} y a-t-il ?
What colour is {the}? | Welche Farbe hat {the}? | De quelle couleur est {the} ?
My favourite animal is {animal}. | Mein Lieblingstier ist {animal}. | Mon animal préféré est {animal}.
My favourite season is {season}. | Meine Lieblingsjahreszeit ist {season}. | Ma saison préférée est {season}.
My favourite colour is {colour}. | Meine Lieblingsfarbe ist {colour}. | Ma couleur préférée est {colour}.
My favourite day is {day}. | Mein Lieblingstag ist {day}. | Mon jour préféré est le {day}.
Who is {who}? | Wer ist {who}? | Qui est {who} ?
Where is {who}? | Wo ist {who}? | Où est {who} ?
How is {mine}? | Wie geht es {mine:dat}? | Comment va {mine} ?
What is {mine} doing? | Was macht {mine}? | Que fait {mine} ?
What is {mine}'s name? | Wie heißt {mine}? | Comment s'appelle {mine} ?
What is the name of {mine}? | Wie heißt {mine}? | Comment s'appelle {mine} ?
What does {mine} do? | Was macht {mine} beruflich? | Que fait {mine} dans la vie ?
{mine} works as {job}. | {mine} arbeitet als {job}. | {mine} travaille comme {job}.
I work as {me job}. | Ich arbeite als {me job}. | Je travaille comme {me job}.
I want to become {me job}. | Ich will {me job} werden. | Je veux devenir {me job}.
I have {family}. | Ich habe {family:acc}. | J'ai {family}.
I have {families}. | Ich habe {families}. | J'ai {families}.
She has {families}. | Sie hat {families}. | Elle a {families}.
Do you have {family}? | Hast du {family:acc}? | As-tu {family} ?
I do not have {family}. | Ich habe k{family:acc}. | Je n'ai pas {no family}.
He has {families} and {family}. | Er hat {families} und {family:acc}. | Il a {families} et {family}.
I am {state} because I am {state2}. | Ich bin {state}, weil ich {state2} bin. | Je suis {state} parce que je suis {state2}.
I am staying at home because I am {state}. | Ich bleibe zu Hause, weil ich {state} bin. | Je reste à la maison parce que je suis {state}.
I am staying at home because it is {weather}. | Ich bleibe zu Hause, weil es {weather}. | Je reste à la maison parce {weather:que}.
If it is {weather}, we will stay at home. | Wenn es {weather}, bleiben wir zu Hause. | {weather:si}, nous resterons à la maison.
I think that {the} is {quality}. | Ich denke, dass {the} {quality} ist. | Je pense {the:que} est {quality of the}.
I think {the} is {quality}. | Ich denke, dass {the} {quality} ist. | Je pense {the:que} est {quality of the}.
I think {mine} is {trait}. | Ich denke, dass {mine} {trait} ist. | Je pense que {mine} est {trait of mine}.
I know that {mine} is {trait}. | Ich weiß, dass {mine} {trait} ist. | Je sais que {mine} est {trait of mine}.
I hope that {mine} is {trait}. | Ich hoffe, dass {mine} {trait} ist. | J'espère que {mine} est {trait of mine}.
It is {quality}. | Es ist {quality}. | C'est {quality}.
It is very {quality}. | Es ist sehr {quality}. | C'est très {quality}.
It is too {quality}. | Es ist zu {quality}. | C'est trop {quality}.
That is {quality}. | Das ist {quality}. | C'est {quality}.
That is very {quality}. | Das ist sehr {quality}. | C'est très {quality}.
That is too {quality}. | Das ist zu {quality}. | C'est trop {quality}.
My {part} hurts. | {part} tut mir weh. | J'ai mal {part:à}.
Can you give me {the}, please? | Kannst du mir bitte {the:acc} geben? | Peux-tu me donner {the}, s'il te plaît ?
Can you show me {the}, please? | Kannst du mir bitte {the:acc} zeigen? | Peux-tu me montrer {the}, s'il te plaît ?
Can you bring me {a}, please? | Kannst du mir bitte {a:acc} bringen? | Peux-tu m'apporter {a}, s'il te plaît ?
Give me {the}, please. | Gib mir bitte {the:acc}. | Donne-moi {the}, s'il te plaît.
Give me {the}. | Gib mir {the:acc}. | Donne-moi {the}.
Show me {the}. | Zeig mir {the:acc}. | Montre-moi {the}.
Bring me {the}, please. | Bring mir bitte {the:acc}. | Apporte-moi {the}, s'il te plaît.
I give {mine} {a}. | Ich gebe {mine:dat} {a:acc}. | Je donne {a} {mine:à}.
I gave {mine} {a}. | Ich habe {mine:dat} {a:acc} gegeben. | J'ai donné {a} {mine:à}.
She gave {mine} {a}. | Sie hat {mine:dat} {a:acc} gegeben. | Elle a donné {a} {mine:à}.
He gives {a} to {mine}. | Er gibt {mine:dat} {a:acc}. | Il donne {a} {mine:à}.
I bought {a} for {mine}. | Ich habe {a:acc} für {mine:acc} gekauft. | J'ai acheté {a} pour {mine}.
I am buying {a} for {mine}. | Ich kaufe {a:acc} für {mine:acc}. | J'achète {a} pour {mine}.
I have a gift for {mine}. | Ich habe ein Geschenk für {mine:acc}. | J'ai un cadeau pour {mine}.
{a} for {mine}, please. | {a:acc} für {mine:acc}, bitte. | {a} pour {mine}, s'il vous plaît.
I am looking for {a} for {mine}. | Ich suche {a:acc} für {mine:acc}. | Je cherche {a} pour {mine}.
I bought {stuff} {at}. | Ich habe {at} {stuff} gekauft. | J'ai acheté {stuff} {at}.
I buy {stuff} {at}. | Ich kaufe {at} {stuff}. | J'achète {stuff} {at}.
We ate {stuff} {at}. | Wir haben {at} {stuff} gegessen. | Nous avons mangé {stuff} {at}.
I lost {my} {at}. | Ich habe {my:acc} {at} verloren. | J'ai perdu {my} {at}.
I forgot {my} {at}. | Ich habe {my:acc} {at} vergessen. | J'ai oublié {my} {at}.
I forgot {my}. | Ich habe {my:acc} vergessen. | J'ai oublié {my}.
I cannot find {my}. | Ich kann {my:acc} nicht finden. | Je ne trouve pas {my}.
Where did you buy {the}? | Wo hast du {the:acc} gekauft? | Où as-tu acheté {the} ?
I met {mine} {at}. | Ich habe {mine:acc} {at} getroffen. | J'ai rencontré {mine} {at}.
We will meet {mine} {at}. | Wir werden {mine:acc} {at} treffen. | Nous allons rencontrer {mine} {at}.
I am waiting {at}. | Ich warte {at}. | J'attends {at}.
The children are playing in the {outside}. | Die Kinder spielen {at outside}. | Les enfants jouent {at outside}.
{animals} is sleeping. | {animals} schläft. | {animals} dort.
{animals} is sleeping in the {outside}. | {animals} schläft {at outside}. | {animals} dort {at outside}.
{animals} is eating. | {animals} frisst. | {animals} mange.
{animals} is drinking water. | {animals} trinkt Wasser. | {animals} boit de l'eau.
{animals} drinks milk. | {animals} trinkt Milch. | {animals} boit du lait.
{animals} is hungry. | {animals} hat Hunger. | {animals} a faim.
{animals} is in the {outside}. | {animals} ist {at outside}. | {animals} est {at outside}.
{animals} sees {animals2}. | {animals} sieht {animals2:acc}. | {animals} voit {animals2}.
{mine} is hungry. | {mine} hat Hunger. | {mine} a faim.
{mine} is thirsty. | {mine} hat Durst. | {mine} a soif.
I do not have any {bare family}. | Ich habe keine {bare family}. | Je n'ai pas {no families}.
I am afraid of {animals pl}. | Ich habe Angst vor {animals pl}. | J'ai peur {animals pl:de}.
There are many {many} here. | Es gibt hier viele {many}. | Il y a beaucoup {many:de} ici.
See you on {day}. | Bis {day}. | À {day}.
Today is {day}. | Heute ist {day}. | Aujourd'hui, c'est {day}.
My birthday is in {month}. | Mein Geburtstag ist im {month}. | Mon anniversaire est en {month}.
It is {month}. | Es ist {month}. | Nous sommes en {month}.
The {place} is closed. | {the place} ist geschlossen. | {the place} est {fermé place}.
The {place} is open. | {the place} ist geöffnet. | {the place} est {ouvert place}.
Is the {place} open? | Ist {the place} geöffnet? | Est-ce que {the place} est {ouvert place} ?
The {place} is next to {place2}. | {the place} ist neben {place2:dat}. | {the place} est à côté {place2:de}.
The {place} is far from here. | {the place} ist weit von hier. | {the place} est loin d'ici.
Is the {place} far from here? | Ist {the place} weit von hier? | Est-ce que {the place} est loin d'ici ?
I am {n} years old. | Ich bin {n} Jahre alt. | J'ai {n} ans.
He is {n} years old. | Er ist {n} Jahre alt. | Il a {n} ans.
She is {n} years old. | Sie ist {n} Jahre alt. | Elle a {n} ans.
{mine} is {n} years old. | {mine} ist {n} Jahre alt. | {mine} a {n} ans.
{animals} is {n} years old. | {animals} ist {n} Jahre alt. | {animals} a {n} ans.
{mine} lives {in}. | {mine} wohnt {in}. | {mine} habite {in}.
He lives {in}. | Er wohnt {in}. | Il habite {in}.
She lives {in}. | Sie wohnt {in}. | Elle habite {in}.
We live {in}. | Wir wohnen {in}. | Nous habitons {in}.
They live {in}. | Sie wohnen {in}. | Ils habitent {in}.
Do you live {in}? | Wohnst du {in}? | Habites-tu {in} ?
{name} lives {in}. | {name} wohnt {in}. | {name} habite {in}.
I work {in}. | Ich arbeite {in}. | Je travaille {in}.
We are going {to} tomorrow. | Wir fahren morgen {to}. | Nous allons {in} demain.
I am going {to}. | Ich fahre {to}. | Je vais {in}.
{mine} is {trait}. | {mine} ist {trait}. | {mine} est {trait of mine}.
{mine} is very {trait}. | {mine} ist sehr {trait}. | {mine} est très {trait of mine}.
Is {mine} {trait}? | Ist {mine} {trait}? | Est-ce que {mine} est {trait of mine} ?
{mine} is not {trait}. | {mine} ist nicht {trait}. | {mine} n'est pas {trait of mine}.
{mine} is {job}. | {mine} ist {job}. | {mine} est {job}.
{mine} is at home. | {mine} ist zu Hause. | {mine} est à la maison.
{mine} is at work. | {mine} ist bei der Arbeit. | {mine} est au travail.
{mine} has {a}. | {mine} hat {a:acc}. | {mine} a {a}.
{mine} bought {a}. | {mine} hat {a:acc} gekauft. | {mine} a acheté {a}.
I love {mine}. | Ich liebe {mine:acc}. | J'aime {mine}.
I am with {mine}. | Ich bin bei {mine:dat}. | Je suis avec {mine}.
This is {mine}. | Das ist {mine}. | C'est {mine}.
Where is {the}? | Wo ist {the}? | Où est {the} ?
Where is {my}? | Wo ist {my}? | Où est {my} ?
This is {my}. | Das ist {my}. | C'est {my}.
Is this {my}? | Ist das {my}? | Est-ce que c'est {my} ?
{the} is {quality}. | {the} ist {quality}. | {the} est {quality of the}.
{the} is very {quality}. | {the} ist sehr {quality}. | {the} est très {quality of the}.
{the} is too {quality}. | {the} ist zu {quality}. | {the} est trop {quality of the}.
Is {the} {quality}? | Ist {the} {quality}? | Est-ce que {the} est {quality of the} ?
{the} is not {quality}. | {the} ist nicht {quality}. | {the} n'est pas {quality of the}.
How much is {the}? | Wie viel kostet {the}? | Combien coûte {the} ?
I have {a}. | Ich habe {a:acc}. | J'ai {a}.
She has {a}. | Sie hat {a:acc}. | Elle a {a}.
He has {a}. | Er hat {a:acc}. | Il a {a}.
We need {a}. | Wir brauchen {a:acc}. | Nous avons besoin {a:de}.
I would like {a}, please. | Ich möchte {a:acc}, bitte. | Je voudrais {a}, s'il vous plaît.
Do you have {a}? | Hast du {a:acc}? | As-tu {a} ?
I bought {a} yesterday. | Ich habe gestern {a:acc} gekauft. | J'ai acheté {a} hier.
There is {a} on the table. | Auf dem Tisch ist {a}. | Il y a {a} sur la table.
The film starts at {hour}. | Der Film fängt um {hour} an. | Le film commence à {hour} heures.
The train leaves at {hour}. | Der Zug fährt um {hour} ab. | Le train part à {hour} heures.
I get up at {hour}. | Ich stehe um {hour} auf. | Je me lève à {hour} heures.
I go to bed at {hour}. | Ich gehe um {hour} ins Bett. | Je vais au lit à {hour} heures.
The {place} opens at {hour}. | {the place} öffnet um {hour}. | {the place} ouvre à {hour} heures.
The {place} closes at {hour}. | {the place} schließt um {hour}. | {the place} ferme à {hour} heures.
I will come on {day}. | Ich komme am {day}. | Je viendrai {day}.
I work on {day}. | Ich arbeite am {day}. | Je travaille {day}.
Where is the {place}? | Wo ist {the place}? | Où est {the place} ?
"""
