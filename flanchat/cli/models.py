"""`flanchat models`: list, fetch, look at and remove what is in the hubs' caches."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.cli.environment import Environment
from flanchat.cli.opening import list_models
from flanchat.cli.options import colored, model_names, open_view

if TYPE_CHECKING:
    from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_names = click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=model_names)


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List, download, describe and remove models."""
    if context.invoked_subcommand is None:
        context.invoke(list_all, as_json=False)


@models.command("list")
@_json
@click.pass_obj
def list_all(env: Environment, as_json: bool) -> None:
    """List the models on this machine and those with a short name."""
    from flanchat.ui.tables import models_table

    if not as_json:
        open_view(env, {}).show(models_table(list_models()))
        return
    from flanchat.engine.hubs.resolve import kept

    for model in kept():
        folder = None if model.folder is None else str(model.folder)
        about = {"name": model.name, "hub": model.hub.origin, "repo": model.repo, "folder": folder, "bytes": model.size}
        env.print(json.dumps(about))


@models.command("pull")
@_names
@click.option("--convert-bin", is_flag=True, help="Turn .bin weights into safetensors, once.")
@click.option("--plain", is_flag=True, help="Lines instead of bars.")
@click.pass_obj
def pull_models(env: Environment, names: tuple[str, ...], convert_bin: bool, plain: bool) -> None:
    """Download models, or bring them up to date. A download that was cut is gone on with."""
    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.engine.hubs.resolve import pull
    from flanchat.ui.progress import DownloadProgress

    for name in names:
        with DownloadProgress(env.stderr, env.environ, plain=plain, color=colored(env, {})) as bars:
            source = pull(name, report=bars.report, progress=bars, convert_bin=convert_bin)
        preflight(source.folder, source.adapter)
        env.print(show(str(source.adapter or source.folder)))


@models.command("info")
@click.argument("name", required=False, shell_complete=model_names)
@_json
@click.pass_obj
def describe_model(env: Environment, name: str | None, as_json: bool) -> None:
    """Show what a model on this machine is made of; nothing is downloaded."""
    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.engine.hubs.resolve import BUNDLED, look
    from flanchat.ui.types import Table

    source = look(name or BUNDLED)
    about = describe(source, preflight(source.folder, source.adapter))
    if as_json:
        env.print(json.dumps(about))
        return
    from flanchat.base.format import format_bytes

    files = [(f"  {file}", format_bytes(count)) for file, count in about.pop("files").items()]
    shape = about.pop("shape")
    rows = [
        (_("name"), about["name"]),
        (_("from"), about["origin"]),
        (_("revision"), about["revision"]),
        (_("folder"), about["folder"]),
        (_("adapter"), about["adapter"] or ""),
        (_("kind"), about["family"]),
        (
            _("shape"),
            _("{encoder} + {decoder} layers, {heads} heads of {head}, width {width}, feed-forward {wide}").format(
                encoder=shape["num_layers"],
                decoder=shape["num_decoder_layers"],
                heads=shape["num_heads"],
                head=shape["d_kv"],
                width=shape["d_model"],
                wide=shape["d_ff"],
            ),
        ),
        (_("vocabulary"), str(shape["vocab_size"])),
        (_("parameters"), f"{about['parameters']:,}"),
        (_("licence"), about["licence"] or _("not said: there is no model card")),
        (_("files"), format_bytes(sum(count for count in _sizes(source).values()))),
        *files,
    ]
    open_view(env, {}).show(Table(_("Model"), ("", ""), tuple((head, value) for head, value in rows if value)))


@models.command("rm")
@_names
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove_models(env: Environment, names: tuple[str, ...], yes: bool) -> None:
    """Delete downloaded models from the cache of their hub, all revisions."""
    from flanchat.base.format import format_bytes
    from flanchat.engine.hubs.resolve import find_kept, remove

    found = list({model.hub.cache().place(model.repo): model for model in map(find_kept, names)}.values())
    if not yes:
        said = ", ".join(f"{model.repo} ({model.hub.name}, {format_bytes(model.size)})" for model in found)
        if not _agreed(env, show(_("Delete {names} for good?").format(names=said))):
            raise UsageError(_("nothing was deleted; --yes deletes without asking"))
    for model in found:
        remove(model)
        text = _("Deleted: {repo}, {size} are free again").format(repo=model.repo, size=format_bytes(model.size))
        env.complain(text)


def _agreed(env: Environment, question: str) -> bool:
    """Ask on standard error. At the end of the input nobody has agreed."""
    try:
        return env.confirm(question)
    except click.Abort:
        if env.stdin.isatty():
            raise
        env.stderr.write("\n")
        return False


def describe(source: ModelSource, checkpoint: Checkpoint) -> dict[str, Any]:
    """What is known of a model without loading it, as JSON has it."""
    import dataclasses

    return {
        "name": source.name,
        "origin": source.origin,
        "revision": source.revision,
        "folder": str(source.folder),
        "adapter": None if source.adapter is None else str(source.adapter),
        "family": checkpoint.family,
        "parameters": checkpoint.parameters,
        "weight_bytes": checkpoint.weight_bytes,
        "licence": licence(source.adapter or source.folder) or licence(source.folder),
        "shape": dataclasses.asdict(checkpoint.shape),
        "files": _sizes(source),
    }


def _sizes(source: ModelSource) -> dict[str, int]:
    """The files of a model and its adapter with their sizes in bytes."""
    folders = [source.folder] if source.adapter is None else [source.folder, source.adapter]
    return {path.name: path.stat().st_size for folder in folders for path in sorted(folder.iterdir()) if path.is_file()}


def licence(folder: Path) -> str | None:
    """The licence that the model card in a folder names in its head; None without one."""
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as card:
            head = card.read(20_000)
    except OSError:
        return None
    front = re.match(r"---\s*\n(.*?)\n---", head, re.DOTALL)
    found = front and re.search(r"^licen[cs]e: *[\"']?([\w.+-]{1,60})", front[1], re.MULTILINE)
    return found[1] if found else None
