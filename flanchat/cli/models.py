"""`flanchat models`: list, download, describe and remove models in the caches of the hubs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from flanchat.base.errors import ModelError
from flanchat.base.format import format_bytes, format_count
from flanchat.base.i18n import _, join_list
from flanchat.base.sanitize import printable
from flanchat.cli import completers
from flanchat.cli.environment import Environment
from flanchat.cli.language import Group
from flanchat.cli.options import base_option, has_color, open_view
from flanchat.engine.checkpoint.description import generation_settings, prompt_lengths, read_licence
from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource, preflight
from flanchat.engine.hubs.cached_models import cached_models, damaged_files, find_cached, is_complete, remove_cached
from flanchat.engine.hubs.model_names import BUNDLED, SHORT_NAMES
from flanchat.engine.hubs.resolve import find_local, pull
from flanchat.ui.progress import DownloadProgress
from flanchat.ui.tables import models_table
from flanchat.ui.terminal import token_name
from flanchat.ui.types import Table

if TYPE_CHECKING:
    from flanchat.engine.t5.tokenizer import Tokenizer

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_names = click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=completers.complete_model)


@click.group(cls=Group, invoke_without_command=True)
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
    if not as_json:
        open_view(env).show(models_table(model_rows(env)))
        return
    for model in cached_models(env.environ):
        folder = None if model.folder is None else str(model.folder)
        about = {"name": model.name, "hub": model.hub.origin, "repo": model.repo, "folder": folder, "bytes": model.size}
        env.print_json(about)


@models.command("pull")
@_names
@base_option
@click.option("--convert-bin", is_flag=True, help="Convert .bin weights to safetensors first, once.")
@click.option("--plain", is_flag=True, help="Print lines instead of progress bars.")
@click.pass_obj
def pull_models(env: Environment, names: tuple[str, ...], base: str | None, convert_bin: bool, plain: bool) -> None:
    """Download models, or update them. An interrupted download is resumed."""
    for name in names:
        with DownloadProgress(env.stderr, env.environ, plain=plain, color=has_color(env)) as bars:
            source = pull(name, env.environ, report=bars.report, progress=bars, convert_bin=convert_bin, base=base)
        preflight(source.folder, source.adapter)
        env.print(printable(str(source.adapter or source.folder)))


@models.command("info")
@click.argument("name", required=False, shell_complete=completers.complete_model)
@base_option
@_json
@click.pass_obj
def describe_model(env: Environment, name: str | None, base: str | None, as_json: bool) -> None:
    """Describe a model on this machine; nothing is downloaded."""
    from flanchat.engine.t5.tokenizer import open_tokenizer

    source = find_local(name or BUNDLED, env.environ, base=base)
    checkpoint = preflight(source.folder, source.adapter)
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    about = _description(source, checkpoint, tokenizer)
    if as_json:
        env.print_json(about)
        return
    files, shape = about["files"], about["shape"]
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
        (
            _("added tokens"),
            join_list(token_name(t["content"], t["id"]) + f"·{t['id']}" for t in about["added_tokens"]),
        ),
        (_("parameters"), format_count(about["parameters"])),
        (_("licence"), about["licence"] or _("unknown: {reason}").format(reason=about["licence_unknown"])),
        (_("prompt length"), _prompt_length(about["prompt_lengths"])),
        (_("begins with"), _tokens([shape["decoder_start_id"]], tokenizer)),
        (_("forced first"), "" if shape["forced_first"] is None else _tokens([shape["forced_first"]], tokenizer)),
        (_("ends with"), _tokens(shape["eos_ids"], tokenizer)),
        (_("taken"), _from(about["generation"]["taken"], about["generation"]["file"])),
        (_("not taken"), _from(about["generation"]["not_taken"], about["generation"]["file"])),
        (_("not used"), _shortened(about["unused"])),
        *((_("remark"), remark) for remark in about["remarks"]),
        (_("files"), format_bytes(sum(files.values()))),
        *((f"  {file}", format_bytes(size)) for file, size in files.items()),
    ]
    open_view(env).show(Table(_("Model"), ("", ""), tuple(row for row in rows if row[1])))


@models.command("verify")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=completers.complete_model)
@click.pass_obj
def verify_models(env: Environment, names: tuple[str, ...]) -> None:
    """Read downloaded models wholly and compare them with the hub's checksums; all without a NAME.

    The exit status is 3 when a file is damaged or a download incomplete; `models pull` fetches what is needed.
    """
    found = [find_cached(name, env.environ) for name in names] if names else cached_models(env.environ)
    status = 0
    if not found:
        env.complain(_("no models are downloaded yet"))
    for model in found:
        damaged = damaged_files(model)
        whole = is_complete(model)
        if damaged:
            text = _("{name}: damaged: {files}; `flanchat models pull {name}` downloads what is damaged again")
        elif not whole:
            text = _("{name}: incomplete, {size}; `flanchat models pull {name}` resumes the download")
        else:
            text = _("{name}: intact, {size}")
        files = join_list(damaged)
        env.print(printable(text.format(name=model.name, size=format_bytes(model.size), files=files)))
        if damaged or not whole:
            status = ModelError.exit_status
    if status:
        raise click.exceptions.Exit(status)


@models.command("rm")
@_names
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove_models(env: Environment, names: tuple[str, ...], yes: bool) -> None:
    """Delete all revisions of downloaded models from the cache of their hub."""
    cached = [find_cached(name, env.environ) for name in names]
    found = list({model.hub.cache().model_folder(model.repo): model for model in cached}.values())
    if not yes:
        env.confirm_removal(f"{model.repo} ({model.hub.name}, {format_bytes(model.size)})" for model in found)
    for model in found:
        remove_cached(model, env.environ)
        env.complain(_("Deleted: {repo}, {size} freed").format(repo=model.repo, size=format_bytes(model.size)))


def model_rows(env: Environment) -> list[tuple[str, str, str]]:
    """Models on this machine, then those with a short name: name, description and where it is."""
    rows = [(BUNDLED, _("the bundled demo model"), _("here"))]
    cached = cached_models(env.environ)
    for model in cached:
        state = _("here, {size}") if model.folder is not None else _("incomplete, {size}; pull it to resume")
        rows.append((model.name, f"{model.repo}, {model.hub.name}", state.format(size=format_bytes(model.size))))
    repos = {model.repo for model in cached}
    rows += [(name, repo, _("to be downloaded")) for name, repo in SHORT_NAMES.items() if repo not in repos]
    return rows


def _description(source: ModelSource, checkpoint: Checkpoint, tokenizer: Tokenizer) -> dict[str, Any]:
    """What `info --json` prints: everything that is known about a model without loading it."""
    folders = [source.folder] if source.adapter is None else [source.folder, source.adapter]
    files = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
    cards = [read_licence(folder) for folder in reversed(folders)]  # of the adapter, or else of its base
    licence = next((card for card in cards if card.name is not None), cards[0])
    settings = generation_settings(source.folder)
    return {
        "name": source.name,
        "origin": source.origin,
        "revision": source.revision,
        "folder": str(source.folder),
        "adapter": None if source.adapter is None else str(source.adapter),
        "family": checkpoint.family,
        "parameters": checkpoint.parameters,
        "weight_bytes": checkpoint.weight_bytes,
        "unused": list(checkpoint.unused),
        "remarks": [*checkpoint.remarks, *tokenizer.remarks],
        "added_tokens": [dataclasses.asdict(token) for token in checkpoint.added_tokens],
        "licence": licence.name,
        "licence_unknown": licence.why,
        "prompt_lengths": prompt_lengths(source.folder),
        "generation": {"file": settings.file, "taken": list(settings.taken), "not_taken": list(settings.ignored)},
        "shape": dataclasses.asdict(checkpoint.shape),
        "files": {path.name: path.stat().st_size for path in files},
    }


def _prompt_length(lengths: Mapping[str, int | None]) -> str:
    """How long a prompt the model was trained with, and which of the fields that may say so do."""
    said = [(length, field) for field, length in lengths.items() if length is not None]
    if not said:
        return _("unknown: no value in {fields}").format(fields=join_list(lengths))
    by_length = {length: join_list(field for each, field in said if each == length) for length, _field in said}
    text = _("{count} tokens ({fields})")
    return join_list(text.format(count=length, fields=fields) for length, fields in by_length.items())


def _tokens(ids: Sequence[int], tokenizer: Tokenizer) -> str:
    return join_list(f"{token_name(tokenizer.name(token_id), token_id)}·{token_id}" for token_id in ids)


def _from(fields: Sequence[str], file: str) -> str:
    """Fields of a file, or "" for none."""
    return _("{fields} of {file}").format(fields=join_list(fields), file=file) if fields else ""


def _shortened(names: Sequence[str]) -> str:
    """Names of tensors, the first few of many."""
    shown = join_list(names[:4])
    return shown if len(names) <= 4 else _("{names} and {count} more").format(names=shown, count=len(names) - 4)
