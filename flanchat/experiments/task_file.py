"""Read a task file of lm-evaluation-harness or promptfoo. Knows no profile, model or terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from flanchat.base.errors import PromptsError
from flanchat.experiments.harness_task import FIELDS as HARNESS_FIELDS
from flanchat.experiments.harness_task import read_harness_task
from flanchat.experiments.prompt_file import PromptFile
from flanchat.experiments.promptfoo import FIELDS as PROMPTFOO_FIELDS
from flanchat.experiments.promptfoo import read_promptfoo
from flanchat.experiments.task_yaml import load


def is_task_file(name: str) -> bool:
    return PurePath(name).suffix.lower() in (".yaml", ".yml")


def read_task_file(
    name: str,
    content: bytes,
    prompt: str | None,
    target: str | None,
    open_data: Callable[[str], tuple[str, bytes]],
) -> PromptFile:
    """Read the rows of a task file. Raises PromptsError.

    prompt, target: as in `read_prompts`, where the file leaves them open. open_data: the path and the content of a file
    that it names.
    """
    file = load(name, content)
    fields = file.root if isinstance(file.root, dict) else {}
    is_promptfoo = isinstance(file.root, list) or any(key in fields for key in PROMPTFOO_FIELDS)
    if not is_promptfoo and not any(key in fields for key in HARNESS_FIELDS):
        raise PromptsError(
            f"{name}:1: expected a task of lm-evaluation-harness with doc_to_text, or tests of promptfoo, found neither"
        )
    says_itself = not is_promptfoo or "prompts" in fields
    if says_itself and (prompt is not None or target is not None):
        option = "--prompt-column" if prompt is not None else "--target-column"
        raise PromptsError(f"{name}:1: says itself what the prompts and right answers are; leave out {option}")
    return read_promptfoo(file, prompt, target) if is_promptfoo else read_harness_task(file, open_data)
