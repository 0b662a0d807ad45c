"""`flanchat chat`: opens a session and starts the REPL on it."""

from __future__ import annotations

import functools
from contextlib import closing
from dataclasses import replace

import click

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import _
from flanchat.base.paths import config_folder
from flanchat.cli.environment import Environment
from flanchat.cli.models import model_rows
from flanchat.cli.opening import new_transcript, open_engine, open_session, with_resolved
from flanchat.cli.options import SessionOptions, has_color, open_view, takes
from flanchat.cli.recorded import open_library
from flanchat.engine.hubs.named_model import NamedModel
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile_folders import profile_folders
from flanchat.repl.context import Context
from flanchat.repl.editor import edit_file
from flanchat.repl.start import Repl
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord


@click.command()
@takes(SessionOptions)
def chat(env: Environment, options: SessionOptions) -> None:
    """Start the REPL, or run piped input line by line.

    Piped: answers and what commands show go to standard output; errors, notes and timings go to standard error with the
    line's number. A line that fails does not stop the next ones, unless the model cannot be loaded. The exit status is
    that of the first failure: 2 for a device, 3 for a model, 5 for a prompt over its budget, else 1.
    """
    run_chat(env, options)


def run_chat(env: Environment, options: SessionOptions) -> None:
    """Serve a user at a terminal, or the lines of a pipe."""
    view = open_view(env, options)
    repl = Repl(env.stdin, env.stdout, env.environ, view, env.complain)
    with (
        repl.keep_type_ahead(),
        open_session(env, options, report=repl.redraw, note=repl.note) as (session, resolved),
    ):
        context = _context(env, with_resolved(options, resolved), session, repl, resolved.record)
        vi = resolved.config.editing == "vi"
        status = repl.run(context, color=has_color(env, options), vi=vi, debug=options.debug)
    if status:
        raise click.exceptions.Exit(status)


def _context(
    env: Environment, options: SessionOptions, session: Session, repl: Repl, record: SessionRecord | None
) -> Context:
    """What the REPL's commands work on. options: with the model and device that are loaded first. record: of the
    session, if it is resumed."""
    opened = {id(session.engine): options}

    def load(name: str | None, device: str | None) -> Engine:
        """The engine of another model or device; None stands for the current one."""
        current = opened[id(context.engine)]
        model = name or current.model
        base = options.base if model == options.model else None
        wanted = replace(current, model=model, base=base, device=device or current.device)
        engine = open_engine(env, wanted, report=repl.redraw, note=repl.note)
        opened[id(engine)] = wanted
        return engine

    def open_compared(named: NamedModel | None) -> Engine:
        """Opened as the loaded model is, as far as its name does not say otherwise."""
        current = opened[id(context.engine)]
        if named is None:
            if current.engine == "transformers":
                raise UsageError(
                    _("the loaded model is transformers' own; start flanchat without --engine transformers")
                )
            wanted = replace(current, engine="transformers", precision="auto")
        else:
            wanted = replace(
                current,
                model=named.name,
                base=named.base or (current.base if named.name == current.model else None),
                device=named.device or current.device,
                precision=named.precision or current.precision,
            )
        return open_engine(env, wanted, report=lambda status: None, note=repl.note)

    try:
        home = config_folder(env.environ) / "profiles"
    except StorageError:
        home = None
    folders = profile_folders(options.profiles_folder, env.environ)
    context = Context(session, session.engine, folders, home=home, environ=env.environ)
    context.resumed = record
    context.new_transcript = lambda name: new_transcript(env, options, context.engine.source, name)
    context.open_engine = load
    context.open_other_model = lambda name: closing(open_compared(NamedModel(name)))
    context.open_compared = open_compared
    context.open_library = None if options.no_log else functools.cache(lambda: open_library(env))
    context.models = lambda: model_rows(env)
    context.edit_file = (lambda path: edit_file(path, env.environ)) if repl.on_terminal else None
    return context
