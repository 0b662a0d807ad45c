"""The command line: arguments and environment in, exit status out. The only place that touches the process."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from flanchat import __version__
from flanchat.errors import FlanchatError, StorageError, UsageError
from flanchat.interrupts import Terminated, die_of, end_gracefully
from flanchat.terminal import show

if TYPE_CHECKING:
    from flanchat.engine.weights import ModelSource
    from flanchat.engine.worker import WorkerEngine
    from flanchat.history import InputHistory
    from flanchat.profile import Profile
    from flanchat.prompt import Prompt
    from flanchat.repl.commands import Desk
    from flanchat.repl.view import View
    from flanchat.session import Answer, Session, Source
    from flanchat.transcript import NoTranscript, Transcript

_F = TypeVar("_F", bound=Callable[..., None])

INTERRUPTED = 130
READER_GONE = 141
_ESCAPED = "backslashreplace"  # what an encoding lacks is written as \xe9


class _Front(click.Group):
    """A group whose first word may be a question: what is no subcommand goes to the hidden `start`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "--version")):
            args.insert(0, "start")
        return super().parse_args(ctx, args)


def _options(*, one_shot: bool) -> Callable[[_F], _F]:
    """The options that asking and chatting share; with `one_shot`, those of a single answer too."""
    both = [
        click.option("-p", "--profile", envvar="FLANCHAT_PROFILE", default="plain", metavar="NAME|FILE",
                     help="Profile to start with (default: plain)."),
        click.option("-m", "--model", envvar="FLANCHAT_MODEL", metavar="NAME|FOLDER",
                     help="demo, a folder, or OWNER/NAME on Hugging Face (default: demo)."),
        click.option("-o", "--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Change a setting."),
        click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Fill in a profile's variable."),
        click.option("--seed", type=int, metavar="N", help="Start sampling from this seed."),
        click.option("--device", envvar="FLANCHAT_DEVICE", default="auto", metavar="NAME",
                     help="auto, npu, cuda, mps or cpu."),
        click.option("--precision", type=click.Choice(["auto", "float32"]), default="auto",
                     help="auto suits the device; float32 is exact."),
        click.option("--profiles", "profiles_folder", type=click.Path(path_type=Path), metavar="DIR",
                     help="Look for profiles here first."),
        click.option("--no-log", "--no-save", "no_log", is_flag=True, help="Record nothing."),
        click.option("--plain", is_flag=True, help="No colour, no cursor movement: for pipes and screen readers."),
        click.option("--no-color", is_flag=True, help="No colour."),
        click.option("--debug", is_flag=True, help="Show tracebacks and what libraries say."),
    ]  # fmt: skip
    single = [
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object with everything."),
        click.option("--show-prompt", is_flag=True, help="Print the exact prompt to standard error first."),
        click.option("--dry-run", is_flag=True, help="Print the prompt and its token counts; ask nothing."),
    ]

    def decorate(function: _F) -> _F:
        for option in reversed([*both, *single] if one_shot else both):
            function = option(function)
        return function

    return decorate


@click.group(cls=_Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="flanchat")
def cli() -> None:
    """Experiment with Flan-T5 in a terminal.

    flanchat alone starts a chat; flanchat PROMPT prints one answer. What is piped in is added to PROMPT.
    """


@cli.command(hidden=True)
@click.argument("words", nargs=-1)
@_options(one_shot=True)
def start(words: tuple[str, ...], **options: Any) -> None:
    """Chat when a person sits there and asked nothing yet, else give one answer."""
    single = options["as_json"] or options["show_prompt"] or options["dry_run"]
    if not words and not single and sys.stdin.isatty():
        _chat(options)
    else:
        _ask(words, options)


@cli.command()
@click.argument("words", nargs=-1, metavar="PROMPT")
@_options(one_shot=True)
def ask(words: tuple[str, ...], **options: Any) -> None:
    """Print one answer. Standard input is added to PROMPT when it is piped.

    \b
    flanchat ask "What is the capital of France?" -p qa
    flanchat ask -p headline --json < news.txt
    """
    _ask(words, options)


@cli.command()
@_options(one_shot=False)
def chat(**options: Any) -> None:
    """Start the REPL; with piped input, serve it line by line."""
    _chat(options)


@cli.group(invoke_without_command=True)
@click.pass_context
def profiles(context: click.Context) -> None:
    """List, show and check profiles."""
    if context.invoked_subcommand is None:
        context.invoke(profiles_list, folder=None)


_profiles_folder = click.option("--profiles", "folder", type=click.Path(path_type=Path), metavar="DIR")


@profiles.command("list")
@_profiles_folder
def profiles_list(folder: Path | None) -> None:
    """List all profiles."""
    from flanchat.profile import list_profiles, profile_folders
    from flanchat.repl.commands import profiles_table

    _view({}).table(profiles_table(list_profiles(profile_folders(folder, os.environ))))


@profiles.command("show")
@click.argument("name")
@_profiles_folder
def profiles_show(name: str, folder: Path | None) -> None:
    """Print a profile's file."""
    from flanchat.profile import find_profile, profile_folders
    from flanchat.repl.commands import describe_profile

    click.echo(show(describe_profile(find_profile(name, profile_folders(folder, os.environ)))))


@profiles.command("check")
@click.argument("names", nargs=-1, required=True, metavar="NAME|FILE...")
@_profiles_folder
def profiles_check(names: tuple[str, ...], folder: Path | None) -> None:
    """Say whether profiles are right; every problem with its line. Exit status 2 when one is not."""
    from flanchat.profile import find_profile, profile_folders

    folders = profile_folders(folder, os.environ)
    wrong = []
    for name in names:
        try:
            profile = find_profile(name, folders)
        except UsageError as error:
            wrong.append(error.message)
        else:
            click.echo(show(f"{profile.path}: ok"))
    if wrong:
        raise UsageError("\n".join(wrong))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run flanchat and end the process with its exit status."""
    _open_streams()
    args = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in args
    if debug:
        os.environ["FLANCHAT_DEBUG"] = "1"
    try:
        end_gracefully()
        with cli.make_context("flanchat", args) as context:  # cli.main would end on a broken pipe by itself
            cli.invoke(context)
        _end(0)
    except FlanchatError as error:
        if debug:
            raise
        _complain(error.message)
        _end(error.exit_status)
    except click.ClickException as error:
        _complain(error.format_message())
        _end(error.exit_code)
    except click.exceptions.Exit as exit_:
        _end(exit_.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _end(INTERRUPTED)
    except Terminated as ended:
        die_of(ended.number)
    except BrokenPipeError:
        _end(READER_GONE)
    except OSError as error:
        if debug:
            raise
        _complain(f"cannot write the output: {error.strerror or error}")
        _end(1)
    except Exception as error:  # a mistake of the program's own
        if debug:
            raise
        _complain(f"internal error: {type(error).__name__}: {error}; --debug shows where it comes from")
        _end(1)


def _open_streams() -> None:
    """Make the three standard streams fit for use, also when the caller closed them or chose a narrow encoding.

    A closed one must not become the number of the next file that is opened. What is written to a closed standard output
    fails as it would on a full disk; what is read from a closed standard input is empty.
    """
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, flags)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, _ESCAPED), (sys.stderr, _ESCAPED)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _end(status: int) -> NoReturn:
    """End with a status, after what was printed has really gone out."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        status = READER_GONE
    except OSError as error:
        if status == 0:
            _complain(f"cannot write the output: {error.strerror or error}")
        status = status or 1
    if status in (READER_GONE, 1):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that nothing is flushed into the broken pipe at exit
    sys.exit(status)


def _complain(message: str) -> None:
    """One message per line on standard error, each with the program's name."""
    for line in message.splitlines():
        try:
            print(f"flanchat: {show(line)}", file=sys.stderr, flush=True)
        except OSError:  # nobody listens
            return


def _view(options: dict[str, Any]) -> View:
    from flanchat.repl.view import View, is_dumb

    plain = bool(options.get("plain")) or is_dumb()
    return View(plain=plain, color=not options.get("no_color") and not os.environ.get("NO_COLOR"))


@contextmanager
def _session(options: dict[str, Any], on_status: Any = lambda status: None) -> Iterator[tuple[Session, WorkerEngine]]:
    """All that both ways of asking need, checked before anything slow begins; closed again whatever happens."""
    from flanchat.engine.weights import preflight, resolve
    from flanchat.engine.worker import WorkerEngine
    from flanchat.session import Session

    profile, settings, variables = _choose(options)
    source = resolve(options["model"] or profile.model, report=_complain)
    preflight(source.folder)
    transcript = _transcript(options, source)
    engine = WorkerEngine(
        source,
        device=options["device"],
        precision=options["precision"],
        report=on_status,
        debug=options["debug"],
    )
    session = Session(engine, profile, settings, transcript)
    session.variables = variables
    why = "error"
    try:
        yield session, engine
        why = "exit"
    except Terminated as ended:
        why = f"signal {ended.number}"
        raise
    finally:
        engine.close()
        session.close(why)
        if transcript.problem:
            raise StorageError(transcript.problem)


def _choose(options: dict[str, Any]) -> tuple[Profile, Any, dict[str, str]]:
    """The profile, the settings with those of the command line, and the variables' values."""
    from flanchat.profile import find_profile, profile_folders
    from flanchat.settings import Settings, did_you_mean, find

    profile = find_profile(options["profile"], profile_folders(options["profiles_folder"], os.environ))
    values = {find(name).name: find(name).parse(value) for name, value in _pairs(options["pairs"], "-o")}
    if options["seed"] is not None:
        values["decode.seed"] = find("seed").check(options["seed"])
    settings = Settings().with_layer(f"profile {profile.name}", profile.settings).with_layer("flag", values)
    variables = dict(_pairs(options["variables"], "--var"))
    for name in variables:
        if name not in profile.vars:
            raise UsageError(
                f"--var {name}: profile {profile.name} has no such variable.{did_you_mean(name, profile.vars)}"
            )
    return profile, settings, variables


def _pairs(words: Sequence[str], option: str) -> list[tuple[str, str]]:
    pairs = [word.partition("=") for word in words]
    for name, equals, _ in pairs:
        if not equals:
            raise UsageError(f"{option} {name}: expected NAME=VALUE")
    return [(name.strip(), value) for name, _, value in pairs]


def _transcript(options: dict[str, Any], source: ModelSource) -> Transcript | NoTranscript:
    from flanchat.places import make_private_folder, state_folder
    from flanchat.transcript import NoTranscript, Transcript

    if options["no_log"]:
        return NoTranscript()
    import platform

    folder = make_private_folder(state_folder(os.environ) / "sessions")
    host = {"os": platform.platform(), "python": platform.python_version(), "cpu": platform.machine(), "npu": None}
    named = [word.partition("=")[0] for word in sys.argv[1:] if word.startswith("-")]  # values may be private
    about = {"model": source.name, "argv_redacted": named, "locale": os.environ.get("LC_ALL") or os.environ.get("LANG")}
    return Transcript.create(folder, host=host, about=about)


def _question(words: Sequence[str]) -> tuple[str, Source]:
    """The words of the command line and what is piped in, and where they came from."""
    typed = " ".join(words)
    piped = "" if sys.stdin.isatty() else sys.stdin.read()
    question = "\n".join(part for part in (typed, piped.rstrip("\n")) if part.strip())
    if not question:
        raise UsageError("nothing was asked: give a PROMPT, or pipe one in")
    return question, "typed" if typed else "stdin"


def _ask(words: Sequence[str], options: dict[str, Any]) -> None:
    from flanchat.events import Delta
    from flanchat.interrupts import stoppable
    from flanchat.repl.view import loss_lines
    from flanchat.session import Compiled

    question, source = _question(words)
    if options["dry_run"]:
        _dry_run(question, options)
        return
    with _session(options) as (session, engine):
        engine.start()
        begun = False
        try:
            with (
                stoppable(engine.stop, engine.kill, ready=lambda: engine.status == "ready"),
                closing(session.ask(question, source=source)) as events,
            ):
                for event in events:
                    if isinstance(event, Compiled):
                        if options["show_prompt"]:
                            _complain(event.prompt.text)
                        for line in loss_lines(event.prompt) if not options["as_json"] else ():
                            _complain(line)
                    elif not options["as_json"] and isinstance(event, Delta) and event.text:
                        sys.stdout.write(show(event.text))
                        sys.stdout.flush()
                        begun = True
        finally:
            if begun:  # however the answer ended
                click.echo()
        answer = session.turns[-1]
        if options["as_json"]:
            click.echo(json.dumps(_answer_json(answer)))
        elif answer.finish == "empty":
            _complain("the model answered nothing")
        if answer.finish == "interrupted":
            raise KeyboardInterrupt


def _answer_json(answer: Answer) -> dict[str, Any]:
    """What --json prints. Seconds are seconds; log-probabilities are the model's own."""
    timing, card = answer.timing, answer.card
    return {
        "text": answer.text,
        "short": answer.short,
        "tokens": [{"id": t.id, "text": t.text, "logprob": t.logprob} for t in answer.tokens],
        "finish": answer.finish,
        "prompt": _prompt_json(answer.prompt),
        "usage": {"prompt_tokens": answer.prompt.tokens, "new_tokens": len(answer.tokens)},
        "timing": {
            "load_s": timing.load_s,
            "encode_s": timing.encode_s,
            "ttft_s": timing.first_token_s,
            "decode_tps": timing.decode_tps(len(answer.tokens)),
            "total_s": timing.total_s,
        },
        "seed": answer.seed,
        "settings": answer.settings.as_dict(),
        "model": card and {"name": card.name, "revision": card.revision, "weights_sha256": card.weights_sha256},
        "engine": card and {"name": "t5", "device": card.device, "precision": card.precision},
    }


def _prompt_json(prompt: Prompt) -> dict[str, Any]:
    return {
        "text": prompt.text,
        "tokens": prompt.tokens,
        "limit": prompt.limit,
        "segments": [
            {"kind": s.kind, "ref": s.ref, "tokens": s.tokens, "kept": s.kept, "reason": s.reason, "text": s.text}
            for s in prompt.segments
        ],
        "warnings": [{"kind": w.kind, "count": w.count, "chars": w.chars} for w in prompt.warnings],
    }


def _dry_run(question: str, options: dict[str, Any]) -> None:
    """Show the prompt and its counts. Only the model's vocabulary is read, in this process."""
    from flanchat.engine.tokens import open_tokenizer
    from flanchat.engine.weights import preflight, resolve
    from flanchat.prompt import compile_prompt

    profile, settings, variables = _choose(options)
    source = resolve(options["model"] or profile.model, report=_complain)
    tokenizer = open_tokenizer(preflight(source.folder).tokenizer)
    seed = settings.value("seed") or 0
    prompt = compile_prompt(profile, settings, [], question, tokenizer.measure, variables=variables, seed=seed)
    if options["as_json"]:
        click.echo(json.dumps({"prompt": _prompt_json(prompt), "settings": settings.as_dict()}))
    else:
        _view(options).prompt(prompt)


def _chat(options: dict[str, Any]) -> None:
    from flanchat.profile import profile_folders
    from flanchat.repl import loop
    from flanchat.repl.commands import Desk

    view = _view(options)
    lines: Any = None
    with _session(options, lambda status: lines and lines.redraw()) as (session, engine):
        desk = Desk(session, engine, profile_folders(options["profiles_folder"], os.environ))
        lines = _lines(desk, engine, view, options)
        if sys.stdin.isatty():
            _greet(engine, session, view)
        loop.run(desk, engine, lines, view, debug=options["debug"])
        if sys.stdin.isatty() and session.turns and session.transcript.path is not None:
            print(show(f"Saved in {session.transcript.path}"))  # not wrapped, so that it can be copied


def _lines(desk: Desk, engine: WorkerEngine, view: View, options: dict[str, Any]) -> Any:
    from flanchat.repl.commands import complete
    from flanchat.repl.lines import PlainLines, TerminalLines

    if view.plain or not sys.stdin.isatty():
        return PlainLines("> " if sys.stdin.isatty() else "", engine.start)
    session = desk.session
    model = engine.source.folder.name if engine.source.origin == "folder" else engine.name

    def toolbar() -> str:
        changed = [
            f"{n.rpartition('.')[2]}={v}" for _, values in session.settings.layers[1:] for n, v in values.items()
        ]
        return " · ".join([session.profile.name, model, engine.status, *changed])

    return TerminalLines(
        history=_history(options),
        forgetful=options["no_log"],
        complete=lambda line: complete(desk, line),
        toolbar=toolbar,
        drawn=engine.start,
        note=view.note,
        color=not options["no_color"] and not os.environ.get("NO_COLOR"),
    )


def _history(options: dict[str, Any]) -> InputHistory | None:
    """The file of earlier inputs; with --no-log it need not be there, and no folder is made for it."""
    from flanchat.history import InputHistory
    from flanchat.places import make_private_folder, state_folder

    try:
        folder = state_folder(os.environ)
        return InputHistory((folder if options["no_log"] else make_private_folder(folder)) / "history.jsonl")
    except StorageError:
        if options["no_log"]:
            return None
        raise


def _greet(engine: WorkerEngine, session: Session, view: View) -> None:
    """Say in a few lines what this is. Plain text: rich would be imported for it before the first prompt."""
    from flanchat.engine.weights import preflight

    checkpoint = preflight(engine.source.folder)
    size = f"{checkpoint.parameters / 1e6:.1f} M parameters, {max(1, round(checkpoint.weight_bytes / 1e6))} MB"
    lines = [f"flanchat {__version__} · {engine.name} · {size}"]
    if engine.source.origin == "bundled":
        lines += [
            "Demo model: made for flanchat, to try the tool with. It knows its exercises and little else.",
            "The real thing, downloaded the first time: flanchat -m google/flan-t5-small",
        ]
    if session.transcript.path is None:
        lines.append("Nothing is recorded (--no-log).")
    lines.append("/help lists the commands, /profiles what the prompts can do. Ctrl-D leaves.")
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        wrapped = textwrap.wrap(show(line), width, break_on_hyphens=False) if width > 20 and not view.plain else []
        print("\n".join(wrapped) or show(line), flush=True)
