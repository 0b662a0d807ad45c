"""Writes the events of a session: none that would reveal a private turn, profile and settings only as they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flanchat.base.clock import Now
from flanchat.base.errors import FlanchatError
from flanchat.base.i18n import in_english
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Answer
from flanchat.sessions.serialization import answer_record, choose_record, prompt_record
from flanchat.sessions.transcript import NoTranscript, Transcript

# Those of a private question are not written, even after `/log on`.
_OF_A_QUESTION = (
    "prompt", "answer", "error", "whatif.start", "whatif.cell", "choose", "replay", "why", "rating", "note.remove",
)  # fmt: skip


class EventWriter:
    """Events of one session. is_on: whether they are written; set by `/log`. What came while it was off is private."""

    def __init__(self, transcript: Transcript | NoTranscript, now: Now) -> None:
        self.transcript, self.is_on = transcript, True
        self._now = now
        self._setup: tuple[str, dict[str, Any]] | None = None  # profile and settings as last written
        self._private: dict[str, str | None] = {}  # events not written, each with its nearest written ancestor

    @property
    def has_all(self) -> bool:
        """Whether every event of the session is on disk."""
        return self.is_on and not self._private and not self.transcript.problem

    def public(self, turns: Sequence[Answer]) -> Sequence[Answer]:
        """The turns that may be part of a recorded prompt."""
        if self.is_on and self._private:
            return [turn for turn in turns if turn.id not in self._private]
        return turns

    def write(self, type: str, parent: str | None, **fields: object) -> str:
        """Write an event, unless writing is off now or was off when its question was asked; return its id.

        Its parent is its nearest ancestor that was written.
        """
        is_of_a_question = type in _OF_A_QUESTION or (type == "note" and "answer" in fields)
        private = is_of_a_question and parent in self._private
        parent = self.written(parent)
        if self.is_on and not private:
            return self.transcript.record(type, parent, **fields)
        id = NoTranscript(self._now).record(type)
        self._private[id] = parent
        return id

    def written(self, id: str | None) -> str | None:
        """The event itself, or its nearest ancestor that was written."""
        return self._private.get(id, id) if id is not None else None

    def write_prompt(self, question_id: str, prompt: Prompt) -> None:
        self.write("prompt", question_id, **prompt_record(prompt))

    def write_answer(self, answer: Answer, **origin: object) -> None:
        """Write an answer, which gets its id, and what it was chosen from. origin: where it comes from."""
        answer.id = self.write("answer", answer.question_id, **answer_record(answer), **origin)
        if answer.id in self._private:  # answers follow answers, and not their questions
            self._private[answer.id] = self.written(answer.previous_id)
        if answer.choices:
            by = answer.settings.value("choose")
            self.write("choose", answer.question_id, **choose_record(answer.choices, by=by, answer=answer.id))

    def write_error(self, question_id: str, where: str, error: FlanchatError) -> None:
        self.write("error", question_id, where=where, kind=type(error).__name__, message=in_english(error.message))

    def switch(self, on: bool, head: str | None) -> None:
        """Write on or write no more, and say so in the transcript. head: the current answer."""
        if not on:
            self.write("note", head, text="recording was switched off")
        self.is_on = on
        if on:
            self._setup = None
            self.write("note", head, text="recording was switched on again")

    def write_setup(self, profile: Profile, settings: Settings) -> None:
        """Write the profile and settings of the next answer, as far as they differ from those last written."""
        values = settings.as_dict()
        last_used, last = self._setup or ("", {})
        used = f"{profile.name} {profile.sha256}"
        if used != last_used:
            self.write("profile.use", None, name=profile.name, sha256=profile.sha256, content=profile.as_dict())
        changed = {name: [last.get(name), value] for name, value in values.items() if last.get(name) != value}
        if last and changed:  # the first settings are those of the first answer, which records them itself
            self.write("settings", None, changed=changed, origin={name: settings.origin(name) for name in changed})
        self._setup = (used, values)
