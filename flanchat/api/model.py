"""A loaded model: ask it, stream it, score with it, compare its answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.api.answering import Answering
from flanchat.api.asking import ProfileName, profile_of, setup_of, warn_of_losses, warn_of_settings, warn_of_unknown
from flanchat.api.progress import count_answers
from flanchat.api.reasons import Why
from flanchat.api.recording import Recording
from flanchat.api.results import Answer, Answers, Grid, Score, Scores, Tokens
from flanchat.api.stream import Stream
from flanchat.api.surroundings import warn
from flanchat.api.texts import MOST_TOKENS, check_length, question_of, text_of, texts_of, whole_number
from flanchat.api.varying import axes_of
from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.grid_run import OpenModel
from flanchat.experiments.grid_session import GridSession, grid_notes
from flanchat.experiments.why import Explanation, check_layer
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange
from flanchat.prompting.settings import find_setting
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer as MadeAnswer
from flanchat.sessions.batch import MOST_ROWS
from flanchat.sessions.candidates import N_BEST
from flanchat.sessions.choices import check_choices
from flanchat.sessions.continuations import CONTINUATION_TOKENS, score_continuations
from flanchat.sessions.fill import Filled
from flanchat.ui.warnings import choice_warnings

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from flanchat.api.keywords import Keywords


class Model(Answering):
    """A model that is ready to answer, made by `flanchat.load`. In a `with` block it is closed at the end.

    One call at a time: a call from another thread waits until the running one has ended, an open stream included.
    """

    def __init__(
        self, engine: Engine, *, environ: Mapping[str, str], recording: Recording, open_model: OpenModel
    ) -> None:
        super().__init__(engine, recording)
        self._environ, self._open_model = environ, open_model

    @property
    def name(self) -> str:
        """The model's name, as it was given."""
        return self._engine.source.name

    @property
    def card(self) -> ModelCard:
        """Which model this is, on which device and in which precision."""
        return self._engine.card()

    @property
    def path(self) -> Path | None:
        """The file of the session in which answers are recorded; None without `record`."""
        return self._recording.path

    def ask(
        self,
        question: str,
        *,
        profile: ProfileName | None = None,
        variables: Mapping[str, str] | None = None,
        history: Sequence[tuple[str, str]] = (),
        **settings: Unpack[Keywords],
    ) -> Answer:
        """Answer a question.

        profile: a name such as "qa", the path of a file, or a `Profile`; None sends the question as it is. variables:
        values for the profile's template. history: earlier turns, as pairs of question and answer, the oldest first.
        settings: any setting of docs/profiles.md by its short name or its long one, such as `temperature=0.7`, which
        samples.

        >>> model.ask("What is the capital of France?", profile="qa").text
        'Paris'
        """
        with self.stream(question, profile=profile, variables=variables, history=history, **settings) as stream:
            for __ in stream:
                pass
        return stream.answer

    def stream(
        self,
        question: str,
        *,
        profile: ProfileName | None = None,
        variables: Mapping[str, str] | None = None,
        history: Sequence[tuple[str, str]] = (),
        **settings: Unpack[Keywords],
    ) -> Stream:
        """Like `ask`, but give the answer as it is generated.

        >>> for event in model.stream("What is the capital of France?", profile="qa"):
        ...     if isinstance(event, flanchat.Delta):
        ...         print(event.text, end="")
        Paris
        """
        setup, earlier = self._setup(profile, variables, history, settings)
        made = self._unanswered(setup, question_of(question), earlier)
        warn_of_losses([made.prompt])
        return self._stream(made, setup)

    def ask_all(
        self,
        questions: Iterable[str],
        *,
        batch: int = 16,
        progress: bool = True,
        profile: ProfileName | None = None,
        variables: Mapping[str, str] | None = None,
        **settings: Unpack[Keywords],
    ) -> Answers:
        """Answer many questions, `batch` at a time; the answers are in the order of the questions.

        Each answer is the one that `ask` gives, but its tokens have no alternatives. Nothing is answered unless all
        prompts can be compiled. progress: show a bar, on a terminal or in a notebook, when it takes long.

        >>> answers = model.ask_all(["Translate to German: Good morning.", "What is the capital of Italy?"])
        >>> [answer.text for answer in answers]
        ['Guten Morgen.', 'Rome']
        """
        whole_number(batch, "batch", 1, MOST_ROWS)
        setup, __ = self._setup(profile, variables, (), settings)
        texts = texts_of(questions, "question")
        for number, text in enumerate(texts, 1):
            question_of(text, f"question {number}")
        made: list[MadeAnswer] = []

        def answers() -> Answers:
            return Answers([Answer.of(answer) for answer in made])

        with self._exclusively(answers), count_answers(len(texts), shown=progress) as bar:
            for number, question in enumerate(texts, 1):
                try:
                    made.append(self._unanswered(setup, question))
                except BudgetError as error:
                    raise type(error)(f"question {number}: {error.message}") from None
            warn_of_losses([answer.prompt for answer in made])
            # prompts of similar length need little padding, and equal ones are encoded once
            order = sorted(range(len(made)), key=lambda at: (-made[at].prompt.tokens, made[at].prompt.text))
            for begin in range(0, len(order), batch):
                some = [made[at] for at in sorted(order[begin : begin + batch])]
                self._answer_batch(some, setup, bar.add)
                if any(answer.finish == "interrupted" for answer in some):
                    break
        return answers()

    def choose(
        self,
        question: str,
        choices: Sequence[str],
        *,
        profile: ProfileName | None = None,
        variables: Mapping[str, str] | None = None,
        history: Sequence[tuple[str, str]] = (),
        **settings: Unpack[Keywords],
    ) -> Answer:
        """Answer with the likeliest of some choices; the end of the answer counts. `answer.shares` has all of them.

        >>> model.choose("Is the sky blue?", ["yes", "no"]).text
        'yes'
        """
        given = check_choices(texts_of(choices, "choice"), 'model.choose("Is the sky blue?", ["yes", "no"])')
        setup, earlier = self._setup(profile, variables, history, settings, choices=given)
        made = self._unanswered(setup, question_of(question), earlier)
        warn_of_losses([made.prompt])
        with self._stream(made, setup) as stream:
            for __ in stream:
                pass
        for line in choice_warnings(made.choices):
            warn(line.removeprefix("! "))
        return stream.answer

    def score(self, context: str, continuations: Sequence[str], *, end: bool = False) -> Scores:
        """Log-probabilities of texts that follow a context, which is encoded once and gets no profile.

        end: count the end token too, so that a score is that of the whole answer and not of how an answer begins.

        >>> scores = model.score("What is the capital of France?", ["Paris", "Rome"])
        >>> max(scores, key=lambda score: score.logprob).text
        'Paris'
        """
        context = text_of(context, "context")
        check_length(self._engine.measure, context, "context", MOST_TOKENS)
        pairs = [(context, text) for text in texts_of(continuations, "continuation")]
        for number, (__, text) in enumerate(pairs, 1):
            check_length(self._engine.measure, text, f"continuation {number}", CONTINUATION_TOKENS)
        measured = self._engine.measure([context])
        found: list[Score] = []

        def scores() -> Scores:
            return Scores(found, context=context, prompt_tokens=measured.total, warnings=measured.warnings)

        with self._exclusively(scores):
            precision = ""
            while precision != (precision := self._engine.card().precision):  # scores that are compared come from one
                found.clear()
                for one in score_continuations(self._engine, pairs):
                    found.append(
                        Score(one.text, one.logprob(end=end), one.tokens, one.end_logprob, one.is_greedy, one.warnings)
                    )
                if self._is_stopping:
                    break
            if len(found) < len(pairs):
                raise KeyboardInterrupt
        warn_of_unknown([*measured.warnings, *(warned for one in found for warned in one.warnings)])
        return scores()

    def whatif(
        self,
        question: str,
        *,
        full: bool = False,
        progress: bool = True,
        variables: Mapping[str, str] | None = None,
        history: Sequence[tuple[str, str]] = (),
        **varied: object,
    ) -> Grid:
        """Answer a question with varied settings, profiles or models.

        varied: a list is an axis of the grid, any other value is in force in all cells. Axes are settings, `profile`,
        `model`, and `without` (the number of a shot to leave out); an axis of `stop`, which is a list itself, is a list
        of lists. full: try all combinations of the values; else each axis is varied by itself, beside a cell with the
        settings as they are.

        >>> grid = model.whatif("Name a fruit.", temperature=[0.5, 1.0], seed=range(4))
        >>> len(grid)
        7
        """
        axes, fixed, profiles = axes_of(varied)
        profile = fixed.pop("profile", None)
        if unvaried := next((name for name in ("model", "without") if name in fixed), None):
            raise UsageError(_("{name}: expected several values in a list").format(name=unvaried))
        setup, earlier = setup_of(self._profile(profile), variables, history, fixed)
        question = question_of(question)
        session: GridSession | None = None
        with self._exclusively(lambda: None if session is None else Grid(session)):
            session = GridSession(
                self._recording.session(setup),
                axes,
                question,
                profiles=lambda name: self._profile(profiles.get(name, name)),
                open_model=self._open_model,
                full=full,
            )
            session.grid.earlier = earlier
            for note in grid_notes(session.grid, setup, "once"):
                warn(note)
            with count_answers(len(session.grid.cells), shown=progress) as bar, closing(session.cells()) as cells:
                ended: set[int] = set()
                for cell in cells:
                    if self._is_stopping:
                        session.stop()
                    if cell.done and id(cell) not in ended:
                        ended.add(id(cell))
                        bar.add()
            self._recording.check()
        return Grid(session)

    def fill(self, text: str, *, n_best: int = N_BEST) -> Filled:
        """Fill the blanks <1>, <2> and so on of a text, which the model reads without a profile.

        n_best: how many ways to look for. They are in `fills`, the likeliest first, each with its `sentence` and
        `logprob`; `note` says what is known of how the model was trained for it.
        """
        whole_number(n_best, "n_best", 2, int(find_setting("n_best").maximum))
        setup, __ = self._setup(None, None, (), {"n_best": n_best})
        filled: Filled | None = None
        with self._exclusively(lambda: filled):
            with closing(self._recording.session(setup).fill(text_of(text, "text"))) as events:
                for event in events:
                    if self._is_stopping:
                        self._engine.stop()
                    filled = event if isinstance(event, Filled) else filled
            self._recording.check()
        assert filled is not None
        if filled.note:
            warn(filled.note)
        return filled

    def why(
        self,
        question: str | Answer,
        *,
        by: str = "",
        part: str = "",
        answers: bool = False,
        attention: bool = False,
        layer: int | None = None,
        check: str = "",
        progress: bool = True,
        profile: ProfileName | None = None,
        variables: Mapping[str, str] | None = None,
        history: Sequence[tuple[str, str]] = (),
        **settings: Unpack[Keywords],
    ) -> Why:
        """Which parts of the prompt made an answer: how its log-probability changes when each of them is left out.

        question: an answer, or a question that is asked first, with the keywords of `ask`. by: "part", "sentence" or
        "word"; "" takes parts, or words where the prompt is a single part. part: only what is in this one, such as
        "question" or "shot2"; "shots" leaves out all of them at once. answers: decode what is answered without each
        part, too. attention: look up where the decoder looks, in the mean of all layers or in `layer`, from 1. check:
        "gradient" adds the changes by integrated gradients, for which the model is loaded again in float32.

        >>> why = model.why("capital of France", profile="fewshot")
        >>> min(why, key=lambda effect: effect.change).part
        'question'
        """
        if layer is not None:
            check_layer(self._engine.source, str(whole_number(layer, "layer", 1, 1000)))  # before anything is asked
        if not isinstance(question, Answer):
            question = self.ask(question, profile=profile, variables=variables, history=history, **settings)
        elif profile is not None or variables or history or settings:
            raise UsageError(_("why: an answer has its profile and settings already; give them with a question"))
        made = question._made
        explanation = Explanation(
            self._engine,
            made,
            by=text_of(by, "by") if by else "",
            within=text_of(part, "part") if part else "",
            answers=answers,
            attention=attention,
            layer=str(layer or ""),
            check=check,
            session=self._recording.of(made),
        )
        with self._exclusively(lambda: Why(explanation.why)):
            with count_answers(explanation.total, shown=progress) as bar, closing(explanation.run()) as steps:
                done = 0
                for __ in steps:
                    bar.add(explanation.done - done)
                    done = explanation.done
                    if self._is_stopping:
                        explanation.stop()
            self._recording.check()
            if explanation.stopped:
                raise KeyboardInterrupt
        return Why(explanation.why)

    def tokens(self, text: str) -> Tokens:
        """The tokens of a text, and what of it the model will not see.

        >>> model.tokens("Grüße, 你好").lost
        '你好'
        """
        self._require_open()
        text = text_of(text, "text")
        return Tokens(text, self._engine.pieces(text), self._engine.measure([text]))

    def stop(self) -> None:
        """End what the model is answering, in whichever thread; it ends as "interrupted". Safe in a signal handler."""
        self._is_stopping = True  # the engine's own mark is lost between two batches
        self._engine.stop()
        stream = self._open()
        if stream is not None and stream.is_open and self._one_at_a_time.is_mine:
            stream.close()

    def close(self) -> None:
        """Free the model. Safe to call twice. Raises StorageError when something could not be recorded."""
        if self._one_at_a_time.is_mine:  # of this thread's open stream
            self.stop()
        with self._one_at_a_time():
            if not self._is_closed:
                self._is_closed = True
                self._engine.close()
                self._recording.close()

    def __enter__(self) -> Model:
        self._require_open()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        card = self._engine.card()
        return f"<flanchat.Model {card.name} on {card.device}, {card.precision}>"

    def _profile(self, given: object) -> Profile:
        return profile_of(given, self._engine.source, self._environ)

    def _setup(
        self,
        profile: ProfileName | None,
        variables: Mapping[str, str] | None,
        history: Sequence[tuple[str, str]],
        settings: Mapping[str, object],
        *,
        choices: Sequence[str] = (),
    ) -> tuple[Setup, list[Exchange]]:
        """See `setup_of`. Warns of settings without effect."""
        setup, earlier = setup_of(self._profile(profile), variables, history, settings, choices=choices)
        warn_of_settings(setup)
        return setup, earlier

    def _stream(self, made: MadeAnswer, setup: Setup) -> Stream:
        return Stream(made, lambda stream: self._answer(stream, made, setup))
