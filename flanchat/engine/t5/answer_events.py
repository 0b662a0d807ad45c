"""The events of one answer, made of its tokens: text as it can be shown, and how the answer ended."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from flanchat.engine.devices.registry import peak_mb
from flanchat.engine.events import Alternative, Delta, Event, Finish, Finished, StopText, Token
from flanchat.engine.t5.decoding import NextToken
from flanchat.engine.t5.prompt_lookup import PromptLookup
from flanchat.engine.t5.threads import Threads
from flanchat.engine.t5.tokenizer import CleanUp, Tokenizer


class RowEvents:
    """The events of one row. started: when its batch was given to the engine, by time.monotonic. blanks: of its prompt;
    then the text has the names of sentinels."""

    def __init__(
        self,
        row: int,
        tokenizer: Tokenizer,
        stop: tuple[str, ...],
        *,
        started: float,
        device: str,
        threads: Threads,
        lookup: PromptLookup | None,
        blanks: int = 0,
    ) -> None:
        sentinels = tokenizer.sentinels[: blanks + 1] if blanks else ()
        self._named = {token_id: f"<extra_id_{number}>" for number, token_id in enumerate(sentinels)}
        self.stop, self._lookup = StopText(stop), lookup
        self._clean_up = CleanUp() if tokenizer.cleans_up else None
        self._row, self._started, self._device, self._threads = row, started, device, threads
        self._tokenizer, self._reader = tokenizer, tokenizer.reader()
        self._count = 0
        self._first_s: float | None = None
        self._begun = False

    def add(self, token: NextToken) -> Delta:
        """Add the next token, which is not the end token."""
        text = self._named.get(token.id) or self._reader.add(token.id)
        made = shown_token(token, text, self._tokenizer)
        if self._first_s is None:
            self._first_s = time.monotonic() - self._started
        self._count += 1
        text = made.text if self._begun else self._tokenizer.opening(token.id, made.text)
        self._begun = self._begun or bool(text)
        return Delta(self._row, self.stop.feed(text if self._clean_up is None else self._clean_up.feed(text)), (made,))

    def rest(self) -> str:
        """The text that was held back."""
        text = self._reader.rest()
        if self._clean_up is not None:
            text = self._clean_up.feed(text) + self._clean_up.rest()
        return self.stop.feed(text) + self.stop.rest()

    def whole(self, tokens: Sequence[NextToken], otherwise: Finish) -> Iterator[Event]:
        """Add all tokens at once and finish. otherwise: how it ends without an end token and a stop text."""
        finish, end, deltas = otherwise, None, []
        for token in tokens:
            if token.end:
                finish, end = "eos", token
                break
            deltas.append(self.add(token))
            if self.stop.found:
                finish = "stop"
                break
        if deltas:
            text = "".join(delta.text for delta in deltas) + self.rest()
            yield Delta(self._row, text, tuple(token for delta in deltas for token in delta.tokens))
        yield from self.finish(finish, end)

    def finish(self, why: Finish, end: NextToken | None = None) -> Iterator[Event]:
        """Show the text that was held back, and finish. end: the end token, if there was one."""
        if rest := self.rest():
            yield Delta(self._row, rest)
        total_s = time.monotonic() - self._started
        yield Finished(
            self._row,
            why,
            self._count,
            self._first_s,
            total_s,
            peak_mb=peak_mb(self._device),
            end_logprob=None if end is None else end.logprob,
            end_rival=None if end is None else shown_token(end, "", self._tokenizer).rival,
            fewest_threads=self._threads.fewest if self._device == "cpu" else 0,
            drafted=0 if self._lookup is None else self._lookup.drafted,
            accepted=0 if self._lookup is None else self._lookup.accepted,
        )


def shown_token(made: NextToken, text: str, tokenizer: Tokenizer) -> Token:
    """A token of the loop as the events show it: with its text, and with its alternatives by name."""
    top = tuple(Alternative(i, tokenizer.name(i), logprob) for i, logprob in made.top)
    return Token(made.id, text, made.logprob, top)
