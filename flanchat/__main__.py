"""python -m flanchat"""

from flanchat.cli import main

main()
