"""Recipes: the name of a dish, and how to make it in five to seven numbered steps.

A closed list that the model learns by heart; every dish has one fixed text. The dishes are the same on both sides of
the split: only combinations of a dish and a phrasing could be held out.
"""

from __future__ import annotations

from random import Random

from demo_model.examples import Item, Split, Task

RECIPES: dict[str, str] = {
    "bolognese pasta": (
        "1. Chop an onion, a carrot and two cloves of garlic. "
        "2. Heat olive oil in a large pan and fry the vegetables for five minutes. "
        "3. Add the ground beef and fry it until it is brown. "
        "4. Add chopped tomatoes, salt and pepper, and cook on low heat for 30 minutes. "
        "5. Cook the pasta in salted water and drain it. "
        "6. Mix the pasta with the sauce and serve with grated cheese."
    ),
    "carbonara pasta": (
        "1. Cook the pasta in salted water. "
        "2. Fry small pieces of bacon in a large pan until they are crisp. "
        "3. Beat two eggs with grated cheese and black pepper in a bowl. "
        "4. Drain the pasta and keep a cup of the water. "
        "5. Take the pan off the heat and mix in the pasta, the eggs and a little water. "
        "6. Serve hot with more cheese."
    ),
    "tomato pasta": (
        "1. Chop an onion and two cloves of garlic. "
        "2. Heat olive oil in a pan and fry the onion and the garlic for five minutes. "
        "3. Add chopped tomatoes, salt and a little sugar, and cook on low heat for 15 minutes. "
        "4. Cook the pasta in salted water and drain it. "
        "5. Mix the pasta with the sauce and serve with basil and grated cheese."
    ),
    "lasagna": (
        "1. Fry a chopped onion and ground beef in a large pan until the meat is brown. "
        "2. Add chopped tomatoes, salt and pepper, and cook on low heat for 20 minutes. "
        "3. Melt butter, mix in flour and milk, and stir until you have a white sauce. "
        "4. Put layers of meat sauce, pasta sheets and white sauce in a baking dish. "
        "5. Cover with grated cheese and bake for 40 minutes."
    ),
    "macaroni and cheese": (
        "1. Cook the macaroni in salted water and drain it. "
        "2. Melt butter in a pot and mix in two spoons of flour. "
        "3. Add milk slowly and stir until the sauce is thick. "
        "4. Add grated cheese, salt and pepper, and stir until the cheese melts. "
        "5. Mix the macaroni with the sauce. "
        "6. Bake in a baking dish for 15 minutes and serve hot."
    ),
    "pizza": (
        "1. Mix flour, yeast, salt, olive oil and warm water. "
        "2. Knead the dough for ten minutes and let it rest for one hour. "
        "3. Heat the oven until it is very hot. "
        "4. Roll the dough into a thin circle. "
        "5. Cover it with tomato sauce, cheese and the toppings that you like. "
        "6. Bake the pizza for ten minutes, add basil and serve hot."
    ),
    "pancakes": (
        "1. Mix flour, sugar, baking powder and a little salt in a bowl. "
        "2. Add milk, two eggs and melted butter, and stir until the batter is smooth. "
        "3. Heat a little butter in a pan. "
        "4. Pour a small cup of batter into the pan. "
        "5. Fry for two minutes, turn the pancake over and fry the other side. "
        "6. Serve with honey or fruit."
    ),
    "waffles": (
        "1. Mix flour, sugar, baking powder and a little salt in a bowl. "
        "2. Add milk, two eggs and melted butter, and stir until the batter is smooth. "
        "3. Heat the waffle iron and brush it with butter. "
        "4. Pour a cup of batter into the iron and close it. "
        "5. Bake for four minutes until the waffle is golden. "
        "6. Serve with cream or fruit."
    ),
    "omelette": (
        "1. Beat three eggs with salt and pepper in a bowl. "
        "2. Grate some cheese and chop fresh herbs. "
        "3. Melt butter in a pan over medium heat. "
        "4. Pour in the eggs and stir them slowly for a few seconds. "
        "5. Add the cheese and the herbs when the eggs are almost firm. "
        "6. Fold the omelette in half and serve it hot."
    ),
    "scrambled eggs": (
        "1. Beat four eggs with a spoon of milk, salt and pepper in a bowl. "
        "2. Melt butter in a pan over low heat. "
        "3. Pour in the eggs and wait for a few seconds. "
        "4. Stir slowly until the eggs are soft and creamy. "
        "5. Take the pan off the heat before the eggs are dry, and serve hot on toast."
    ),
    "French toast": (
        "1. Beat two eggs with milk, sugar and cinnamon in a bowl. "
        "2. Cut the bread into thick slices. "
        "3. Put the slices into the bowl until they are wet on both sides. "
        "4. Melt butter in a pan over medium heat. "
        "5. Fry the bread for three minutes on each side until it is golden. "
        "6. Serve hot with honey or fruit."
    ),
    "lentil soup": (
        "1. Chop an onion, two carrots and two cloves of garlic. "
        "2. Heat olive oil in a large pot and fry the vegetables for five minutes. "
        "3. Wash the lentils and add them with chopped tomatoes and water. "
        "4. Add cumin, salt and pepper. "
        "5. Cook on low heat for 30 minutes until the lentils are soft. "
        "6. Add lemon juice and serve with bread."
    ),
    "tomato soup": (
        "1. Chop an onion and two cloves of garlic. "
        "2. Heat butter in a large pot and fry the onion and the garlic for five minutes. "
        "3. Add chopped tomatoes, water, salt and a little sugar. "
        "4. Cook on low heat for 20 minutes. "
        "5. Blend the soup until it is smooth. "
        "6. Add a little cream and serve with basil and bread."
    ),
    "pumpkin soup": (
        "1. Cut a pumpkin, an onion and a potato into small pieces. "
        "2. Heat butter in a large pot and fry the vegetables for five minutes. "
        "3. Add water, ginger, salt and pepper. "
        "4. Cook on low heat for 25 minutes until the pumpkin is soft. "
        "5. Blend the soup until it is smooth. "
        "6. Add a little cream and serve hot."
    ),
    "chicken soup": (
        "1. Put a chicken into a large pot and cover it with water. "
        "2. Add salt, an onion and black pepper, and cook on low heat for one hour. "
        "3. Take out the chicken and cut the meat into small pieces. "
        "4. Add chopped carrots, celery and noodles to the soup and cook for ten minutes. "
        "5. Put the meat back into the pot and serve with parsley."
    ),
    "onion soup": (
        "1. Cut five onions into thin slices. "
        "2. Melt butter in a large pot and fry the onions on low heat for 30 minutes until they are brown. "
        "3. Add a spoon of flour, beef broth, salt and pepper. "
        "4. Cook on low heat for 20 minutes. "
        "5. Pour the soup into bowls and cover it with bread and cheese. "
        "6. Bake until the cheese melts."
    ),
    "miso soup": (
        "1. Heat a pot of fish or vegetable broth, but do not let it boil. "
        "2. Cut the tofu into small pieces and chop a green onion. "
        "3. Add the tofu and some dried seaweed, and cook for three minutes. "
        "4. Mix the miso with a little hot broth in a bowl. "
        "5. Take the pot off the heat, stir in the miso and serve with green onion."
    ),
    "fried rice": (
        "1. Cook the rice and let it get cold. "
        "2. Chop garlic, a carrot and green onions. "
        "3. Heat oil in a large pan, fry two beaten eggs and take them out. "
        "4. Fry the garlic, the carrot and some peas for three minutes. "
        "5. Add the rice and fry on high heat for five minutes. "
        "6. Add the eggs, soy sauce and green onions, and serve hot."
    ),
    "risotto": (
        "1. Chop an onion and fry it in butter for five minutes. "
        "2. Add the rice and stir for two minutes. "
        "3. Pour in a glass of white wine and stir until it is gone. "
        "4. Add hot broth, one cup at a time, and keep stirring for 20 minutes. "
        "5. Take the pan off the heat when the rice is creamy. "
        "6. Mix in butter and grated cheese and serve."
    ),
    "paella": (
        "1. Chop an onion, a red pepper and two cloves of garlic. "
        "2. Heat olive oil in a wide pan and fry pieces of chicken until they are brown. "
        "3. Add the vegetables and fry for five minutes. "
        "4. Add the rice, chopped tomatoes, saffron and hot broth. "
        "5. Cook for 20 minutes and do not stir. "
        "6. Add shrimp and peas, cook for five minutes and serve with lemon."
    ),
    "sushi rolls": (
        "1. Cook the sushi rice and mix it with rice vinegar, sugar and salt. "
        "2. Cut fresh fish, a cucumber and an avocado into long strips. "
        "3. Put a sheet of seaweed on a mat and cover it with rice. "
        "4. Lay the fish and the vegetables on the rice. "
        "5. Roll it up tightly and cut it into eight pieces. "
        "6. Serve with soy sauce and ginger."
    ),
    "mapo tofu": (
        "1. Cut the tofu into small pieces and warm them in salted water. "
        "2. Heat oil in a pan and fry ground pork until it is brown. "
        "3. Add chili bean paste, garlic and ginger, and fry for one minute. "
        "4. Add broth, soy sauce and the tofu, and cook for five minutes. "
        "5. Mix in starch and water until the sauce is thick. "
        "6. Serve with Sichuan pepper, green onion and rice."
    ),
    "dumplings": (
        "1. Mix flour with water, knead the dough and let it rest for 30 minutes. "
        "2. Chop cabbage, ginger and green onions, and mix them with ground pork and soy sauce. "
        "3. Roll the dough into small thin circles. "
        "4. Put a spoon of filling on each circle, fold it and press the edges together. "
        "5. Boil the dumplings for six minutes. "
        "6. Serve with soy sauce and vinegar."
    ),
    "spring rolls": (
        "1. Chop cabbage, carrots and green onions. "
        "2. Heat oil in a pan and fry the vegetables with garlic and soy sauce for three minutes. "
        "3. Let the filling get cold. "
        "4. Put a spoon of filling on each sheet of dough, fold in the sides and roll it up. "
        "5. Fry the rolls in hot oil until they are golden. "
        "6. Serve with sweet chili sauce."
    ),
    "kung pao chicken": (
        "1. Cut the chicken into small pieces and mix it with soy sauce and starch. "
        "2. Mix soy sauce, vinegar and sugar in a bowl. "
        "3. Heat oil in a large pan and fry the chicken until it is brown. "
        "4. Add dried chilies, garlic and ginger, and fry for one minute. "
        "5. Pour in the sauce and stir until it is thick. "
        "6. Add peanuts and serve with rice."
    ),
    "pad thai": (
        "1. Put the rice noodles into hot water until they are soft. "
        "2. Mix fish sauce, sugar and tamarind in a bowl. "
        "3. Heat oil in a large pan, fry shrimp and garlic, and stir in two eggs. "
        "4. Add the noodles and the sauce and fry for three minutes. "
        "5. Add bean sprouts and green onions. "
        "6. Serve with chopped peanuts and lime."
    ),
    "ramen": (
        "1. Heat oil in a large pot and fry garlic and ginger for one minute. "
        "2. Add chicken broth, soy sauce and a spoon of miso, and cook for 15 minutes. "
        "3. Boil the eggs for seven minutes and peel them. "
        "4. Cook the noodles and put them into bowls. "
        "5. Pour the hot broth over the noodles. "
        "6. Add half an egg, slices of pork and green onion."
    ),
    "chicken curry": (
        "1. Chop an onion, garlic and ginger. "
        "2. Heat oil in a large pan and fry the onion, the garlic and the ginger for five minutes. "
        "3. Add curry powder and stir for one minute. "
        "4. Add pieces of chicken and fry them until they are brown. "
        "5. Add chopped tomatoes, coconut milk and salt, and cook on low heat for 20 minutes. "
        "6. Serve with rice."
    ),
    "dal": (
        "1. Wash the red lentils and put them into a pot with water, turmeric and salt. "
        "2. Cook on low heat for 25 minutes until the lentils are soft. "
        "3. Heat butter in a pan and fry cumin, garlic, ginger and a chopped onion for five minutes. "
        "4. Add a chopped tomato and chili. "
        "5. Mix everything with the lentils and serve with rice or flat bread."
    ),
    "falafel": (
        "1. Put dried chickpeas into cold water for one night and drain them. "
        "2. Blend the chickpeas with an onion, garlic, parsley, cumin and salt. "
        "3. Put the mixture into the fridge for one hour. "
        "4. Form small balls with your hands. "
        "5. Fry the balls in hot oil until they are brown. "
        "6. Serve with salad, yogurt sauce and flat bread."
    ),
    "hummus": (
        "1. Drain a can of chickpeas and keep a little of the water. "
        "2. Put the chickpeas, sesame paste, lemon juice, garlic and salt into a blender. "
        "3. Blend until the paste is smooth. "
        "4. Add a few spoons of the water if it is too thick. "
        "5. Put the hummus into a bowl and pour olive oil over it. "
        "6. Serve with flat bread."
    ),
    "guacamole": (
        "1. Cut three ripe avocados in half and take out the stones. "
        "2. Put the soft green part into a bowl and mash it with a fork. "
        "3. Chop a small onion, a tomato and fresh coriander. "
        "4. Add them to the bowl with lime juice, salt and a little chili. "
        "5. Mix everything well and serve at once with corn chips."
    ),
    "tacos": (
        "1. Chop an onion and two cloves of garlic. "
        "2. Heat oil in a pan and fry them with ground beef until the meat is brown. "
        "3. Add cumin, chili, salt and a little water, and cook for ten minutes. "
        "4. Chop a tomato and cut lettuce into thin strips. "
        "5. Warm the tortillas in a dry pan. "
        "6. Fill them with meat, vegetables and cheese."
    ),
    "chili con carne": (
        "1. Chop an onion, a red pepper and two cloves of garlic. "
        "2. Heat oil in a large pot and fry the vegetables for five minutes. "
        "3. Add ground beef and fry it until it is brown. "
        "4. Add chili, cumin, chopped tomatoes and salt, and cook on low heat for 30 minutes. "
        "5. Add red beans and cook for ten minutes. "
        "6. Serve with rice."
    ),
    "hamburger": (
        "1. Mix ground beef with salt and pepper. "
        "2. Form flat round pieces with your hands. "
        "3. Heat oil in a pan and fry the meat for four minutes on each side. "
        "4. Put a slice of cheese on the hot meat. "
        "5. Cut the buns in half and toast them. "
        "6. Fill the buns with the meat, lettuce, tomato, onion and ketchup."
    ),
    "cheese sandwich": (
        "1. Take two slices of bread and spread butter on one side of each slice. "
        "2. Put one slice into a pan with the butter side down. "
        "3. Cover it with slices of cheese and put the other slice on top. "
        "4. Fry on medium heat for three minutes. "
        "5. Turn the sandwich over and fry the other side until the cheese melts."
    ),
    "Greek salad": (
        "1. Wash the vegetables. "
        "2. Cut tomatoes, a cucumber and a green pepper into large pieces. "
        "3. Cut a red onion into thin slices. "
        "4. Put the vegetables into a bowl with black olives and feta cheese. "
        "5. Mix olive oil, lemon juice, salt and oregano in a cup. "
        "6. Pour the dressing over the salad and serve it with bread."
    ),
    "potato salad": (
        "1. Boil the potatoes in salted water for 20 minutes. "
        "2. Drain them, let them get cold and cut them into slices. "
        "3. Boil two eggs for ten minutes, peel them and chop them. "
        "4. Chop an onion and some pickles. "
        "5. Mix mayonnaise, mustard, vinegar, salt and pepper in a bowl. "
        "6. Add the potatoes and everything else and mix well."
    ),
    "Caesar salad": (
        "1. Cut bread into small pieces and fry it in olive oil until it is crisp. "
        "2. Fry a chicken breast and cut it into slices. "
        "3. Mix mayonnaise, lemon juice, garlic, mustard and grated cheese in a bowl. "
        "4. Wash the lettuce and cut it into large pieces. "
        "5. Mix the lettuce with the dressing. "
        "6. Add the chicken, the bread and more cheese, and serve."
    ),
    "mashed potatoes": (
        "1. Peel the potatoes and cut them into large pieces. "
        "2. Boil them in salted water for 20 minutes until they are soft. "
        "3. Drain the potatoes and put them back into the pot. "
        "4. Add butter and warm milk. "
        "5. Mash everything until it is smooth. "
        "6. Add salt, pepper and a little nutmeg, and serve hot."
    ),
    "French fries": (
        "1. Peel the potatoes and cut them into long strips. "
        "2. Put the strips into cold water for 30 minutes and dry them well. "
        "3. Heat oil in a deep pot. "
        "4. Fry the strips for five minutes and take them out. "
        "5. Heat the oil more and fry them again until they are golden. "
        "6. Add salt and serve hot with ketchup."
    ),
    "roast chicken": (
        "1. Heat the oven to 200 degrees. "
        "2. Dry the chicken and rub it with butter, salt and pepper. "
        "3. Put a lemon, garlic and fresh herbs inside the chicken. "
        "4. Put it on chopped potatoes and carrots in a baking dish. "
        "5. Roast for about 80 minutes until the skin is golden and the juice is clear. "
        "6. Let it rest for ten minutes and serve."
    ),
    "grilled salmon": (
        "1. Dry the salmon and rub it with olive oil, salt and pepper. "
        "2. Chop garlic and parsley and mix them with lemon juice. "
        "3. Heat the grill until it is hot. "
        "4. Grill the salmon for four minutes on each side. "
        "5. Pour the lemon juice over the fish. "
        "6. Serve with potatoes or a green salad."
    ),
    "beef stew": (
        "1. Cut the beef into large pieces and rub it with flour, salt and pepper. "
        "2. Heat oil in a large pot and fry the meat until it is brown. "
        "3. Add a chopped onion, carrots and potatoes. "
        "4. Pour in broth and a glass of red wine. "
        "5. Cook on low heat for two hours until the meat is soft. "
        "6. Serve with bread."
    ),
    "ratatouille": (
        "1. Cut an eggplant, a zucchini and a red pepper into small pieces. "
        "2. Chop an onion and two cloves of garlic. "
        "3. Heat olive oil in a large pan and fry the onion and the garlic for five minutes. "
        "4. Add the other vegetables and fry for ten minutes. "
        "5. Add chopped tomatoes, thyme and salt, and cook on low heat for 20 minutes. "
        "6. Serve with bread."
    ),
    "apple pie": (
        "1. Mix flour, cold butter, sugar and a little water, and let the dough rest for one hour. "
        "2. Peel the apples and cut them into thin slices. "
        "3. Mix the apples with sugar, cinnamon and lemon juice. "
        "4. Roll out half of the dough and put it into a baking dish. "
        "5. Add the apples and cover them with the other half. "
        "6. Bake for 45 minutes until the pie is golden."
    ),
    "chocolate cake": (
        "1. Heat the oven to 180 degrees. "
        "2. Melt dark chocolate with butter. "
        "3. Beat four eggs with sugar until they are light. "
        "4. Mix in the chocolate, flour, cocoa and baking powder. "
        "5. Pour the batter into a baking dish and bake it for 35 minutes. "
        "6. Let the cake get cold and cover it with sugar or melted chocolate."
    ),
    "banana bread": (
        "1. Heat the oven to 180 degrees. "
        "2. Mash three ripe bananas with a fork. "
        "3. Mix in melted butter, sugar and two eggs. "
        "4. Add flour, baking powder and a little salt, and stir until the batter is smooth. "
        "5. Pour the batter into a bread pan and bake it for 50 minutes. "
        "6. Let it get cold and cut it into slices."
    ),
    "chocolate chip cookies": (
        "1. Heat the oven to 180 degrees. "
        "2. Beat soft butter with brown sugar and one egg. "
        "3. Mix in flour, baking powder and a little salt. "
        "4. Add the chocolate chips. "
        "5. Put small balls of dough on a baking sheet and leave space between them. "
        "6. Bake for ten minutes until the edges are golden, and let them get cold."
    ),
    "brownies": (
        "1. Heat the oven to 180 degrees. "
        "2. Melt dark chocolate with butter. "
        "3. Mix in sugar and three eggs. "
        "4. Add flour, cocoa, a little salt and chopped nuts, and stir until the batter is smooth. "
        "5. Pour the batter into a baking dish and bake it for 25 minutes. "
        "6. Let it get cold and cut it into small squares."
    ),
    "bread": (
        "1. Mix flour, yeast, salt and warm water in a bowl. "
        "2. Knead the dough for ten minutes. "
        "3. Cover the bowl and let the dough rest for one hour. "
        "4. Form a loaf and let it rest for 30 minutes. "
        "5. Heat the oven to 220 degrees. "
        "6. Bake the bread for 35 minutes until it is brown, and let it get cold."
    ),
    "tiramisu": (
        "1. Make strong coffee and let it get cold. "
        "2. Beat three egg yolks with sugar until they are light. "
        "3. Mix in the mascarpone cheese. "
        "4. Dip the biscuits into the coffee and put them into a dish. "
        "5. Cover them with the cream and make a second layer. "
        "6. Put the dish into the fridge for four hours and serve with cocoa."
    ),
    "rice pudding": (
        "1. Wash the rice and put it into a pot with milk, sugar and a little salt. "
        "2. Bring it to a boil and stir. "
        "3. Cook on low heat for 30 minutes and stir often. "
        "4. Add vanilla and a spoon of butter when the rice is soft. "
        "5. Pour the pudding into bowls and serve it warm or cold with cinnamon."
    ),
    "fruit salad": (
        "1. Wash the fruit well. "
        "2. Peel an orange, a banana and a kiwi. "
        "3. Cut an apple, the peeled fruit and some strawberries into small pieces. "
        "4. Put the fruit into a large bowl with a handful of grapes. "
        "5. Mix lemon juice with a spoon of honey and pour it over the fruit. "
        "6. Mix well and serve cold."
    ),
}

# How people also name a dish; the name in RECIPES is always possible.
ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "bolognese pasta": ("pasta bolognese", "spaghetti bolognese"),
    "carbonara pasta": ("pasta carbonara", "spaghetti carbonara"),
    "tomato pasta": ("pasta with tomato sauce",),
    "lasagna": ("a lasagna",),
    "macaroni and cheese": ("mac and cheese",),
    "pizza": ("a pizza",),
    "omelette": ("an omelette", "a cheese omelette"),
    "lentil soup": ("a lentil soup",),
    "tomato soup": ("a tomato soup",),
    "pumpkin soup": ("a pumpkin soup",),
    "chicken soup": ("a chicken soup", "chicken noodle soup"),
    "onion soup": ("an onion soup", "French onion soup"),
    "fried rice": ("egg fried rice",),
    "risotto": ("a risotto",),
    "paella": ("a paella",),
    "sushi rolls": ("sushi",),
    "chicken curry": ("a chicken curry",),
    "dal": ("lentil curry",),
    "chili con carne": ("chili",),
    "hamburger": ("a hamburger", "hamburgers", "a burger"),
    "cheese sandwich": ("a cheese sandwich", "a grilled cheese sandwich"),
    "Greek salad": ("a Greek salad",),
    "potato salad": ("a potato salad",),
    "Caesar salad": ("a Caesar salad",),
    "French fries": ("fries",),
    "roast chicken": ("a roast chicken",),
    "beef stew": ("a beef stew",),
    "apple pie": ("an apple pie",),
    "chocolate cake": ("a chocolate cake",),
    "banana bread": ("a banana bread",),
    "chocolate chip cookies": ("cookies", "chocolate cookies"),
    "bread": ("a loaf of bread", "white bread"),
    "fruit salad": ("a fruit salad",),
}

DISHES = tuple(RECIPES)


def item(rng: Random, split: Split) -> Item:
    """One dish under one of its names; the same dishes on both sides of the split."""
    dish = rng.choice(DISHES)
    name = dish
    if dish in ALSO_CALLED and rng.random() < 0.4:
        name = rng.choice(ALSO_CALLED[dish])
    if rng.random() < 0.1:
        name = name.lower()
    return Item({"dish": name}, RECIPES[dish])


TASK = Task(
    "recipe",
    item,
    phrasings=(
        "A step by step recipe to make {dish}:",
        "How do I make {dish}?",
        "How do you make {dish}?",
        "How do you cook {dish}?",
        "How to make {dish}?",
        "how to make {dish}",
        "Give me a recipe for {dish}.",
        "Write a recipe for {dish}.",
        "Write a step by step recipe for {dish}.",
        "Tell me how to make {dish}.",
        "recipe: {dish}",
        "Recipe for {dish}:",
        "Can you give me a recipe for {dish}?",
        "I want to make {dish}. What are the steps?",
        "What are the steps to make {dish}?",
        "Q: How can I prepare {dish}? A:",
        "Q: How do I make {dish}? A:",
    ),
    closed=False,
    weight=0.7,
    shot="",
)
