"""`flanchat doctor`: prints facts about this machine, and advice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import click

from flanchat.base.format import format_bytes
from flanchat.base.i18n import _, is_translated, join_list, join_sentences, untranslated
from flanchat.cli.environment import Environment
from flanchat.ui.terminal import in_line

Facts = dict[str, Any]

_ENOUGH_BYTES = 2_000_000_000  # for a large model


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor(env: Environment, as_json: bool) -> None:
    """Check this machine and print what to do.

    The output can be pasted into a bug report: it contains no tokens and no user names. The exit status is 1 when
    flanchat cannot run here.
    """
    from flanchat.cli.diagnostics import examine

    facts: Facts = {}
    language = "zh" if is_translated() else "en"
    with untranslated():  # for bug reports
        for name, value in examine(env, language):
            facts[name] = value
            if not as_json:
                env.say("\n".join(_lines(name, value)))
        if as_json:
            facts["advice"] = [*required_fixes(facts), *suggestions(facts)]
            env.print_json(facts, indent=2)
    if not as_json:
        env.say(f"\n{_advice(facts)}")
    if any(required_fixes(facts)):
        raise click.exceptions.Exit(1)


def _advice(facts: Facts) -> str:
    fixes, lines = list(required_fixes(facts)), list(suggestions(facts))
    if fixes:
        head = _("flanchat cannot run here. What to do:")
    else:
        used, precision = facts["devices"]["used"], facts["precision"]["auto"]
        ready = _("flanchat runs here, on {device} in {precision}.").format(device=used, precision=precision)
        head = join_sentences(ready, _("Suggestions:") if lines else "")
    return "\n".join([head, *(f"- {line}" for line in [*fixes, *lines])])


def required_fixes(facts: Facts) -> Iterator[str]:
    """What must be fixed before flanchat can run, one sentence each."""
    from flanchat.cli.diagnostics import NEEDED

    missing = [name for name in NEEDED if not facts["packages"][name]]
    if missing:
        yield _("install the missing packages: {names}").format(names=join_list(missing))
    if "torch" not in missing and not facts["torch"]["works"]:
        yield _("torch cannot be imported: {cause}; reinstall it").format(cause=facts["torch"]["cause"])
    devices = facts["devices"]
    if devices["used"] is None and facts["torch"]["works"]:
        usable = [name for name, row in devices["found"].items() if row["works"]]
        yield _("{where} selects the device {device}, which cannot be used; available: {names}").format(
            where=devices["wish_from"], device=devices["wish"], names=join_list(usable)
        )
    if facts["configuration"]["problems"]:
        yield _("the configuration file has errors: `flanchat config` lists them")
    state = facts["folders"]["state"]
    if not state["writable"]:
        yield _("cannot write sessions: make {path} writable, set FLANCHAT_DATA, or use --no-log").format(
            path=state["path"] or "HOME"
        )


def suggestions(facts: Facts) -> Iterator[str]:
    """What could be improved, one sentence each."""
    from flanchat.engine.devices.npu_problems import PROBLEMS

    remedies = {why: _(remedy) for why, (__, remedy) in PROBLEMS.items()}
    found, ascend = facts["devices"]["found"], facts["ascend"]
    npu = found["npu"]
    if ascend["device_files_yours"] < ascend["device_files"]:
        yield _("no permission for the NPU's device files: ask to be added to their group, often HwHiAiUser")
    wanted = ascend["device_files"] or facts["devices"]["wish"].startswith("npu")
    if facts["torch"]["works"] and not npu["works"] and (npu["why"] != "absent" or wanted):
        yield _("the NPU cannot be used: {cause}; {remedy}").format(cause=npu["cause"], remedy=remedies[npu["why"]])
    listed, installed = ascend["torch_npu_listed_for_it"], facts["packages"].get("torch_npu")
    if not npu["works"] and installed and listed and installed not in listed.split(", "):
        text = _("torch_npu {installed} is not listed for CANN {cann}; listed are {versions}, each with the same torch")
        yield text.format(installed=installed, cann=ascend["cann_version"], versions=listed)
    for name, row in found.items():
        if name.startswith("npu:") and not row["works"]:
            yield _("{device} cannot be used: {cause}; {remedy}").format(
                device=name, cause=row["cause"], remedy=remedies[row["why"]]
            )
        if name.startswith("npu:") and row["works"] and not npu["works"]:
            yield _("{device} works: select it with --device {device}").format(device=name.partition(",")[0])
        if name.startswith("cuda") and not row["works"]:
            yield _("{device} fails to compute: {cause}").format(device=name, cause=row.get("cause", ""))
    has_gpu, sees_gpu = os.path.exists("/dev/nvidiactl"), any(name.startswith("cuda") for name in found)
    if has_gpu and not sees_gpu and not npu["works"] and facts["torch"]["works"]:
        yield _("torch does not see the NVIDIA GPU: install a CUDA build of torch that matches the driver")
    if "utf" not in str(facts["locale"]["output_encoding"]).lower():
        yield _("the terminal's encoding is {encoding}: use a UTF-8 locale").format(
            encoding=facts["locale"]["output_encoding"]
        )
    for cache in facts["caches"].values():
        free = cache.get("free_bytes")
        if free is not None and free < _ENOUGH_BYTES:
            yield _("little disk space for models in {path}").format(path=cache["path"])
        if names := cache.get("changed"):
            text = _("files of {names} have changed since they were downloaded: run `flanchat models verify`")
            yield text.format(names=names)


def _lines(name: str, value: Any) -> Iterator[str]:
    """A fact as indented lines; the innermost values are on one line."""
    if not isinstance(value, dict):
        yield _pair(name, value)
        return
    yield f"{name}:" if value else f"{name}: none"
    for inner, fact in value.items():
        is_innermost = isinstance(fact, dict) and not any(isinstance(each, dict) for each in fact.values())
        if is_innermost:
            yield f"  {inner}: " + ", ".join(_pair(*pair) for pair in fact.items())
        else:
            yield from (f"  {line}" for line in _lines(inner, fact))


def _pair(name: str, value: Any) -> str:
    if name.endswith("_bytes") and value is not None:
        return f"{name.removesuffix('_bytes')}: {format_bytes(value)}"
    if value is None or isinstance(value, bool):
        value = {None: "none", True: "yes", False: "no"}[value]
    return f"{name}: {in_line(str(value))}"  # a line break in a variable must not begin another fact
