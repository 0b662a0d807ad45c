"""Find added tokens in a text with the tokenizers library. Knows no vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from flanchat.base.i18n import _
from flanchat.engine.checkpoint.added_tokens import AddedToken
from flanchat.engine.checkpoint.untrusted_json import problem, short

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library


class Part(NamedTuple):
    """A part of a text: an added token, or the text between two of them. The sources of all parts join to the text.

    normalized: what to encode in place of `source` where an added token has taken a part of a character: with the token
    "1", "½" is split into "1" and "⁄2". None elsewhere.
    """

    token: AddedToken | None
    source: str
    normalized: str | None = None

    @property
    def text(self) -> str:
        """What to encode."""
        return self.source if self.normalized is None else self.normalized


class Splitter:
    """Splits texts at added tokens. charsmap: SentencePiece's normalization, b"" for none.

    ambiguity: why the library would split one text in different ways, or fail; "" when it does neither.
    """

    def __init__(self, added: Sequence[AddedToken], charsmap: bytes) -> None:
        import tokenizers
        from tokenizers import models, normalizers, pre_tokenizers

        self._added = added
        self._lock = Lock()  # prompts are measured while another is answered
        self._between: list[str] = []
        # Each text between two added tokens becomes one token with id 0; the added tokens are numbered from 1.
        self._library = tokenizers.Tokenizer(models.WordLevel({"": 0}, unk_token=""))
        if charsmap:
            self._library.normalizer = normalizers.Precompiled(charsmap)
        self._library.pre_tokenizer = pre_tokenizers.PreTokenizer.custom(self)
        add_tokens(self._library, added)
        self.ambiguity = self._find_ambiguity()
        self.split = lru_cache(maxsize=2)(self._split)  # a prompt is split for its ids and again for its warnings

    def remarks(self) -> Iterator[str]:
        """A sentence for each token that normalization changes."""
        for token, pattern in zip(self._added, self._patterns(), strict=True):
            if pattern != token.content:
                text = _("the added token {token} is normalized to {text}: it is read wherever {text} stands")
                yield text.format(token=short(token.content), text=short(pattern))

    def answer_texts(self) -> dict[int, str]:
        """What each token adds to an answer, by its id: "" if it is special, else its text as it was normalized."""
        texts = [self._library.decode([number]) for number in range(1, len(self._added) + 1)]
        return {token.id: text for token, text in zip(self._added, texts, strict=True)}

    def pre_tokenize(self, parts: Any) -> None:
        """Note the normalized text between added tokens. The library calls this while it encodes."""
        self._between = []
        parts.split(self._note)

    def _find_ambiguity(self) -> str:
        found: dict[tuple[str, bool], AddedToken] = {}
        for token, pattern in zip(self._added, self._patterns(), strict=True):
            first = found.setdefault((pattern, token.normalized), token)
            if first is not token:
                pair = f"{short(first.content)} and {short(token.content)}"
                text = f"{pair} are both {short(pattern)} once they are normalized, and transformers may read either"
                return f"{text}; add them with normalized=False and train again"
            if token.lstrip and pattern.isspace() and any(other.rstrip for other in self._added):
                text = f"{short(token.content)} takes the blanks before it, and another token those after it"
                return f"{text}, on which transformers fails; add them without lstrip and rstrip and train again"
        return ""

    def _patterns(self) -> list[str]:
        """What is matched for each token: its text, normalized if it is matched after normalization."""
        normalizer = self._library.normalizer
        return [
            normalizer.normalize_str(token.content) if token.normalized and normalizer else token.content
            for token in self._added
        ]

    def _note(self, _at: int, part: Any) -> list[Any]:
        self._between.append(part.normalized)
        return [part]

    def _split(self, text: str) -> tuple[Part, ...]:
        return tuple(self._parts(text))

    def _parts(self, text: str) -> Iterator[Part]:
        with self._lock:
            self._between = []
            encoding = self._library.encode(text, add_special_tokens=False)
            between = iter(self._between)
        if not encoding.ids:
            yield Part(None, text)
            return
        at = taken = 0
        starts = [*(start for start, __ in encoding.offsets[1:]), len(text)]
        for token_id, (start, end), next_start in zip(encoding.ids, encoding.offsets, starts, strict=True):
            # Offsets leave out characters that vanish or merge in normalization; they belong to the part before them.
            source = text[at : max(at, next_start)]
            if token_id:
                yield Part(self._added[token_id - 1], source)
            else:
                normalized = next(between)
                shares_character = start < taken or next_start < end  # with a token: their offsets overlap
                yield Part(None, source, normalized if shares_character else None)
            at, taken = max(at, next_start), end


def add_tokens(library: Library, tokens: Sequence[AddedToken]) -> None:
    """Add tokens to a tokenizer of the library, in their order."""
    from tokenizers import AddedToken as Added

    library.add_tokens(
        [
            Added(
                token.content,
                special=token.special,
                normalized=token.normalized,
                lstrip=token.lstrip,
                rstrip=token.rstrip,
                single_word=token.single_word,
            )
            for token in tokens
        ]
    )


def open_splitter(folder: Path, added: Sequence[AddedToken], charsmap: bytes = b"") -> Splitter:
    """A splitter for the tokens that the files of `folder` add. Raises ModelError where their meaning is not clear."""
    splitter = Splitter(added, charsmap)
    if splitter.ambiguity:
        raise problem(folder, "added tokens", splitter.ambiguity)
    return splitter
