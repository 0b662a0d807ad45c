"""Read config.json: the sizes of a T5, each checked. Knows no tensors and no hub."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.base.files import is_there
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.untrusted_json import MISSING, entries, expected, problem, read_object, short, shown

FAMILIES = ("t5", "mt5", "umt5")
"""The values of model_type that this engine runs. Flan-T5, T5 and T5 v1.1 all have t5."""

ACTIVATIONS = ("relu", "gelu", "gelu_new", "silu")
"""transformers' names of activations: gelu_new is GELU by the hyperbolic tangent."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a T5.

    shared_bias: all layers of a stack use the first one's position bias; False: each layer has its own (UMT5).
    gated: the activation of one matrix's output multiplies another's, as in T5 v1.1 and Flan-T5.
    activation: of the feed-forward part, one of ACTIVATIONS.
    tied_scale: the decoder's output is multiplied by d_model**-0.5 before the head, as in the first T5.
    eos_ids: any of them ends an answer; the first is written where an end is demanded. forced_first: the first token of
    every answer that the user does not begin.
    """

    vocab_size: int
    d_model: int
    d_kv: int
    d_ff: int
    num_layers: int
    num_decoder_layers: int
    num_heads: int
    num_buckets: int
    max_distance: int
    eps: float
    gated: bool
    tied_scale: bool
    pad_id: int
    eos_ids: tuple[int, ...]
    decoder_start_id: int
    shared_bias: bool = True
    forced_first: int | None = None
    activation: str = "gelu_new"

    @property
    def eos_id(self) -> int:
        return self.eos_ids[0]

    def require_decoder_layer(self, layer: int) -> None:
        """Raise UsageError for a layer, from 1, that the decoder lacks; 0 stands for all."""
        if layer > self.num_decoder_layers:
            raise UsageError(
                _("layer {layer}: expected a layer from 1 to {count}").format(
                    layer=layer, count=self.num_decoder_layers
                )
            )


JSON_BYTES = 1 << 20
_SIZES = {  # field: minimum, maximum, default (None: required)
    "vocab_size": (8, 1_000_000, None),
    "d_model": (1, 16_384, None),
    "d_kv": (1, 1024, None),
    "d_ff": (1, 262_144, None),
    "num_layers": (1, 128, None),
    "num_heads": (1, 1024, None),
    "relative_attention_num_buckets": (4, 4096, 32),
    "relative_attention_max_distance": (4, 1_000_000, 128),
}
_GENERATION_SIZES = {
    "max_length": 1_000_000,
    "max_new_tokens": 1_000_000,
    "num_beams": 1024,
    "num_return_sequences": 1024,
}
_GENERATION_NEUTRAL: dict[str, Any] = {  # fields that change an answer in transformers, with the value that does not
    "do_sample": False,
    "num_beams": 1,
    "num_beam_groups": 1,
    "penalty_alpha": 0,
    "repetition_penalty": 1,
    "encoder_repetition_penalty": 1,
    "no_repeat_ngram_size": 0,
    "encoder_no_repeat_ngram_size": 0,
    "min_length": 0,
    "min_new_tokens": 0,
    "guidance_scale": 1,
    "bad_words_ids": [],
    "force_words_ids": [],
    "constraints": [],
    "suppress_tokens": [],
    "begin_suppress_tokens": [],
    "forced_eos_token_id": [],
    "forced_decoder_ids": [],
    "sequence_bias": {},
    "exponential_decay_length_penalty": [],
    "stop_strings": [],
    "max_time": 0,
    "watermarking_config": {},
}
_GENERATION_OTHERS = ("temperature", "top_k", "top_p", "length_penalty", "early_stopping", "task_specific_params")
START = ("decoder_start_token_id", "bos_token_id")
"""Fields with the token before an answer; the second counts where the first has none, as in transformers."""

END = "eos_token_id"

GENERATION = (*START, "forced_bos_token_id", END, *_GENERATION_NEUTRAL, *_GENERATION_SIZES, *_GENERATION_OTHERS)
"""Fields of config.json that transformers takes for `generate` where there is no generation_config.json."""

# T5EncoderModel, T5ForSequenceClassification and the like. Their weights lack the decoder or have another head, yet
# some say is_encoder_decoder: true. T5Model and the old T5WithLMHeadModel are whole.
_NOT_WHOLE = re.compile(r".*(Encoder|For(?!ConditionalGeneration)).*")

_RELATIVES = {  # model_type: what it is, of models that people expect to run because of their names
    "longt5": "a LongT5, which attends to blocks of its prompt",
    "switch_transformers": "a Switch Transformer, whose layers hold several experts",
    "t5gemma": "a T5Gemma, which is built of Gemma's layers",
    "t5gemma2": "a T5Gemma 2, which is built of Gemma's layers",
    "codet5p": "a CodeT5+ with another decoder, which runs code of its own",
    "codet5p_embedding": "a CodeT5+ for embeddings, without a decoder",
    "pix2struct": "a Pix2Struct, which reads images",
    "udop": "a UDOP, which reads images of pages",
    "pop2piano": "a Pop2Piano, which reads sound",
}


def read_config(folder: Path) -> dict[str, Any]:
    """The content of a model folder's config.json. Raises ModelError."""
    path = folder / "config.json"
    if not is_there(path):
        inner = [entry.name for entry in entries(folder) if os.path.isfile(folder / entry.name / "config.json")]
        remedy = f"did you mean {folder / inner[0]}?" if inner else "use a folder written by save_pretrained"
        raise problem(path, "", f"expected the model's config.json, got a folder without one; {remedy}")
    return read_object(path, JSON_BYTES)


def may_run(config: Mapping[str, Any]) -> bool:
    """Whether a config.json seems to be that of a whole model of this family."""
    classes = config.get("architectures")
    names = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
    return config.get("model_type") in FAMILIES and not (names and all(map(_NOT_WHOLE.fullmatch, names)))


def read_shape(path: Path, config: dict[str, Any]) -> tuple[Shape, bool]:
    """The shape, and whether the embedding serves as head when there is none."""
    family = config.get("model_type")
    if family not in FAMILIES:
        found = "no model_type" if family is None else f"model_type is {short(family)}"
        known = f", {_RELATIVES[family]}" if isinstance(family, str) and family in _RELATIVES else ""
        raise problem(path, "", f"{found}{known}; flanchat runs T5, Flan-T5, mT5 and UMT5 models")
    _refuse_code(path, config)
    if (quantised := config.get("quantization_config")) is not None:
        by = short(quantised.get("quant_method", MISSING) if isinstance(quantised, dict) else quantised)
        remedy = "use the model that they were made from, in precision int8 if memory is short"
        raise problem(path, "quantization_config", f"the weights were quantised by {by}; {remedy}")
    if config.get("is_encoder_decoder", True) is not True:
        found = config["is_encoder_decoder"]
        raise expected(path, "is_encoder_decoder", "true", found, "use the whole model, not a half")
    classes = config.get("architectures") or []
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise expected(path, "architectures", "a list of names", classes)
    if not may_run(config):
        remedy = "flanchat writes text, which takes encoder, decoder and language head"
        raise expected(path, "architectures", "a whole T5 such as T5ForConditionalGeneration", classes[0], remedy)

    sizes = {
        field: _whole(path, config, field, (least, most), default=default)
        for field, (least, most, default) in _SIZES.items()
    }
    layers = decoder_layers = sizes["num_layers"]
    if config.get("num_decoder_layers") is not None:
        decoder_layers = _whole(path, config, "num_decoder_layers", (1, 128))
    buckets, distance = sizes["relative_attention_num_buckets"], sizes["relative_attention_max_distance"]
    if distance <= buckets // 2:
        raise expected(path, "relative_attention_max_distance", f"a number above {buckets // 2}", distance)
    eps = config.get("layer_norm_epsilon", 1e-6)
    if isinstance(eps, bool) or not isinstance(eps, (int, float)) or not 0 < eps < 1:
        raise expected(path, "layer_norm_epsilon", "a number above 0 and below 1", eps)
    gated, activation = _feed_forward(path, config, family)
    tied = _flag(path, config, "tie_word_embeddings", family != "mt5")
    # transformers 5 always writes tie_word_embeddings: true, and for a T5 writes the field's former value to
    # scale_decoder_outputs. An mT5 is never scaled.
    tied_scale = family != "mt5" and _flag(path, config, "scale_decoder_outputs", tied)

    last = sizes["vocab_size"] - 1
    pad = _whole(path, config, "pad_token_id", (0, last), default=0)
    shape = Shape(
        vocab_size=sizes["vocab_size"],
        d_model=sizes["d_model"],
        d_kv=sizes["d_kv"],
        d_ff=sizes["d_ff"],
        num_layers=layers,
        num_decoder_layers=decoder_layers,
        num_heads=sizes["num_heads"],
        num_buckets=buckets,
        max_distance=distance,
        eps=float(eps),
        gated=gated,
        tied_scale=tied_scale,
        pad_id=pad,
        eos_ids=(1,),
        decoder_start_id=pad,
        shared_bias=family != "umt5",
        activation=activation,
    )
    return shape, tied


def _feed_forward(path: Path, config: dict[str, Any], family: str) -> tuple[bool, str]:
    """Whether the feed-forward part is gated, and its activation.

    transformers takes both from feed_forward_proj, unless is_gated_act and dense_act_fn, which it writes too, differ.
    """
    field = "feed_forward_proj"
    named = config.get(field, "relu" if family == "t5" else "gated-gelu")
    if not isinstance(named, str):
        raise expected(path, field, f"'gated-gelu' or another of {', '.join(ACTIVATIONS)}", named)
    activation = "gelu_new" if named == "gated-gelu" else named.removeprefix("gated-")
    if "dense_act_fn" in config:
        field, activation = "dense_act_fn", config["dense_act_fn"]
    if activation not in ACTIVATIONS:
        found = f"the activation {short(activation)} is not one that flanchat computes: {', '.join(ACTIVATIONS)}"
        raise problem(path, field, f"{found}; use transformers for this model")
    return _flag(path, config, "is_gated_act", named.startswith("gated-")), activation


def _refuse_code(path: Path, config: dict[str, Any]) -> None:
    """Refuse fields that make transformers run code from elsewhere. Booleans, which some versions write, name none."""
    for field, value in config.items():
        names_code = field == "auto_map" or "_implementation" in field
        if names_code and value is not None and not isinstance(value, bool):
            raise problem(path, shown(field), "expected no such field, got one, which can run code; remove the field")


def read_generation(folder: Path, config: dict[str, Any], shape: Shape) -> tuple[Shape, tuple[str, ...]]:
    """The shape with the tokens that begin and end answers, and a sentence for each thing that is not as the files say.

    config: config.json. transformers reads generation_config.json in its place where there is one.
    """
    path = folder / "generation_config.json"
    shape = _with_tokens(shape, folder / "config.json", config)
    if not is_there(path):
        return shape, ignored_settings(folder / "config.json", config)
    fields = read_object(path, JSON_BYTES)
    _token_ids(path, fields, "pad_token_id", shape)
    for field, most in _GENERATION_SIZES.items():
        if fields.get(field) is not None:
            _whole(path, fields, field, (0, most))
    remarks = ignored_settings(path, fields)
    if not _token_ids(path, fields, END, shape):  # transformers would never end an answer
        text = _("{file} names no end token; answers end with token {id}, as config.json says")
        remarks = (text.format(file=path, id=shape.eos_id), *remarks)
    shape = _with_tokens(shape, path, fields)
    if not any(_token_ids(path, fields, field, shape) for field in START):  # transformers refuses to generate
        text = _("{file} names no start token; answers begin with token {id}")
        remarks = (text.format(file=path, id=shape.decoder_start_id), *remarks)
    return shape, remarks


def _with_tokens(shape: Shape, path: Path, fields: Mapping[str, Any]) -> Shape:
    """The shape with the tokens that a file names, and for others its own."""
    start = next(filter(None, (_token_ids(path, fields, field, shape) for field in START)), ())
    first = _token_ids(path, fields, "forced_bos_token_id", shape)
    for field, ids in (("decoder_start_token_id", start), ("forced_bos_token_id", first)):
        if len(ids) > 1:
            raise expected(path, field, "one token", list(ids))
    return replace(
        shape,
        eos_ids=_token_ids(path, fields, END, shape) or shape.eos_ids,
        decoder_start_id=start[0] if start else shape.decoder_start_id,
        forced_first=first[0] if first else None,
    )


def _token_ids(path: Path, fields: Mapping[str, Any], field: str, shape: Shape) -> tuple[int, ...]:
    """The tokens in a field that may hold one, a list, or nothing."""
    found = fields.get(field)
    values = found if isinstance(found, list) else [] if found is None else [found]
    return tuple(_whole(path, {field: value}, field, (0, shape.vocab_size - 1)) for value in values)


def ignored_settings(path: Path, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence about the fields that would change answers in transformers, and do so in `flanchat.pipeline`."""
    names = [n for n, neutral in _GENERATION_NEUTRAL.items() if fields.get(n) is not None and fields[n] != neutral]
    if not names:
        return ()
    text = _("{file} sets {fields}, which flanchat does not use: its own settings decide")
    return (text.format(file=path, fields=", ".join(names)),)


def check_tokenizer_config(folder: Path, shape: Shape) -> None:
    """Check the optional file that transformers would use."""
    path = folder / "tokenizer_config.json"
    if is_there(path):
        config = read_object(path, JSON_BYTES)
        _refuse_code(path, config)
        if config.get("extra_ids") is not None:
            _whole(path, config, "extra_ids", (0, shape.vocab_size))


def _whole(
    path: Path, config: Mapping[str, Any], field: str, bounds: tuple[int, int], *, default: int | None = None
) -> int:
    least, most = bounds
    value = config.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise expected(path, field, f"a whole number from {least} to {most}", value if field in config else MISSING)
    return value


def _flag(path: Path, config: Mapping[str, Any], field: str, default: bool) -> bool:
    value = config.get(field, default)
    if not isinstance(value, bool):
        raise expected(path, field, "true or false", value)
    return value
