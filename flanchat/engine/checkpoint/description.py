"""What a model's files say about it: licence, prompt length, and the settings of `generate` that are taken or not.

Nothing here decides how the model answers; `config.py` does. Knows no tensors and no hub.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flanchat.base import strict_yaml
from flanchat.base.errors import ModelError, ProfileError
from flanchat.base.files import is_there
from flanchat.base.format import format_bytes
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.config import END, GENERATION, JSON_BYTES, START, read_config
from flanchat.engine.checkpoint.untrusted_json import open_regular, read_exactly, read_object

CARD = "README.md"
CARD_BYTES = 1 << 20
"""The most that a model card may have to be downloaded or read."""

_LONGEST = 1_000_000
"""transformers writes 10**30 as the length of a model for which nobody gave one."""


class Licence(NamedTuple):
    """name: as the model card has it, None where it is not known. why: the reason why not, or ""."""

    name: str | None
    why: str = ""


def read_licence(folder: Path) -> Licence:
    """The licence in the front matter of the model card in a folder."""
    fields = _card_fields(folder)
    if isinstance(fields, str):
        return Licence(None, fields)
    found = fields.get("license")
    if found == "other" and isinstance(fields.get("license_name"), str):
        found = fields["license_name"]
    names = found if isinstance(found, list) else [found]
    if "license" not in fields:
        return Licence(None, _("the model card does not say"))
    said = [name for name in names if isinstance(name, str) and 0 < len(name) <= 100]
    if said != names or not 0 < len(said) <= 10:
        return Licence(None, _("the field license of the model card is not a name"))
    return Licence(", ".join(said))


@functools.cache
def right_of_ten(folder: Path) -> Mapping[str, int]:
    """How many of ten answers are right with a bundled profile, for those of which the model card says so.

    Its front matter has them below `flanchat:` as `right_of_ten: {passage: 6}`. Anything else says nothing.
    """
    fields = _card_fields(folder)
    ours = fields.get("flanchat") if isinstance(fields, Mapping) else None
    said = ours.get("right_of_ten") if isinstance(ours, Mapping) else None
    return {
        profile: right
        for profile, right in (said.items() if isinstance(said, Mapping) else ())
        if type(right) is int and 0 <= right <= 10
    }


def _card_fields(folder: Path) -> Mapping[str, object] | str:
    """The front matter of the model card in a folder, or why there is none."""
    try:
        with open_regular(folder / CARD) as file:
            content = read_exactly(file, folder / CARD, CARD_BYTES + 1)
    except ModelError:
        return _("the model card cannot be read") if is_there(folder / CARD) else _("there is no model card")
    if len(content) > CARD_BYTES:
        return _("the model card is larger than {size}").format(size=format_bytes(CARD_BYTES))
    first, *lines = content.removeprefix(b"\xef\xbb\xbf").splitlines() or [b""]
    ends = next((at for at, line in enumerate(lines) if line.rstrip() == b"---"), None)
    if first.rstrip() != b"---" or ends is None:
        return _("the model card has no fields between two lines of ---")
    try:
        return strict_yaml.parse(b"\n".join([b"", *lines[:ends]]), CARD, example="license: mit").values
    except ProfileError as error:
        return error.message


def prompt_lengths(folder: Path) -> dict[str, int | None]:
    """How long a prompt the model was trained with, in tokens, by each field that may say so; None: it does not."""
    settings = folder / "tokenizer_config.json"
    said = {
        "n_positions": read_config(folder).get("n_positions"),
        "model_max_length": read_object(settings, JSON_BYTES).get("model_max_length") if is_there(settings) else None,
    }
    return {field: length if _is_length(length) else None for field, length in said.items()}


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LONGEST


class GenerationSettings(NamedTuple):
    """file: that sets them; transformers reads generation_config.json in place of config.json where there is one.

    taken, ignored: the names of the fields that flanchat takes and of those whose part its own settings have.
    """

    file: str
    taken: tuple[str, ...]
    ignored: tuple[str, ...]


def generation_settings(folder: Path) -> GenerationSettings:
    """What is taken of a model's settings for `generate`: tokens that begin and end answers, not habits of sampling."""
    path = folder / "generation_config.json"
    if is_there(path):
        fields: Mapping[str, Any] = read_object(path, JSON_BYTES)
        names = [name for name in fields if not name.startswith("_") and name != "transformers_version"]
    else:
        path, fields = folder / "config.json", read_config(folder)
        names = [name for name in fields if name in GENERATION]
    said = [name for name in names if fields[name] not in (None, [])]
    begins = next((name for name in START if name in said), "")
    taken = [name for name in (begins, "forced_bos_token_id", END) if name in said]
    unused = {*taken, *START, "forced_bos_token_id", END, "pad_token_id"}
    return GenerationSettings(path.name, tuple(taken), tuple(name for name in said if name not in unused))
