"""`flanchat.compare`: two models on the same prompts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

from flanchat.api import surroundings
from flanchat.api.asking import ProfileName, profile_of, setup_of
from flanchat.api.interrupted import Interrupted
from flanchat.api.loading import named_of, open_named
from flanchat.api.model import Model
from flanchat.api.progress import count_answers
from flanchat.api.texts import question_of, texts_of, whole_number
from flanchat.base.errors import EngineError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.engines import open_engine
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.experiments import model_diff
from flanchat.experiments.model_diff import BATCH, ModelComparison, shared_vocabulary
from flanchat.experiments.model_diff_prompts import FilePrompts, bundled_prompts
from flanchat.experiments.prompt_file import PromptFile, Row
from flanchat.export.model_diff_page import model_diff_fragment
from flanchat.sessions.batch import MOST_ROWS

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from flanchat.api.keywords import Keywords

AnyModel: TypeAlias = Model | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class ModelDiff(model_diff.ModelDiff):
    """Two models on the same prompts. Divergences are in nats per token, over the whole vocabulary, the end included.

    a, b: which models, on which device. asked: how many prompts there are; `prompts` has fewer after Ctrl-C.
    same_vocabulary: whether the models have the same tokens, without which only texts are compared. prompts: of each
    both answers, where they part, and the divergence at each token. worst: the tokens with the largest KL(A || B), each
    with the number of its prompt and what either model preferred. Further, `same` is how many answers are the same,
    `parts_at` the token where the others part in the median, `kl` the mean of KL(A || B) and `reverse_kl` that of
    KL(B || A), `quantiles` those of KL(A || B) over the tokens, `agreement` the share of tokens with the same first
    choice, and `to_dict()` what `flanchat diff --json` prints.
    """

    def _repr_html_(self) -> str:
        return model_diff_fragment(self)


def compare(
    a: AnyModel,
    b: AnyModel | None = None,
    prompts: Iterable[str] | None = None,
    *,
    reference: bool = False,
    batch: int = BATCH,
    progress: bool = True,
    profile: ProfileName | None = None,
    variables: Mapping[str, str] | None = None,
    **settings: Unpack[Keywords],
) -> ModelDiff:
    """Compare two models: their greedy answers, and their distributions at each token of A's answers.

    a, b: loaded models, or names as for `flanchat.load`, which are loaded until the comparison ends; both are in memory
    at the same time. prompts: None for the 225 that come with flanchat. reference: compare `a` with transformers' own
    `generate`, in a process of its own; that is then the result's `a`. settings: as for `ask`; answers are never
    sampled. Divergences are computed from whole distributions, which pass through a temporary file.

    >>> found = flanchat.compare("bundled,precision=float32", "bundled,precision=int8", ["Name a fruit."])
    >>> len(found.prompts), found.same_vocabulary
    (1, True)
    """
    if reference == (b is not None):
        raise UsageError(_("expected a second model, or reference=True in its place"))
    whole_number(batch, "batch", 1, MOST_ROWS)
    read = bundled_prompts() if prompts is None else PromptFile([Row(*of) for of in _numbered(prompts)], None, None)
    work: ModelComparison | None = None

    def result() -> ModelDiff | None:
        found = None if work is None else work.result
        return None if found is None else ModelDiff(**{one.name: getattr(found, one.name) for one in fields(found)})

    try:
        with ExitStack() as stack:
            engines = [_entered(stack, model, result) for model in ([a] if b is None or b is a else [a, b])]
            if reference:
                engines.insert(0, stack.enter_context(closing(_reference(engines[0]))))
            first, second = engines[0], engines[-1]
            with_profile = profile_of(profile, second.source, surroundings.environ())
            setup, __ = setup_of(with_profile, variables, (), settings)
            vocabulary = shared_vocabulary(first.source, second.source)
            asked = FilePrompts(setup, read, origin="once")
            for note in asked.notes:
                surroundings.warn(note)
            work = ModelComparison(first, second, asked, vocabulary, batch)
            done = 0
            with count_answers(len(read.rows), shown=progress) as bar:
                for compared in work.run():
                    bar.add(compared - done)
                    done = compared
            if not work.is_complete:  # stopped from another thread
                raise KeyboardInterrupt
    except KeyboardInterrupt as stop:
        if isinstance(stop, Interrupted):
            raise
        raise Interrupted(result()) from None
    except EngineError as error:
        error.answer = result()
        raise
    found = result()
    assert found is not None
    return found


def _numbered(prompts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for number, prompt in enumerate(texts_of(prompts, "prompt"), 1):
        yield f"prompt {number}", question_of(prompt, f"prompt {number}")


def _entered(stack: ExitStack, model: AnyModel, result: Callable[[], object]) -> Engine:
    """The engine of a model, which nobody else uses meanwhile."""
    if isinstance(model, Model):
        stack.enter_context(model._exclusively(result))
        return model._engine
    opened = open_named(named_of(model, None, None, None), surroundings.environ(), process=False)
    return stack.enter_context(closing(opened))


def _reference(engine: Engine) -> Engine:
    """transformers' own engine of the same checkpoint, on the same device."""
    options = EngineOptions(
        environ=surroundings.environ(),
        device=engine.card().device,
        note=surroundings.warn,
        engine="transformers",
    )
    return open_engine(engine.source, options)
