# ruff: noqa: E501  (tables, one entry a line)
"""The lexicon of the translation families: nouns, adjectives, verbs, people and places in three languages.

Every table is plain text, one word a line, its columns separated by " | ". What a rule can form is left out: English
plurals and verb forms, French plurals, present tenses of regular verbs. What a rule cannot form stands after a slash.
"""

from __future__ import annotations

from dataclasses import dataclass

# ---- Nouns ---------------------------------------------------------------------------------------------------------

# English[/plural][=another word for it] | German gender, singular, plural | French gender, singular[/plural]
# A German gender w is masculine with the plural's form in every case but the nominative (den Jungen).
# "-" instead of a plural: a mass noun.
NOUN_TABLE = """
# thing
book | n Buch Bücher | m livre
newspaper | f Zeitung Zeitungen | m journal
magazine | f Zeitschrift Zeitschriften | m magazine
letter | m Brief Briefe | f lettre
postcard | f Postkarte Postkarten | f carte postale/cartes postales
lamp | f Lampe Lampen | f lampe
bag | f Tasche Taschen | m sac
suitcase | m Koffer Koffer | f valise
backpack | m Rucksack Rucksäcke | m sac à dos/sacs à dos
key | m Schlüssel Schlüssel | f clé
picture | n Bild Bilder | f image
photo | n Foto Fotos | f photo
watch/watches | f Armbanduhr Armbanduhren | f montre
clock | f Uhr Uhren | f horloge
phone=telephone | n Telefon Telefone | m téléphone
mobile phone/mobile phones=cell phone | n Handy Handys | m portable
computer | m Computer Computer | m ordinateur
laptop | m Laptop Laptops | m ordinateur portable/ordinateurs portables
camera | f Kamera Kameras | m appareil photo/appareils photo
umbrella | m Regenschirm Regenschirme | m parapluie
cup | f Tasse Tassen | f tasse
plate | m Teller Teller | f assiette
knife/knives | n Messer Messer | m couteau
fork | f Gabel Gabeln | f fourchette
spoon | m Löffel Löffel | f cuillère
glass/glasses | n Glas Gläser | m verre
bottle | f Flasche Flaschen | f bouteille
ticket | f Fahrkarte Fahrkarten | m billet
flower | f Blume Blumen | f fleur
box/boxes | f Kiste Kisten | f boîte
pen | m Stift Stifte | m stylo
pencil | m Bleistift Bleistifte | m crayon
gift=present | n Geschenk Geschenke | m cadeau
ball | m Ball Bälle | f balle
guitar | f Gitarre Gitarren | f guitare
piano | n Klavier Klaviere | m piano
map | f Karte Karten | f carte
passport | m Reisepass Reisepässe | m passeport
wallet | m Geldbeutel Geldbeutel | m portefeuille
ring | m Ring Ringe | f bague
toy | n Spielzeug Spielzeuge | m jouet
candle | f Kerze Kerzen | f bougie
mirror | m Spiegel Spiegel | m miroir
towel | n Handtuch Handtücher | f serviette
blanket | f Decke Decken | f couverture
pillow | n Kissen Kissen | m oreiller
television | m Fernseher Fernseher | f télévision
radio | n Radio Radios | f radio
doll | f Puppe Puppen | f poupée
# text
book | n Buch Bücher | m livre
newspaper | f Zeitung Zeitungen | m journal
letter | m Brief Briefe | f lettre
magazine | f Zeitschrift Zeitschriften | m magazine
email=e-mail | f E-Mail E-Mails | m e-mail
story/stories | f Geschichte Geschichten | f histoire
message | f Nachricht Nachrichten | m message
# show
film=movie | m Film Filme | m film
game | n Spiel Spiele | m match/matchs
# song
song | n Lied Lieder | f chanson
# furniture
table | m Tisch Tische | f table
chair | m Stuhl Stühle | f chaise
bed | n Bett Betten | m lit
sofa=couch | n Sofa Sofas | m canapé
desk | m Schreibtisch Schreibtische | m bureau
wardrobe | m Kleiderschrank Kleiderschränke | f armoire
shelf/shelves | n Regal Regale | f étagère
fridge | m Kühlschrank Kühlschränke | m réfrigérateur
# part
door | f Tür Türen | f porte
window | n Fenster Fenster | f fenêtre
wall | f Wand Wände | m mur
# nature
tree | m Baum Bäume | m arbre
mountain | m Berg Berge | f montagne
river | m Fluss Flüsse | f rivière
lake | m See Seen | m lac
forest | m Wald Wälder | f forêt
island | f Insel Inseln | f île
street | f Straße Straßen | f rue
bridge | f Brücke Brücken | m pont
city=town | f Stadt Städte | f ville
village | n Dorf Dörfer | m village
# vehicle
car | n Auto Autos | f voiture
bicycle=bike | n Fahrrad Fahrräder | m vélo
bus/buses | m Bus Busse | m bus
train | m Zug Züge | m train
plane | n Flugzeug Flugzeuge | m avion
boat | n Boot Boote | m bateau
taxi | n Taxi Taxis | m taxi
truck | m Lastwagen Lastwagen | m camion
motorcycle=motorbike | n Motorrad Motorräder | f moto
ship | n Schiff Schiffe | m navire
# home
house | n Haus Häuser | f maison
apartment=flat | f Wohnung Wohnungen | m appartement
room | n Zimmer Zimmer | f chambre
# clothes
shirt | n Hemd Hemden | f chemise
T-shirt | n T-Shirt T-Shirts | m t-shirt
coat | m Mantel Mäntel | m manteau
jacket | f Jacke Jacken | f veste
hat | m Hut Hüte | m chapeau
dress/dresses | n Kleid Kleider | f robe
skirt | m Rock Röcke | f jupe
sweater=pullover | m Pullover Pullover | m pull
shoe | m Schuh Schuhe | f chaussure
sock | f Socke Socken | f chaussette
scarf/scarves | m Schal Schals | f écharpe
glove | m Handschuh Handschuhe | m gant
# animal
dog | m Hund Hunde | m chien
cat | f Katze Katzen | m chat
horse | n Pferd Pferde | m cheval/chevaux
bird | m Vogel Vögel | m oiseau
cow | f Kuh Kühe | f vache
pig | n Schwein Schweine | m cochon
chicken | n Huhn Hühner | f poule
duck | f Ente Enten | m canard
rabbit | n Kaninchen Kaninchen | m lapin
mouse/mice | f Maus Mäuse | f souris
lion | w Löwe Löwen | m lion
tiger | m Tiger Tiger | m tigre
bear | w Bär Bären | m ours
elephant | w Elefant Elefanten | m éléphant
monkey | w Affe Affen | m singe
snake | f Schlange Schlangen | m serpent
fox/foxes | m Fuchs Füchse | m renard
wolf/wolves | m Wolf Wölfe | m loup
butterfly/butterflies | m Schmetterling Schmetterlinge | m papillon
bee | f Biene Bienen | f abeille
spider | f Spinne Spinnen | f araignée
frog | m Frosch Frösche | f grenouille
turtle | f Schildkröte Schildkröten | f tortue
goat | f Ziege Ziegen | f chèvre
donkey | m Esel Esel | m âne
whale | m Wal Wale | f baleine
# food
apple | m Apfel Äpfel | f pomme
orange | f Orange Orangen | f orange
banana | f Banane Bananen | f banane
pear | f Birne Birnen | f poire
strawberry/strawberries | f Erdbeere Erdbeeren | f fraise
cherry/cherries | f Kirsche Kirschen | f cerise
lemon | f Zitrone Zitronen | m citron
peach/peaches | m Pfirsich Pfirsiche | f pêche
tomato/tomatoes | f Tomate Tomaten | f tomate
potato/potatoes | f Kartoffel Kartoffeln | f pomme de terre/pommes de terre
carrot | f Karotte Karotten | f carotte
onion | f Zwiebel Zwiebeln | m oignon
mushroom | m Pilz Pilze | m champignon
egg | n Ei Eier | m œuf
cake | m Kuchen Kuchen | m gâteau
pizza | f Pizza Pizzen | f pizza
sandwich/sandwiches | n Sandwich Sandwiches | m sandwich
sausage | f Wurst Würste | f saucisse
cookie=biscuit | m Keks Kekse | m biscuit
pancake | m Pfannkuchen Pfannkuchen | f crêpe
# stuff
ice cream | n Eis - | f glace
bread | n Brot - | m pain
cheese | m Käse - | m fromage
meat | n Fleisch - | f viande
fish | m Fisch - | m poisson
rice | m Reis - | m riz
soup | f Suppe - | f soupe
chocolate | f Schokolade - | m chocolat
butter | f Butter - | m beurre
sugar | m Zucker - | m sucre
salt | n Salz - | m sel
honey | m Honig - | m miel
salad | m Salat - | f salade
ham | m Schinken - | m jambon
jam | f Marmelade - | f confiture
# drink
water | n Wasser - | f eau
coffee | m Kaffee - | m café
tea | m Tee - | m thé
milk | f Milch - | m lait
wine | m Wein - | m vin
beer | n Bier - | f bière
juice | m Saft - | m jus
orange juice | m Orangensaft - | m jus d'orange
apple juice | m Apfelsaft - | m jus de pomme
lemonade | f Limonade - | f limonade
# topic
music | f Musik - | f musique
art | f Kunst - | m art
sport=sports | m Sport - | m sport
football=soccer | m Fußball - | m football
tennis | n Tennis - | m tennis
history | f Geschichte - | f histoire
nature | f Natur - | f nature
summer | m Sommer - | m été
winter | m Winter - | m hiver
spring | m Frühling - | m printemps
autumn=fall | m Herbst - | m automne
snow | m Schnee - | f neige
rain | m Regen - | f pluie
# matter
money | n Geld - | m argent
time | f Zeit - | m temps
work | f Arbeit - | m travail
help | f Hilfe - | f aide
luck | n Glück - | f chance
# event
problem | n Problem Probleme | m problème
question | f Frage Fragen | f question
idea | f Idee Ideen | f idée
plan | m Plan Pläne | m plan
job | f Stelle Stellen | m emploi
answer | f Antwort Antworten | f réponse
word | n Wort Wörter | m mot
# body
head | m Kopf Köpfe | f tête
hand | f Hand Hände | f main
foot/feet | m Fuß Füße | m pied
leg | n Bein Beine | f jambe
arm | m Arm Arme | m bras
eye | n Auge Augen | m œil/yeux
ear | n Ohr Ohren | f oreille
nose | f Nase Nasen | m nez
mouth | m Mund Münder | f bouche
tooth/teeth | m Zahn Zähne | f dent
back | m Rücken Rücken | m dos
finger | m Finger Finger | m doigt
stomach | m Bauch Bäuche | m ventre
heart | n Herz Herzen | m cœur
face | n Gesicht Gesichter | m visage
knee | n Knie Knie | m genou/genoux
# word
sun | f Sonne - | m soleil
moon | m Mond - | f lune
star | m Stern Sterne | f étoile
sky | m Himmel - | m ciel
sea | n Meer - | f mer
earth | f Erde - | f terre
world | f Welt - | m monde
wind | m Wind - | m vent
fire | n Feuer - | m feu
stone | m Stein Steine | f pierre
wood | n Holz - | m bois
paper | n Papier - | m papier
day | m Tag Tage | m jour
night | f Nacht Nächte | f nuit
morning | m Morgen - | m matin
evening | m Abend Abende | m soir
week | f Woche Wochen | f semaine
month | m Monat Monate | m mois
year | n Jahr Jahre | f année
hour | f Stunde Stunden | f heure
minute | f Minute Minuten | f minute
weekend | n Wochenende Wochenenden | m week-end
holiday=vacation | m Urlaub - | p vacances
birthday | m Geburtstag Geburtstage | m anniversaire
breakfast | n Frühstück - | m petit-déjeuner
lunch | n Mittagessen - | m déjeuner
dinner | n Abendessen - | m dîner
food | n Essen - | f nourriture
weather | n Wetter - | m temps
name | w Name Namen | m nom
number | f Zahl Zahlen | m nombre
colour/colours=color | f Farbe Farben | f couleur
language | f Sprache Sprachen | f langue
country/countries | n Land Länder | m pays
family | f Familie Familien | f famille
love | f Liebe - | m amour
life | n Leben - | f vie
peace | m Frieden - | f paix
happiness | n Glück - | m bonheur
freedom | f Freiheit - | f liberté
truth | f Wahrheit - | f vérité
health | f Gesundheit - | f santé
friendship | f Freundschaft - | f amitié
child/children | n Kind Kinder | m enfant
baby/babies | n Baby Babys | m bébé
man/men | m Mann Männer | m homme
woman/women | f Frau Frauen | f femme
boy | w Junge Jungen | m garçon
girl | n Mädchen Mädchen | f fille
people | p Leute - | p gens
kitchen | f Küche Küchen | f cuisine
bathroom | n Badezimmer Badezimmer | f salle de bain
garden | m Garten Gärten | m jardin
floor | m Boden Böden | m sol
roof | n Dach Dächer | m toit
king | m König Könige | m roi
queen | f Königin Königinnen | f reine
hammer | m Hammer Hämmer | m marteau
needle | f Nadel Nadeln | f aiguille
rope | n Seil Seile | f corde
coin | f Münze Münzen | f pièce
flag | f Flagge Flaggen | m drapeau
tent | n Zelt Zelte | f tente
rocket | f Rakete Raketen | f fusée
basket | m Korb Körbe | m panier
button | m Knopf Knöpfe | m bouton
soap | f Seife Seifen | m savon
toothbrush | f Zahnbürste Zahnbürsten | f brosse à dents/brosses à dents
notebook | n Heft Hefte | m cahier
calendar | m Kalender Kalender | m calendrier
screen | m Bildschirm Bildschirme | m écran
keyboard | f Tastatur Tastaturen | m clavier
stamp | f Briefmarke Briefmarken | m timbre
bucket | m Eimer Eimer | m seau
ladder | f Leiter Leitern | f échelle
machine | f Maschine Maschinen | f machine
bone | m Knochen Knochen | m os
feather | f Feder Federn | f plume
leaf/leaves | n Blatt Blätter | f feuille
rose | f Rose Rosen | f rose
grass | n Gras - | f herbe
sand | m Sand - | m sable
cloud | f Wolke Wolken | m nuage
rainbow | m Regenbogen Regenbögen | m arc-en-ciel/arcs-en-ciel
storm | m Sturm Stürme | f tempête
ice | n Eis - | f glace
ocean | m Ozean Ozeane | m océan
desert | f Wüste Wüsten | m désert
hill | m Hügel Hügel | f colline
farm | m Bauernhof Bauernhöfe | f ferme
field | n Feld Felder | m champ
factory | f Fabrik Fabriken | f usine
stadium | n Stadion Stadien | m stade
tower | m Turm Türme | f tour
dream | m Traum Träume | m rêve
hope | f Hoffnung Hoffnungen | m espoir
fear | f Angst Ängste | f peur
joy | f Freude Freuden | f joie
anger | f Wut - | f colère
courage | m Mut - | m courage
beauty | f Schönheit - | f beauté
strength | f Kraft - | f force
war | m Krieg Kriege | f guerre
law | n Gesetz Gesetze | f loi
power | f Macht - | m pouvoir
future | f Zukunft - | m avenir
past | f Vergangenheit - | m passé
beginning | m Anfang Anfänge | m début
end | n Ende - | f fin
science | f Wissenschaft - | f science
education | f Bildung - | f éducation
culture | f Kultur Kulturen | f culture
society | f Gesellschaft Gesellschaften | f société
government | f Regierung Regierungen | m gouvernement
president | w Präsident Präsidenten | m président
police | f Polizei - | f police
party/parties | f Party Partys | f fête
wedding | f Hochzeit Hochzeiten | m mariage
gold | n Gold - | m or
silver | n Silber - | m argent
iron | n Eisen - | m fer
air | f Luft - | m air
plant | f Pflanze Pflanzen | f plante
animal | n Tier Tiere | m animal/animaux
insect | n Insekt Insekten | m insecte
meal | f Mahlzeit Mahlzeiten | m repas
pepper | m Pfeffer - | m poivre
oil | n Öl - | f huile
garlic | m Knoblauch - | m ail
cucumber | f Gurke Gurken | m concombre
grape | f Traube Trauben | m raisin
pineapple | f Ananas - | m ananas
nut | f Nuss Nüsse | f noix
corn | m Mais - | m maïs
ceiling | f Decke Decken | m plafond
carpet | m Teppich Teppiche | m tapis
oven | m Ofen Öfen | m four
washing machine | f Waschmaschine Waschmaschinen | f machine à laver/machines à laver
belt | m Gürtel Gürtel | f ceinture
boot | m Stiefel Stiefel | f botte
cap | f Mütze Mützen | f casquette
shoulder | f Schulter Schultern | f épaule
neck | m Hals Hälse | m cou
skin | f Haut - | f peau
blood | n Blut - | m sang
brain | n Gehirn Gehirne | m cerveau
tongue | f Zunge Zungen | f langue
lip | f Lippe Lippen | f lèvre
twin | m Zwilling Zwillinge | m jumeau
person | f Person Personen | f personne
guest | m Gast Gäste | m invité
customer | w Kunde Kunden | m client
neighbourhood | f Nachbarschaft - | m quartier
school bag | f Schultasche Schultaschen | m cartable
lesson | f Stunde Stunden | f leçon
exam | f Prüfung Prüfungen | m examen
mistake | m Fehler Fehler | f erreur
page | f Seite Seiten | f page
sentence | m Satz Sätze | f phrase
dictionary | n Wörterbuch Wörterbücher | m dictionnaire
newspaper article | m Zeitungsartikel Zeitungsartikel | m article de journal/articles de journal
wheel | n Rad Räder | f roue
road | f Straße Straßen | f route
traffic light | f Ampel Ampeln | m feu/feux
crossing | f Kreuzung Kreuzungen | m carrefour
bill | f Rechnung Rechnungen | f addition
menu | f Speisekarte Speisekarten | f carte
price | m Preis Preise | m prix
century/centuries | n Jahrhundert Jahrhunderte | m siècle
second | f Sekunde Sekunden | f seconde
afternoon | m Nachmittag Nachmittage | m après-midi/après-midi
noon | m Mittag - | m midi
midnight | f Mitternacht - | m minuit
accident | m Unfall Unfälle | m accident
illness/illnesses | f Krankheit Krankheiten | f maladie
medicine | n Medikament Medikamente | m médicament
pain | m Schmerz Schmerzen | f douleur
voice | f Stimme Stimmen | f voix
noise | m Lärm - | m bruit
smile | n Lächeln - | m sourire
kiss/kisses | m Kuss Küsse | m baiser
wish/wishes | m Wunsch Wünsche | m souhait
surprise | f Überraschung Überraschungen | f surprise
secret | n Geheimnis Geheimnisse | m secret
reason | m Grund Gründe | f raison
place | m Ort Orte | m lieu/lieux
thing | f Sache Sachen | f chose
part | m Teil Teile | f partie
group | f Gruppe Gruppen | m groupe
team | n Team Teams | f équipe
company/companies | f Firma Firmen | f entreprise
knight | m Ritter Ritter | m chevalier
prince | w Prinz Prinzen | m prince
princess | f Prinzessin Prinzessinnen | f princesse
witch | f Hexe Hexen | f sorcière
ghost | m Geist Geister | m fantôme
dragon | w Drache Drachen | m dragon
angel | m Engel Engel | m ange
god | m Gott Götter | m dieu
"""

# Places: ... | English preposition, German in/an/auf for being there and in/zu/an/auf for going there, French à/dans
PLACE_TABLE = """
station=train station | m Bahnhof Bahnhöfe | f gare | at an zu à
airport | m Flughafen Flughäfen | m aéroport | at an zu à
market | m Markt Märkte | m marché | at auf auf à
park | m Park Parks | m parc | in in in dans
hotel | n Hotel Hotels | m hôtel | at in zu à
hospital | n Krankenhaus Krankenhäuser | m hôpital/hôpitaux | at in in à
restaurant | n Restaurant Restaurants | m restaurant | at in in à
museum | n Museum Museen | m musée | at in in à
cinema=movies | n Kino Kinos | m cinéma | at in in à
theatre=theater | n Theater Theater | m théâtre | at in in à
church/churches | f Kirche Kirchen | f église | at in in à
garden | m Garten Gärten | m jardin | in in in dans
library/libraries | f Bibliothek Bibliotheken | f bibliothèque | at in in à
beach/beaches | m Strand Strände | f plage | at an an à
bank | f Bank Banken | f banque | at in zu à
bakery/bakeries | f Bäckerei Bäckereien | f boulangerie | at in zu à
supermarket | m Supermarkt Supermärkte | m supermarché | at in in à
pharmacy/pharmacies | f Apotheke Apotheken | f pharmacie | at in zu à
post office | f Post - | f poste | at auf zu à
school | f Schule Schulen | f école | at in zu à
university/universities | f Universität Universitäten | f université | at an zu à
office | n Büro Büros | m bureau | at in in à
swimming pool | n Schwimmbad Schwimmbäder | f piscine | at in in à
zoo | m Zoo Zoos | m zoo | at in in à
castle | n Schloss Schlösser | m château | at in zu à
cafe=café | n Café Cafés | m café | at in in à
shop=store | m Laden Läden | m magasin | at in zu à
city centre=city center | f Innenstadt - | m centre-ville | in in in à
bus stop | f Bushaltestelle Bushaltestellen | m arrêt de bus/arrêts de bus | at an zu à
police station | f Polizeiwache Polizeiwachen | m commissariat | at auf zu à
kitchen | f Küche Küchen | f cuisine | in in in dans
bathroom | n Badezimmer Badezimmer | f salle de bain | in in in dans
living room | n Wohnzimmer Wohnzimmer | m salon | in in in dans
bedroom | n Schlafzimmer Schlafzimmer | f chambre | in in in dans
forest | m Wald Wälder | f forêt | in in in dans
city=town | f Stadt Städte | f ville | in in in dans
village | n Dorf Dörfer | m village | in in in dans
"""

# Jobs: English | German man, men, woman | French man, woman
JOB_TABLE = """
teacher | Lehrer Lehrer Lehrerin | professeur professeure
doctor | Arzt Ärzte Ärztin | médecin médecin
nurse | Krankenpfleger Krankenpfleger Krankenschwester | infirmier infirmière
student | Student+ Studenten Studentin | étudiant étudiante
cook | Koch Köche Köchin | cuisinier cuisinière
baker | Bäcker Bäcker Bäckerin | boulanger boulangère
engineer | Ingenieur Ingenieure Ingenieurin | ingénieur ingénieure
lawyer | Anwalt Anwälte Anwältin | avocat avocate
farmer | Landwirt Landwirte Landwirtin | agriculteur agricultrice
singer | Sänger Sänger Sängerin | chanteur chanteuse
actor | Schauspieler Schauspieler Schauspielerin | acteur actrice
writer | Schriftsteller Schriftsteller Schriftstellerin | écrivain écrivaine
police officer | Polizist+ Polizisten Polizistin | policier policière
waiter | Kellner Kellner Kellnerin | serveur serveuse
dentist | Zahnarzt Zahnärzte Zahnärztin | dentiste dentiste
journalist | Journalist+ Journalisten Journalistin | journaliste journaliste
musician | Musiker Musiker Musikerin | musicien musicienne
artist | Künstler Künstler Künstlerin | artiste artiste
"""
FRIENDS_TABLE = """
friend | Freund Freunde Freundin | ami amie
neighbour=neighbor | Nachbar+ Nachbarn Nachbarin | voisin voisine
boss | Chef Chefs Chefin | chef cheffe
colleague | Kollege+ Kollegen Kollegin | collègue collègue
"""
FAMILY_TABLE = """
mother=mum | f Mutter Mütter | f mère
father=dad | m Vater Väter | m père
brother | m Bruder Brüder | m frère
sister | f Schwester Schwestern | f sœur
son | m Sohn Söhne | m fils/fils
daughter | f Tochter Töchter | f fille
grandmother=grandma | f Großmutter Großmütter | f grand-mère/grands-mères
grandfather=grandpa | m Großvater Großväter | m grand-père/grands-pères
uncle | m Onkel Onkel | m oncle
aunt | f Tante Tanten | f tante
cousin | m Cousin Cousins | m cousin
wife/wives | f Frau Frauen | f femme
husband | m Mann Männer | m mari
child/children | n Kind Kinder | m enfant
"""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun in three languages. Plurals are "" for mass nouns; de_gender p and fr_gender p: plural only."""

    kind: str
    en: str
    en_plural: str
    de_gender: str
    de: str
    de_plural: str
    fr_gender: str
    fr: str
    fr_plural: str
    weak: bool = False
    synonym: str = ""  # another English word for it

    def german(self, case: str) -> str:
        return self.de_plural if self.weak and case != "nom" else self.de


def plural_en(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def plural_fr(word: str) -> str:
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + ("x" if word.endswith(("eau", "eu", "au")) else "s")


def noun(kind: str, columns: list[str]) -> Noun:
    """A line of NOUN_TABLE."""
    english, german, french = columns[:3]
    english, _, synonym = english.partition("=")
    en, _, en_plural = english.partition("/")
    de_gender, de, de_plural = german.split(" ")
    fr_gender, french = french.split(" ", 1)
    fr, _, fr_plural = french.partition("/")
    mass = de_plural == "-"
    return Noun(
        kind,
        en,
        "" if mass else en_plural or plural_en(en),
        "m" if de_gender == "w" else de_gender,
        de,
        "" if mass else de_plural,
        fr_gender,
        fr,
        "" if mass else fr_plural or plural_fr(fr),
        de_gender == "w",
        synonym,
    )


# ---- Adjectives ------------------------------------------------------------------------------------------------------

# English | German[/stem before an ending][/comparative] | French masculine feminine[ before a vowel]; < stands before
# its noun, - has no plural of its own | kinds of nouns that it describes
ADJECTIVE_TABLE = """
big | groß//größer | grand grande < | thing furniture part nature vehicle home animal food place event
small | klein | petit petite < | thing furniture part nature vehicle home animal food place event clothes
little | klein | petit petite < |
large | groß//größer | grand grande < |
old | alt//älter | vieux vieille vieil < | thing text show song furniture part nature vehicle home clothes animal place
new | neu | nouveau nouvelle nouvel < | thing text show song furniture vehicle home clothes place event
young | jung//jünger | jeune jeune < | animal
good | gut//besser | bon bonne < | text show song food stuff drink place event
bad | schlecht | mauvais mauvaise < | text show song event
beautiful | schön | beau belle bel < | thing furniture nature vehicle home clothes animal place show song
pretty | hübsch | joli jolie < | thing clothes
expensive | teuer/teur | cher chère | thing furniture vehicle home clothes place
cheap | billig | bon_marché bon_marché - | thing furniture vehicle clothes
clean | sauber | propre propre | thing furniture part vehicle home clothes place
dirty | schmutzig | sale sale | thing furniture part vehicle clothes
red | rot//röter | rouge rouge | thing furniture part vehicle clothes
blue | blau | bleu bleue | thing furniture part vehicle clothes
green | grün | vert verte | thing furniture part vehicle clothes
black | schwarz//schwärzer | noir noire | thing furniture vehicle clothes animal
white | weiß | blanc blanche | thing furniture part vehicle clothes animal home
yellow | gelb | jaune jaune | thing furniture vehicle clothes
brown | braun | marron marron - | thing furniture vehicle clothes animal
grey=gray | grau | gris grise | thing furniture part vehicle clothes animal
orange | orange// | orange orange - |
pink | rosa// | rose rose |
purple | lila// | violet violette |
cold | kalt//kälter | froid froide | stuff drink
hot | heiß | chaud chaude | stuff drink
warm | warm//wärmer | chaud chaude | clothes
fresh | frisch | frais fraîche | food stuff
sweet | süß | sucré sucrée | food
delicious | lecker | délicieux délicieuse | food stuff
long | lang//länger | long longue < | text show song nature
short | kurz//kürzer | court courte |
heavy | schwer | lourd lourde | thing furniture
light | leicht | léger légère |
fast | schnell | rapide rapide | vehicle animal
slow | langsam | lent lente | vehicle
easy | einfach | facile facile | event
difficult | schwierig | difficile difficile | event
important | wichtig | important importante | text event
interesting | interessant | intéressant intéressante | text show song place event
boring | langweilig | ennuyeux ennuyeuse | text show song
funny | lustig | drôle drôle | text show song
broken | kaputt | cassé cassée |
full | voll | plein pleine |
empty | leer | vide vide | 
open | offen | ouvert ouverte |
closed | geschlossen | fermé fermée |
high | hoch/hoh/höher | haut haute | nature
deep | tief | profond profonde |
wide | breit | large large |
modern | modern | moderne moderne | furniture home place
quiet | ruhig | calme calme | place home
loud | laut | bruyant bruyante |
dark | dunkel/dunkl | sombre sombre |
dangerous | gefährlich | dangereux dangereuse | animal
right | richtig | correct correcte |
wrong | falsch | faux fausse |
free | frei | libre libre |
famous | berühmt | célèbre célèbre |
wonderful | wunderbar | merveilleux merveilleuse | show song place event
perfect | perfekt | parfait parfaite |
soft | weich | doux douce |
hard | hart//härter | dur dure |
round | rund | rond ronde |
dry | trocken | sec sèche |
wet | nass | mouillé mouillée |
"""

# What people are: as above.
STATE_TABLE = """
tired | müde | fatigué fatiguée
sick=ill | krank//kränker | malade malade
happy | glücklich | heureux heureuse
sad | traurig | triste triste
young | jung//jünger | jeune jeune
old | alt//älter | vieux vieille
rich | reich | riche riche
poor | arm//ärmer | pauvre pauvre
tall | groß//größer | grand grande
small | klein | petit petite
strong | stark//stärker | fort forte
weak | schwach//schwächer | faible faible
nice | nett | gentil gentille
friendly | freundlich | aimable aimable
angry | wütend | fâché fâchée
nervous | nervös | nerveux nerveuse
busy | beschäftigt | occupé occupée
ready | bereit | prêt prête
alone | allein/ | seul seule
married | verheiratet | marié mariée
beautiful | schön | beau belle
pretty | hübsch | joli jolie
intelligent | intelligent | intelligent intelligente
smart=clever | klug//klüger | intelligent intelligente
funny | lustig | drôle drôle
shy | schüchtern | timide timide
lazy | faul | paresseux paresseuse
hard-working | fleißig | travailleur travailleuse
healthy | gesund//gesünder | en_bonne_santé en_bonne_santé -
famous | berühmt | célèbre célèbre
polite | höflich | poli polie
crazy | verrückt | fou folle
proud | stolz | fier fière
jealous | eifersüchtig | jaloux jalouse
late | spät_dran | en_retard en_retard -
"""


@dataclass(frozen=True, slots=True)
class Adjective:
    """de is the form after "ist", de_stem takes endings; fr: masculine, feminine and their plurals, and the masculine
    before a vowel."""

    en: str
    de: str
    de_stem: str
    de_more: str
    fr: dict[str, str]
    fr_vowel: str
    fr_before: bool
    kinds: tuple[str, ...] = ()
    synonym: str = ""


def adjective(columns: list[str]) -> Adjective:
    en, _, synonym = columns[0].partition("=")
    de, stem, more = (*columns[1].replace("_", " ").split("/"), "", "")[:3]
    forms = [form.replace("_", " ") for form in columns[2].split()]
    before, fixed = "<" in forms, "-" in forms
    m, f, vowel = (*(form for form in forms if form not in "<-"), forms[0])[:3]
    mp = m if fixed or m.endswith(("s", "x")) else plural_fr(m)
    fp = f if fixed else f + "s"
    kinds = tuple(columns[3].split()) if len(columns) > 3 else ()
    return Adjective(
        en,
        de,
        stem or de,
        more or (stem or de) + "er",
        {"m": m, "f": f, "mp": mp, "fp": fp},
        vowel,
        before,
        kinds,
        synonym,
    )


# ---- Verbs -----------------------------------------------------------------------------------------------------------

# English base[/past[/participle]] | German infinitive[ er-form[:du-form]] participle (+ with "sein"; prefix|stem)
# | French infinitive | kinds of objects
TRANSITIVE_TABLE = """
see/saw/seen | sehen sieht gesehen | voir | thing show furniture nature vehicle home animal person friends show place
buy/bought | kaufen gekauft | acheter | thing text furniture vehicle home clothes food stuff drink animal
sell/sold | verkaufen verkauft | vendre | thing furniture vehicle home clothes food stuff drink animal
have/had | haben hat:hast gehabt | avoir | thing furniture vehicle home clothes food stuff drink animal event friends
look for/looked for | suchen gesucht | chercher | thing text furniture home animal place friends
find/found | finden gefunden | trouver | thing text animal home place event
lose/lost | verlieren verloren | perdre | thing clothes
take/took/taken | nehmen nimmt genommen | prendre | thing food vehicle
bring/brought | bringen gebracht | apporter | thing food drink stuff
need | brauchen gebraucht | avoir besoin de | thing furniture vehicle home clothes food stuff drink matter
use | benutzen benutzt | utiliser | thing vehicle
forget/forgot/forgotten | vergessen vergisst vergessen | oublier | thing clothes event
read/read | lesen liest gelesen | lire | text
write/wrote/written | schreiben geschrieben | écrire | text
send/sent | schicken geschickt | envoyer | text thing
understand/understood | verstehen verstanden | comprendre | event text
know/knew/known | kennen gekannt | connaître | person friends family show song place
visit | besuchen besucht | visiter | place
visit | besuchen besucht | rendre visite à | family friends
meet/met | treffen trifft getroffen | rencontrer | friends person family
eat/ate/eaten | essen isst gegessen | manger | food stuff
drink/drank/drunk | trinken getrunken | boire | drink
cook | kochen gekocht | cuisiner | stuff
watch | schauen geschaut | regarder | show
hear/heard | hören gehört | entendre | animal song
wear/wore/worn | tragen trägt getragen | porter | clothes
wash | waschen wäscht gewaschen | laver | clothes vehicle animal
clean | putzen geputzt | nettoyer | home furniture part
open | öffnen geöffnet | ouvrir | part thing text
close | schließen geschlossen | fermer | part
repair | reparieren repariert | réparer | vehicle furniture
draw/drew/drawn | zeichnen gezeichnet | dessiner | animal nature home
paint | malen gemalt | peindre | nature animal part
show/showed/shown | zeigen gezeigt | montrer | thing text place
choose/chose/chosen | wählen gewählt | choisir | thing clothes food
pay for/paid for | bezahlen bezahlt | payer | food drink thing
order | bestellen bestellt | commander | food drink stuff
love | lieben geliebt | adorer | animal topic show song family food place
like | mögen mag:magst gemocht | aimer | vehicle home thing animal topic show song friends food stuff drink place nature clothes
hate | hassen gehasst | détester | topic stuff animal
call | an|rufen angerufen | appeler | family friends
invite | ein|laden lädt:lädst eingeladen | inviter | family friends
help | helfen hilft geholfen dat | aider | family friends person
wait for/waited for | warten gewartet auf | attendre | vehicle family friends
think of/thought of | denken gedacht an | penser à | family friends
ask | fragen gefragt | demander à | family person
thank | danken gedankt dat | remercier | family friends
want | wollen will:willst gewollt | vouloir | thing vehicle clothes food drink stuff animal
"""

# Whole verb phrases: English | German object and verb as in the infinitive; "~e" is "keine" when negated
# | French. The German verb's forms are as above.
PHRASE_TABLE = """
sleep/slept | schlafen schläft geschlafen | dormir
work | arbeiten gearbeitet | travailler
cook | kochen gekocht | cuisiner
dance | tanzen getanzt | danser
sing/sang/sung | singen gesungen | chanter
swim/swam/swum | schwimmen geschwommen+ | nager
laugh | lachen gelacht | rire
smile | lächeln gelächelt | sourire
cry | weinen geweint | pleurer
read/read | lesen liest gelesen | lire
write/wrote/written | schreiben geschrieben | écrire
eat/ate/eaten | essen isst gegessen | manger
drink/drank/drunk | trinken getrunken | boire
learn | lernen gelernt | apprendre
study | studieren studiert | étudier
travel/travelled | reisen gereist+ | voyager
run/ran/run | laufen läuft gelaufen+ | courir
walk | gehen gegangen+ | marcher
wait | warten gewartet | attendre
smoke | rauchen geraucht | fumer
talk | reden geredet | parler
come/came/come | kommen gekommen+ | venir
arrive | an|kommen angekommen+ | arriver
stay | bleiben geblieben+ | rester
leave/left | gehen gegangen+ | partir
get up/got up/got up | auf|stehen aufgestanden+ | se lever
wake up/woke up/woken up | auf|wachen aufgewacht+ | se réveiller
go home/went home/gone home | nach Hause gehen gegangen+ | rentrer à la maison
come home/came home/come home | nach Hause kommen gekommen+ | rentrer à la maison
stay at home/stayed at home | zu Hause bleiben geblieben+ | rester à la maison
go to bed/went to bed/gone to bed | ins Bett gehen gegangen+ | aller au lit
go shopping/went shopping/gone shopping | einkaufen gehen gegangen+ | faire les courses
go for a walk/went for a walk/gone for a walk | spazieren gehen gegangen+ | se promener
go swimming/went swimming/gone swimming | schwimmen gehen gegangen+ | aller nager
go to work/went to work/gone to work | zur Arbeit gehen gegangen+ | aller au travail
go to school/went to school/gone to school | zur Schule gehen gegangen+ | aller à l'école
take a shower/took a shower/taken a shower | duschen geduscht | prendre une douche
take the bus/took the bus/taken the bus | den Bus nehmen nimmt genommen | prendre le bus
take the train/took the train/taken the train | den Zug nehmen nimmt genommen | prendre le train
watch television/watched television | fern|sehen sieht ferngesehen | regarder la télévision
watch TV/watched TV | fern|sehen sieht ferngesehen | regarder la télévision
listen to music/listened to music | ~e Musik hören gehört | écouter de la musique
listen to the radio/listened to the radio | Radio hören gehört | écouter la radio
play football/played football | Fußball spielen gespielt | jouer au football
play tennis/played tennis | Tennis spielen gespielt | jouer au tennis
play basketball/played basketball | Basketball spielen gespielt | jouer au basket
play chess/played chess | Schach spielen gespielt | jouer aux échecs
play cards/played cards | Karten spielen gespielt | jouer aux cartes
play the piano/played the piano | Klavier spielen gespielt | jouer du piano
play the guitar/played the guitar | Gitarre spielen gespielt | jouer de la guitare
play the violin/played the violin | Geige spielen gespielt | jouer du violon
play | spielen gespielt | jouer
ride a bike/rode a bike/ridden a bike | Fahrrad fahren fährt gefahren+ | faire du vélo
drive/drove/driven | Auto fahren fährt gefahren+ | conduire
do sport/did sport/done sport | ~en Sport machen gemacht | faire du sport
do yoga/did yoga/done yoga | Yoga machen gemacht | faire du yoga
make coffee/made coffee/made coffee | ~en Kaffee machen gemacht | faire du café
bake a cake/baked a cake | einen Kuchen backen backt gebacken | faire un gâteau
cook dinner/cooked dinner | das Abendessen kochen gekocht | préparer le dîner
eat breakfast/ate breakfast/eaten breakfast | frühstücken gefrühstückt | prendre le petit-déjeuner
have breakfast/had breakfast/had breakfast | frühstücken gefrühstückt | prendre le petit-déjeuner
eat lunch/ate lunch/eaten lunch | zu Mittag essen isst gegessen | déjeuner
have lunch/had lunch/had lunch | zu Mittag essen isst gegessen | déjeuner
eat dinner/ate dinner/eaten dinner | zu Abend essen isst gegessen | dîner
have dinner/had dinner/had dinner | zu Abend essen isst gegessen | dîner
clean the house/cleaned the house | das Haus putzen geputzt | nettoyer la maison
wash the dishes/washed the dishes | das Geschirr spülen gespült | faire la vaisselle
learn German/learned German | Deutsch lernen gelernt | apprendre l'allemand
learn French/learned French | Französisch lernen gelernt | apprendre le français
learn English/learned English | Englisch lernen gelernt | apprendre l'anglais
speak German/spoke German/spoken German | ~ Deutsch sprechen spricht gesprochen | parler allemand
speak French/spoke French/spoken French | ~ Französisch sprechen spricht gesprochen | parler français
speak English/spoke English/spoken English | ~ Englisch sprechen spricht gesprochen | parler anglais
speak Spanish/spoke Spanish/spoken Spanish | ~ Spanisch sprechen spricht gesprochen | parler espagnol
speak Italian/spoke Italian/spoken Italian | ~ Italienisch sprechen spricht gesprochen | parler italien
eat meat/ate meat/eaten meat | ~ Fleisch essen isst gegessen | manger de la viande
drink alcohol/drank alcohol/drunk alcohol | ~en Alkohol trinken getrunken | boire de l'alcool
pay | bezahlen bezahlt | payer
help | helfen hilft geholfen | aider
sit/sat | sitzen gesessen | être assis
live alone/lived alone | allein wohnen gewohnt | vivre seul
"""

# French: infinitive, je, tu, il, nous, ils, participle.
FRENCH_TABLE = """
être suis es est sommes sont été
avoir ai as a avons ont eu
aller vais vas va allons vont allé
faire fais fais fait faisons font fait
pouvoir peux peux peut pouvons peuvent pu
vouloir veux veux veut voulons veulent voulu
devoir dois dois doit devons doivent dû
savoir sais sais sait savons savent su
voir vois vois voit voyons voient vu
prendre prends prends prend prenons prennent pris
venir viens viens vient venons viennent venu
boire bois bois boit buvons boivent bu
lire lis lis lit lisons lisent lu
écrire écris écris écrit écrivons écrivent écrit
dire dis dis dit disons disent dit
mettre mets mets met mettons mettent mis
partir pars pars part partons partent parti
dormir dors dors dort dormons dorment dormi
ouvrir ouvre ouvres ouvre ouvrons ouvrent ouvert
connaître connais connais connaît connaissons connaissent connu
vendre vends vends vend vendons vendent vendu
attendre attends attends attend attendons attendent attendu
entendre entends entends entend entendons entendent entendu
perdre perds perds perd perdons perdent perdu
rendre rends rends rend rendons rendent rendu
finir finis finis finit finissons finissent fini
choisir choisis choisis choisit choisissons choisissent choisi
courir cours cours court courons courent couru
vivre vis vis vit vivons vivent vécu
rire ris ris rit rions rient ri
conduire conduis conduis conduit conduisons conduisent conduit
peindre peins peins peint peignons peignent peint
appeler appelle appelles appelle appelons appellent appelé
"""

# ---- People, towns, countries, times ---------------------------------------------------------------------------------

WOMEN = "Anna Maria Lisa Julia Sarah Laura Emma Sophie Marie Nina Eva Clara Lena Mia"
MEN = "Peter Paul Tom Max David Martin Lukas Daniel Simon Jan Leo Ben Felix Robert"

TOWN_TABLE = """
Berlin | Berlin | Berlin
Paris | Paris | Paris
London | London | Londres
Munich | München | Munich
Vienna | Wien | Vienne
Rome | Rom | Rome
Hamburg | Hamburg | Hambourg
Cologne | Köln | Cologne
Frankfurt | Frankfurt | Francfort
Zurich | Zürich | Zurich
Geneva | Genf | Genève
Brussels | Brüssel | Bruxelles
Lyon | Lyon | Lyon
Madrid | Madrid | Madrid
Barcelona | Barcelona | Barcelone
Lisbon | Lissabon | Lisbonne
New York | New York | New York
Tokyo | Tokio | Tokyo
Prague | Prag | Prague
Moscow | Moskau | Moscou
"""
# in ..., from ...
COUNTRY_TABLE = """
Germany | in Deutschland | aus Deutschland | nach Deutschland | en Allemagne | d'Allemagne
France | in Frankreich | aus Frankreich | nach Frankreich | en France | de France
England | in England | aus England | nach England | en Angleterre | d'Angleterre
Italy | in Italien | aus Italien | nach Italien | en Italie | d'Italie
Spain | in Spanien | aus Spanien | nach Spanien | en Espagne | d'Espagne
Austria | in Österreich | aus Österreich | nach Österreich | en Autriche | d'Autriche
Switzerland | in der Schweiz | aus der Schweiz | in die Schweiz | en Suisse | de Suisse
Poland | in Polen | aus Polen | nach Polen | en Pologne | de Pologne
Portugal | in Portugal | aus Portugal | nach Portugal | au Portugal | du Portugal
Greece | in Griechenland | aus Griechenland | nach Griechenland | en Grèce | de Grèce
Turkey | in der Türkei | aus der Türkei | in die Türkei | en Turquie | de Turquie
Russia | in Russland | aus Russland | nach Russland | en Russie | de Russie
China | in China | aus China | nach China | en Chine | de Chine
Japan | in Japan | aus Japan | nach Japan | au Japon | du Japon
India | in Indien | aus Indien | nach Indien | en Inde | d'Inde
Canada | in Kanada | aus Kanada | nach Kanada | au Canada | du Canada
Mexico | in Mexiko | aus Mexiko | nach Mexiko | au Mexique | du Mexique
Brazil | in Brasilien | aus Brasilien | nach Brasilien | au Brésil | du Brésil
the USA | in den USA | aus den USA | in die USA | aux États-Unis | des États-Unis
Great Britain | in Großbritannien | aus Großbritannien | nach Großbritannien | en Grande-Bretagne | de Grande-Bretagne
Ireland | in Irland | aus Irland | nach Irland | en Irlande | d'Irlande
Scotland | in Schottland | aus Schottland | nach Schottland | en Écosse | d'Écosse
Sweden | in Schweden | aus Schweden | nach Schweden | en Suède | de Suède
Norway | in Norwegen | aus Norwegen | nach Norwegen | en Norvège | de Norvège
Denmark | in Dänemark | aus Dänemark | nach Dänemark | au Danemark | du Danemark
the Netherlands | in den Niederlanden | aus den Niederlanden | in die Niederlande | aux Pays-Bas | des Pays-Bas
Egypt | in Ägypten | aus Ägypten | nach Ägypten | en Égypte | d'Égypte
Australia | in Australien | aus Australien | nach Australien | en Australie | d'Australie
Belgium | in Belgien | aus Belgien | nach Belgien | en Belgique | de Belgique
"""
# English | German, as in "Italien, sehr schön" | French with its article
COUNTRY_NAMES = """
Germany | Deutschland | l'Allemagne
France | Frankreich | la France
England | England | l'Angleterre
Italy | Italien | l'Italie
Spain | Spanien | l'Espagne
Austria | Österreich | l'Autriche
Switzerland | die Schweiz | la Suisse
Poland | Polen | la Pologne
Greece | Griechenland | la Grèce
Turkey | die Türkei | la Turquie
Russia | Russland | la Russie
China | China | la Chine
Japan | Japan | le Japon
India | Indien | l'Inde
Canada | Kanada | le Canada
Mexico | Mexiko | le Mexique
Brazil | Brasilien | le Brésil
Europe | Europa | l'Europe
Africa | Afrika | l'Afrique
Asia | Asien | l'Asie
"""

# Times by the tense that they go with.
TIME_TABLE = """
# habit
every day | jeden Tag | tous les jours
every morning | jeden Morgen | tous les matins
every week | jede Woche | toutes les semaines
in the morning | am Morgen | le matin
in the afternoon | am Nachmittag | l'après-midi
in the evening | am Abend | le soir
on Sundays | sonntags | le dimanche
at the weekend=on the weekend | am Wochenende | le week-end
# now
today | heute | aujourd'hui
now | jetzt | maintenant
this morning | heute Morgen | ce matin
this evening=tonight | heute Abend | ce soir
# future
today | heute | aujourd'hui
tonight=this evening | heute Abend | ce soir
tomorrow | morgen | demain
tomorrow morning | morgen früh | demain matin
tomorrow evening | morgen Abend | demain soir
on Monday | am Montag | lundi
on Tuesday | am Dienstag | mardi
on Wednesday | am Mittwoch | mercredi
on Thursday | am Donnerstag | jeudi
on Friday | am Freitag | vendredi
on Saturday | am Samstag | samedi
on Sunday | am Sonntag | dimanche
next week | nächste Woche | la semaine prochaine
next month | nächsten Monat | le mois prochain
next year | nächstes Jahr | l'année prochaine
next summer | nächsten Sommer | l'été prochain
later | später | plus tard
soon | bald | bientôt
# past
yesterday | gestern | hier
yesterday evening=last night | gestern Abend | hier soir
last week | letzte Woche | la semaine dernière
last month | letzten Monat | le mois dernier
last year | letztes Jahr | l'année dernière
last summer | letzten Sommer | l'été dernier
on Monday | am Montag | lundi
on Saturday | am Samstag | samedi
two days ago | vor zwei Tagen | il y a deux jours
this morning | heute Morgen | ce matin
"""

ADVERB_TABLE = """
always | immer | toujours
often | oft | souvent
sometimes | manchmal | parfois
usually | normalerweise | d'habitude
never | nie | jamais
"""

PREPOSITION_TABLE = """
on | auf | sur | table chair bed sofa desk shelf
under | unter | sous | table chair bed tree sofa desk bridge
next to | neben | à côté de | table chair bed door window car house tree bank station church hotel
behind | hinter | derrière | door car house tree church station hotel
in front of | vor | devant | door window car house tree church station hotel
in | in | dans | box bag car house room street kitchen garden tree suitcase wardrobe fridge
near | in der Nähe von | près de | river lake park station church bridge
"""
