"""`flanchat ask`: one prompt, one answer. Also asks for `flanchat choose` and a bare `flanchat PROMPT`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from string import whitespace
from typing import Any

import click

from flanchat.base.errors import FlanchatError, ModelError, UsageError
from flanchat.base.i18n import _
from flanchat.base.json_rows import is_json_object
from flanchat.base.sanitize import printable
from flanchat.base.signals import stop_on_interrupt
from flanchat.base.text import MARK
from flanchat.cli.environment import Environment, taken_as_text
from flanchat.cli.opening import open_session
from flanchat.cli.options import SessionOptions, flag, open_view, takes
from flanchat.cli.prompt import print_prompt, read_prompt
from flanchat.engine.events import Delta, Withdrawn
from flanchat.prompting.expectation import expectation
from flanchat.sessions.answer import Answer
from flanchat.sessions.candidates import left_out_words, tie_words
from flanchat.sessions.collect import settled
from flanchat.sessions.serialization import answer_json
from flanchat.sessions.session import Compiled, Session, Source
from flanchat.ui.results import all_figures_line
from flanchat.ui.types import Candidates
from flanchat.ui.warnings import choice_warnings, loss_lines

WAIT_S = 60.0
"""For another program that uses the session: three questions of a shell loop may come at once."""


@dataclass(frozen=True, kw_only=True)
class AskOptions(SessionOptions):
    """What to print besides the answer, or in its place."""

    as_json: bool = flag("--json", help="Print one JSON object with everything.")
    as_jsonl: bool = flag(
        "--jsonl",
        help="Treat each line of standard input as a prompt; print one JSON object per line. "
        "PROMPT is put before each, or asked alone when there are none.",
    )
    show_prompt: bool = flag("--show-prompt", help="Print the exact prompt to standard error first.")
    stats: bool = flag("--stats", help="Print timing and token counts to standard error after the answer.")
    dry_run: bool = flag("--dry-run", help="Print the prompt and its token counts without asking the model.")


@click.command()
@click.argument("words", nargs=-1, metavar="PROMPT")
@takes(AskOptions)
def ask(env: Environment, options: AskOptions, words: tuple[str, ...]) -> None:
    """Print one answer. Piped input is appended to PROMPT.

    \b
    flanchat ask "What is the capital of France?" -p qa
    flanchat ask -p headline --json < news.txt
    """
    run_ask(env, options, words)


def run_ask(env: Environment, options: AskOptions, words: Sequence[str]) -> None:
    """Answer the prompt of the command line and of standard input, or each line of the latter."""
    if options.as_jsonl:
        _ask_lines(env, options, words)
    elif options.dry_run:
        print_prompt(env, options, read_prompt(env, words)[0], as_json=options.as_json)
    else:
        _ask_once(env, options, words)


def _ask_once(env: Environment, options: AskOptions, words: Sequence[str]) -> None:
    question, source = read_prompt(env, words)
    with open_session(env, options, wait_s=WAIT_S, one_shot=True) as (session, __):
        session.engine.start()
        note_settings(env, session)
        note_alone(env, session)
        is_listed = session.settings.value("n_best") > 1 and not session.setup.choices  # all answers, not the best one
        quiet = options.as_json or is_listed
        answer = print_answer(env, session, question, source, quiet=quiet, show_prompt=options.show_prompt)
        if options.as_json:
            env.print_json(answer_json(answer))
        elif is_listed:
            for line in loss_lines(answer.prompt):
                env.complain(line)
            open_view(env, options).show(Candidates(answer))
        elif answer.finish == "empty":
            env.complain(_("the answer is empty"))
        else:
            for line in choice_warnings(answer.choices):
                env.complain(line)
        if answer.vote is not None and not options.as_json:
            for line in filter(None, (answer.vote.line, tie_words(answer.vote), left_out_words(answer.vote))):
                env.complain(line)
        if options.stats:
            env.complain(all_figures_line(answer))
        elif env.stdout.isatty() and env.stderr.isatty() and not options.as_json:
            view = open_view(env, options, env.stderr)
            view.figures(answer)
            view.hint(expectation(session.engine.source, session.profile))
        if answer.finish == "interrupted":
            raise KeyboardInterrupt


def _ask_lines(env: Environment, options: AskOptions, words: Sequence[str]) -> None:
    """Answer each line of standard input separately; the words of the command line precede each.

    Without lines, the words are asked alone: standard input is empty under cron, in CI and with `ssh -n`.
    A line that fails becomes an object with its number and the error; the exit status is that of the first failure.
    """
    if options.dry_run or env.stdin.isatty():
        raise UsageError(_("--jsonl needs prompts on standard input, one per line, and excludes --dry-run"))
    status, json_seen = 0, False
    with open_session(env, options, wait_s=WAIT_S, one_shot=True) as (session, __):
        session.engine.start()
        note_settings(env, session)
        if session.turns:
            env.complain(_("earlier turns are not sent: --jsonl asks each line by itself"))
        typed = env.typed(words)
        env.say_when_waiting()
        for number, line in _lines(env, typed):
            question = "\n".join(filter(None, [typed, line.rstrip("\r\n")]))
            try:
                question = env.checked(line, _("standard input")).rstrip("\n")
                if is_json_object(question) and not json_seen:
                    json_seen = True
                    env.complain(taken_as_text(_("line {number}").format(number=number)))
                question = "\n".join(filter(None, [typed, question]))
                answer = print_answer(
                    env,
                    session,
                    question,
                    "stdin",
                    changes={"history.turns": 0},  # each line by itself, whatever the profile says
                    quiet=True,
                    show_prompt=options.show_prompt,
                )
            except ModelError:  # no other line can be answered either
                raise
            except FlanchatError as error:
                env.print_json({"question": question, "line": number, "error": error.message})
                env.complain(_("line {number}: {message}").format(number=number, message=error.message))
                status = status or error.exit_status
                continue
            env.print_json({"question": question, **answer_json(answer)})
            if answer.finish == "interrupted":
                raise KeyboardInterrupt
            answer.tokens.clear()  # no later line looks at them, and those of 10,000 lines take 100 MB
    if status:
        raise click.exceptions.Exit(status)


def _lines(env: Environment, typed: str) -> Iterator[tuple[int, str]]:
    """The lines of standard input that are not blank, with their numbers; an empty one for typed words without any."""
    alone = bool(typed.strip())
    for number, line in enumerate(env.stdin, 1):
        if line.strip(f"{MARK}{whitespace}"):
            alone = False
            yield number, line
    if alone:
        yield 1, ""


def note_settings(env: Environment, session: Session, choices: Sequence[str] = ()) -> None:
    """Say on standard error that flags turned sampling on, or have no effect. choices: given with the question."""
    for line in session.setup.with_choices(choices).notes("flag"):
        env.complain(line)


def note_alone(env: Environment, session: Session) -> None:
    """Say on standard error that a resumed session's turns are not part of the prompt: once, while that stays so."""
    turns = session.turns
    is_said = len(turns) > 1 and not any(segment.kind == "turn" for segment in turns[-1].prompt.segments)
    if turns and not is_said and session.settings.value("turns") == 0:
        env.complain(_("earlier turns are not sent; -p dialog or -o turns=2 sends them"))


def print_answer(
    env: Environment,
    session: Session,
    question: str,
    source: Source,
    *,
    choices: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
    quiet: bool = False,
    show_prompt: bool = False,
) -> Answer:
    """Ask, print the answer token by token, and return it.

    choices: the answer is one of them instead of the profile's. changes: settings for this answer only. quiet: print
    neither answer nor warnings.
    """
    engine = session.engine
    line_open = False
    try:
        with (
            stop_on_interrupt(engine.stop, engine.kill, ready=lambda: engine.status == "ready"),
            closing(session.ask(question, source=source, changes=changes, choices=choices)) as events,
        ):
            for event in events if env.stdout.isatty() else settled(events):
                if isinstance(event, Compiled):
                    if show_prompt:
                        env.complain(event.prompt.text)
                    for line in () if quiet else loss_lines(event.prompt):
                        env.complain(line)
                elif isinstance(event, Delta) and event.text and not quiet:
                    env.print(printable(event.text), end="")
                    line_open = True
                elif isinstance(event, Withdrawn) and line_open:
                    env.print()
                    line_open = False
    finally:
        if line_open:  # also when the answer was interrupted
            env.print()
    return session.last()
