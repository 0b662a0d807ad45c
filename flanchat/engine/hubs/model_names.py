"""What the name of a model means: the bundled model, a folder, or a hub's model and its revision."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flanchat.base.files import is_there
from flanchat.base.i18n import _, join_list
from flanchat.base.paths import typed_path
from flanchat.engine.checkpoint.lora import ADAPTER_CONFIG
from flanchat.engine.checkpoint.untrusted_json import problem, short
from flanchat.engine.hubs.download import Hub

BUNDLED = "demo"
ALSO_BUNDLED = "bundled"
SHORT_NAMES = {f"flan-t5-{size}": f"google/flan-t5-{size}" for size in ("small", "base", "large", "xl", "xxl")}
MAIN = "main"
"""The revision that a name means without one."""

# The hub's first names of these repositories, which adapters and people still use.
_OLD_NAMES = {f"t5-{size}": f"google-t5/t5-{size}" for size in ("small", "base", "large", "3b", "11b")}
_ON_OPENMIND_FIRST = {"JiangSuAscend", "PyTorch-NPU"}
_SYNTAX = re.compile(
    r"(?:(?P<hub>hf|om):)?(?P<repo>(?P<owner>[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/)?[A-Za-z0-9_.-]{1,96})/?"
    r"(?:@(?P<revision>[\w./-]{1,100}))?",
    re.ASCII,
)

_HAS_VALUES = re.compile(r",\s*(device|precision|base)\s*=")
"""Of a name as `named_model` splits it, for the commands that do not."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A hub's model, as a name asks for it. hubs: where it may come from, in order of preference."""

    hubs: tuple[Hub, ...]
    repo: str
    revision: str


def parse_name(name: str, environ: Mapping[str, str]) -> ModelRequest | None:
    """The hub's model that a name asks for; None for the bundled model and for folders.

    >>> request = parse_name("om:JiangSuAscend/flan-t5-small@dev", {})
    >>> request.repo, request.revision, [hub.prefix for hub in request.hubs]
    ('JiangSuAscend/flan-t5-small', 'dev', ['om'])
    >>> [hub.prefix for hub in parse_name("flan-t5-small", {}).hubs]
    ['hf', 'om']
    >>> parse_name("T5-large@main", {}).repo
    'google-t5/t5-large'
    """
    if name in (BUNDLED, ALSO_BUNDLED) or _is_path(name, environ):
        return None
    found = _SYNTAX.fullmatch(name)
    known = SHORT_NAMES | _OLD_NAMES
    repo = known.get(found["repo"].lower(), found["repo"]) if found else ""
    if found is None or "/" not in repo or ".." in (found["revision"] or ""):
        if _HAS_VALUES.search(name):
            raise problem(short(name), "", _("expected the name alone; give device, precision and base by themselves"))
        near = difflib.get_close_matches(name, [BUNDLED, *known], n=1)
        text = _("expected a folder, a short name or [hf:|om:]OWNER/NAME[@REVISION], got none of these; {remedy}")
        remedy = _("did you mean {name}?") if near else _("the short names are {names}")
        names = join_list([BUNDLED, *SHORT_NAMES])
        raise problem(short(name), "", text.format(remedy=remedy.format(name="".join(near), names=names)))
    order = ["om", "hf"] if repo.partition("/")[0] in _ON_OPENMIND_FIRST else ["hf", "om"]
    prefixes = [found["hub"]] if found["hub"] else order
    by_prefix = hubs(environ)
    return ModelRequest(tuple(by_prefix[prefix] for prefix in prefixes), repo, found["revision"] or MAIN)


def _is_path(name: str, environ: Mapping[str, str]) -> bool:
    """Whether a name means a folder: by its beginning, or because the folder exists and could be a model.

    A folder OWNER/NAME without a model in it does not hide a hub's model of that name.
    """
    if not name or "\0" in name:
        return False
    begun = name.strip().lstrip("\"'")
    if begun in (".", "..") or begun.startswith(("./", "../", "/", "~")) or begun.lower().startswith("file://"):
        return True
    folder = typed_path(name, environ)
    if folder.is_file():  # no hub's model is meant, and the message about a file can say what is
        return True
    exists = is_there(folder)
    is_model = any(is_there(folder / file) for file in ("config.json", ADAPTER_CONFIG))
    found = _SYNTAX.fullmatch(name)
    return exists and (is_model or name.endswith("/") or found is None or not found["owner"])


def hubs(environ: Mapping[str, str]) -> dict[str, Hub]:
    """The hubs by the prefix of names. Imported here, because opening a folder needs none."""
    from flanchat.engine.hubs.huggingface import HuggingFace
    from flanchat.engine.hubs.openmind import OpenMind

    return {hub.prefix: hub for hub in (HuggingFace(environ), OpenMind(environ))}
