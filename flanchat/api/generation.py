"""The generation settings of a pipeline, combined as transformers 4.55.4 combined them. Knows no text and no tensor.

From weak to strong: transformers' defaults, the pipeline's own, the checkpoint's generation_config.json, the arguments
of `pipeline`, the task_specific_params in config.json, the arguments of the call.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flanchat.api.texts import whole_number
from flanchat.base.errors import UsageError
from flanchat.base.files import is_there
from flanchat.base.i18n import N_, _
from flanchat.base.wording import did_you_mean, with_hint
from flanchat.engine.checkpoint.config import Shape, read_config
from flanchat.engine.checkpoint.untrusted_json import read_object
from flanchat.engine.events import Decoding
from flanchat.prompting.settings import find_setting
from flanchat.sessions.batch import MOST_ROWS

_DEFAULTS: dict[str, Any] = {  # transformers'
    "max_length": 20,
    "max_new_tokens": None,
    "min_length": 0,
    "min_new_tokens": None,
    "do_sample": False,
    "temperature": 1.0,
    "top_k": 50,
    "top_p": 1.0,
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "num_beams": 1,
    "length_penalty": 1.0,
    "early_stopping": False,
    "num_return_sequences": 1,
}
_OF_PIPELINES = {"max_new_tokens": 256, "num_beams": 4}
"""A checkpoint's values do not replace these two, because 4.55.4 took them for the user's."""

_MOST_TOKENS = 4096
_LARGEST = {
    "max_length": _MOST_TOKENS,
    "max_new_tokens": _MOST_TOKENS,
    "min_length": _MOST_TOKENS,
    "min_new_tokens": _MOST_TOKENS,
    "num_beams": 64,
    "num_return_sequences": MOST_ROWS,
    "no_repeat_ngram_size": int(find_setting("no_repeat_ngram_size").maximum),
    "top_k": int(find_setting("top_k").maximum),
}
"""transformers took any number, and a large one takes all memory: then the system ends the program, not an error."""

_FILTERS = N_("use top_p or top_k")
_LOOKS_AT_ANSWER = N_("use repetition_penalty or no_repeat_ngram_size")
_DIFFERENT_BEAMS = N_("num_return_sequences gives the best beams, which differ too")
_WORDS = N_("check the answers, or score fixed ones with flanchat.load(MODEL).choose")
_OWN_CODE = N_("a flanchat model runs no functions of the caller while it decodes; change the answers afterwards")
_STOPS = N_("use flanchat.load(MODEL).ask(TEXT, stop=[...]), which ends an answer before a text")
_ONLY_SPEED = N_("leave it out, it changes only the speed")
_PROBABILITIES = N_("use flanchat.load(MODEL).ask(TEXT), whose tokens have log-probabilities")
_FIELDS = N_("give its fields as arguments, such as num_beams=4")
_NO_OTHER_WAY = N_("leave it out")

_REFUSED: dict[str, tuple[Any, str]] = {  # the value that changes nothing, and what to do instead
    "num_beam_groups": (1, _DIFFERENT_BEAMS),
    "diversity_penalty": (0, _DIFFERENT_BEAMS),
    "penalty_alpha": (0, _FILTERS),
    "min_p": (0, _FILTERS),
    "typical_p": (1, _FILTERS),
    "epsilon_cutoff": (0, _FILTERS),
    "eta_cutoff": (0, _FILTERS),
    "encoder_repetition_penalty": (1, _LOOKS_AT_ANSWER),
    "encoder_no_repeat_ngram_size": (0, _LOOKS_AT_ANSWER),
    "bad_words_ids": ([], _WORDS),
    "force_words_ids": ([], _WORDS),
    "constraints": ([], _WORDS),
    "sequence_bias": ({}, _WORDS),
    "suppress_tokens": ([], _WORDS),
    "begin_suppress_tokens": ([], _WORDS),
    "forced_eos_token_id": (None, _WORDS),
    "forced_decoder_ids": ([], _WORDS),
    "prefix_allowed_tokens_fn": (None, _WORDS),
    "logits_processor": ([], _OWN_CODE),
    "stopping_criteria": ([], _OWN_CODE),
    "custom_generate": (None, _OWN_CODE),
    "stop_strings": ([], _STOPS),
    "stop_sequence": (None, _STOPS),
    "max_time": (0, _STOPS),
    "streamer": (None, N_("use flanchat.load(MODEL).stream(TEXT)")),
    "assistant_model": (None, _ONLY_SPEED),
    "assistant_tokenizer": (None, _ONLY_SPEED),
    "prompt_lookup_num_tokens": (0, _ONLY_SPEED),
    "assistant_early_exit": (None, _ONLY_SPEED),
    "output_scores": (False, _PROBABILITIES),
    "output_logits": (False, _PROBABILITIES),
    "output_attentions": (False, _PROBABILITIES),
    "output_hidden_states": (False, _PROBABILITIES),
    "return_dict_in_generate": (False, _PROBABILITIES),
    "generation_config": (None, _FIELDS),
    "exponential_decay_length_penalty": ([], N_("use length_penalty")),
    "guidance_scale": (1, _NO_OTHER_WAY),
    "negative_prompt_ids": (None, _NO_OTHER_WAY),
    "negative_prompt_attention_mask": (None, _NO_OTHER_WAY),
    "dola_layers": (None, _NO_OTHER_WAY),
    "token_healing": (False, _NO_OTHER_WAY),
    "renormalize_logits": (False, _NO_OTHER_WAY),
    "remove_invalid_values": (False, _NO_OTHER_WAY),
    "watermarking_config": ({}, _NO_OTHER_WAY),
    "return_type": (None, N_("use return_tensors")),
}

_ANY_VALUE = ("use_cache", "cache_implementation", "cache_config", "low_memory", "disable_compile", "synced_gpus")
"""Arguments that change how transformers computes, never what."""

_TOKENS = ("pad_token_id", "eos_token_id", "bos_token_id", "decoder_start_token_id", "forced_bos_token_id")

_NAMES = (*_DEFAULTS, *_REFUSED, *_ANY_VALUE, *_TOKENS)

_FILE = "generation_config.json"
_SINCE_MODEL_DEFAULTS = (4, 50)
_RECENT = "4.55.4"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call asks the engine for.

    decoding: of each answer, but for `beam` and `seed`. sequences: answers to each text. remarks: sentences about
    arguments that do not do what their names say.
    """

    decoding: Decoding
    sequences: int
    remarks: tuple[str, ...] = ()

    def decodings(self, seeds: Sequence[int]) -> list[Decoding]:
        """Of each answer to a text. seeds: as many; a beam search uses only the first."""
        if self.decoding.num_beams > 1:
            return [replace(self.decoding, beam=beam, seed=seeds[0]) for beam in range(self.sequences)]
        return [replace(self.decoding, seed=seed) for seed in seeds]


@dataclass(frozen=True, slots=True)
class Generation:
    """The settings of a pipeline, which a call completes.

    values: by transformers' names. checkpoint: its own values. falls_back: whether a value that equals transformers'
    default gives way to the checkpoint's once more in each call, as it did for files written by 4.50 and later.
    given: the names that the program gave to the pipeline. shape: has the checkpoint's tokens. task: for a mere
    "translation", the first pair of languages that the checkpoint has. has_task: whether it has settings for the task.
    prefix: text that goes before each text.
    """

    values: Mapping[str, Any]
    checkpoint: Mapping[str, Any]
    falls_back: bool
    given: frozenset[str]
    shape: Shape
    task: str
    has_task: bool
    prefix: str

    def call(self, arguments: Mapping[str, Any]) -> Wanted:
        """The settings of one call. Raises UsageError for an argument that is unknown, invalid or not to be had."""
        values = _completed(self.values, self.checkpoint) if self.falls_back else dict(self.values)
        values |= _known(arguments, self.shape)
        wanted = _wanted(values, arguments)
        given = self.given | {name for name, value in arguments.items() if value is not None}
        return replace(wanted, remarks=tuple(_remarks(values, arguments, given, wanted.decoding)))


def read_generation(folder: Path, shape: Shape, task: str, arguments: Mapping[str, Any]) -> Generation:
    """The settings of a pipeline for `task`.

    folder: of the checkpoint. arguments: those of `pipeline` that are settings. Raises ModelError for damaged files,
    UsageError for an argument that is unknown or not to be had.
    """
    config, (path, fields) = read_config(folder), settings_file(folder)
    version = fields.get("transformers_version") if path.name == _FILE else _RECENT
    checkpoint = {name: fields[name] for name in (*_DEFAULTS, *_REFUSED) if name in fields}
    values = _completed({**_DEFAULTS, **_neutral(), **_OF_PIPELINES}, checkpoint)
    values |= _known(arguments, shape)
    if values["max_new_tokens"] == _OF_PIPELINES["max_new_tokens"] and values["max_length"] not in (None, 20):
        values["max_new_tokens"] = None
    tasks = config.get("task_specific_params")
    tasks = tasks if isinstance(tasks, dict) else {}
    if task == "translation":
        task = next((name for name in tasks if name.startswith("translation")), task)
    of_task = tasks.get(task)
    of_task = of_task if isinstance(of_task, dict) else {}
    _check_tokens(of_task, shape)
    values |= {name: value for name, value in of_task.items() if name in values}
    prefix = of_task.get("prefix", config.get("prefix"))
    return Generation(
        values,
        checkpoint,
        falls_back=_version(version) >= _SINCE_MODEL_DEFAULTS,
        given=frozenset(name for name, value in arguments.items() if value is not None),
        shape=shape,
        task=task,
        has_task=bool(of_task),
        prefix=prefix if isinstance(prefix, str) else "",
    )


def settings_file(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The file from which transformers takes a checkpoint's settings, and its content. Raises ModelError."""
    path = folder / _FILE
    return (path, read_object(path, 1 << 20)) if is_there(path) else (folder / "config.json", read_config(folder))


def _neutral() -> dict[str, Any]:
    return {name: neutral for name, (neutral, __) in _REFUSED.items()}


def _version(text: object) -> tuple[int, ...]:
    """Major and minor number; a file without a version counts as new."""
    found = re.match(r"(\d+)\.(\d+)", text if isinstance(text, str) else _RECENT)
    return tuple(map(int, found.groups())) if found else _SINCE_MODEL_DEFAULTS


def _completed(values: Mapping[str, Any], checkpoint: Mapping[str, Any]) -> dict[str, Any]:
    """`values`, with the checkpoint's in place of those that equal transformers' defaults."""
    defaults = {**_neutral(), **_DEFAULTS}
    completed = {**values, **{n: value for n, value in checkpoint.items() if values[n] == defaults[n]}}
    if completed["temperature"] == 0:
        completed["do_sample"] = False
    return completed


def _known(arguments: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """The arguments that are settings. Raises UsageError for one that is unknown, or not to be had."""
    for name, value in arguments.items():
        if name not in _NAMES:
            hint = did_you_mean(name, _NAMES)
            raise UsageError(with_hint(_("a pipeline has no argument {name}").format(name=name), hint))
        if name in _REFUSED and _is_set(name, value):
            text = _("{name}: flanchat's engine does not do this; {instead}")
            raise UsageError(text.format(name=name, instead=_(_REFUSED[name][1])))
    _check_tokens(arguments, shape)
    return {name: value for name, value in arguments.items() if name in _DEFAULTS or name in _REFUSED}


def _check_tokens(fields: Mapping[str, Any], shape: Shape) -> None:
    own = {
        "pad_token_id": [shape.pad_id],
        "eos_token_id": list(shape.eos_ids),
        "decoder_start_token_id": [shape.decoder_start_id],
        "forced_bos_token_id": [] if shape.forced_first is None else [shape.forced_first],
    }
    for name in _TOKENS:
        value = fields.get(name)
        if value is not None and (value if isinstance(value, list) else [value]) != own.get(name):
            text = _("{name}={value}: a flanchat model uses the tokens of its checkpoint; leave it out")
            raise UsageError(text.format(name=name, value=value))


def _wanted(values: Mapping[str, Any], call: Mapping[str, Any]) -> Wanted:
    if name := next((name for name in _REFUSED if _is_set(name, values[name])), ""):
        text = _("the checkpoint sets {name}, which flanchat's engine does not do; call with {name}={neutral!r}")
        raise UsageError(text.format(name=name, neutral=_REFUSED[name][0]))
    beams, sequences = _whole(values, "num_beams", 1), _whole(values, "num_return_sequences", 1)
    samples = _flag(values, "do_sample")
    if sequences > 1 and beams == 1 and not samples:
        text = _("num_return_sequences={count}: greedy decoding has one answer; set do_sample=True or num_beams")
        raise UsageError(text.format(count=sequences))
    if sequences > beams > 1:
        text = _("num_return_sequences={count}: expected at most num_beams, {beams}")
        raise UsageError(text.format(count=sequences, beams=beams))
    top_p = _number(values, "top_p")
    if top_p < 0:
        raise UsageError(_("{name}: expected a number from 0, got {got}").format(name="top_p", got=top_p))
    early = values["early_stopping"]
    if early not in (True, False, "never"):
        raise UsageError(_("early_stopping: expected True, False or 'never', got {got!r}").format(got=early))
    decoding = Decoding(
        max_new_tokens=_most(values, call),
        min_new_tokens=_least(values),
        do_sample=samples,
        temperature=_positive(values, "temperature") if samples else 1.0,
        top_k=0 if values["top_k"] is None else _whole(values, "top_k", 0),
        top_p=top_p,
        repetition_penalty=_positive(values, "repetition_penalty"),
        no_repeat_ngram_size=_whole(values, "no_repeat_ngram_size", 0),
        num_beams=beams,
        length_penalty=_number(values, "length_penalty"),
        early_stopping=early,
        top=1,
    )
    return Wanted(decoding, sequences)


def _remarks(values: Mapping[str, Any], call: Mapping[str, Any], given: Set[str], decoding: Decoding) -> Iterator[str]:
    """given: the settings that the program names, as arguments of `pipeline` or of the call."""
    most, least = decoding.max_new_tokens, decoding.min_new_tokens
    if values["max_new_tokens"] is not None and call.get("max_length") is not None:
        text = _(
            "max_length={length} is not used, as in transformers 4.55.4: max_new_tokens={tokens} takes precedence; "
            "give max_new_tokens instead"
        )
        yield text.format(length=call["max_length"], tokens=most)
    if values["min_new_tokens"] is not None and call.get("min_length") is not None:
        text = _("min_length={length} is not used: min_new_tokens={tokens} takes precedence")
        yield text.format(length=call["min_length"], tokens=least)
    if least > most:
        text = _("the shortest answer, {least} tokens, is longer than the longest, {most}; answers have {most}")
        yield text.format(least=least, most=most)
    for name in ("temperature", "top_p", "top_k"):
        if name in given and not decoding.do_sample:
            yield _("{name} has no effect while do_sample is False").format(name=name)
    for name in ("length_penalty", "early_stopping"):
        if name in given and decoding.num_beams == 1:
            yield _("{name} has no effect while num_beams is 1").format(name=name)


def _is_set(name: str, value: object) -> bool:
    return value is not None and value != _REFUSED[name][0]


def _most(values: Mapping[str, Any], call: Mapping[str, Any]) -> int:
    """The longest answer, in new tokens. max_length counts the start token, unless it is transformers' default."""
    if values["max_new_tokens"] is not None:
        return _whole(values, "max_new_tokens", 1)
    if values["max_length"] is None:
        raise UsageError(_("max_length and max_new_tokens are both None; give one of them"))
    length = _whole(values, "max_length", 2)
    return length if length == _DEFAULTS["max_length"] and call.get("max_length") is None else length - 1


def _least(values: Mapping[str, Any]) -> int:
    if values["min_new_tokens"] is not None:
        return _whole(values, "min_new_tokens", 0)
    return max(0, _whole(values, "min_length", 0) - 1)


def _whole(values: Mapping[str, Any], name: str, least: int) -> int:
    value = _DEFAULTS[name] if values[name] is None else values[name]
    return whole_number(value, name, least, _LARGEST[name])


def _number(values: Mapping[str, Any], name: str) -> float:
    value = _DEFAULTS[name] if values[name] is None else values[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise UsageError(_("{name}: expected a number, got {got!r}").format(name=name, got=value))
    return float(value)


def _positive(values: Mapping[str, Any], name: str) -> float:
    value = _number(values, name)
    if value <= 0:
        raise UsageError(_("{name}: expected a number above 0, got {got}").format(name=name, got=value))
    return value


def _flag(values: Mapping[str, Any], name: str) -> bool:
    value = values[name]
    if value is not None and not isinstance(value, bool):
        raise UsageError(_("{name}: expected True or False, got {got!r}").format(name=name, got=value))
    return bool(value)
