"""Plain, lasting facts in tables, by subject. `relation.py` reads the tables; the other modules hold them."""
