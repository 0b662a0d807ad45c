"""Open the tokenizer of a model, whichever of its files say what it is. Knows no format of theirs."""

from __future__ import annotations

import re
from pathlib import Path

from flanchat.base.errors import ModelError, one_line
from flanchat.engine.checkpoint.tokenizer_files import read_tokenizer_files
from flanchat.engine.t5.tokenizer_base import Reader, Tokenizer, clean

__all__ = ["CleanUp", "Reader", "Tokenizer", "clean", "open_tokenizer"]


def open_tokenizer(path: Path) -> Tokenizer:
    """Open the tokenizer whose vocabulary is the file `path`, as `Checkpoint.tokenizer` has it. Raises ModelError."""
    settings = read_tokenizer_files(path.parent)
    try:
        if settings.kind == "bytes":
            from flanchat.engine.t5.byte_tokenizer import open_bytes

            tokenizer: Tokenizer = open_bytes(path.parent, settings)
        elif settings.kind == "library":
            from flanchat.engine.t5.library_tokenizer import open_library

            tokenizer = open_library(path.parent, settings)
        else:
            from flanchat.engine.t5.sentencepiece_tokenizer import open_sentencepiece

            tokenizer = open_sentencepiece(path, settings)
        reader = tokenizer.reader()
        round_trip = "".join(map(reader.add, tokenizer.encode("A test of 1 sentence.")))
    except (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not a T5 vocabulary ({one_line(error)}); download the file again") from error
    if tokenizer.size < 10 or not round_trip.strip() or any(token_id < 0 for token_id in tokenizer.end):
        raise ModelError(f"{path}: the vocabulary cannot write a plain sentence; download the file again")
    return tokenizer


class CleanUp:
    """Removes blanks before punctuation from a text that comes in parts: clean_up_tokenization_spaces of transformers.

    >>> clean = CleanUp()
    >>> clean.feed("It is"), clean.feed(" n"), clean.feed("'t , no"), clean.rest()
    ('It', ' is', "n't,", ' no')
    """

    _PATTERNS = (" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're")

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Add text; return the part that later text does not change."""
        self._held += text
        # Every pattern begins with a blank, so the text can be cut before one; but not before a blank that follows
        # another, or that may be the second one of " ' ".
        blanks = [found.start() for found in re.finditer(r"(?<! )(?<! ') ", self._held)]
        return self._take(blanks[-1] if blanks else 0 if " " in self._held else len(self._held))

    def rest(self) -> str:
        """The text that is still held back when the answer has ended."""
        return self._take(len(self._held))

    def _take(self, end: int) -> str:
        taken, self._held = self._held[:end], self._held[end:]
        for pattern in self._PATTERNS:
            taken = taken.replace(pattern, pattern.strip())
        return taken
