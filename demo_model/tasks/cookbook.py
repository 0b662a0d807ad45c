# ruff: noqa: E501  (recipes)
"""The recipes: the names of a dish on one line, what to do on the next. The first name is the dish's own."""

from __future__ import annotations

TEXT = """
bolognese pasta; pasta bolognese; spaghetti bolognese; bolognese; bolognese sauce; spaghetti with meat sauce; bolognaise; spag bol; pasta with meat sauce
Chop an onion, a carrot and two cloves of garlic. Heat olive oil in a large pan and fry the vegetables for five minutes. Add the ground beef and fry it until it is brown. Add chopped tomatoes, salt and pepper, and cook on low heat for 30 minutes. Cook the pasta in salted water and drain it. Mix the pasta with the sauce and serve with grated cheese.

carbonara pasta; pasta carbonara; spaghetti carbonara; carbonara; spaghetti alla carbonara
Cook the pasta in salted water. Fry small pieces of bacon in a large pan until they are crisp. Beat two eggs with grated cheese and black pepper in a bowl. Drain the pasta and keep a cup of the water. Take the pan off the heat and mix in the pasta, the eggs and a little water. Serve hot with more cheese.

tomato pasta; pasta with tomato sauce; spaghetti with tomato sauce; pasta al pomodoro; spaghetti napoli; pasta; spaghetti
Chop an onion and two cloves of garlic. Heat olive oil in a pan and fry the onion and the garlic for five minutes. Add chopped tomatoes, salt and a little sugar, and cook on low heat for 15 minutes. Cook the pasta in salted water and drain it. Mix the pasta with the sauce and serve with basil and grated cheese.

lasagna; lasagne; meat lasagna; beef lasagna; lasagna bolognese
Fry a chopped onion and ground beef in a large pan until the meat is brown. Add chopped tomatoes, salt and pepper, and cook on low heat for 20 minutes. Melt butter, mix in flour and milk, and stir until you have a white sauce. Put layers of meat sauce, pasta sheets and white sauce in a baking dish. Cover with grated cheese and bake for 40 minutes.

macaroni and cheese; mac and cheese; mac & cheese; macaroni cheese; mac n cheese
Cook the macaroni in salted water and drain it. Melt butter in a pot and mix in two spoons of flour. Add milk slowly and stir until the sauce is thick. Add grated cheese, salt and pepper, and stir until the cheese melts. Mix the macaroni with the sauce. Bake in a baking dish for 15 minutes and serve hot.

pizza; pizza margherita; cheese pizza; margherita; pizza dough; Italian pizza
Mix flour, yeast, salt, olive oil and warm water. Knead the dough for ten minutes and let it rest for one hour. Heat the oven until it is very hot. Roll the dough into a thin circle. Cover it with tomato sauce, cheese and the toppings that you like. Bake the pizza for ten minutes, add basil and serve hot.

pancakes; pancake; American pancakes; fluffy pancakes; breakfast pancakes
Mix flour, sugar, baking powder and a little salt in a bowl. Add milk, two eggs and melted butter, and stir until the batter is smooth. Heat a little butter in a pan. Pour a small cup of batter into the pan. Fry for two minutes, turn the pancake over and fry the other side. Serve with honey or fruit.

waffles; waffle; Belgian waffles
Mix flour, sugar, baking powder and a little salt in a bowl. Add milk, two eggs and melted butter, and stir until the batter is smooth. Heat the waffle iron and brush it with butter. Pour a cup of batter into the iron and close it. Bake for four minutes until the waffle is golden. Serve with cream or fruit.

omelette; omelet; cheese omelette; omelettes; egg omelette
Beat three eggs with salt and pepper in a bowl. Grate some cheese and chop fresh herbs. Melt butter in a pan over medium heat. Pour in the eggs and stir them slowly for a few seconds. Add the cheese and the herbs when the eggs are almost firm. Fold the omelette in half and serve it hot.

scrambled eggs; scrambled egg; eggs, scrambled
Beat four eggs with a spoon of milk, salt and pepper in a bowl. Melt butter in a pan over low heat. Pour in the eggs and wait for a few seconds. Stir slowly until the eggs are soft and creamy. Take the pan off the heat before the eggs are dry, and serve hot on toast.

French toast; french toasts; eggy bread
Beat two eggs with milk, sugar and cinnamon in a bowl. Cut the bread into thick slices. Put the slices into the bowl until they are wet on both sides. Melt butter in a pan over medium heat. Fry the bread for three minutes on each side until it is golden. Serve hot with honey or fruit.

lentil soup; soup with lentils; red lentil soup
Chop an onion, two carrots and two cloves of garlic. Heat olive oil in a large pot and fry the vegetables for five minutes. Wash the lentils and add them with chopped tomatoes and water. Add cumin, salt and pepper. Cook on low heat for 30 minutes until the lentils are soft. Add lemon juice and serve with bread.

tomato soup; soup with tomatoes; cream of tomato soup; tomatoes soup
Chop an onion and two cloves of garlic. Heat butter in a large pot and fry the onion and the garlic for five minutes. Add chopped tomatoes, water, salt and a little sugar. Cook on low heat for 20 minutes. Blend the soup until it is smooth. Add a little cream and serve with basil and bread.

pumpkin soup; squash soup; butternut squash soup; soup with pumpkin
Cut a pumpkin, an onion and a potato into small pieces. Heat butter in a large pot and fry the vegetables for five minutes. Add water, ginger, salt and pepper. Cook on low heat for 25 minutes until the pumpkin is soft. Blend the soup until it is smooth. Add a little cream and serve hot.

chicken soup; chicken noodle soup; chicken broth; soup with chicken
Put a chicken into a large pot and cover it with water. Add salt, an onion and black pepper, and cook on low heat for one hour. Take out the chicken and cut the meat into small pieces. Add chopped carrots, celery and noodles to the soup and cook for ten minutes. Put the meat back into the pot and serve with parsley.

onion soup; French onion soup; soup with onions
Cut five onions into thin slices. Melt butter in a large pot and fry the onions on low heat for 30 minutes until they are brown. Add a spoon of flour, beef broth, salt and pepper. Cook on low heat for 20 minutes. Pour the soup into bowls and cover it with bread and cheese. Bake until the cheese melts.

miso soup; Japanese miso soup
Heat a pot of fish or vegetable broth, but do not let it boil. Cut the tofu into small pieces and chop a green onion. Add the tofu and some dried seaweed, and cook for three minutes. Mix the miso with a little hot broth in a bowl. Take the pot off the heat, stir in the miso and serve with green onion.

fried rice; egg fried rice; Chinese fried rice; rice with egg
Cook the rice and let it get cold. Chop garlic, a carrot and green onions. Heat oil in a large pan, fry two beaten eggs and take them out. Fry the garlic, the carrot and some peas for three minutes. Add the rice and fry on high heat for five minutes. Add the eggs, soy sauce and green onions, and serve hot.

risotto; Italian risotto; risotto alla milanese; white risotto
Chop an onion and fry it in butter for five minutes. Add the rice and stir for two minutes. Pour in a glass of white wine and stir until it is gone. Add hot broth, one cup at a time, and keep stirring for 20 minutes. Take the pan off the heat when the rice is creamy. Mix in butter and grated cheese and serve.

paella; Spanish paella; paella valenciana; seafood paella
Chop an onion, a red pepper and two cloves of garlic. Heat olive oil in a wide pan and fry pieces of chicken until they are brown. Add the vegetables and fry for five minutes. Add the rice, chopped tomatoes, saffron and hot broth. Cook for 20 minutes and do not stir. Add shrimp and peas, cook for five minutes and serve with lemon.

sushi rolls; sushi; maki; maki rolls; sushi roll; maki sushi
Cook the sushi rice and mix it with rice vinegar, sugar and salt. Cut fresh fish, a cucumber and an avocado into long strips. Put a sheet of seaweed on a mat and cover it with rice. Lay the fish and the vegetables on the rice. Roll it up tightly and cut it into eight pieces. Serve with soy sauce and ginger.

mapo tofu; Sichuan tofu; mapo doufu
Cut the tofu into small pieces and warm them in salted water. Heat oil in a pan and fry ground pork until it is brown. Add chili bean paste, garlic and ginger, and fry for one minute. Add broth, soy sauce and the tofu, and cook for five minutes. Mix in starch and water until the sauce is thick. Serve with Sichuan pepper, green onion and rice.

dumplings; dumpling; Chinese dumplings; jiaozi; gyoza; potstickers
Mix flour with water, knead the dough and let it rest for 30 minutes. Chop cabbage, ginger and green onions, and mix them with ground pork and soy sauce. Roll the dough into small thin circles. Put a spoon of filling on each circle, fold it and press the edges together. Boil the dumplings for six minutes. Serve with soy sauce and vinegar.

spring rolls; spring roll; egg rolls; vegetable spring rolls
Chop cabbage, carrots and green onions. Heat oil in a pan and fry the vegetables with garlic and soy sauce for three minutes. Let the filling get cold. Put a spoon of filling on each sheet of dough, fold in the sides and roll it up. Fry the rolls in hot oil until they are golden. Serve with sweet chili sauce.

kung pao chicken; kung pao; gong bao chicken
Cut the chicken into small pieces and mix it with soy sauce and starch. Mix soy sauce, vinegar and sugar in a bowl. Heat oil in a large pan and fry the chicken until it is brown. Add dried chilies, garlic and ginger, and fry for one minute. Pour in the sauce and stir until it is thick. Add peanuts and serve with rice.

pad thai; pad thai noodles; Thai fried noodles
Put the rice noodles into hot water until they are soft. Mix fish sauce, sugar and tamarind in a bowl. Heat oil in a large pan, fry shrimp and garlic, and stir in two eggs. Add the noodles and the sauce and fry for three minutes. Add bean sprouts and green onions. Serve with chopped peanuts and lime.

ramen; ramen soup; ramen noodles; Japanese noodle soup; noodle soup
Heat oil in a large pot and fry garlic and ginger for one minute. Add chicken broth, soy sauce and a spoon of miso, and cook for 15 minutes. Boil the eggs for seven minutes and peel them. Cook the noodles and put them into bowls. Pour the hot broth over the noodles. Add half an egg, slices of pork and green onion.

chicken curry; curry; curry with chicken; Indian chicken curry; curry chicken
Chop an onion, garlic and ginger. Heat oil in a large pan and fry the onion, the garlic and the ginger for five minutes. Add curry powder and stir for one minute. Add pieces of chicken and fry them until they are brown. Add chopped tomatoes, coconut milk and salt, and cook on low heat for 20 minutes. Serve with rice.

dal; daal; dahl; lentil curry; lentils; red lentil dal
Wash the red lentils and put them into a pot with water, turmeric and salt. Cook on low heat for 25 minutes until the lentils are soft. Heat butter in a pan and fry cumin, garlic, ginger and a chopped onion for five minutes. Add a chopped tomato and chili. Mix everything with the lentils and serve with rice or flat bread.

falafel; falafels; chickpea balls; falafel balls
Put dried chickpeas into cold water for one night and drain them. Blend the chickpeas with an onion, garlic, parsley, cumin and salt. Put the mixture into the fridge for one hour. Form small balls with your hands. Fry the balls in hot oil until they are brown. Serve with salad, yogurt sauce and flat bread.

hummus; houmous; humus; chickpea dip
Drain a can of chickpeas and keep a little of the water. Put the chickpeas, sesame paste, lemon juice, garlic and salt into a blender. Blend until the paste is smooth. Add a few spoons of the water if it is too thick. Put the hummus into a bowl and pour olive oil over it. Serve with flat bread.

guacamole; guac; avocado dip; guacamole dip
Cut three ripe avocados in half and take out the stones. Put the soft green part into a bowl and mash it with a fork. Chop a small onion, a tomato and fresh coriander. Add them to the bowl with lime juice, salt and a little chili. Mix everything well and serve at once with corn chips.

tacos; taco; beef tacos; Mexican tacos; tacos with beef
Chop an onion and two cloves of garlic. Heat oil in a pan and fry them with ground beef until the meat is brown. Add cumin, chili, salt and a little water, and cook for ten minutes. Chop a tomato and cut lettuce into thin strips. Warm the tortillas in a dry pan. Fill them with meat, vegetables and cheese.

chili con carne; chili; chilli; chilli con carne; beef chili; chili with beans
Chop an onion, a red pepper and two cloves of garlic. Heat oil in a large pot and fry the vegetables for five minutes. Add ground beef and fry it until it is brown. Add chili, cumin, chopped tomatoes and salt, and cook on low heat for 30 minutes. Add red beans and cook for ten minutes. Serve with rice.

hamburger; hamburgers; burger; burgers; beef burger; cheeseburger; beefburgers
Mix ground beef with salt and pepper. Form flat round pieces with your hands. Heat oil in a pan and fry the meat for four minutes on each side. Put a slice of cheese on the hot meat. Cut the buns in half and toast them. Fill the buns with the meat, lettuce, tomato, onion and ketchup.

cheese sandwich; grilled cheese; grilled cheese sandwich; toasted cheese sandwich; cheese toastie; toasted sandwich
Take two slices of bread and spread butter on one side of each slice. Put one slice into a pan with the butter side down. Cover it with slices of cheese and put the other slice on top. Fry on medium heat for three minutes. Turn the sandwich over and fry the other side until the cheese melts.

Greek salad; salad with feta; Greek farmer's salad; feta salad
Wash the vegetables. Cut tomatoes, a cucumber and a green pepper into large pieces. Cut a red onion into thin slices. Put the vegetables into a bowl with black olives and feta cheese. Mix olive oil, lemon juice, salt and oregano in a cup. Pour the dressing over the salad and serve it with bread.

potato salad; salad with potatoes; German potato salad; potatoes salad
Boil the potatoes in salted water for 20 minutes. Drain them, let them get cold and cut them into slices. Boil two eggs for ten minutes, peel them and chop them. Chop an onion and some pickles. Mix mayonnaise, mustard, vinegar, salt and pepper in a bowl. Add the potatoes and everything else and mix well.

Caesar salad; ceasar salad; chicken Caesar salad
Cut bread into small pieces and fry it in olive oil until it is crisp. Fry a chicken breast and cut it into slices. Mix mayonnaise, lemon juice, garlic, mustard and grated cheese in a bowl. Wash the lettuce and cut it into large pieces. Mix the lettuce with the dressing. Add the chicken, the bread and more cheese, and serve.

mashed potatoes; mashed potato; mash; potato mash; potato puree
Peel the potatoes and cut them into large pieces. Boil them in salted water for 20 minutes until they are soft. Drain the potatoes and put them back into the pot. Add butter and warm milk. Mash everything until it is smooth. Add salt, pepper and a little nutmeg, and serve hot.

French fries; fries; chips; homemade fries; potato fries
Peel the potatoes and cut them into long strips. Put the strips into cold water for 30 minutes and dry them well. Heat oil in a deep pot. Fry the strips for five minutes and take them out. Heat the oil more and fry them again until they are golden. Add salt and serve hot with ketchup.

roast chicken; roasted chicken; baked chicken; whole chicken; chicken in the oven; oven chicken
Heat the oven to 200 degrees. Dry the chicken and rub it with butter, salt and pepper. Put a lemon, garlic and fresh herbs inside the chicken. Put it on chopped potatoes and carrots in a baking dish. Roast for about 80 minutes until the skin is golden and the juice is clear. Let it rest for ten minutes and serve.

grilled salmon; salmon; salmon on the grill; fried salmon; baked salmon; salmon fillet
Dry the salmon and rub it with olive oil, salt and pepper. Chop garlic and parsley and mix them with lemon juice. Heat the grill until it is hot. Grill the salmon for four minutes on each side. Pour the lemon juice over the fish. Serve with potatoes or a green salad.

beef stew; stew; beef casserole; beef bourguignon; stewed beef
Cut the beef into large pieces and rub it with flour, salt and pepper. Heat oil in a large pot and fry the meat until it is brown. Add a chopped onion, carrots and potatoes. Pour in broth and a glass of red wine. Cook on low heat for two hours until the meat is soft. Serve with bread.

ratatouille; French vegetable stew; vegetable stew
Cut an eggplant, a zucchini and a red pepper into small pieces. Chop an onion and two cloves of garlic. Heat olive oil in a large pan and fry the onion and the garlic for five minutes. Add the other vegetables and fry for ten minutes. Add chopped tomatoes, thyme and salt, and cook on low heat for 20 minutes. Serve with bread.

apple pie; apple tart; American apple pie; pie with apples
Mix flour, cold butter, sugar and a little water, and let the dough rest for one hour. Peel the apples and cut them into thin slices. Mix the apples with sugar, cinnamon and lemon juice. Roll out half of the dough and put it into a baking dish. Add the apples and cover them with the other half. Bake for 45 minutes until the pie is golden.

chocolate cake; chocolate birthday cake; cake with chocolate; choc cake
Heat the oven to 180 degrees. Melt dark chocolate with butter. Beat four eggs with sugar until they are light. Mix in the chocolate, flour, cocoa and baking powder. Pour the batter into a baking dish and bake it for 35 minutes. Let the cake get cold and cover it with sugar or melted chocolate.

banana bread; banana cake; banana loaf; bread with bananas
Heat the oven to 180 degrees. Mash three ripe bananas with a fork. Mix in melted butter, sugar and two eggs. Add flour, baking powder and a little salt, and stir until the batter is smooth. Pour the batter into a bread pan and bake it for 50 minutes. Let it get cold and cut it into slices.

chocolate chip cookies; cookies; chocolate cookies; cookie; choc chip cookies; chocolate chip biscuits
Heat the oven to 180 degrees. Beat soft butter with brown sugar and one egg. Mix in flour, baking powder and a little salt. Add the chocolate chips. Put small balls of dough on a baking sheet and leave space between them. Bake for ten minutes until the edges are golden, and let them get cold.

brownies; brownie; chocolate brownies; fudge brownies
Heat the oven to 180 degrees. Melt dark chocolate with butter. Mix in sugar and three eggs. Add flour, cocoa, a little salt and chopped nuts, and stir until the batter is smooth. Pour the batter into a baking dish and bake it for 25 minutes. Let it get cold and cut it into small squares.

bread; loaf of bread; white bread; homemade bread; bread at home; bread dough
Mix flour, yeast, salt and warm water in a bowl. Knead the dough for ten minutes. Cover the bowl and let the dough rest for one hour. Form a loaf and let it rest for 30 minutes. Heat the oven to 220 degrees. Bake the bread for 35 minutes until it is brown, and let it get cold.

tiramisu; tiramisu cake; Italian tiramisu
Make strong coffee and let it get cold. Beat three egg yolks with sugar until they are light. Mix in the mascarpone cheese. Dip the biscuits into the coffee and put them into a dish. Cover them with the cream and make a second layer. Put the dish into the fridge for four hours and serve with cocoa.

rice pudding; milk rice; pudding with rice; arroz con leche
Wash the rice and put it into a pot with milk, sugar and a little salt. Bring it to a boil and stir. Cook on low heat for 30 minutes and stir often. Add vanilla and a spoon of butter when the rice is soft. Pour the pudding into bowls and serve it warm or cold with cinnamon.

fruit salad; fresh fruit salad; salad of fruit; salad with fruit
Wash the fruit well. Peel an orange, a banana and a kiwi. Cut an apple, the peeled fruit and some strawberries into small pieces. Put the fruit into a large bowl with a handful of grapes. Mix lemon juice with a spoon of honey and pour it over the fruit. Mix well and serve cold.

garlic pasta; spaghetti aglio e olio; aglio e olio; pasta with garlic; garlic spaghetti
Cook the spaghetti in salted water. Cut four cloves of garlic into thin slices. Fry the garlic and a little chili in olive oil until it is golden. Add the drained spaghetti and a cup of the water. Serve with parsley and grated cheese.

pesto pasta; pesto; pasta with pesto; basil pesto; spaghetti with pesto
Blend fresh basil, pine nuts, garlic and grated cheese. Add olive oil slowly until the pesto is smooth. Cook the pasta in salted water and keep a cup of the water. Mix the pasta with the pesto and a little water. Serve with more cheese.

tuna pasta; pasta with tuna; spaghetti with tuna
Chop an onion and two cloves of garlic and fry them in olive oil. Add chopped tomatoes and cook for ten minutes. Add a can of tuna, olives, salt and pepper. Cook the pasta in salted water and drain it. Mix the pasta with the sauce and serve with parsley.

salmon pasta; pasta with salmon; creamy salmon pasta
Cook the pasta in salted water. Cut the salmon into small pieces and fry them in butter for three minutes. Add cream, lemon juice, salt and pepper. Cook the sauce for five minutes. Mix in the pasta and serve with dill.

gnocchi; potato gnocchi; Italian gnocchi
Boil the potatoes, peel them and mash them. Mix in flour, an egg and salt, and form a soft dough. Roll the dough into long strips and cut them into small pieces. Boil the gnocchi until they float. Serve with butter, sage and grated cheese.

ravioli; fresh ravioli; stuffed pasta; homemade ravioli
Mix flour and eggs, knead the dough and let it rest for 30 minutes. Mix ricotta cheese with spinach, salt and nutmeg. Roll out the dough and put small spoons of filling on it. Cover with dough, press the edges and cut out squares. Boil for four minutes and serve with butter.

cannelloni; stuffed cannelloni; spinach cannelloni
Cook spinach and mix it with ricotta cheese, an egg and nutmeg. Fill the pasta tubes with the mixture. Put them into a baking dish with tomato sauce. Cover with white sauce and grated cheese. Bake for 35 minutes at 180 degrees.

vegetable lasagna; vegetarian lasagna; veggie lasagna; lasagna without meat
Fry a chopped onion, a zucchini, an eggplant and a carrot in olive oil. Add chopped tomatoes and cook for 20 minutes. Melt butter, mix in flour and milk, and stir until you have a white sauce. Put layers of vegetables, pasta sheets and sauce in a dish. Cover with cheese and bake for 40 minutes.

mushroom risotto; risotto with mushrooms; risotto ai funghi
Fry a chopped onion and sliced mushrooms in butter. Add the rice and stir for two minutes. Pour in a glass of white wine. Add hot broth, one cup at a time, and stir for 20 minutes. Mix in butter and grated cheese and serve with parsley.

vegetable soup; minestrone; soup with vegetables; veggie soup; minestrone soup
Chop an onion, two carrots, celery, a potato and a zucchini. Fry the vegetables in olive oil for five minutes. Add chopped tomatoes, water, salt and pepper. Add white beans and small pasta and cook for 20 minutes. Serve with grated cheese and bread.

potato soup; leek and potato soup; soup with potatoes; potato and leek soup
Cut five potatoes, a leek and a carrot into small pieces. Fry them in butter for five minutes. Add broth, salt and nutmeg and cook for 25 minutes. Blend the soup until it is smooth. Add a little cream and serve with parsley.

mushroom soup; soup with mushrooms; cream of mushroom soup
Cut the mushrooms into slices and chop an onion. Fry them in butter for ten minutes. Add a spoon of flour and broth and cook for 15 minutes. Blend half of the soup until it is smooth. Add cream, salt and pepper and serve with bread.

carrot soup; soup with carrots; carrot ginger soup; carrot and ginger soup
Peel six carrots and cut them into pieces with an onion and ginger. Fry them in butter for five minutes. Add broth and cook for 25 minutes. Blend the soup until it is smooth. Add coconut milk, orange juice, salt and pepper.

broccoli soup; soup with broccoli; cream of broccoli soup
Chop an onion, a potato and a head of broccoli. Fry the onion in butter for five minutes. Add the potato, the broccoli and broth, and cook for 15 minutes. Blend the soup until it is smooth. Add cream, salt and nutmeg.

pea soup; soup with peas; split pea soup
Chop an onion, a carrot and celery and fry them in a large pot. Add dried peas and water. Cook on low heat for one hour until the peas are soft. Add pieces of ham, salt and pepper. Serve with dark bread.

fish soup; soup with fish; fish stew
Chop an onion, fennel and garlic and fry them in olive oil. Add chopped tomatoes, saffron and fish broth. Cook on low heat for 20 minutes. Add pieces of white fish and shrimp and cook for five minutes. Serve with toast and lemon.

gazpacho; cold tomato soup; cold soup; Spanish cold soup
Cut ripe tomatoes, a cucumber, a red pepper and an onion into pieces. Blend them with garlic, olive oil and vinegar. Add salt, pepper and a slice of white bread and blend again. Put the soup into the fridge for two hours. Serve cold with small pieces of vegetables.

goulash; beef goulash; Hungarian goulash; gulash; goulash soup
Fry three chopped onions in oil until they are golden. Add pieces of beef and fry them until they are brown. Mix in paprika, tomato paste and caraway. Add broth and cook on low heat for two hours. Serve with potatoes or noodles.

veggie burger; vegetarian burger; vegetable burger; bean burger; veggie burgers
Mash a can of beans with a fork. Mix in breadcrumbs, a grated carrot, an onion, an egg and spices. Form flat round pieces. Fry them in oil for five minutes on each side. Put them into buns with lettuce, tomato and sauce.

hot dog; hot dogs; hotdog; hotdogs
Heat the sausages in hot water for eight minutes. Cut the buns open and toast them. Fry sliced onions in butter until they are brown. Put a sausage into each bun. Add the onions, mustard and ketchup.

fish and chips; fish & chips; fried fish; fish with chips
Cut potatoes into thick strips and fry them in hot oil. Mix flour, baking powder, salt and cold beer. Dry the fish and turn it in flour. Dip it into the batter and fry it in hot oil for six minutes. Serve with the chips, salt and vinegar.

meatballs; meatball; Swedish meatballs; meat balls; spaghetti and meatballs; spaghetti with meatballs
Mix ground meat with an egg, breadcrumbs, a chopped onion, salt and pepper. Form small balls with wet hands. Fry them in oil until they are brown. Add tomato sauce or cream and cook for 15 minutes. Serve with spaghetti or potatoes.

meatloaf; meat loaf; beef meatloaf
Mix ground beef with two eggs, breadcrumbs, an onion, salt and pepper. Put the mixture into a bread pan. Brush it with ketchup and mustard. Bake at 180 degrees for one hour. Let it rest for ten minutes and cut it into slices.

schnitzel; Wiener schnitzel; schnitzels; breaded veal; pork schnitzel
Pound the meat until it is thin and add salt and pepper. Turn the meat in flour, then in beaten egg, then in breadcrumbs. Heat a lot of butter or oil in a pan. Fry for three minutes on each side until it is golden. Serve with lemon and potato salad.

steak; beef steak; steaks; grilled steak; fried steak; a good steak
Take the steak out of the fridge one hour before. Dry it and rub it with oil and salt. Heat a heavy pan until it is very hot. Fry for three minutes on each side and add butter and garlic. Let the steak rest for five minutes and add pepper.

pork chops; pork chop; fried pork chops; grilled pork chops
Dry the pork chops and add salt and pepper. Heat oil in a pan and fry them for four minutes on each side. Take them out and fry a sliced onion. Add broth and mustard and cook for five minutes. Put the chops back into the sauce and serve.

barbecue ribs; ribs; spare ribs; bbq ribs; pork ribs; spareribs
Rub the ribs with salt, sugar, paprika and pepper. Cover them with foil and bake at 150 degrees for two hours. Mix ketchup, honey, vinegar and soy sauce. Brush the ribs with the sauce. Grill them for 15 minutes until they are brown.

roast beef; roasted beef; beef roast; Sunday roast
Take the beef out of the fridge one hour before. Rub it with oil, salt, pepper and mustard. Fry it on all sides until it is brown. Roast it at 180 degrees for 50 minutes. Let it rest for 15 minutes and cut it into thin slices.

roast pork; pork roast; roasted pork
Cut lines into the skin of the pork and rub it with salt, garlic and caraway. Put it on onions and carrots in a baking dish. Pour in a cup of beer or broth. Roast at 170 degrees for two hours. Make the sauce hotter at the end until the skin is crisp, and serve.

roast potatoes; roasted potatoes; oven potatoes; baked potatoes wedges; potato wedges
Peel the potatoes and cut them into large pieces. Boil them for eight minutes and drain them. Shake the pot until the edges are rough. Put them into hot oil in a baking dish. Roast at 200 degrees for 45 minutes and add salt.

baked potato; baked potatoes; jacket potato; jacket potatoes
Wash large potatoes and dry them. Rub them with oil and salt. Bake at 200 degrees for one hour until they are soft. Cut them open and add butter. Fill them with sour cream, cheese or beans.

potato gratin; gratin; scalloped potatoes; gratin dauphinois
Peel the potatoes and cut them into thin slices. Rub a baking dish with garlic and butter. Put in layers of potatoes with salt, pepper and nutmeg. Pour in cream and milk and cover with grated cheese. Bake at 180 degrees for one hour.

potato pancakes; hash browns; hash brown; potato fritters; latkes
Grate the potatoes and an onion and press out the water. Mix in an egg, flour and salt. Heat oil in a pan. Fry flat spoons of the mixture for four minutes on each side. Serve with apple sauce or sour cream.

fried potatoes; pan-fried potatoes; sauteed potatoes
Boil the potatoes in their skin and let them get cold. Peel them and cut them into slices. Heat oil in a large pan and fry the slices for ten minutes. Add an onion and bacon and fry until all is golden. Add salt, pepper and parsley.

rice; boiled rice; white rice; plain rice; steamed rice; basmati rice
Wash the rice until the water is clear. Put it into a pot with two cups of water for each cup of rice. Add salt and bring it to a boil. Cover the pot and cook on low heat for 15 minutes. Take it off the heat and let it rest for five minutes.

vegetable stir fry; stir fry; stir-fry; stir fried vegetables; veggie stir fry; wok vegetables
Cut peppers, carrots, broccoli and onions into thin pieces. Heat oil in a large pan until it is very hot. Fry garlic and ginger for one minute. Add the vegetables and fry for five minutes. Add soy sauce and serve with rice.

chow mein; fried noodles; chinese noodles; Chinese fried noodles; noodles
Cook the noodles and drain them. Cut chicken, cabbage and carrots into thin strips. Fry the chicken in hot oil until it is brown. Add the vegetables and fry for three minutes. Add the noodles, soy sauce and green onions.

sweet and sour chicken; sweet and sour pork; sweet sour chicken
Cut the chicken into pieces and turn them in starch. Fry them in hot oil until they are golden. Fry peppers, an onion and pineapple for three minutes. Add ketchup, vinegar, sugar and soy sauce and cook until it is thick. Mix in the chicken and serve with rice.

teriyaki chicken; chicken teriyaki; teriyaki
Mix soy sauce, sugar, rice wine and ginger in a bowl. Cut the chicken into pieces and fry it in oil until it is brown. Pour in the sauce. Cook until the sauce is thick and shiny. Serve with rice and sesame seeds.

chicken wings; wings; buffalo wings; hot wings; bbq chicken wings
Dry the wings and mix them with oil, salt, paprika and garlic. Put them on a baking sheet. Bake at 200 degrees for 45 minutes. Mix hot sauce with melted butter. Turn the wings in the sauce and serve.

chicken nuggets; nuggets; chicken nugget
Cut chicken breast into small pieces and add salt. Turn the pieces in flour, then in beaten egg. Turn them in breadcrumbs. Fry them in hot oil for five minutes until they are golden. Serve with ketchup or mayonnaise.

fried chicken; southern fried chicken; crispy chicken; Kentucky fried chicken
Put pieces of chicken into buttermilk and salt for four hours. Mix flour with paprika, pepper and garlic powder. Turn the chicken in the flour. Fry it in hot oil for 15 minutes until it is golden. Let the oil drip off and serve hot.

butter chicken; murgh makhani; Indian butter chicken
Mix pieces of chicken with yogurt, garlic, ginger and spices. Fry the chicken in butter until it is brown. Add tomato sauce and cook for 15 minutes. Add cream, butter and a little honey. Serve with rice or naan bread.

chicken tikka masala; tikka masala; chicken tikka
Mix pieces of chicken with yogurt, lemon juice, garlic and garam masala. Grill the chicken until it is brown. Fry an onion, ginger and cumin in oil. Add tomatoes and cream and cook for 15 minutes. Mix in the chicken and serve with rice.

green curry; Thai green curry; Thai curry; red curry; Thai red curry
Fry green curry paste in oil for one minute. Add coconut milk and bring it to a boil. Add pieces of chicken, eggplant and peppers. Cook for 15 minutes and add fish sauce and sugar. Serve with basil and rice.

vegetable curry; veggie curry; vegetarian curry; curry with vegetables
Chop an onion, garlic and ginger and fry them in oil. Add curry powder and stir for one minute. Add pieces of potato, carrot and cauliflower. Add coconut milk and salt and cook for 20 minutes. Add peas and serve with rice.

chickpea curry; chana masala; curry with chickpeas
Chop an onion, garlic and ginger and fry them in oil. Add cumin, turmeric and chili. Add chopped tomatoes and cook for ten minutes. Add two cans of chickpeas and a little water and cook for 15 minutes. Serve with lemon, coriander and rice.

fajitas; chicken fajitas; fajita
Cut chicken, peppers and an onion into strips. Mix the chicken with lime juice, cumin, paprika and salt. Fry the chicken in a hot pan and take it out. Fry the vegetables for five minutes. Put everything into warm tortillas with sour cream.

burritos; burrito; bean burrito; beef burrito
Cook the rice. Fry ground beef with an onion, cumin and chili. Add beans and cook for five minutes. Put rice, meat, cheese and lettuce on warm tortillas. Fold in the sides and roll them up.

quesadillas; quesadilla; cheese quesadilla
Put a tortilla into a dry pan. Cover half of it with grated cheese, beans and peppers. Fold the other half over it. Fry for two minutes on each side until the cheese melts. Cut it into pieces and serve with salsa.

enchiladas; enchilada; chicken enchiladas
Cook chicken and pull it into small pieces. Mix it with an onion and cheese. Roll it up in tortillas and put them into a baking dish. Cover with red chili sauce and grated cheese. Bake for 20 minutes and serve with sour cream.

nachos; nacho; nachos with cheese; cheese nachos
Put corn chips on a baking sheet. Cover them with grated cheese, beans and chili. Bake at 200 degrees for eight minutes until the cheese melts. Add chopped tomatoes and green onions. Serve with guacamole and sour cream.

shepherd's pie; shepherds pie; meat and potato pie
Fry ground lamb with an onion and carrots until it is brown. Add broth, tomato paste and peas and cook for 20 minutes. Boil potatoes and mash them with butter and milk. Put the meat into a dish and cover it with the mash. Bake for 30 minutes until the top is golden.

chicken pie; chicken pot pie; pot pie; chicken and mushroom pie
Fry pieces of chicken with an onion, carrots and mushrooms. Mix in flour, milk and broth and cook until the sauce is thick. Pour it into a baking dish. Cover with pastry and brush it with egg. Bake for 35 minutes until it is golden.

quiche; quiche Lorraine; bacon quiche; cheese quiche
Roll out the pastry and put it into a baking dish. Fry small pieces of bacon and an onion. Beat three eggs with cream, salt and nutmeg. Put the bacon and grated cheese on the pastry and pour in the eggs. Bake at 180 degrees for 35 minutes.

moussaka; Greek moussaka; musaka
Cut eggplants into slices and fry them in olive oil. Fry ground lamb with an onion, tomatoes and cinnamon. Put layers of eggplant and meat into a baking dish. Cover with white sauce and cheese. Bake for 45 minutes and let it rest.

kebabs; kebab; shish kebab; doner kebab; skewers; meat skewers; shashlik
Cut lamb or chicken into pieces. Mix them with olive oil, lemon juice, garlic and paprika and wait two hours. Put the meat, peppers and onions on sticks. Grill for ten minutes and turn them often. Serve with flat bread and yogurt sauce.

couscous; couscous salad; vegetable couscous
Put the couscous into a bowl with salt and olive oil. Pour in the same amount of boiling water and cover the bowl. Wait for five minutes and stir with a fork. Add chopped tomatoes, cucumber, mint and parsley. Add lemon juice and serve.

tzatziki; tsatsiki; cucumber yogurt dip; yogurt dip
Grate a cucumber, add salt and wait ten minutes. Press the water out of the cucumber. Mix thick yogurt with garlic, olive oil and vinegar. Stir in the cucumber and dill. Put it into the fridge for one hour and serve with bread.

stuffed peppers; stuffed pepper; filled peppers; stuffed bell peppers
Cut the tops off the peppers and take out the seeds. Mix ground beef with cooked rice, an onion, salt and pepper. Fill the peppers with the mixture. Put them into a dish with tomato sauce. Bake at 180 degrees for 45 minutes.

caprese salad; caprese; tomato mozzarella salad; tomato and mozzarella; tomato salad
Cut ripe tomatoes and mozzarella into slices. Lay them on a plate in turn. Put fresh basil leaves between them. Add salt and pepper. Pour good olive oil over it and serve with bread.

coleslaw; cole slaw; cabbage salad; slaw
Cut a white cabbage into very thin strips. Grate two carrots and chop an onion. Mix mayonnaise, yogurt, vinegar, sugar and salt. Mix everything well. Put it into the fridge for one hour.

pasta salad; noodle salad; salad with pasta
Cook the pasta in salted water and let it get cold. Chop tomatoes, a cucumber and a pepper. Mix olive oil, vinegar, mustard, salt and pepper. Mix everything in a large bowl. Add mozzarella and basil and serve cold.

tuna salad; salad with tuna; salade nicoise; nicoise salad
Wash lettuce and put it into a bowl. Add tomatoes, cooked beans, olives and boiled eggs. Drain a can of tuna and put it on top. Mix olive oil, lemon juice, mustard and salt. Pour it over the salad and serve.

egg salad; salad with eggs; egg mayonnaise; egg mayo
Boil six eggs for ten minutes and put them into cold water. Peel the eggs and chop them. Mix mayonnaise, mustard, salt and pepper. Stir in the eggs and chives. Serve on bread or lettuce.

green salad; salad; mixed salad; simple salad; garden salad; side salad
Wash the lettuce and dry it well. Cut a cucumber, tomatoes and radishes into slices. Mix three spoons of oil with one spoon of vinegar. Add mustard, salt and pepper. Mix everything just before you serve it.

chicken salad; salad with chicken; salad with grilled chicken
Cook a chicken breast and cut it into small pieces. Chop celery and an apple. Mix mayonnaise, yogurt, lemon juice and salt. Mix everything in a bowl. Serve on lettuce or on bread.

bruschetta; tomato bruschetta; bruschette; tomato bread
Chop ripe tomatoes and mix them with basil, salt and olive oil. Cut white bread into slices. Toast the bread until it is golden. Rub each slice with garlic. Put the tomatoes on the bread and serve at once.

garlic bread; bread with garlic; garlic baguette
Mix soft butter with chopped garlic, parsley and salt. Cut a long white bread into slices, but not all the way. Spread the butter between the slices. Wrap the bread in foil. Bake at 200 degrees for 15 minutes.

grilled vegetables; roasted vegetables; roast vegetables; baked vegetables; vegetables in the oven
Cut peppers, zucchini, eggplant and onions into large pieces. Mix them with olive oil, salt and thyme. Put them on a baking sheet. Roast at 200 degrees for 30 minutes. Add lemon juice and serve.

boiled eggs; boiled egg; hard-boiled eggs; soft-boiled eggs; hard boiled egg; soft boiled egg; an egg; eggs
Bring a pot of water to a boil. Put the eggs into the water with a spoon. Cook them for five minutes if you like them soft, or ten minutes if hard. Put them into cold water for one minute. Peel them and add salt.

fried eggs; fried egg; sunny side up eggs; bacon and eggs; eggs and bacon
Melt butter in a pan over medium heat. Break the eggs into the pan. Fry them for three minutes until the white is firm. Turn them over if you like. Add salt and pepper and serve on toast.

poached eggs; poached egg
Bring a pot of water with a spoon of vinegar almost to a boil. Break each egg into a cup. Stir the water and let the egg slide in. Cook for three minutes and take it out with a spoon. Serve on toast with salt.

Spanish omelette; tortilla de patatas; Spanish tortilla; potato omelette; frittata
Cut potatoes and an onion into thin slices. Fry them slowly in olive oil until they are soft. Beat six eggs with salt and mix in the potatoes. Pour everything into the pan and fry until it is firm. Turn it over with a plate and fry the other side.

porridge; oatmeal; oat porridge; oats; porridge oats
Put one cup of oats into a pot with two cups of milk. Add a little salt and bring it to a boil. Cook on low heat for five minutes and stir. Take it off the heat and wait two minutes. Serve with honey, fruit or nuts.

granola; muesli; homemade granola; crunchy muesli
Mix oats, nuts and seeds in a large bowl. Heat honey and oil in a small pot and mix them in. Spread everything on a baking sheet. Bake at 150 degrees for 25 minutes and stir once. Add raisins and let it get cold.

crepes; crepe; thin pancakes; French pancakes; French crepes
Mix flour, milk, three eggs and a little salt. Let the batter rest for 30 minutes. Heat butter in a flat pan. Pour in a thin layer of batter and turn the pan. Fry for one minute on each side and fill with sugar, jam or chocolate.

muffins; muffin; blueberry muffins; blueberry muffin
Heat the oven to 180 degrees. Mix flour, sugar, baking powder and salt. Mix milk, two eggs and oil and stir them in. Add blueberries and fill the muffin cups. Bake for 22 minutes until they are golden.

scones; scone; English scones
Heat the oven to 220 degrees. Rub cold butter into flour, sugar and baking powder. Add milk and form a soft dough. Cut out thick circles and brush them with egg. Bake for 12 minutes and serve with jam and cream.

cheesecake; cheese cake; New York cheesecake; baked cheesecake
Crush biscuits, mix them with melted butter and press them into a cake pan. Beat cream cheese with sugar and vanilla. Mix in three eggs and sour cream. Pour it on the biscuits and bake at 160 degrees for one hour. Let it get cold in the fridge for one night.

carrot cake; cake with carrots
Heat the oven to 180 degrees. Grate four carrots. Beat eggs with sugar and oil and mix in flour, baking powder and cinnamon. Add the carrots and nuts and bake for 40 minutes. Mix cream cheese with sugar and spread it on the cold cake.

sponge cake; vanilla cake; cake; birthday cake; Victoria sponge; butter cake; a simple cake; pound cake
Heat the oven to 180 degrees. Beat soft butter with sugar until it is light. Mix in four eggs, one at a time, and vanilla. Add flour and baking powder. Bake for 35 minutes, let it get cold and fill it with jam or cream.

lemon cake; lemon drizzle cake; lemon drizzle; cake with lemon
Heat the oven to 180 degrees. Beat butter with sugar and three eggs. Mix in flour, baking powder and the grated skin of a lemon. Bake for 45 minutes. Mix lemon juice with sugar and pour it over the warm cake.

apple crumble; crumble; apple crisp; fruit crumble
Peel the apples, cut them into pieces and put them into a dish. Add sugar, cinnamon and lemon juice. Rub cold butter into flour, oats and sugar. Put this over the apples. Bake at 180 degrees for 35 minutes and serve with ice cream.

apple strudel; apfelstrudel; Viennese apple strudel
Peel the apples and cut them into thin slices. Mix them with sugar, cinnamon, raisins and breadcrumbs. Roll out the dough until it is very thin and brush it with butter. Put the apples on it and roll it up. Bake at 190 degrees for 35 minutes and serve with sugar.

cinnamon rolls; cinnamon roll; cinnamon buns; cinnamon bun
Mix flour, yeast, warm milk, sugar and butter, knead the dough and let it rest for one hour. Roll it out and brush it with melted butter. Cover it with sugar and cinnamon. Roll it up, cut it into slices and wait 30 minutes. Bake at 180 degrees for 20 minutes.

doughnuts; donuts; doughnut; donut
Mix flour, yeast, warm milk, sugar, butter and an egg. Knead the dough and let it rest for one hour. Cut out rings and let them rest for 30 minutes. Fry them in hot oil for one minute on each side. Turn them in sugar.

gingerbread; gingerbread cookies; gingerbread men; ginger biscuits; ginger cookies
Melt butter with honey and sugar. Mix in flour, baking powder, ginger and cinnamon. Put the dough into the fridge for one hour. Roll it out and cut out shapes. Bake at 180 degrees for ten minutes and decorate with sugar.

butter cookies; shortbread; sugar cookies; Christmas cookies; butter biscuits; biscuits
Beat soft butter with sugar and vanilla. Mix in flour and a little salt. Put the dough into the fridge for one hour. Roll it out and cut out cookies. Bake at 180 degrees for ten minutes until the edges are golden.

oatmeal cookies; oat cookies; oat biscuits; oatmeal raisin cookies
Heat the oven to 180 degrees. Beat butter with sugar and an egg. Mix in oats, flour, baking powder and raisins. Put small balls on a baking sheet. Bake for 12 minutes and let them get cold.

cupcakes; cupcake; fairy cakes; vanilla cupcakes
Heat the oven to 180 degrees. Beat butter with sugar and two eggs. Mix in flour, baking powder, milk and vanilla. Fill the paper cups and bake for 18 minutes. Beat butter with powdered sugar and put it on the cold cupcakes.

pumpkin pie; pie with pumpkin; Thanksgiving pie
Cook pieces of pumpkin until they are soft and blend them. Mix in eggs, cream, sugar, cinnamon and ginger. Put pastry into a baking dish. Pour in the pumpkin and bake at 180 degrees for 50 minutes. Let it get cold and serve with cream.

cherry pie; pie with cherries; cherry tart; berry pie
Mix flour, cold butter, sugar and water and let the dough rest for one hour. Cook cherries with sugar and starch until they are thick. Roll out half of the dough and put it into a dish. Add the cherries and cover them with strips of dough. Bake at 200 degrees for 40 minutes.

chocolate mousse; mousse au chocolat; mousse; choc mousse
Melt dark chocolate and let it cool a little. Beat three egg whites until they are stiff. Mix three egg yolks and sugar into the chocolate. Fold in the egg whites and whipped cream. Put it into the fridge for three hours.

ice cream; vanilla ice cream; homemade ice cream; vanilla ice
Heat milk and cream with vanilla. Beat egg yolks with sugar. Pour the hot milk slowly into the eggs and stir. Heat it again until it is thick, but do not let it boil. Let it get cold and freeze it, and stir every 30 minutes.

chocolate pudding; pudding; vanilla pudding; choc pudding; custard
Mix sugar, cocoa and starch with a little cold milk. Bring the other milk to a boil. Stir in the mixture and cook for two minutes. Pour the pudding into bowls. Let it get cold and serve with cream.

baked apples; baked apple; apples in the oven
Wash the apples and take out the cores. Mix nuts, raisins, honey and cinnamon. Fill the apples with the mixture and add a piece of butter. Bake at 180 degrees for 30 minutes. Serve warm with vanilla sauce.

strawberry jam; jam; marmalade; fruit jam; jam from strawberries
Wash one kilo of strawberries and cut them into pieces. Mix them with the same amount of sugar and lemon juice. Bring to a boil and stir. Cook for 15 minutes until it is thick. Pour it into clean hot jars and close them.

apple sauce; applesauce; apple puree; stewed apples
Peel the apples and cut them into pieces. Put them into a pot with a little water. Add sugar, cinnamon and lemon juice. Cook for 15 minutes until they are soft. Mash them and serve warm or cold.

tea; cup of tea; black tea; green tea; English tea; pot of tea
Boil fresh water. Put a tea bag or a spoon of tea into a cup. Pour the hot water over it. Wait for four minutes and take out the tea. Add milk, sugar or lemon if you like.

coffee; cup of coffee; filter coffee; black coffee; pot of coffee
Boil fresh water and wait half a minute. Put a filter on the pot and add two spoons of ground coffee for each cup. Pour in a little water and wait 30 seconds. Pour in the other water slowly. Add milk or sugar if you like.

hot chocolate; cocoa; hot cocoa; cup of cocoa; cup of hot chocolate
Heat milk in a small pot. Mix cocoa and sugar with a little cold milk. Stir it into the hot milk. Add pieces of dark chocolate and stir until they melt. Pour it into cups and add whipped cream.

lemonade; homemade lemonade; lemon drink; lemon juice drink
Press the juice out of five lemons. Heat sugar with a cup of water until it is clear. Mix the juice with the sugar water. Add cold water and ice. Serve with slices of lemon and mint.

smoothie; fruit smoothie; banana smoothie; strawberry smoothie; smoothies; berry smoothie
Peel a banana and cut it into pieces. Put it into a blender with berries. Add a cup of milk or yogurt and a spoon of honey. Blend until it is smooth. Pour it into a glass and drink it cold.

milkshake; milk shake; banana milkshake; vanilla milkshake; chocolate milkshake; strawberry milkshake
Put three balls of ice cream into a blender. Add a cup of cold milk. Add fruit or chocolate sauce. Blend until it is smooth. Pour it into a tall glass and add whipped cream.

iced tea; ice tea; cold tea; iced lemon tea
Boil water and make strong black tea. Take out the tea after five minutes. Stir in sugar and lemon juice. Let it get cold in the fridge. Serve with ice and slices of lemon.

mayonnaise; mayo; homemade mayonnaise
Put an egg yolk, mustard and salt into a bowl. Beat it well. Add oil very slowly, first only drops, and keep beating. Stop when it is thick. Add lemon juice or vinegar.

tomato sauce; sauce for pasta; pasta sauce; marinara sauce; marinara
Chop an onion and two cloves of garlic. Fry them in olive oil for five minutes. Add chopped tomatoes, salt and a little sugar. Cook on low heat for 25 minutes. Add fresh basil and use it for pasta or pizza.

white sauce; bechamel; bechamel sauce; cheese sauce
Melt butter in a small pot. Mix in two spoons of flour and stir for one minute. Add milk slowly and keep stirring. Cook for five minutes until the sauce is thick. Add salt, nutmeg and grated cheese if you like.

gravy; brown sauce; meat gravy
Keep the juice and fat of the roast meat in the pan. Mix in two spoons of flour and stir for two minutes. Add hot broth slowly. Cook until the gravy is thick. Add salt and pepper and pour it through a sieve.

salad dressing; vinaigrette; dressing; dressing for salad; French dressing
Put one spoon of vinegar into a bowl. Mix in mustard, salt, pepper and a little honey. Add three spoons of olive oil slowly. Beat with a fork until it is smooth. Add chopped herbs and pour it over the salad.

salsa; tomato salsa; Mexican salsa; salsa sauce; salsa dip
Chop four ripe tomatoes, an onion and a chili. Chop fresh coriander. Mix everything in a bowl with lime juice and salt. Let it rest for 30 minutes. Serve with corn chips.

tuna sandwich; tuna mayo sandwich; sandwich with tuna
Drain a can of tuna. Mix it with mayonnaise, lemon juice and chopped onion. Add salt and pepper. Spread it on a slice of bread and add lettuce. Cover it with a second slice and cut it in half.

sandwich; ham sandwich; club sandwich; sandwiches; ham and cheese sandwich; BLT; chicken sandwich
Toast the slices of bread. Spread mayonnaise or butter on them. Put lettuce, tomato, ham and cheese on one slice. Add salt and pepper and cover it with another slice. Cut the sandwich in half.

wrap; wraps; chicken wrap; tortilla wrap; chicken wraps
Warm the tortillas in a dry pan. Spread yogurt sauce or hummus on them. Add fried chicken, lettuce, tomato and cucumber. Fold in the sides and roll them up. Cut them in half and serve.

baked beans; beans on toast; beans in tomato sauce; beans
Chop an onion and fry it in oil. Add white beans and tomato sauce. Mix in sugar, mustard and salt. Cook on low heat for 20 minutes. Serve on hot toast.

cauliflower cheese; baked cauliflower; cauliflower gratin; cauliflower with cheese; cauliflower
Cut a cauliflower into pieces and boil it for six minutes. Melt butter, mix in flour and milk, and stir until you have a white sauce. Add grated cheese and mustard. Put the cauliflower into a dish and cover it with the sauce. Bake for 25 minutes until it is golden.

bread rolls; rolls; buns; dinner rolls; breakfast rolls; burger buns
Mix flour, yeast, salt, butter and warm milk. Knead the dough for ten minutes and let it rest for one hour. Form small balls and put them on a baking sheet. Let them rest for 30 minutes and brush them with milk. Bake at 200 degrees for 18 minutes.

mussels; moules; mussels in white wine; moules marinieres
Wash the mussels and throw away the open ones. Fry an onion, garlic and celery in butter. Add a glass of white wine and bring it to a boil. Add the mussels, cover the pot and cook for six minutes. Add parsley and serve with bread.

garlic shrimp; shrimp; prawns; garlic prawns; shrimp scampi; fried shrimp; scampi
Peel the shrimp and dry them. Heat olive oil and butter in a pan. Fry garlic and chili for one minute. Add the shrimp and fry them for three minutes. Add lemon juice, salt and parsley and serve with bread.

baked fish; fish in the oven; baked cod; fish; fish fillet; cod; white fish
Heat the oven to 200 degrees. Put the fish into a dish with olive oil, salt and pepper. Add slices of lemon, tomatoes and herbs. Bake for 15 minutes until the fish is white and firm. Serve with potatoes or rice.

fried tofu; tofu; crispy tofu; tofu stir fry
Press the tofu dry and cut it into pieces. Turn the pieces in starch and salt. Fry them in hot oil until they are golden. Add soy sauce, garlic and a little sugar. Serve with rice and green onions.

lamb stew; Irish stew; lamb casserole; stewed lamb
Cut the lamb into pieces and fry it in oil until it is brown. Add chopped onions, carrots and potatoes. Pour in broth and add thyme. Cook on low heat for 90 minutes. Add salt, pepper and parsley and serve.

cheese omelette with ham; ham omelette; ham and cheese omelette; omelette with ham
Beat three eggs with salt and pepper. Melt butter in a pan. Pour in the eggs and stir them for a few seconds. Add small pieces of ham and grated cheese. Fold the omelette in half and serve.

spinach; creamed spinach; spinach with cream; buttered spinach
Wash the spinach well. Fry a chopped onion and garlic in butter. Add the spinach and cook it for three minutes. Add cream, salt and nutmeg. Cook for two minutes and serve with potatoes and eggs.

popcorn; pop corn; salted popcorn; sweet popcorn
Heat two spoons of oil in a large pot. Add the corn in one layer and cover the pot. Shake the pot when the corn begins to pop. Take it off the heat when it is almost quiet. Add salt or sugar and serve.

yogurt with fruit; fruit yogurt; yogurt parfait; parfait; yoghurt with fruit
Wash berries and cut a banana into slices. Put thick yogurt into a bowl. Add the fruit and a spoon of honey. Add granola or nuts. Serve cold.

chicken breast; fried chicken breast; grilled chicken; chicken; chicken fillet; grilled chicken breast; pan-fried chicken
Dry the chicken and add salt, pepper and paprika. Heat oil in a pan. Fry the chicken for six minutes on each side until it is golden. Add butter, garlic and lemon juice. Let it rest for five minutes and serve with rice or salad.

creamy mushroom pasta; mushroom pasta; pasta with mushrooms; pasta with cream sauce; alfredo pasta; fettuccine alfredo; pasta Alfredo
Cook the pasta in salted water. Fry sliced mushrooms and garlic in butter for eight minutes. Add cream, salt and pepper and cook for five minutes. Mix in the pasta and a little of its water. Serve with grated cheese and parsley.

arrabbiata pasta; penne arrabbiata; penne all'arrabbiata; spicy tomato pasta; arrabbiata; penne; pasta arrabbiata
Fry garlic and dried chili in olive oil for two minutes. Add chopped tomatoes and salt. Cook on low heat for 15 minutes. Cook the penne in salted water and drain them. Mix them with the sauce and serve with cheese.
"""


def _read(text: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the numbered steps and the names of each dish."""
    recipes, names = {}, {}
    for block in text.strip().split("\n\n"):
        first, steps = block.strip().splitlines()
        dish, *others = first.split("; ")
        numbered = (f"{at}. {step.rstrip('.')}." for at, step in enumerate(steps.split(". "), start=1))
        recipes[dish] = " ".join(numbered)
        names[dish] = (dish, *others)
    return recipes, names


RECIPES, NAMES = _read(TEXT)
