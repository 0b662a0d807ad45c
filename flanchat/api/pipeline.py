"""`flanchat.pipeline`: the pipelines for T5 that transformers had before version 5, with their arguments and results.

docs/pipeline.md says what they did in 4.55.4. An argument that flanchat cannot follow is refused by its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from flanchat.api import surroundings
from flanchat.api.asking import warn_of_unknown
from flanchat.api.generation import Wanted, read_generation, settings_file
from flanchat.api.old_arguments import (
    check_beside_model,
    check_task,
    model_name,
    placement_arguments,
    precision_of,
    refuse,
)
from flanchat.api.one_at_a_time import OneAtATime
from flanchat.api.progress import show_download
from flanchat.api.texts import MOST_TOKENS, check_length, plain, text_of, whole_number
from flanchat.base.errors import UsageError
from flanchat.base.files import is_there
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.added_tokens import CONFIG
from flanchat.engine.checkpoint.config import ignored_settings
from flanchat.engine.checkpoint.untrusted_json import read_object
from flanchat.engine.checkpoint.validate import read_small_files
from flanchat.engine.engines import open_engine
from flanchat.engine.events import Request, Token
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.engine.rows import Row, answered_rows
from flanchat.engine.t5.tokenizer import CleanUp
from flanchat.sessions.batch import MOST_ROWS

Record = dict[str, Any]
"""A result: a text under "generated_text", "summary_text" or "translation_text", or ids under "..._token_ids"."""

_RESULTS = {"text2text-generation": "generated", "summarization": "summary", "translation": "translation"}
_TRUNCATES = {"True": True, "longest_first": True, "only_first": True, "False": False, "do_not_truncate": False}
_ENDLESS = 1_000_000
"""A model_max_length above this means that there is none."""


def pipeline(  # noqa: PLR0917 - in the order of transformers
    task: str | None = None,
    model: str | os.PathLike[str] | None = None,
    config: object = None,
    tokenizer: object = None,
    feature_extractor: object = None,
    image_processor: object = None,
    processor: object = None,
    framework: str | None = None,
    revision: str | None = None,
    use_fast: bool = True,  # both kinds of tokenizer read a text as flanchat's does
    token: object = None,
    device: object = None,
    device_map: object = None,
    torch_dtype: object = "auto",
    trust_remote_code: bool | None = None,
    model_kwargs: Mapping[str, object] | None = None,
    pipeline_class: object = None,
    **arguments: Any,
) -> Pipeline:
    """Load a model for a task, as `transformers.pipeline` did before version 5. docs/pipeline.md has the details.

    task: "text2text-generation", "summarization", "translation_XX_to_YY" or "translation". model: a name as after
    `flanchat -m`, or a folder. device: a number, a name such as "cuda:0" or "npu:0", or a torch.device; -1 is the CPU.
    torch_dtype: "auto" computes in the precision that the checkpoint is stored in. arguments: `batch_size`,
    `truncation` and generation settings for all calls.

    Raises UsageError for an argument that flanchat cannot follow, and ModelError and DeviceError as `flanchat.load`.

    >>> answer = flanchat.pipeline("text2text-generation", model="demo")
    >>> answer("What is the capital of France?", max_new_tokens=20, do_sample=False)
    [{'generated_text': 'Paris'}]
    """
    refused = {
        "feature_extractor": feature_extractor,
        "image_processor": image_processor,
        "processor": processor,
        "pipeline_class": pipeline_class,
        "trust_remote_code": trust_remote_code or None,
        "framework": None if framework == "pt" else framework,
        "token": None if token is True else token,
    }
    for name, value in refused.items():
        if value is not None:
            raise refuse(name)
    check_beside_model("config", config, model)
    check_beside_model("tokenizer", tokenizer, model)
    environ = surroundings.environ()
    known_task = check_task(task)
    named = model_name(known_task, model, revision, environ)
    dtype = arguments.pop("dtype", torch_dtype)
    place, dtype, wants_accelerator = placement_arguments(device, device_map, dtype, model_kwargs or {})
    if named.is_default:
        text = _("no model was named, so this is {model}; name it, because a default may change")
        surroundings.warn(text.format(model=named.name))
    with show_download(environ) as progress:
        source = resolve(named.name, environ, report=progress.report, progress=progress)
    used = ignored_settings(*settings_file(source.folder))  # not here

    def note(sentence: str) -> None:
        if sentence not in used:
            surroundings.warn(sentence)

    options = EngineOptions(environ=environ, device=place, precision=precision_of(dtype, source), note=note)
    engine = open_engine(source, options, "local")
    try:
        made = Pipeline(known_task, engine, arguments)
        engine.start()
    except BaseException:
        engine.close()
        raise
    if wants_accelerator and engine.card().device == "cpu":
        surroundings.warn(_("device=0: no accelerator was found, so the model is on the CPU; device=-1 asks for that"))
    return made


@dataclass(frozen=True, slots=True)
class _Options:
    """The arguments of a call that are not settings of `generate`."""

    batch_size: int = 1
    num_workers: object = None  # of processes that read data; has no effect on texts
    truncation: object = None
    return_tensors: object = None
    return_text: object = None  # 4.55.4 did not look at it
    clean_up_tokenization_spaces: object = None
    src_lang: object = None
    tgt_lang: object = None

    def check(self) -> None:
        """Raise UsageError for an invalid value."""
        whole_number(self.batch_size, "batch_size", 1, MOST_ROWS)
        if self._truncation not in _TRUNCATES:
            raise UsageError(_("truncation: expected True or False, got {got!r}").format(got=self.truncation))

    @property
    def truncates(self) -> bool:
        """Whether longer texts are cut to what the model was made for."""
        return _TRUNCATES[self._truncation]

    @property
    def _truncation(self) -> str:
        return str(getattr(self.truncation, "value", self.truncation or False))  # a TruncationStrategy has a value


_OPTIONS = frozenset(_Options.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class PipelineModel:
    """What is known of a pipeline's model. name_or_path: as it was given; LangChain, for one, reads it."""

    name_or_path: str


class Pipeline:
    """A model for a task, made by `flanchat.pipeline`.

    task: as it was given; for "translation", the first pair of languages that the checkpoint has. One call at a time: a
    call from another thread waits.
    """

    def __init__(self, task: str, engine: Engine, arguments: Mapping[str, Any]) -> None:
        """arguments: for all calls. Raises UsageError for one that flanchat cannot follow."""
        self._engine, self._one_at_a_time, self._is_closed = engine, OneAtATime(), False
        self._options, settings = _divided(_Options(), arguments)
        folder = engine.source.folder
        self._shape = read_small_files(folder).shape
        self._generation = read_generation(folder, self._shape, task, settings)
        self._longest, self._cuts_left = _longest_text(folder)
        self.task, self.model = self._generation.task, PipelineModel(engine.source.name)

    def __call__(
        self, inputs: str | Iterable[str], **arguments: Any
    ) -> list[Record] | list[list[Record]] | Iterator[list[Record]]:
        """Answer a text, or several.

        A text gives a list of as many dicts as `num_return_sequences` says, or one. A list gives a list with the dict
        of each text, or with the list of its dicts. A generator or a torch Dataset gives an iterator over such lists,
        which answers `batch_size` texts at a time when they are needed.

        arguments: settings of `generate`, and batch_size, truncation, return_tensors, clean_up_tokenization_spaces;
        they go before those of `pipeline`. Raises UsageError for one that flanchat cannot follow.
        """
        self._require_open()
        options, settings = _divided(self._options, arguments)
        wanted = self._generation.call(settings)
        self._check(options, wanted.sequences)
        for remark in (*wanted.remarks, *self._remarks(options)):
            surroundings.warn(remark)
        if isinstance(inputs, str):
            text = self._text(inputs, options)
            self._warn_of_unread([text])
            return self._answer([text], wanted, options)[0]
        if isinstance(inputs, list):
            texts = [self._text(text, options, number) for number, text in enumerate(inputs, 1)]
            self._warn_of_unread(texts)
            answered = list(self._answer_all(iter(texts), wanted, options))
            return answered if wanted.sequences > 1 else [one for (one,) in answered]
        from flanchat.api.torch_values import lazily

        if (several := lazily(inputs)) is not None:
            made = (self._text(text, options, number) for number, text in enumerate(several, 1))
            return self._answer_all(made, wanted, options, has_warned=False)
        text = _("expected a text, a list of texts, a generator or a torch Dataset, got an object of {kind}")
        raise UsageError(text.format(kind=type(inputs).__name__))

    def close(self) -> None:
        """Free the model, once the running call has ended. Safe to call twice."""
        with self._one_at_a_time():
            self._is_closed = True
            self._engine.close()

    def __enter__(self) -> Pipeline:
        self._require_open()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _require_open(self) -> None:
        if self._is_closed:
            raise UsageError(_("this pipeline is closed; make it again with flanchat.pipeline"))

    def _warn_of_unread(self, texts: Iterable[str]) -> bool:
        """Warn about characters that the model cannot read. Returns whether there are any."""
        return warn_of_unknown(warned for text in texts for warned in self._engine.measure([text]).warnings)

    def _check(self, options: _Options, sequences: int) -> None:
        """Raise UsageError for an option that this checkpoint cannot follow, and for too many answers at a time."""
        if (rows := options.batch_size * sequences) > MOST_ROWS:
            text = _("batch_size times num_return_sequences: expected at most {most}, got {got}; lower one of them")
            raise UsageError(text.format(most=MOST_ROWS, got=rows))
        if options.return_tensors and len(self._shape.eos_ids) > 1:
            raise UsageError(_("return_tensors: this model has several end tokens; leave it out and read the texts"))
        if options.truncates and self._cuts_left:
            raise UsageError(_("truncation: this checkpoint cuts texts at their beginning; shorten them yourself"))

    def _text(self, given: object, options: _Options, number: int = 0) -> str:
        """What the model reads for a text of the program. number: in a list, from 1. Raises UsageError."""
        what = _("text {number}").format(number=number) if number else _("text")
        text = self._generation.prefix + text_of(given, what)
        if not (options.truncates and 0 < self._longest <= MOST_TOKENS):
            check_length(self._engine.measure, text, what, MOST_TOKENS)
        if "<" in text:
            for warned in self._engine.measure([text]).warnings:
                if warned.kind == "special":
                    refused = _("{what}: {words} would be read as plain text, not as the model's token; leave it out")
                    raise UsageError(refused.format(what=what, words=warned.chars))
        return text

    def _answer_all(
        self, texts: Iterator[str], wanted: Wanted, options: _Options, *, has_warned: bool = True
    ) -> Iterator[list[Record]]:
        """has_warned: about characters that the model cannot read; else that is done once, where the first are."""
        while batch := list(islice(texts, options.batch_size)):
            has_warned = has_warned or self._warn_of_unread(batch)
            yield from self._answer(batch, wanted, options)

    def _answer(self, texts: Sequence[str], wanted: Wanted, options: _Options) -> list[list[Record]]:
        """The answers to each of the texts of a batch."""
        self._require_open()
        limit = self._longest if options.truncates else 0
        requests = [
            Request(text, decoding, prompt_limit=limit)
            for text in texts
            for decoding in wanted.decodings(_seeds(wanted))
        ]
        with self._one_at_a_time():
            self._require_open()  # it may have been closed while this call waited
            rows = answered_rows(self._engine.stream(requests), len(requests))
        for remark in dict.fromkeys(self._length_remark(row.prompt_tokens, wanted) for row in rows):
            if remark:
                surroundings.warn(remark)
        records = self._id_records(rows) if options.return_tensors else self._text_records(rows, options)
        return [records[at : at + wanted.sequences] for at in range(0, len(records), wanted.sequences)]

    def _text_records(self, rows: Sequence[Row], options: _Options) -> list[Record]:
        key = f"{self._result}_text"
        return [{key: _joined(row.tokens, clean_up=bool(options.clean_up_tokenization_spaces))} for row in rows]

    def _id_records(self, rows: Sequence[Row]) -> list[Record]:
        """Ids with start and end token, padded to the longest answer of the batch."""
        from flanchat.api.torch_values import id_tensors

        start, end = self._shape.decoder_start_id, self._shape.eos_ids
        ids = [[start, *(token.id for token in row.tokens), *end[: row.finish == "eos"]] for row in rows]
        return [{f"{self._result}_token_ids": one} for one in id_tensors(ids, self._shape.pad_id)]

    @property
    def _result(self) -> str:
        return next(result for task, result in _RESULTS.items() if self.task.startswith(task))

    def _remarks(self, options: _Options) -> Iterator[str]:
        """Sentences about what does not do what its name says."""
        if self._result == "translation" and not self._generation.has_task:
            text = _(
                "the checkpoint has no prefix for {task}, so the text is sent as it is; begin it with an instruction, "
                "such as 'translate English to German: '"
            )
            yield text.format(task=self.task)
        if options.src_lang is not None or options.tgt_lang is not None:
            yield _("src_lang and tgt_lang have no effect with a T5; the task or the text says the languages")
        if options.truncates and not self._longest:
            yield _("truncation has no effect: the checkpoint does not say how long a text may be")

    def _length_remark(self, prompt_tokens: int, wanted: Wanted) -> str:
        """What 4.55.4 said about a text that is too long, or short, for the task; "" for others."""
        most = wanted.decoding.max_new_tokens
        if 0 < self._longest < prompt_tokens:
            text = _("the text has {tokens} tokens, and the model was made for {most}; truncation=True cuts it")
            return text.format(tokens=prompt_tokens, most=self._longest)
        if self._result == "summary" and prompt_tokens < most:
            text = _("the text has {tokens} tokens, and its summary may have {most}; give a smaller max_new_tokens")
            return text.format(tokens=prompt_tokens, most=most)
        if self._result == "translation" and prompt_tokens > 0.9 * most:
            text = _("the text has {tokens} tokens, and its translation may have {most}; give a larger max_new_tokens")
            return text.format(tokens=prompt_tokens, most=most)
        return ""


def _divided(options: _Options, arguments: Mapping[str, Any]) -> tuple[_Options, dict[str, Any]]:
    """The options with those among the arguments, and the other arguments."""
    values: dict[str, Any] = {name: plain(value) for name, value in arguments.items()}
    options = replace(options, **{n: value for n, value in values.items() if n in _OPTIONS and value is not None})
    options.check()
    return options, {name: value for name, value in values.items() if name not in _OPTIONS}


def _longest_text(folder: Path) -> tuple[int, bool]:
    """The tokens of the longest text that a model was made for, or 0, and whether longer ones lose their beginning."""
    path = folder / CONFIG
    fields = read_object(path, 1 << 20) if is_there(path) else {}
    found = fields.get("model_max_length")
    longest = found if isinstance(found, int) and 1 < found < _ENDLESS else 0
    return longest, fields.get("truncation_side") == "left"


def _seeds(wanted: Wanted) -> list[int]:
    """A seed for each answer to a text; 0 where none is needed."""
    from flanchat.api.torch_values import draw_seeds

    return draw_seeds(wanted.sequences) if wanted.decoding.samples else [0] * wanted.sequences


def _joined(tokens: Sequence[Token], *, clean_up: bool) -> str:
    """The text of an answer as tokenizers decode it: only the first token loses its space."""
    text = "".join(token.text for token in tokens).removeprefix(" ")
    if not clean_up:
        return text
    clean = CleanUp()
    return clean.feed(text) + clean.rest()
