"""Tasks of lm-evaluation-harness, as far as they need no Python: rows of a local file, filled into templates.

Fields mean what they mean there (its version 0.4). What would change prompts or answers and is not done here is
refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from flanchat.base.errors import PromptsError, UsageError
from flanchat.base.i18n import _, join_list
from flanchat.experiments.prompt_file import PromptFile, Row, read_columns, scalar_text
from flanchat.experiments.task_yaml import TaskYaml
from flanchat.experiments.template import TemplateError, is_template
from flanchat.prompting.settings import find_setting

FIELDS = ("doc_to_text", "doc_to_target", "output_type", "dataset_path", "test_split", "validation_split")
"""A file with one of these is a task of lm-evaluation-harness."""

_READ = (
    *FIELDS, "task", "dataset_name", "dataset_kwargs", "training_split", "doc_to_choice", "description",
    "target_delimiter", "num_fewshot", "generation_kwargs", "repeats", "unsafe_code",
)  # fmt: skip
_WITHOUT_EFFECT = (
    "task_alias", "tag", "group", "group_alias", "metadata", "should_decontaminate", "doc_to_decontamination_query",
    "fewshot_delimiter",
)  # fmt: skip
_NOT_USED = ("metric_list",)
_EXAMPLES = "flanchat takes no examples from a split; put them into the shots of a profile and remove this field"
_REFUSED = {
    "fewshot_split": _EXAMPLES,
    "fewshot_config": _EXAMPLES,
    "process_docs": "flanchat changes no rows; write the changed ones into the data file",
    "process_results": "flanchat has its own metrics; see --metric",
    "filter_list": "flanchat filters no answers; use post.answer_regex (-o answer_regex=...) and remove this field",
    "use_prompt": "flanchat reads no promptsource; write the template as doc_to_text",
    "include": "flanchat reads one task file; copy the fields of the other into this one",
    "custom_dataset": "flanchat reads local files only; name one in dataset_kwargs.data_files",
    "gen_prefix": "flanchat begins no answers; write the text at the end of doc_to_text",
    "doc_to_image": "Flan-T5 reads text only",
    "doc_to_audio": "Flan-T5 reads text only",
}
_SETTINGS = {
    "max_gen_toks": "max_new_tokens", "max_new_tokens": "max_new_tokens", "min_new_tokens": "min_new_tokens",
    "do_sample": "do_sample", "temperature": "temperature", "top_k": "top_k", "top_p": "top_p",
    "num_beams": "num_beams", "length_penalty": "length_penalty", "no_repeat_ngram_size": "no_repeat_ngram_size",
    "repetition_penalty": "repetition_penalty", "until": "stop",
}  # fmt: skip
_HUGGING_FACE_TOP_K = 50  # of transformers, where a task samples and does not say
_FORMATS = {"json": (".jsonl", ".json"), "parquet": (".parquet",)}
"""Formats whose values have types; of CSV, the datasets library guesses them."""

_Doc = Mapping[str, Any]


def read_harness_task(file: TaskYaml, open_data: Callable[[str], tuple[str, bytes]]) -> PromptFile:
    """open_data: the path and the content of a file that the task names. Raises PromptsError."""
    root = file.mapping((), file.root)
    file.keys((), root, (*_READ, *_WITHOUT_EFFECT, *_NOT_USED), _REFUSED)
    _require_plain(file, root)
    multiple = root.get("output_type", "generate_until") == "multiple_choice"
    if multiple and "doc_to_choice" not in root:
        file.refuse(("output_type",), "multiple_choice needs doc_to_choice, which is missing")
    for key in ("doc_to_text", "doc_to_target"):
        if key not in root:
            file.refuse((), f"expected {key}, found no such field")
    settings = {} if multiple else dict(_settings(file, root.get("generation_kwargs")))
    data, docs = _docs(file, root, open_data)
    columns = dict.fromkeys(key for __, doc in docs for key in doc)
    task = _Task(file, root, list(columns))
    rows = [task.row(where, {**columns, **doc}, scored=multiple) for where, doc in docs]
    notes = tuple(_notes(root, data, settings))
    return PromptFile(rows, "doc_to_text", "doc_to_target", is_filled=True, settings=settings, notes=notes)


class _Task:
    """The templates of a task, filled in with a row of its data. columns: of the data."""

    def __init__(self, file: TaskYaml, root: Mapping[str, Any], columns: Sequence[str]) -> None:
        self._file, self._root, self._columns = file, root, columns
        self._templates = {
            key: file.template((key,), value)
            for key in ("doc_to_text", "doc_to_target", "doc_to_choice", "description")
            if isinstance(value := root.get(key), str) and value not in columns
        }

    def row(self, where: str, doc: _Doc, *, scored: bool) -> Row:
        """scored: the answer is chosen. Raises PromptsError."""
        text = self._value(where, doc, "doc_to_text")
        if not isinstance(text, str) or not text.strip():
            self._file.refuse(("doc_to_text",), f"expected a prompt, found {text!r} for {where}")
        choices = self._choices(where, doc) if "doc_to_choice" in self._root else ()
        if choices and text.isdigit():
            self._file.refuse(("doc_to_text",), f"a number is one of several contexts there, found {text} for {where}")
        targets = tuple(self._targets(where, self._target(where, doc, choices), choices, scored=scored))
        if "description" in self._templates:
            text = self._filled(where, doc, "description") + text
        columns = {name: shown for name, value in doc.items() if (shown := scalar_text(value)) is not None}
        return Row(where, text, targets, columns, choices if scored else ())

    def _filled(self, where: str, doc: _Doc, key: str) -> str:
        try:
            return self._templates[key].render(doc)
        except TemplateError as error:
            raise PromptsError(f"{where}: {key}: {error}") from None

    def _value(self, where: str, doc: _Doc, key: str) -> Any:
        """A column of the data by its name, or what the template gives."""
        given = self._root[key]
        if not isinstance(given, str):
            return given
        if given in self._columns:
            return doc[given]
        if key == "doc_to_text" and not is_template(given):
            self._file.refuse((key,), f"expected a column of the data or a template, found {given!r}; "
                              f"the columns are {', '.join(self._columns)}")  # fmt: skip
        return self._filled(where, doc, key)

    def _choices(self, where: str, doc: _Doc) -> tuple[str, ...]:
        found = self._value(where, doc, "doc_to_choice")
        if isinstance(found, dict):
            found = list(found.values())
        elif isinstance(found, str):
            found = _literal(found)
        if (
            not isinstance(found, list)
            or not found
            or not all(isinstance(each, str) and each.strip() for each in found)
        ):
            raise PromptsError(f"{where}: doc_to_choice: expected a list of texts, found {found!r}")
        if len(set(found)) < len(found):
            raise PromptsError(f"{where}: doc_to_choice: expected different texts, found {found!r}")
        return tuple(found)

    def _target(self, where: str, doc: _Doc, choices: Sequence[str]) -> Any:
        """As lm-evaluation-harness: a column as it is; of a template's text, a number is one of the choices."""
        given = self._root["doc_to_target"]
        found = self._value(where, doc, "doc_to_target")
        if isinstance(given, str) and given not in self._columns:
            if choices and found.isdigit():
                return int(found)
            if not is_template(given) and given not in choices:
                self._file.refuse(("doc_to_target",), f"expected a column of the data or a template, found {given!r}; "
                                  f"the columns are {', '.join(self._columns)}")  # fmt: skip
            if found[:1] == "[" and found[-1:] == "]" and isinstance(read := _literal(found), list):
                return read
        return found

    def _targets(self, where: str, found: Any, choices: Sequence[str], *, scored: bool) -> Iterator[str]:
        """The right answers: of choices by their numbers from 0, or texts."""
        for each in found if isinstance(found, list) else [found]:
            if choices and isinstance(each, int):  # true and false as well, as in Python
                if not 0 <= each < len(choices):
                    what = f"expected a number below {len(choices)}, the number of choices, found {each}"
                    raise PromptsError(f"{where}: doc_to_target: {what}")
                yield choices[each]
            elif (text := scalar_text(each)) is None:
                if each not in (None, ""):
                    raise PromptsError(f"{where}: doc_to_target: expected a text or a list of texts, found {each!r}")
            elif scored and text not in choices:
                what = f"expected one of the choices ({' | '.join(choices)}) or its number from 0, found {text!r}"
                raise PromptsError(f"{where}: doc_to_target: {what}")
            else:
                yield text


def _require_plain(file: TaskYaml, root: Mapping[str, Any]) -> None:
    """Refuse values that would change prompts or answers."""
    if root.get("output_type", "generate_until") not in ("generate_until", "multiple_choice"):
        file.refuse(("output_type",), f"expected generate_until or multiple_choice, found {root['output_type']!r}")
    if isinstance(root.get("task", ""), list):
        file.refuse(("task",), "this is a group of tasks; sweep each task file by itself")
    if root.get("num_fewshot") not in (None, 0):
        file.refuse(("num_fewshot",), _EXAMPLES)
    if root.get("repeats", 1) != 1:
        file.refuse(("repeats",), "flanchat asks once; use -o seed=1..N for several answers, and remove this field")
    if str(root.get("target_delimiter", " ")).strip():
        file.refuse(("target_delimiter",), "flanchat puts nothing before an answer; write it at the end of doc_to_text")
    if root.get("unsafe_code") not in (None, False):
        file.refuse(("unsafe_code",), "flanchat runs no code of a task")
    if root.get("dataset_name") is not None:
        file.refuse(("dataset_name",), "a local file has no parts with names; remove this field")
    for key in ("doc_to_text", "doc_to_target"):
        if key in root and (root[key] is None or isinstance(root[key], dict)):
            file.refuse((key,), "expected a column of the data or a template, found neither")
    if "description" in root and root["description"] is not None:
        file.scalar(("description",), root["description"])


def _settings(file: TaskYaml, given: Any) -> Iterator[tuple[str, Any]]:
    """The generation settings of a task by flanchat's names."""
    if given is None:
        return
    values = file.mapping(("generation_kwargs",), given)
    file.keys(("generation_kwargs",), values, _SETTINGS, {})
    if values.get("do_sample") is True and "top_k" not in values:
        values = {**values, "top_k": _HUGGING_FACE_TOP_K}
    for key, value in values.items():
        setting = find_setting(_SETTINGS[key])
        try:
            yield setting.name, setting.check([value] if key == "until" and isinstance(value, str) else value)
        except UsageError as error:
            file.refuse(("generation_kwargs", key), error.message.removeprefix(f"{setting.name}: "))


def _docs(
    file: TaskYaml, root: Mapping[str, Any], open_data: Callable[[str], tuple[str, bytes]]
) -> tuple[Sequence[str], Sequence[tuple[str, _Doc]]]:
    """The paths of the data files, and their rows, each with FILE:LINE."""
    kind = root.get("dataset_path")
    if kind not in _FORMATS:
        what = f"expected {', '.join(_FORMATS)} with dataset_kwargs.data_files, found {kind!r}"
        file.refuse(("dataset_path",), f"{what}; flanchat downloads no data")
    at: tuple[str, ...] = ("dataset_kwargs", "data_files")
    kwargs = file.mapping(at[:1], root.get("dataset_kwargs"))
    file.keys(at[:1], kwargs, ("data_files", "trust_remote_code"), {})
    files: Any = kwargs.get("data_files")
    key = "test_split" if root.get("test_split") else "validation_split"
    if key not in root:
        file.refuse((), "expected test_split, found no such field")
    split = file.text((key,), root[key])
    splits = files if isinstance(files, dict) else {"train": files}  # as the datasets library names it
    if split not in splits:
        file.refuse((key,), f"expected one of the splits of data_files, {', '.join(splits)}, found {split!r}")
    at = (*at, split) if isinstance(files, dict) else at
    several: list[Any] = splits[split] if isinstance(splits[split], list) else [splits[split]]
    names = [file.text(at, name) for name in several]
    paths, docs = [], []
    for name in names:
        if PurePath(name).suffix.lower() not in _FORMATS[kind]:
            file.refuse(at, f"expected a local file that ends in {' or '.join(_FORMATS[kind])}, found {name!r}")
        path, content = open_data(name)
        paths.append(path)
        docs += [(f"{path}:{place}", doc) for place, doc in read_columns(path, content)]
    return paths, docs


def _notes(root: Mapping[str, Any], data: Sequence[str], settings: Mapping[str, Any]) -> Iterator[str]:
    yield _("rows from {files}").format(files=join_list(data))
    if settings:
        shown = " ".join(f"{find_setting(name).short}={find_setting(name).format(settings[name])}" for name in settings)
        yield _("settings from generation_kwargs: {settings}").format(settings=shown)
    if unused := [key for key in _NOT_USED if key in root]:
        yield _("not used, because flanchat has metrics of its own: {fields}").format(fields=join_list(unused))


def _literal(text: str) -> Any:
    """The list that a text writes, as lm-evaluation-harness reads it; the text itself where it writes none."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
