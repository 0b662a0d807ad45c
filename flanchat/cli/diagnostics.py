"""Facts about this machine for a bug report: in English, without secrets or user names.

Imports neither torch nor anything else that could be broken; child processes try that.
"""

from __future__ import annotations

import contextlib
import glob
import os
import platform
import pwd
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flanchat
from flanchat.base.errors import FlanchatError, UsageError
from flanchat.base.packages import package_version
from flanchat.base.paths import cache_folder, config_folder, state_folder
from flanchat.cli.environment import Environment
from flanchat.engine.devices import cores, memory, npu_probe, npu_problems
from flanchat.engine.devices.cann import torch_npu_for
from flanchat.engine.devices.registry import LARGE, auto_precision
from flanchat.engine.hubs.huggingface import HuggingFace
from flanchat.engine.hubs.openmind import OpenMind
from flanchat.prompting.config import Config, load_config
from flanchat.prompting.settings import DEVICE
from flanchat.ui.terminal import terminal_size

Facts = dict[str, Any]

NEEDED = ("torch", "transformers", "safetensors", "sentencepiece", "protobuf", "numpy", "huggingface_hub")
_PACKAGES = (*NEEDED, "tokenizers", "torch_npu", "accelerate", "openmind_hub", "openmind", "prompt_toolkit", "rich")
_TORCH_S = 120.0  # importing torch from a slow disk takes a while

# Variables whose values help and are not secret. Of the other relevant ones, only whether they are set is shown.
_VALUES = re.compile(
    r"FLANCHAT_(LANG|DEVICE|NPU_TIMEOUT|DATA)|HF_(HOME|HUB_CACHE|HUB_OFFLINE|HUB_DISABLE_XET)|HUGGINGFACE_HUB_CACHE|TRANSFORMERS_OFFLINE|XDG_\w+_HOME"
    r"|OMP_NUM_THREADS|ASCEND_(HOME_PATH|TOOLKIT_HOME|OPP_PATH|RT_VISIBLE_DEVICES|LAUNCH_BLOCKING)|TASK_QUEUE_ENABLE"
    r"|CPU_AFFINITY_CONF|CUDA_VISIBLE_DEVICES|TORCH_DEVICE_BACKEND_AUTOLOAD|NO_COLOR"
)
_NAMES = re.compile(
    r"FLANCHAT_\w+|HF_\w+|HUGGING_FACE_\w+|TRANSFORMERS_\w+|OPENMIND_\w+|HUB_\w+|ASCEND_\w+|LD_LIBRARY_PATH|PYTHONPATH"
    r"|(HTTPS?|ALL|NO)_PROXY|(REQUESTS|CURL)_CA_BUNDLE|SSL_CERT_(FILE|DIR)",
    re.IGNORECASE,
)


def examine(env: Environment, language: str) -> Iterator[tuple[str, Any]]:
    """Yield every fact with its name as soon as it is known. Values are JSON values, sizes are in bytes.

    language: of flanchat's messages.
    """
    redact = _redactor(env.environ)
    return ((name, redact(value)) for name, value in _facts(env, language))


def _facts(env: Environment, language: str) -> Iterator[tuple[str, Any]]:
    environ = env.environ
    yield "flanchat", flanchat.__version__
    yield "python", _python()
    yield "system", _system()
    yield "packages", {name: package_version(name) or None for name in _PACKAGES}
    config, facts = _configuration(environ)
    yield "configuration", facts
    torch = _torch(environ)
    elsewhere = ("cuda", "mps", "cpu_precision", "cpu_precision_why")
    yield "torch", {name: value for name, value in torch.items() if name not in elsewhere}
    yield "ascend", _ascend(environ)
    devices = _devices(torch, environ, config)
    yield "devices", devices
    yield "precision", _precision(torch, devices)
    yield "caches", _caches(environ)
    yield "folders", _folders(environ)
    yield "terminal", _terminal(env)
    yield "locale", _locale(env, language)
    yield "environment", _environment(environ)


def _python() -> Facts:
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "in_environment": sys.prefix != sys.base_prefix,
    }


def _system() -> Facts:
    allowed = cores.allowed_cores()
    pages, size = (os.sysconf(name) if name in os.sysconf_names else 0 for name in ("SC_PHYS_PAGES", "SC_PAGE_SIZE"))
    return {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": len(allowed),
        "compute_threads": cores.usable_cores(allowed),
        "memory_bytes": pages * size,
        "free_bytes": memory.free_bytes(),
    }


def _configuration(environ: Mapping[str, str]) -> tuple[Config, Facts]:
    try:
        config = load_config(environ)
    except FlanchatError as error:
        return Config(), {"file": None, "problems": error.message.count("\n") + 1}
    return config, {"file": str(config.path) if config.path else None, "problems": 0}


# -- torch and devices ------------------------------------------------------------------------------------------------


def _torch(environ: Mapping[str, str]) -> Facts:
    ended = npu_probe.run_child({"torch": True}, _TORCH_S, environ)
    if ended is None:
        return {"works": False, "cause": f"not imported within {_TORCH_S:g} s"}
    if ended.reply is None:
        return {"works": False, "cause": ended.cause()}
    return {"works": True, **ended.reply}


def _ascend(environ: Mapping[str, str]) -> Facts:
    """CANN and the driver, from their version files."""
    named = [environ[name] for name in ("ASCEND_HOME_PATH", "ASCEND_TOOLKIT_HOME") if environ.get(name)]
    usual = ["/usr/local/Ascend/ascend-toolkit/latest", "/usr/local/Ascend/cann"]
    homes = [home for home in (*named, *usual) if os.path.isdir(home)]
    notes = [f"{homes[0]}/{platform.machine()}-linux/ascend_toolkit_install.info"] if homes else []
    files = glob.glob("/dev/davinci[0-9]*")
    version = next((found for note in notes if (found := _version_in(note))), None)
    return {
        "cann": homes[0] if homes else None,
        "cann_version": version,
        "torch_npu_listed_for_it": ", ".join(torch_npu_for(version or "")) or None,
        "environment_set": bool(named),
        "driver_version": _version_in("/usr/local/Ascend/driver/version.info"),
        "device_files": len(files),
        "device_files_yours": sum(os.access(file, os.R_OK | os.W_OK) for file in files),
        "npu_smi": shutil.which("npu-smi"),
    }


def _version_in(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = re.search(r"^version *= *(\S{1,40})", file.read(1 << 16), re.MULTILINE | re.IGNORECASE)
    except OSError:
        return None
    return found[1] if found else None


def _devices(torch: Facts, environ: Mapping[str, str], config: Config) -> Facts:
    """Every possible device with the result of trying it, and the one that a model would be loaded on."""
    if selected := environ.get("FLANCHAT_DEVICE", "")[:40]:
        where = "FLANCHAT_DEVICE"
    else:
        selected, where = config.device or "auto", "configuration" if config.device else "default"
    kind, indices = _parsed(selected)
    npus = indices if kind == "npu" else (0,)
    rows: Facts = {"npu": _npu(npus, environ)}
    rows |= {f"cuda:{index}": row for index, row in enumerate(torch.get("cuda", ()))}
    if torch.get("mps"):
        rows["mps"] = {"works": True}
    rows["cpu"] = {"works": torch["works"]}
    working = [name for name, row in rows.items() if row["works"] and torch["works"]]
    if kind == "auto":
        used = working[0] if working else None
    else:
        needed = [f"cuda:{index}" for index in indices] if kind == "cuda" else [kind]
        used = selected if all(name in working for name in needed) else None
    if used in ("npu", "cuda"):
        used += ":0"
    rows |= _other_npus(rows["npu"], npus, environ)
    return {"found": rows, "wish": selected, "wish_from": where, "used": used}


def _parsed(selected: str) -> tuple[str, tuple[int, ...]]:
    try:
        DEVICE.check(selected)
    except UsageError:
        return "", ()
    kind, __, numbers = selected.partition(":")
    return kind, tuple(int(number) for number in (numbers or "0").split(","))


def _npu(indices: tuple[int, ...], environ: Mapping[str, str]) -> Facts:
    found = npu_probe.probe_npus(indices, environ)
    if isinstance(found, npu_problems.BrokenNpu):
        return _broken(found)
    facts = {"works": True, "count": found.count, "chip": found.chip, "bfloat16": found.bfloat16}
    return {**facts, "free_bytes": found.free_bytes, "total_bytes": found.total_bytes}


def _broken(npu: npu_problems.BrokenNpu) -> Facts:
    return {"works": False, "why": npu.why, "cause": npu.cause, "remedy": npu.remedy}


def _other_npus(first: Facts, tried: tuple[int, ...], environ: Mapping[str, str]) -> Facts:
    """Try the remaining NPUs together; when that fails, one by one.

    first: the result for those that were tried. Unless they work, the next one reports how many there are.
    """
    count = first.get("count", 0)
    if first.get("why") in npu_problems.OF_ONE:
        found = npu_probe.probe_npus((max(tried) + 1,), environ)
        if isinstance(found, npu_probe.WorkingNpu):
            count = found.count
        elif found.why == "few":
            count = int(found.detail) + 1
        else:
            count = max(tried) + 2
    rest = tuple(number for number in range(count) if number not in tried)
    if not rest:
        return {}
    together = npu_probe.probe_npus(rest, environ)
    if isinstance(together, npu_probe.WorkingNpu):
        return {together.device: {"works": True}}
    if together.why == "silent" or len(rest) == 1:
        return {f"npu:{','.join(map(str, rest))}": _broken(together)}
    return {f"npu:{number}": _npu((number,), environ) for number in rest}


def _precision(torch: Facts, devices: Facts) -> Facts:
    """What `--precision auto` means on the device in use."""
    used = devices["used"]
    if used is None:
        return {}
    if used == "cpu":
        return {"auto": torch["cpu_precision"], "why": torch["cpu_precision_why"]}
    first = used.partition(",")[0]
    row = devices["found"].get("npu" if first.startswith("npu") else first, {})
    bfloat16 = bool(row.get("bfloat16", True))
    auto, why = auto_precision(used, parameters=0, bfloat16=bfloat16)
    facts: Facts = {"auto": auto, "why": why}
    large, large_why = auto_precision(used, parameters=LARGE, bfloat16=bfloat16)
    if large != auto:
        facts |= {"auto_from_a_billion_parameters": large, "why_then": large_why}
    return facts


# -- files ------------------------------------------------------------------------------------------------------------


def _caches(environ: Mapping[str, str]) -> Facts:
    rows: Facts = {}
    for name, cache in (("hugging_face", HuggingFace(environ).cache()), ("openmind", OpenMind(environ).cache())):
        size, models = {**_size(cache.folder), "free_bytes": _free(cache.folder)}, cache.models()
        changed = [repo for repo in models if cache.changed(repo)]
        rows[name] = {"path": str(cache.folder), "models": len(models), "changed": ", ".join(changed) or None, **size}
    rows["hugging_face"]["logged_in"] = HuggingFace(environ).is_logged_in()
    with contextlib.suppress(FlanchatError):
        folder = cache_folder(environ)
        converted = glob.glob(f"{glob.escape(str(folder))}/converted/*/*")
        rows["flanchat"] = {
            "path": str(folder),
            "converted": len(converted),
            **_size(folder),
            "free_bytes": _free(folder),
        }
    return rows


def _size(folder: Path) -> Facts:
    """The disk usage of a folder, hard links counted once; counting stops after two seconds."""
    end, size = time.monotonic() + 2, 0
    for at, __, names in os.walk(folder):
        for name in names:
            try:
                status = os.lstat(os.path.join(at, name))
            except OSError:
                continue
            size += status.st_blocks * 512 // max(1, status.st_nlink)
        if time.monotonic() > end:
            return {"size_bytes": size, "counted_to_the_end": False}
    return {"size_bytes": size}


def _folders(environ: Mapping[str, str]) -> Facts:
    rows: Facts = {}
    for name, find in (("state", state_folder), ("configuration", config_folder), ("cache", cache_folder)):
        try:
            folder = find(environ)
        except FlanchatError as error:
            rows[name] = {"path": None, "writable": False, "cause": error.message}
            continue
        there = _nearest(folder)
        rows[name] = {
            "path": str(folder),
            "exists": folder.is_dir(),
            "writable": there.is_dir() and os.access(there, os.W_OK | os.X_OK),
            "free_bytes": _free(folder),
        }
    return rows


def _nearest(folder: Path) -> Path:
    """The folder or its nearest existing ancestor, where it would be created."""
    return next((path for path in (folder, *folder.parents) if os.path.lexists(path)), Path("/"))


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(_nearest(folder)).free
    except OSError:
        return None


# -- terminal, locale, environment ------------------------------------------------------------------------------------


def _terminal(env: Environment) -> Facts:
    environ = env.environ
    columns, lines = terminal_size(env.stdout, environ)
    return {
        "input_is_a_terminal": env.stdin.isatty(),
        "output_is_a_terminal": env.stdout.isatty(),
        "term": environ.get("TERM"),
        "program": environ.get("TERM_PROGRAM"),
        "columns": columns,
        "lines": lines,
        "in_tmux": "TMUX" in environ,
        "over_ssh": "SSH_CONNECTION" in environ,
    }


def _locale(env: Environment, language: str) -> Facts:
    names = ("LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG", "LANGUAGE")
    return {
        **{name: env.environ[name] for name in names if name in env.environ},
        "output_encoding": env.stdout.encoding,
        "file_names": sys.getfilesystemencoding(),
        "flanchat_speaks": language,
    }


def _environment(environ: Mapping[str, str]) -> Facts:
    found: Facts = {}
    for name in sorted(environ):
        if _VALUES.fullmatch(name):
            found[name] = environ[name]
        elif name == "HF_ENDPOINT":
            found[name] = _host(environ[name])
        elif _NAMES.fullmatch(name):
            found[name] = "set"
    return found


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "set"
    except ValueError:
        return "set"


def _redactor(environ: Mapping[str, str]) -> Callable[[Any], Any]:
    """A function that replaces the home folder by ~, and the user's name in paths by USER."""
    home = environ.get("HOME", "").rstrip("/")
    user = environ.get("USER") or environ.get("LOGNAME") or _user()
    ends = r"(?=/|$|[\s:;,'\")])"
    patterns = [(re.compile(rf"(?<![\w.~-]){re.escape(home)}{ends}"), "~")] if home else []
    patterns += [(re.compile(rf"(?<=/){re.escape(user)}{ends}"), "USER")] if user else []

    def redact(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: redact(inner) for name, inner in value.items()}
        if isinstance(value, str):
            for pattern, shown in patterns:
                value = pattern.sub(shown, value)
        return value

    return redact


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a user without an entry
        return ""
