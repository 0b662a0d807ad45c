"""Plan a replay: which recorded answers to make again, and how each is asked now."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.conversation import Conversation, Path
from flanchat.sessions.session_record import SessionRecord

Mode = Literal["held", "free"]
"""Which answers a turn sees before it: the recorded ones, which isolates each turn's change, or the new ones."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What to change from the record. Without any override a replay is a re-run: it should give the same answers.

    model: another model is used. place: another device or precision is.
    """

    profile: Profile | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    model: bool = False
    place: bool = False

    @property
    def of_setup(self) -> bool:
        """Whether prompts or settings change."""
        return bool(self.profile is not None or self.settings or self.variables)


@dataclass(frozen=True, slots=True)
class Turn:
    """A recorded answer to make again.

    name: its number, `3`, or `3.2` for the second answer to that question. path: the recorded answers before it.
    setup: how it is asked now; None when the record lacks its profile. as_recorded: it is sent the recorded prompt.
    room: the most tokens that the new answer may have. begin: the token ids that the user chose.
    """

    name: str
    old: Answer
    path: Path
    setup: Setup | None
    as_recorded: bool
    room: int
    begin: tuple[int, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """What the answer is chosen from; () when it is generated."""
        if self.as_recorded or self.setup is None:
            return tuple(choice.text for choice in self.old.choices)
        return () if self.begin else self.setup.choices


def is_cut(answer: Answer) -> bool:
    """Whether an answer ended before the model ended it."""
    return answer.finish in ("length", "interrupted", "error")


def plan_replay(record: SessionRecord, change: Overrides, mode: Mode, *, everything: bool = False) -> list[Turn]:
    """The turns of the current branch, or with `everything` every answer in the record, oldest first.

    Raises UsageError when there is none, or when the settings clash.
    """
    conversation = record.conversation
    answers = list(conversation.answers.values()) if everything else conversation.turns
    if not answers:
        why = _("none of its questions has an answer") if record.unanswered else _("it holds no answer")
        raise UsageError(_("nothing to replay: {why}").format(why=why))
    return [_turn(answer, record, change, mode, everything) for answer in answers]


def _turn(old: Answer, record: SessionRecord, change: Overrides, mode: Mode, everything: bool) -> Turn:
    conversation = record.conversation
    path = conversation.path_to(old.previous_id)
    setup = _changed(record.setups.get(old.id), change)
    if setup is not None and old.choices and not (change.profile is not None and change.profile.choices):
        choices = tuple(choice.text for choice in old.choices)  # maybe given with the question, not the profile's
        setup = dataclasses.replace(setup, profile=dataclasses.replace(setup.profile, choices=choices))
    settings = setup.settings if setup is not None else old.settings
    as_recorded = mode == "held" and not change.of_setup and bool(old.prompt.text)
    return Turn(
        name=_name(old, len(path) + 1, conversation) if everything else str(len(path) + 1),
        old=old,
        path=path,
        setup=setup,
        as_recorded=as_recorded,
        room=_room(old, settings, change, record),
        begin=tuple(t.id for t in old.tokens[: record.forced.get(old.id, 0)]) if not change.model else (),
    )


def _name(answer: Answer, number: int, conversation: Conversation) -> str:
    """A turn's number, with the answer's own number if its question has several."""
    siblings = conversation.siblings(answer)
    return str(number) if len(siblings) < 2 else f"{number}.{siblings.index(answer) + 1}"


def _changed(recorded: Setup | None, change: Overrides) -> Setup | None:
    """The recorded setup with the overrides. With another profile, settings that differed from the old one's stay."""
    setup = recorded
    if change.profile is not None:
        settings = Settings()
        if recorded is not None:
            settings = settings.with_layer(f"profile {recorded.profile.name}", recorded.profile.settings)
            settings = settings.restored(recorded.settings)
        variables = recorded.variables if recorded is not None else {}
        setup = Setup(change.profile, settings, variables).with_profile(change.profile)
    if setup is None:
        return None
    setup = setup.with_settings("once", change.settings)
    given = {name: value for name, value in change.variables.items() if name in setup.profile.vars}
    return dataclasses.replace(setup, variables={**setup.variables, **given})


def _room(old: Answer, settings: Settings, change: Overrides, record: SessionRecord) -> int:
    """How many tokens the new answer may have: as many as the recorded one if that was cut, else its max_new_tokens.

    An answer that continues a cut one may have the tokens of both, and one with a forced token at least its own length.
    """
    limit: int = settings.value("max_new_tokens")
    if "decode.max_new_tokens" in change.settings:
        return limit
    if is_cut(old) and settings.value("num_beams") == settings.value("vote") == 1:
        return max(1, len(old.tokens))
    if old.continues:
        begun = record.conversation.answers.get(old.continues)
        return limit + len(begun.tokens) if begun is not None else max(limit, len(old.tokens) + 1)
    return max(limit, len(old.tokens) + 1) if old.id in record.forced else limit
