# ruff: noqa: E501, SIM905  (tables)
"""Countries: capital, continent, currency and language; well-known cities, rivers, mountains and flags."""

from __future__ import annotations

from demo_model.phrasing import questions
from demo_model.tasks.knowledge.relation import Fact, facts, first_name, groups, swapped, table, trivia

# name/other names; capital; continent; currency; main language. "-" where there is no single short answer.
COUNTRIES = """
Afghanistan; Kabul; Asia; afghani; -
Albania; Tirana; Europe; lek; Albanian
Algeria; Algiers; Africa; dinar; Arabic
Andorra; Andorra la Vella; Europe; euro; Catalan
Angola; Luanda; Africa; kwanza; Portuguese
Antigua and Barbuda; Saint John's; North America; dollar; English
Argentina; Buenos Aires; South America; peso; Spanish
Armenia; Yerevan; Asia; dram; Armenian
Australia; Canberra; Oceania; dollar; English
Austria; Vienna; Europe; euro; German
Azerbaijan; Baku; Asia; manat; Azerbaijani
the Bahamas; Nassau; North America; dollar; English
Bahrain; Manama; Asia; dinar; Arabic
Bangladesh; Dhaka; Asia; taka; Bengali
Barbados; Bridgetown; North America; dollar; English
Belarus; Minsk; Europe; ruble; -
Belgium; Brussels; Europe; euro; Dutch and French
Belize; Belmopan; North America; dollar; English
Benin; Porto-Novo; Africa; franc; French
Bhutan; Thimphu; Asia; ngultrum; Dzongkha
Bolivia; Sucre; South America; boliviano; Spanish
Bosnia and Herzegovina/Bosnia; Sarajevo; Europe; mark; Bosnian
Botswana; Gaborone; Africa; pula; -
Brazil; Brasilia; South America; real; Portuguese
Brunei; Bandar Seri Begawan; Asia; dollar; Malay
Bulgaria; Sofia; Europe; -; Bulgarian
Burkina Faso; Ouagadougou; Africa; franc; -
Burundi; Gitega; Africa; franc; -
Cambodia; Phnom Penh; Asia; riel; Khmer
Cameroon; Yaounde; Africa; franc; -
Canada; Ottawa; North America; dollar; English and French
Cape Verde; Praia; Africa; escudo; Portuguese
the Central African Republic; Bangui; Africa; franc; -
Chad; N'Djamena; Africa; franc; -
Chile; Santiago; South America; peso; Spanish
China; Beijing; Asia; yuan; Chinese
Colombia; Bogota; South America; peso; Spanish
the Comoros; Moroni; Africa; franc; -
Costa Rica; San Jose; North America; colon; Spanish
Croatia; Zagreb; Europe; euro; Croatian
Cuba; Havana; North America; peso; Spanish
Cyprus; Nicosia; Europe; euro; Greek
the Czech Republic/Czechia/Czech Republic; Prague; Europe; koruna; Czech
the Democratic Republic of the Congo/DR Congo; Kinshasa; Africa; franc; French
Denmark; Copenhagen; Europe; krone; Danish
Djibouti; Djibouti; Africa; franc; -
Dominica; Roseau; North America; dollar; English
the Dominican Republic; Santo Domingo; North America; peso; Spanish
East Timor; Dili; Asia; dollar; -
Ecuador; Quito; South America; dollar; Spanish
Egypt; Cairo; Africa; pound; Arabic
El Salvador; San Salvador; North America; dollar; Spanish
Equatorial Guinea; Malabo; Africa; franc; Spanish
Eritrea; Asmara; Africa; nakfa; -
Estonia; Tallinn; Europe; euro; Estonian
Eswatini; Mbabane; Africa; lilangeni; Swazi
Ethiopia; Addis Ababa; Africa; birr; Amharic
Fiji; Suva; Oceania; dollar; -
Finland; Helsinki; Europe; euro; Finnish
France; Paris; Europe; euro; French
Gabon; Libreville; Africa; franc; French
the Gambia; Banjul; Africa; dalasi; English
Georgia; Tbilisi; Asia; lari; Georgian
Germany; Berlin; Europe; euro; German
Ghana; Accra; Africa; cedi; English
Greece; Athens; Europe; euro; Greek
Grenada; Saint George's; North America; dollar; English
Guatemala; Guatemala City; North America; quetzal; Spanish
Guinea; Conakry; Africa; franc; French
Guinea-Bissau; Bissau; Africa; franc; Portuguese
Guyana; Georgetown; South America; dollar; English
Haiti; Port-au-Prince; North America; gourde; Haitian Creole
Honduras; Tegucigalpa; North America; lempira; Spanish
Hungary; Budapest; Europe; forint; Hungarian
Iceland; Reykjavik; Europe; krona; Icelandic
India; New Delhi; Asia; rupee; Hindi
Indonesia; Jakarta; Asia; rupiah; Indonesian
Iran; Tehran; Asia; rial; Persian
Iraq; Baghdad; Asia; dinar; Arabic
Ireland; Dublin; Europe; euro; English
Israel; Jerusalem; Asia; shekel; Hebrew
Italy; Rome; Europe; euro; Italian
the Ivory Coast/Ivory Coast; Yamoussoukro; Africa; franc; French
Jamaica; Kingston; North America; dollar; English
Japan; Tokyo; Asia; yen; Japanese
Jordan; Amman; Asia; dinar; Arabic
Kazakhstan; Astana; Asia; tenge; Kazakh
Kenya; Nairobi; Africa; shilling; Swahili
Kiribati; Tarawa; Oceania; dollar; -
Kosovo; Pristina; Europe; euro; Albanian
Kuwait; Kuwait City; Asia; dinar; Arabic
Kyrgyzstan; Bishkek; Asia; som; Kyrgyz
Laos; Vientiane; Asia; kip; Lao
Latvia; Riga; Europe; euro; Latvian
Lebanon; Beirut; Asia; pound; Arabic
Lesotho; Maseru; Africa; loti; -
Liberia; Monrovia; Africa; dollar; English
Libya; Tripoli; Africa; dinar; Arabic
Liechtenstein; Vaduz; Europe; franc; German
Lithuania; Vilnius; Europe; euro; Lithuanian
Luxembourg; Luxembourg; Europe; euro; -
Madagascar; Antananarivo; Africa; ariary; Malagasy
Malawi; Lilongwe; Africa; kwacha; -
Malaysia; Kuala Lumpur; Asia; ringgit; Malay
the Maldives; Male; Asia; rufiyaa; Dhivehi
Mali; Bamako; Africa; franc; -
Malta; Valletta; Europe; euro; Maltese
the Marshall Islands; Majuro; Oceania; dollar; -
Mauritania; Nouakchott; Africa; ouguiya; Arabic
Mauritius; Port Louis; Africa; rupee; -
Mexico; Mexico City; North America; peso; Spanish
Micronesia; Palikir; Oceania; dollar; English
Moldova; Chisinau; Europe; leu; Romanian
Monaco; Monaco; Europe; euro; French
Mongolia; Ulaanbaatar; Asia; tugrik; Mongolian
Montenegro; Podgorica; Europe; euro; Montenegrin
Morocco; Rabat; Africa; dirham; Arabic
Mozambique; Maputo; Africa; metical; Portuguese
Myanmar/Burma; Naypyidaw; Asia; kyat; Burmese
Namibia; Windhoek; Africa; dollar; English
Nepal; Kathmandu; Asia; rupee; Nepali
the Netherlands/Holland/Netherlands; Amsterdam; Europe; euro; Dutch
New Zealand; Wellington; Oceania; dollar; English
Nicaragua; Managua; North America; cordoba; Spanish
Niger; Niamey; Africa; franc; -
Nigeria; Abuja; Africa; naira; English
North Korea; Pyongyang; Asia; won; Korean
North Macedonia/Macedonia; Skopje; Europe; denar; Macedonian
Norway; Oslo; Europe; krone; Norwegian
Oman; Muscat; Asia; rial; Arabic
Pakistan; Islamabad; Asia; rupee; Urdu
Palau; Ngerulmud; Oceania; dollar; -
Panama; Panama City; North America; balboa; Spanish
Papua New Guinea; Port Moresby; Oceania; kina; -
Paraguay; Asuncion; South America; guarani; -
Peru; Lima; South America; sol; Spanish
the Philippines/Philippines; Manila; Asia; peso; Filipino
Poland; Warsaw; Europe; zloty; Polish
Portugal; Lisbon; Europe; euro; Portuguese
Qatar; Doha; Asia; riyal; Arabic
the Republic of the Congo; Brazzaville; Africa; franc; French
Romania; Bucharest; Europe; leu; Romanian
Russia; Moscow; Europe and Asia; ruble; Russian
Rwanda; Kigali; Africa; franc; Kinyarwanda
Saint Kitts and Nevis; Basseterre; North America; dollar; English
Saint Lucia; Castries; North America; dollar; English
Saint Vincent and the Grenadines; Kingstown; North America; dollar; English
Samoa; Apia; Oceania; tala; Samoan
San Marino; San Marino; Europe; euro; Italian
Sao Tome and Principe; Sao Tome; Africa; dobra; Portuguese
Saudi Arabia; Riyadh; Asia; riyal; Arabic
Senegal; Dakar; Africa; franc; French
Serbia; Belgrade; Europe; dinar; Serbian
the Seychelles; Victoria; Africa; rupee; -
Sierra Leone; Freetown; Africa; leone; English
Singapore; Singapore; Asia; dollar; English
Slovakia; Bratislava; Europe; euro; Slovak
Slovenia; Ljubljana; Europe; euro; Slovenian
the Solomon Islands; Honiara; Oceania; dollar; English
Somalia; Mogadishu; Africa; shilling; Somali
South Africa; Pretoria; Africa; rand; -
South Korea/Korea; Seoul; Asia; won; Korean
South Sudan; Juba; Africa; pound; English
Spain; Madrid; Europe; euro; Spanish
Sri Lanka; Colombo; Asia; rupee; Sinhala
Sudan; Khartoum; Africa; pound; Arabic
Suriname; Paramaribo; South America; dollar; Dutch
Sweden; Stockholm; Europe; krona; Swedish
Switzerland; Bern; Europe; franc; German
Syria; Damascus; Asia; pound; Arabic
Taiwan; Taipei; Asia; dollar; Chinese
Tajikistan; Dushanbe; Asia; somoni; Tajik
Tanzania; Dodoma; Africa; shilling; Swahili
Thailand; Bangkok; Asia; baht; Thai
Togo; Lome; Africa; franc; French
Tonga; Nuku'alofa; Oceania; pa'anga; Tongan
Trinidad and Tobago; Port of Spain; North America; dollar; English
Tunisia; Tunis; Africa; dinar; Arabic
Turkey/Turkiye; Ankara; Asia and Europe; lira; Turkish
Turkmenistan; Ashgabat; Asia; manat; Turkmen
Tuvalu; Funafuti; Oceania; dollar; -
Uganda; Kampala; Africa; shilling; English
Ukraine; Kyiv; Europe; hryvnia; Ukrainian
the United Arab Emirates/the UAE; Abu Dhabi; Asia; dirham; Arabic
the United Kingdom/the UK/UK/Great Britain/Britain; London; Europe; pound; English
the United States/the USA/USA/America/the US/US; Washington, D.C.; North America; dollar; English
Uruguay; Montevideo; South America; peso; Spanish
Uzbekistan; Tashkent; Asia; som; Uzbek
Vanuatu; Port Vila; Oceania; vatu; -
Vatican City/the Vatican; Vatican City; Europe; euro; -
Venezuela; Caracas; South America; bolivar; Spanish
Vietnam; Hanoi; Asia; dong; Vietnamese
Yemen; Sanaa; Asia; rial; Arabic
Zambia; Lusaka; Africa; kwacha; English
Zimbabwe; Harare; Africa; -; English
"""

# Parts of the United Kingdom: they have capitals, but "London is the capital of ..." means the whole.
PARTS = """
England; London; Europe; pound; English
Scotland; Edinburgh; Europe; pound; English
Wales; Cardiff; Europe; pound; English
Northern Ireland; Belfast; Europe; pound; English
"""

STATES = table("""
Alabama: Montgomery; Alaska: Juneau; Arizona: Phoenix; Arkansas: Little Rock; California: Sacramento; Colorado: Denver
Connecticut: Hartford; Delaware: Dover; Florida: Tallahassee; Hawaii: Honolulu; Idaho: Boise; Illinois: Springfield
Indiana: Indianapolis; Iowa: Des Moines; Kansas: Topeka; Kentucky: Frankfort; Louisiana: Baton Rouge; Maine: Augusta
Maryland: Annapolis; Massachusetts: Boston; Michigan: Lansing; Minnesota: Saint Paul; Mississippi: Jackson
Missouri: Jefferson City; Montana: Helena; Nebraska: Lincoln; Nevada: Carson City; New Hampshire: Concord; New Jersey: Trenton
New Mexico: Santa Fe; New York State/the state of New York: Albany; North Carolina: Raleigh; North Dakota: Bismarck
Ohio: Columbus; Oklahoma: Oklahoma City; Oregon: Salem; Pennsylvania: Harrisburg; Rhode Island: Providence
South Carolina: Columbia; South Dakota: Pierre; Tennessee: Nashville; Texas: Austin; Utah: Salt Lake City; Vermont: Montpelier
Virginia: Richmond; Washington State/the state of Washington: Olympia; West Virginia: Charleston; Wisconsin: Madison
Wyoming: Cheyenne; Bavaria: Munich; Tuscany: Florence; Sicily: Palermo; Catalonia: Barcelona; Ontario: Toronto; Saxony: Dresden
Quebec: Quebec City; Tasmania: Hobart; Queensland: Brisbane; Greenland: Nuuk; Puerto Rico: San Juan
""")

COMMON = [name.strip() for name in """
Argentina, Australia, Austria, Belgium, Brazil, Canada, Chile, China, Colombia, Cuba, Denmark, Egypt, England, Finland, France,
Germany, Greece, Hungary, Iceland, India, Indonesia, Iran, Iraq, Ireland, Israel, Italy, Japan, Kenya, Mexico, Morocco, Nigeria,
Norway, Pakistan, Peru, Poland, Portugal, Romania, Russia, Scotland, Spain, Sweden, Switzerland, Thailand, Turkey, Ukraine,
Vietnam, Wales, New Zealand, South Korea, South Africa, Saudi Arabia, the Czech Republic, the Netherlands, the Philippines,
the United Kingdom, the United States
""".split(",")]  # fmt: skip


def _column(number: int, text: str) -> dict[str, str]:
    rows = (line.split("; ") for line in text.splitlines() if line)
    return table("\n".join(f"{row[0]}: {row[number]}" for row in rows if row[number] != "-"))


CAPITALS = _column(1, COUNTRIES + PARTS)
CONTINENTS = _column(2, COUNTRIES + PARTS)
CURRENCIES = _column(3, COUNTRIES + PARTS)
LANGUAGES = _column(4, COUNTRIES + PARTS)
COUNTRY_OF_CAPITAL = swapped(_column(1, COUNTRIES)) | {"Edinburgh": "Scotland", "Cardiff": "Wales"}

# Well-known cities that are not capitals.
CITIES = groups("""
Australia: Sydney, Melbourne, Perth, Brisbane
Austria: Salzburg, Innsbruck
Brazil: Rio de Janeiro/Rio, Sao Paulo
Canada: Toronto, Vancouver, Montreal, Quebec City
China: Shanghai, Hong Kong, Shenzhen, Guangzhou, Wuhan
England: Manchester, Liverpool, Oxford, Bristol, Leeds
Scotland: Glasgow
France: Marseille, Lyon, Nice, Bordeaux, Toulouse, Strasbourg
Germany: Munich, Hamburg, Cologne, Frankfurt, Dresden, Leipzig, Stuttgart
India: Mumbai, Kolkata, Chennai, Bangalore
Italy: Milan, Venice, Florence, Naples, Turin, Pisa, Bologna
Japan: Osaka, Kyoto, Hiroshima, Nagasaki
Morocco: Marrakesh, Casablanca, Fez
the Netherlands: Rotterdam, The Hague, Utrecht
Nigeria: Lagos
Pakistan: Karachi, Lahore
Poland: Krakow, Gdansk
Portugal: Porto
Russia: Saint Petersburg, Vladivostok
South Africa: Johannesburg, Cape Town, Durban
Spain: Barcelona, Seville, Valencia, Granada
Switzerland: Zurich, Geneva, Basel
Turkey: Istanbul
Belgium: Antwerp, Bruges, Ghent
Sweden: Gothenburg, Malmo
Norway: Bergen
Egypt: Alexandria, Luxor
the United Arab Emirates: Dubai
the United States: New York, Los Angeles, Chicago, San Francisco, Boston, Miami, Las Vegas, Seattle, Houston
Vietnam: Ho Chi Minh City
New Zealand: Auckland
Israel: Tel Aviv
""")

SIGHTS = groups("""
Paris: the Eiffel Tower, the Louvre, Notre-Dame, the Arc de Triomphe
London: Big Ben, Tower Bridge, Buckingham Palace, the London Eye
Rome: the Colosseum, the Trevi Fountain, the Pantheon
New York: the Statue of Liberty, the Empire State Building, Central Park, Times Square
Berlin: the Brandenburg Gate
Athens: the Acropolis, the Parthenon
Moscow: the Kremlin, Red Square
Barcelona: the Sagrada Familia
Pisa: the Leaning Tower
San Francisco: the Golden Gate Bridge
Sydney: the Opera House/the Sydney Opera House
Rio de Janeiro: the statue of Christ the Redeemer
Prague: Charles Bridge
Dubai: the Burj Khalifa
Washington, D.C.: the White House, the Capitol
Egypt: the pyramids of Giza/the pyramids/the Great Pyramid, the Sphinx
China: the Great Wall/the Great Wall of China, the Terracotta Army, the Forbidden City
India: the Taj Mahal
Peru: Machu Picchu
Jordan: Petra
England: Stonehenge
Cambodia: Angkor Wat
Japan: Mount Fuji
Tanzania: Mount Kilimanjaro/Kilimanjaro
Germany: Neuschwanstein
Argentina: Patagonia
Arizona: the Grand Canyon
""")

RIVERS = groups("""
London: the Thames
Paris: the Seine
Vienna: the Danube
Rome: the Tiber
Cologne: the Rhine
Hamburg: the Elbe
Florence: the Arno
Dublin: the Liffey
Prague: the Vltava
Warsaw: the Vistula
Cairo: the Nile
Lisbon: the Tagus
Munich: the Isar
Frankfurt: the Main
Berlin: the Spree
Turin: the Po
Bordeaux: the Garonne
""")

DISHES_OF = groups("""
Italy: pizza, spaghetti, lasagna, tiramisu, risotto, pesto, ravioli
Japan: sushi, ramen, tempura, sake
Spain: paella, tapas, gazpacho, churros
Mexico: tacos, burritos, guacamole, tequila, enchiladas
France: croissants, ratatouille, crepes, the baguette, champagne, quiche
Germany: sauerkraut, pretzels, bratwurst, Black Forest cake
Austria: Wiener schnitzel, apple strudel, Sachertorte
Hungary: goulash
Greece: moussaka, tzatziki, feta, souvlaki
India: chicken tikka, naan bread, samosas
England: fish and chips, Yorkshire pudding
Scotland: haggis, whisky
Switzerland: fondue, raclette
Belgium: waffles
Russia: blini, vodka
Poland: pierogi
Thailand: pad thai, tom yum soup
Vietnam: pho
South Korea: kimchi, bibimbap
China: Peking duck, mapo tofu, dim sum
Turkey: baklava, doner kebab
Morocco: couscous, tajine
Argentina: chimichurri
Portugal: pastel de nata, port wine
Canada: poutine, maple syrup
Sweden: meatballs with lingonberries
Australia: Vegemite
Indonesia: nasi goreng, satay
the Netherlands: Gouda, stroopwafels
Brazil: feijoada
Peru: ceviche
""")

FLAGS = table("""
France: blue, white and red; Germany: black, red and gold; Italy: green, white and red; Japan: white and red
Ireland: green, white and orange; Belgium: black, yellow and red; Spain: red and yellow; Poland: white and red
the Netherlands: red, white and blue; the United States/the USA: red, white and blue; Russia: white, blue and red
Sweden: blue and yellow; Ukraine: blue and yellow; Austria: red and white; Switzerland: red and white
Denmark: red and white; Canada: red and white; China: red and yellow; Turkey: red and white; Greece: blue and white
Finland: white and blue; India: orange, white and green; the United Kingdom/the UK: red, white and blue
Norway: red, white and blue; Portugal: green and red; Hungary: red, white and green; Romania: blue, yellow and red
""")

PLACES = trivia(
    "places",
    """
the Pacific = the (largest|biggest) ocean [in the world|on Earth|of all]; which ocean is the (largest|biggest|deepest)
the Arctic Ocean = the smallest ocean [in the world|on Earth]; which ocean is the smallest
the Nile = the longest river [in the world|on Earth|in Africa]; which river is the longest [in the world]
the Amazon = the (largest|biggest) river in South America; the longest river in South America; which river flows through (Brazil|the Brazilian rainforest)
the Yangtze = the longest river in (Asia|China); which river is the longest in (Asia|China)
the Volga = the longest river in Europe; which river is the longest in (Europe|Russia)
Mount Everest = the (highest|tallest) mountain [in the world|on Earth|in Asia|of all]; which mountain is the (highest|tallest) [in the world]
Mont Blanc = the (highest|tallest) mountain (in|of) (the Alps|France|Italy|western Europe)
the Zugspitze = the (highest|tallest) mountain (in|of) Germany; which mountain is the (highest|tallest) in Germany
Kilimanjaro = the (highest|tallest) mountain (in|of) Africa; which mountain is the (highest|tallest) in Africa
Aconcagua = the (highest|tallest) mountain (in|of) (South America|the Andes)
Denali = the (highest|tallest) mountain (in|of) (North America|the United States)
Ben Nevis = the (highest|tallest) mountain (in|of) (Scotland|the United Kingdom|Britain)
Mount Fuji = the (highest|tallest) mountain (in|of) Japan
Russia = the (largest|biggest) country [in the world|on Earth|by area]; which country is the (largest|biggest) [in the world]
Vatican City = the smallest country [in the world|on Earth|in Europe]; which country is the smallest [in the world]; ? where does the pope live; ! where the pope lives
India = the country with the most people; the most populous country [in the world]; which country has the (most people|largest population)
Asia = the (largest|biggest) continent [in the world|on Earth]; which continent is the (largest|biggest); which continent has the most people
Australia = the smallest continent [in the world|on Earth]; which continent is the smallest; which country is also a continent
Antarctica = the coldest (place|continent) [on Earth|in the world]; which continent is the coldest; which continent has no countries; which continent is at the South Pole; ? on which continent is the South Pole
the Sahara = the (largest|biggest) hot desert [in the world|on Earth]; the (largest|biggest) desert (in|of) Africa; a famous desert in Africa; the (largest|biggest) desert [in the world]
Greenland = the (largest|biggest) island [in the world|on Earth]; which island is the (largest|biggest) [in the world]
the Mediterranean = the sea between Europe and Africa; which sea is between (Europe and Africa|Italy and Tunisia)
the Atlantic = the ocean between (Europe|Africa|England) and (America|North America|the USA); which ocean is between (Europe|Africa) and (America|the United States)
the Alps = the (largest|biggest|highest) mountains in (central|western) Europe; which mountains are in (Switzerland|Austria)
the Himalayas = the highest mountains [in the world|on Earth]; which mountains are in Nepal; which mountains are the highest
the Andes = the longest mountain (range|chain) [in the world]; which mountains are in (Peru|Chile|South America)
the Pyrenees = the mountains between France and Spain; which mountains are between (France and Spain|Spain and France)
the English Channel = the sea between (England and France|Britain and France|France and England)
the Danube = which river flows through (Vienna and Budapest|Budapest|Vienna|Belgrade); the river in Budapest
the Amazon rainforest = the (largest|biggest) rainforest [in the world|on Earth]; which rainforest is the (largest|biggest)
Lake Baikal = the deepest lake [in the world|on Earth]; which lake is the deepest
the Caspian Sea = the (largest|biggest) lake [in the world|on Earth]; which lake is the (largest|biggest)
Angel Falls = the (highest|tallest) waterfall [in the world|on Earth]; which waterfall is the (highest|tallest)
the Burj Khalifa = the (highest|tallest) (building|tower) [in the world|on Earth]; which building is the (tallest|highest)
Tokyo = the (largest|biggest) city [in the world|in Japan]; which city is the (largest|biggest) [in the world]
Alaska = the (largest|biggest) state (in|of) (the USA|the United States|America); which (US|American) state is the (largest|biggest)
Rhode Island = the smallest state (in|of) (the USA|the United States|America); which (US|American) state is the smallest
7 = the number of continents [in the world|on Earth]; how many continents there are; ? how many continents are there [in the world|on Earth]
5 = the number of oceans [in the world|on Earth]; how many oceans there are; ? how many oceans are there [in the world|on Earth]
50 = the number of (US|American) states; the number of states in (the USA|the United States|America); ? how many states are there in (the USA|America|the United States|the US); ? how many states (does America have|does the USA have|are in the US)
50 = the number of stars on the American flag; how many stars are on the (American|US) flag; ? how many stars does the (American|US) flag have
16 = the number of (German states|states in Germany); how many states (Germany has|there are in Germany); ? how many states does Germany have
the United Kingdom = which country do (Wales and Scotland|England, Wales and Scotland) belong to; ? what country are England and Wales part of
Africa = ? on which continent is the Sahara; ? where is the Sahara; ? where is the Nile; ? which continent is (the Nile|the Sahara) in
Mandarin Chinese = the (language with the most native speakers|most spoken native language); the most spoken first language [in the world]
English = the most spoken language [in the world]; which language is spoken (by the most people|most) [in the world]
Silk Road = the old trade road (between|from) (China and Europe|China to Europe); what was the trade route from China to Europe called
Suez Canal = which canal connects the Mediterranean (and|with|to) the Red Sea; the canal in Egypt
Panama Canal = which canal connects the Atlantic (and|with|to) the Pacific; the canal between the Atlantic and the Pacific
""",
    often=3,
)

_CAPITAL = questions(
    noun="(the capital [city] of {s}*4|{own} capital [city]*2|{s} capital|capital of {s}*2|capital {s})",
    both="(which|what) (city|town) is the capital [city] of {s}|{s} has (which|what) capital",
    direct="what capital does {s} have|{s}: what is its capital",
    clause="what the capital [city] of {s} is|what {own} capital is",
)

FACTS: tuple[Fact, ...] = (
    *facts(
        "capital",
        CAPITALS,
        _CAPITAL,
        often=9,
        common=COMMON,
    ),
    *facts("capital of state", STATES, _CAPITAL),
    *facts(
        "country of capital",
        COUNTRY_OF_CAPITAL,
        questions(
            noun="the country (with the capital|whose capital is|with capital) {s}|the country of which {s} is the capital",
            both="{s} is the capital of (what|which country|what country)*3|(which|what) country's capital is {s}*2|"
            "(which|what) country has ([the capital] {s}|{s} as (its|the) capital)*3",
            direct="what is {s} the capital of*3|(which|what) country is {s} the capital of*3|"
            "of (which|what) country is {s} the capital",
            clause="(what|which country) {s} is the capital of",
        ),
        often=3,
        common=[city for country, city in CAPITALS.items() if first_name(country) in COMMON],
    ),
    *facts(
        "country of city",
        {city: country for city, country in (COUNTRY_OF_CAPITAL | CITIES).items() if city != country},
        questions(
            noun="the country of {s}",
            direct="where is {s} [located|exactly]*5|[in] (which|what) country is {s}*2|where [in the world] is {s}|"
            "(which|what) country is {s} in*3|where can I find {s}|what country does {s} belong to",
            clause="where {s} is [located]|[in] (which|what) country {s} is|where to find {s}",
        ),
    ),
    *facts(
        "sight",
        SIGHTS,
        questions(
            noun="the (place|location) of {s}",
            direct="where is {s} [located]*4|where [in the world] is {s}|where can (I|you|we) (find|see|visit) {s}*2|"
            "where do I (find|see) {s}|where would I (find|see) {s}",
            clause="where {s} is [located]|where to (find|see) {s}|where (I|you|we) can (see|find) {s}",
        ),
    ),
    *facts(
        "river of city",
        swapped(RIVERS),
        questions(
            noun="the river (in|of|through) {s}|the (main|big) river in {s}",
            both="(which|what) river (flows|runs|goes) through {s}*3|(which|what) river is in {s}",
            direct="on (which|what) river is {s}|(which|what) river is {s} on*2|what is the name of the river in {s}",
            clause="on (which|what) river {s} is|which river {s} lies on",
        ),
    ),
    *facts(
        "continent",
        CONTINENTS,
        questions(
            noun="the continent of {s}|{own} continent|the continent (where {s} is|that {s} is in|{s} belongs to)",
            direct="(on|in) (which|what) continent is {s}*2|(which|what) continent is {s} (in|on|part of|located on)*4|"
            "(which|what) continent does {s} belong to|(which|what) part of the world is {s} in|where is {s} [located]*2",
            clause="(which|what) continent {s} (is in|is on|is part of|belongs to)*2|on (which|what) continent {s} is|"
            "where {s} is [located]",
        ),
        often=6,
        common=COMMON,
    ),
    *facts(
        "currency",
        CURRENCIES,
        questions(
            noun="the (currency*3|money|unit of money|official currency) (of|in|used in) {s}*3|{own} (currency|money)|"
            "{s} currency|currency of {s}|the name of the (money|currency) in {s}",
            both="(which|what) (currency|money) is used in {s}*3|(which|what) is the (currency|money) of {s}",
            direct="(which|what) (currency|money) does {s} (use|have)*2|"
            "(which|what) (currency|money) do (they|people|you) (use|have|pay with) in {s}*4|"
            "what do (they|people|you|I) pay with in {s}*2|what kind of money (do they use|do I need|is used) in {s}|"
            "how do you pay in {s}",
            clause="what (currency|money) (they|people|you) (use|pay with) in {s}|what (currency|money) {s} (uses|has)|"
            "what (they|people) pay with in {s}",
        ),
        often=6,
        common=COMMON,
    ),
    *facts(
        "language",
        LANGUAGES,
        questions(
            noun="the [main|official|national] language (of|in|spoken in) {s}*3|{own} [main|official] language|{s} language",
            both="(which|what) language is [mainly|mostly] spoken in {s}*3|"
            "(which|what) is the (main|official) language in {s}",
            direct="(which|what) language (do|does) (they|people|most people|the people) speak in {s}*3|"
            "what do (they|people) speak in {s}*2|what language should I learn for {s}|what is spoken in {s}",
            clause="(which|what) language (they|people|most people) speak in {s}|what (they|people) speak in {s}",
        ),
        often=6,
        common=COMMON,
    ),
    *facts(
        "dish of country",
        DISHES_OF,
        questions(
            noun="the country of origin of {s}|the (home|homeland) of {s}",
            both="(which|what) country is (famous for|known for|the home of|the homeland of) {s}*3",
            direct="where (does {s} come|is {s}) [originally] from*3|(which|what) country (is {s}|does {s} come) from*3|"
            "{s}: (which|what) country is it from",
            clause="where {s} (comes from|is from)|(which|what) country {s} (comes from|is from)",
        ),
    ),
    *facts(
        "flag",
        FLAGS,
        questions(
            noun="the (colors|colours) (of|in|on) (the flag of {s}|{own} flag)",
            direct="what (color|colour) is (the flag of {s}|{own} flag)*2|what does the flag of {s} look like|"
            "(which|what) (colors|colours) (does {own} flag have|does the flag of {s} have|are (on|in) the flag of {s})*3",
            clause="what (color|colour) (the flag of {s}|{own} flag) is|which (colors|colours) are (on|in) {own} flag",
        ),
    ),
    *PLACES,
)
