"""One answer, as the events of the engine fill it in. No disk, model or terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, MutableSequence
from dataclasses import dataclass, field

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Alternative, Delta, Event, Started, Token, Withdrawn
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.settings import Settings
from flanchat.sessions.candidates import Candidate, Vote, count_votes
from flanchat.sessions.choices import ScoredChoice

COMPLETE = ("eos", "length", "stop", "empty")
"""How an answer ends that the same request gives again; others were interrupted or failed."""


@dataclass(slots=True)
class Timing:
    """Seconds. first_token_s: from the request to the first token; None when there was none. load_s: of the model.

    reused: the prompt's encoding was kept from an earlier answer.
    peak_mb: the highest memory use of the model's process so far, in megabytes.
    fewest_threads: how few threads computed at some time, because other programs used the cores; 0 where unknown.
    drafted: tokens that prompt lookup drafted; accepted: those of them that the answer has.
    """

    load_s: float = 0.0
    encode_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0
    peak_mb: float = 0.0
    reused: bool = False
    fewest_threads: int = 0
    drafted: int = 0
    accepted: int = 0

    def decode_tps(self, tokens: int) -> float | None:
        """Tokens per second after the first one; None when there were fewer than two."""
        if tokens < 2 or self.first_token_s is None or self.total_s <= self.first_token_s:
            return None
        return (tokens - 1) / (self.total_s - self.first_token_s)


@dataclass(slots=True)
class Answer:
    """One answer, filled in by `take` as the engine's events come, and completed by `end`.

    short: what the setting answer_regex finds in the text, or "". message: the error, where `finish` is `error`.
    id, question_id: the answer's and the question's event in the transcript. previous_id: the answer before the
    question; None for the first question. continues: the id of the cut answer that this one continues, or "".
    made_from: the id of the answer that it continues or leaves at a token, or "".
    ended: nothing will be added. at: when it was recorded, in UTC, in the transcript's form; "" until then.
    card: None when no model was loaded.
    end_logprob: of the end token, if the model generated it. batch: how many rows the answer's batch had.
    choices: what it was chosen from; () when it was generated. candidates: all answers that were generated, of which
    this is one: `n_best` of a beam search, the best first, or as many as `vote`; () when there was only one. picked:
    the number of the one that the user chose, from 1; 0 when nobody did. rating, notes: of a person, see
    sessions/review.py.
    """

    question: str
    question_id: str
    prompt: Prompt
    settings: Settings
    seed: int
    text: str = ""
    short: str = ""
    tokens: MutableSequence[Token] = field(default_factory=list)
    finish: str = "error"
    message: str = ""
    timing: Timing = field(default_factory=Timing)
    card: ModelCard | None = None
    id: str = ""
    previous_id: str | None = None
    continues: str = ""
    profile: str = ""
    at: str = ""
    end_logprob: float | None = None
    batch: int = 1
    choices: tuple[ScoredChoice, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    picked: int = 0
    rating: str = ""
    notes: tuple[str, ...] = ()
    ended: bool = False
    made_from: str = ""

    @property
    def mean_logprob(self) -> float | None:
        """The mean of its tokens' log-probabilities; None without tokens."""
        return sum(token.logprob for token in self.tokens) / len(self.tokens) if self.tokens else None

    @property
    def confidence(self) -> float | None:
        """How sure the model was, from 0 to 1; None where that is not known.

        Of a chosen answer its share of the choices, of a vote's winner its share of the votes, of any other one the
        geometric mean of its tokens' probabilities, without the end token's.
        """
        if self.choices:
            return max(self.shares.values())
        if (vote := self.vote) is not None:
            return vote.share if vote.groups else None
        known = [token.logprob for token in self.tokens if not math.isnan(token.logprob)]
        return math.exp(min(sum(known) / len(known), 0.0)) if known else None

    @property
    def sampled(self) -> bool:
        """Whether chance took part, so that the seed matters."""
        return not self.choices and self.settings.decoding(self.seed).samples

    @property
    def vote(self) -> Vote | None:
        """The vote that it has won; None when there was none, or when the user chose another candidate."""
        is_voted = self.candidates and not self.picked and self.settings.value("vote") > 1
        return count_votes(self.candidates) if is_voted else None

    @property
    def shares(self) -> dict[str, float]:
        """The share of each choice, by the rule that chose; empty for a generated answer."""
        by = self.settings.value("choose")
        return {choice.text: choice.share(by) for choice in self.choices}

    def sibling(self) -> Answer:
        """An empty answer to the same question, with the same prompt, profile, settings and seed."""
        own = (self.question, self.question_id, self.prompt, self.settings, self.seed)
        return Answer(*own, profile=self.profile, previous_id=self.previous_id)

    def alternative(self, token: int, number: int) -> Alternative:
        """Alternative `number` to token `token`, both from 1. Raises UsageError when it cannot be forced."""
        if self.settings.value("num_beams") > 1 and not self.choices:
            raise UsageError(_("a beam-search answer cannot be branched; /set num_beams 1 and /regen"))
        if self.candidates:
            raise UsageError(_("an answer of a vote cannot be branched; /set vote 1 and /regen"))
        chosen = self.token_at(token)
        if not 0 < number <= len(chosen.top):
            raise UsageError(
                _("/alt {token} {number}: expected an alternative from 1 to {count}; /alt {token} lists them").format(
                    token=token, number=number, count=len(chosen.top)
                )
                if chosen.top
                else _("token {token} was recorded without alternatives; /regen answers again").format(token=token)
            )
        if chosen.top[number - 1].id == chosen.id:
            raise UsageError(
                _("/alt {token} {number}: the answer has that token already; choose another one").format(
                    token=token, number=number
                )
            )
        return chosen.top[number - 1]

    def token_at(self, token: int) -> Token:
        """Token number `token`, from 1. Raises UsageError when there is none."""
        if not self.tokens:
            raise UsageError(_("the last answer has no tokens"))
        if token == len(self.tokens) + 1 and self.finish in ("eos", "empty"):
            raise UsageError(
                _("token {token} is the end of the answer; /regen min_new_tokens={token} makes a longer one").format(
                    token=token
                )
            )
        if not 0 < token <= len(self.tokens):
            raise UsageError(
                _("/alt {token}: expected a token from 1 to {count}; /probs all numbers them").format(
                    token=token, count=len(self.tokens)
                )
            )
        return self.tokens[token - 1]

    def take(self, event: Event, card: Callable[[], ModelCard]) -> None:
        """Add what an event of the engine reports; at the last one, end."""
        if isinstance(event, Started):
            self.timing.encode_s, self.timing.reused = event.encode_s, event.reused
            self.card = card()  # not later: if the model is killed, this would load it again
            self.timing.load_s = self.card.load_s
        elif isinstance(event, Delta):
            self.text += event.text
            self.tokens += event.tokens
        elif isinstance(event, Withdrawn):
            self.text = ""
            self.tokens.clear()
        else:
            self.finish, self.end_logprob = event.finish, event.end_logprob
            self.timing.first_token_s, self.timing.total_s = event.first_token_s, event.total_s
            self.timing.peak_mb, self.timing.fewest_threads = event.peak_mb, event.fewest_threads
            self.timing.drafted, self.timing.accepted = event.drafted, event.accepted
            self.end()

    def take_candidate(self, number: int) -> None:
        """Become another one of the candidates, by its number from 1, because the user chose it."""
        taken = self.candidates[number - 1]
        self.text, self.short, self.finish = taken.text, taken.short, taken.finish
        self.tokens, self.end_logprob, self.picked = list(taken.tokens), taken.end_logprob, number

    def end(self) -> None:
        """Complete the answer: apply the settings to its text."""
        if self.settings.value("strip"):
            self.text = self.text.strip()
        if self.finish == "eos" and not self.text:
            self.finish = "empty"
        self.short = short_answer(self.text, self.settings.value("answer_regex"))
        self.ended = True


def short_answer(text: str, regex: str | None) -> str:
    """The first group of the first match of `regex`, or the whole match if it has no group; "" without a match."""
    found = re.search(regex, text) if regex else None
    return (found[1] if found.re.groups else found[0]) or "" if found else ""
