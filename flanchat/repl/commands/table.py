"""The REPL's commands: one table makes the parser, /help, completion and the README section. Prints nothing.

A command returns what is to be shown; the view shows it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flanchat.base.errors import FlanchatError, UsageError
from flanchat.base.i18n import N_, _
from flanchat.base.paths import expand_home
from flanchat.prompting.settings import DEVICE, SETTINGS, did_you_mean, find_setting
from flanchat.repl.commands import choose, compare, probs, replay, whatif
from flanchat.repl.commands import conversation as talk
from flanchat.repl.commands import inspect as look
from flanchat.repl.commands import sessions as keep
from flanchat.repl.commands import settings as shape
from flanchat.repl.context import Command, Context, Leave, Shown
from flanchat.ui.types import Table


@dataclass(frozen=True, slots=True)
class Ask:
    """A line for the model."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A line for flanchat."""

    command: Command
    arguments: str


def parse_line(line: str) -> Ask | Call | None:
    """What a line means; None when it is blank. Raises UsageError with a hint for what is nearly a command.

    A leading `/` makes a command. A leading blank or `//` sends the line, slash and all, to the model. An entry of
    several lines is always a question, so that nothing pasted can run a command.
    """
    if not line.strip():
        return None
    bare = line.strip()
    if line.rstrip() in ("exit", "quit"):
        return Call(BY_NAME["exit"], "")
    if "\n" in bare or line[0].isspace():
        return Ask(line.strip("\n") if "\n" in bare else bare)
    if bare.startswith("//"):
        return Ask(bare[1:])
    if bare.startswith("/"):
        name, __, arguments = bare[1:].partition(" ")
        if name not in BY_NAME:
            hint = did_you_mean(f"/{name}", [f"/{command.name}" for command in COMMANDS])
            raise UsageError(
                _("unknown command /{name}.{hint} A leading blank sends it as text.").format(
                    name=name, hint=hint or _(" /help lists them.")
                )
            )
        return Call(BY_NAME[name], arguments.strip())
    other = re.match(r"[.!:](\w+)$|[.!:](\w+)\s", bare)
    if other and (word := other[1] or other[2]) in BY_NAME:
        raise UsageError(
            _("did you mean /{name}? Commands start with a slash; a leading blank sends it as text.").format(
                name=BY_NAME[word].name
            )
        )
    return Ask(bare)


def _help(context: Context, arguments: str) -> Shown:
    if arguments:
        name = arguments.removeprefix("/")
        if name not in BY_NAME:
            hint = did_you_mean(name, BY_NAME) or _(" /help lists them.")
            raise UsageError(_("unknown command /{name}.{hint}").format(name=name, hint=hint))
        command = BY_NAME[name]
        example = "\n" + _("Example: {line}").format(line=command.example) if command.example else ""
        return f"{command.usage}\n{_(command.help)}{example}"
    rows: list[tuple[str, str]] = []
    for group in dict.fromkeys(command.group for command in COMMANDS):
        rows.append((_("{group}:").format(group=_(group)), ""))
        rows += [(f"  {command.usage}", _(command.help)) for command in COMMANDS if command.group == group]
    return Table(_("Commands"), (_("command"), _("does")), tuple(rows), _(HELP_NOTE))


HELP_NOTE = N_(
    "Everything else is sent to the model. Alt-Enter adds a line, Tab completes, Ctrl-R searches, Ctrl-G opens an "
    "editor, Ctrl-C stops an answer, Ctrl-D leaves. F2 settings, F3 many lines, F4 vi or emacs, F5 the prompt, F6 the "
    "probabilities."
)


def _exit(context: Context, arguments: str) -> Shown:
    return Leave()


def _set_words(context: Context, before: str, word: str) -> list[str]:
    """Names of settings, and after a name its values."""
    values = _values_wanted(before, word)
    ending = "=" if before else ""
    return [setting.short + ending for setting in SETTINGS] if values is None else values


def _regen_words(context: Context, before: str, word: str) -> list[str]:
    values = _values_wanted(before, word)
    return [f"{setting.short}=" for setting in SETTINGS] if values is None else values


def _values_wanted(before: str, word: str) -> list[str] | None:
    """The values of the setting whose turn it is to get one; None when the name of a setting is wanted."""
    name, equals, _ = word.partition("=")
    if before and ("=" not in before or before.endswith("=")):  # the value that a name waits for
        return list(find_setting(before.rstrip("= ")).suggestions)
    return [f"{name}={choice}" for choice in find_setting(name).suggestions] if equals else None


def _first(words: Callable[[Context], Sequence[str]]) -> Callable[[Context, str, str], Sequence[str]]:
    """For a command that takes one word."""
    return lambda context, before, word: () if before else words(context)


def _paths(context: Context, before: str, word: str) -> list[str]:
    """Files and folders that the word may become."""
    if before:
        return []
    folder, name = os.path.split(word)
    try:
        with os.scandir(expand_home(folder, context.environ) or ".") as found:
            entries = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in found)
    except OSError:
        return []
    return [os.path.join(folder, entry) for entry in entries if " " not in entry and entry.startswith(name)][:200]


def _export_words(context: Context, before: str, word: str) -> list[str]:
    from flanchat.export.exporters import EXPORTERS

    if before:
        return [] if before.endswith("--force") else ["--force"]
    endings = ("/", *(f".{ending}" for ending in EXPORTERS))
    return [path for path in _paths(context, before, word) if path.endswith(endings)]


ASK, TURNS, PROFILE = N_("Ask"), N_("Turns"), N_("Profile and settings")
LOOK, LAB, KEEP, OTHER = N_("Look"), N_("What if"), N_("Sessions"), N_("Other")

COMMANDS: tuple[Command, ...] = (
    Command(("regen", "retry", "regenerate"), ASK, "/regen [NAME=VALUE ...]",
            N_("answer the last question again, with other settings this once; the old answer stays"), talk.regen,
            _regen_words, "/regen do_sample=true temperature=1.2"),
    Command(("continue",), ASK, "/continue", N_("go on with an answer that was cut at its length or stopped"),
            talk.go_on),
    Command(("edit",), ASK, "/edit [TURN] [TEXT]", N_("change an earlier question and go on from there"), talk.edit,
            example="/edit 2 What is the capital of Spain?"),
    Command(("file", "read"), ASK, "/file [PATH]", N_("put a file's text in front of the next question"), talk.file,
            _paths, "/file news.txt"),
    Command(("run",), ASK, "/run FILE", N_("serve the lines of a file as if typed"), talk.run,
            _paths, "/run questions.txt"),
    Command(("copy",), ASK, "/copy", N_("put the last answer on the clipboard"), talk.copy),
    Command(("undo", "remove"), TURNS, "/undo [N]", N_("go back a turn, or N; nothing is deleted"), talk.undo),
    Command(("redo",), TURNS, "/redo [N]", N_("take an undo back"), talk.redo),
    Command(("fork",), TURNS, "/fork [NAME]", N_("begin a branch here and go on in it"), talk.fork,
            example="/fork bolder"),
    Command(("branches",), TURNS, "/branches [N|NAME]", N_("list the branches, or go to one"), talk.branches,
            _first(lambda context: list(context.session.conversation.ends))),
    Command(("history",), TURNS, "/history [N]", N_("the turns so far, numbered"), talk.history),
    Command(("clear", "reset"), TURNS, "/clear", N_("forget the conversation, keep profile and settings"), talk.clear),
    Command(("profile", "role", "template"), PROFILE, "/profile [NAME]",
            N_("show the profile or switch to another; also save NAME, edit [NAME], diff A [B]"), shape.profile,
            shape.profile_words, "/profile cot"),
    Command(("profiles",), PROFILE, "/profiles", N_("list all profiles"), shape.profiles),
    Command(("set",), PROFILE, "/set [NAME VALUE | NAME=VALUE ...]", N_("show the settings, or change some"),
            shape.change,
            _set_words, "/set do_sample=true temperature=0.7"),
    Command(("unset",), PROFILE, "/unset NAME", N_("go back to the profile's value of a setting"), shape.unset,
            _first(lambda context: [setting.short for setting in SETTINGS]), "/unset temperature"),
    Command(("system", "prefix"), PROFILE, "/system [TEXT|off]", N_("the instruction that is put first"), shape.system,
            example="/system Answer in one word."),
    Command(("shots",), PROFILE, "/shots [list|add|rm N|on|off]",
            N_("the worked examples; add takes the last exchange, or QUESTION => ANSWER"), shape.shots,
            shape.shot_words, "/shots add The sea => blue"),
    Command(("var",), PROFILE, "/var [NAME=VALUE]", N_("fill in a variable of the profile"), shape.var,
            shape.variable_words),
    Command(("model",), PROFILE, "/model [NAME]", N_("show the model, or load another"), shape.model,
            _first(shape.model_words), "/model flan-t5-small"),
    Command(("models",), PROFILE, "/models", N_("list the models at hand"), shape.models),
    Command(("device",), PROFILE, "/device [NAME]", N_("show the device, or load the model on another"), shape.device,
            _first(lambda context: DEVICE.choices)),
    Command(("show", "info"), LOOK, "/show [WHAT]", N_("look at settings, profile, prompt, model, stats or session"),
            look.show, _first(lambda context: look.SHOWS), "/show model"),
    Command(("prompt",), LOOK, "/prompt [--tokens] [TEXT]",
            N_("the exact prompt of TEXT or of the last answer, with token counts"),
            look.prompt, example="/prompt What is the capital of France?"),
    Command(("budget", "context"), LOOK, "/budget [TEXT]",
            N_("what each part of the prompt costs, and what was dropped"),
            look.budget),
    Command(("tokens", "count"), LOOK, "/tokens [TEXT]", N_("how the model sees TEXT, token by token"), look.tokens,
            example="/tokens Is {x} < 3?"),
    Command(("probs",), LOOK, "/probs [TURN] [all]",
            N_("how sure the model was of each token, and what else it thought of"), probs.probs, probs.probs_words,
            "/probs all"),
    Command(("stats",), LOOK, "/stats", N_("times, rates and memory of this session"), look.stats),
    Command(("whatif",), LAB, "/whatif [--full] [--exact] [--diff] [--yes] [AXIS=VALUES ...] [QUESTION]",
            N_("ask the last question, or a new one, in many ways at once"), whatif.whatif, whatif.words,
            "/whatif temperature=0,0.7 seed=1..4 Name a fruit."),
    Command(("pick",), LAB, "/pick CELL", N_("make a cell of the grid the session's answer"), whatif.pick,
            whatif.cells),
    Command(("compare", "diff"), LAB, "/compare [A B]",
            N_("what changed between two turns (3, last, 3.1), cells (c2) or profiles, asked the last question"),
            compare.compare, compare.compare_words, "/compare 1 2"),
    Command(("replay",), LAB, "/replay [FILE|N|NAME] [--profile P] [--free] [NAME=VALUE ...]",
            N_("ask a session's questions again, as recorded or otherwise, and show what changed"), replay.replay,
            replay.replay_words, "/replay first-try --profile cot"),
    Command(("alt",), LAB, "/alt TOKEN [N]",
            N_("what else was likely at a token of the last answer; with N, go on from there with that instead"),
            probs.alt, probs.alt_words, "/alt 1 2"),
    Command(("choose", "score"), LAB, "/choose [QUESTION =>] A | B ...",
            N_("how likely each of these answers is, to QUESTION or to the last question"), choose.choose,
            example="/choose yes | no | maybe"),
    Command(("new",), KEEP, "/new [NAME]", N_("start a new session"), keep.new),
    Command(("save",), KEEP, "/save [NAME]", N_("say where this session is saved, and give it a name"), keep.save,
            example="/save first-try"),
    Command(("sessions", "list"), KEEP, "/sessions [N]", N_("list the sessions, newest first"), keep.sessions),
    Command(("load", "resume", "session"), KEEP, "/load [N|NAME]", N_("go on with an earlier session"), keep.load,
            _first(keep.session_words), "/load first-try"),
    Command(("search",), KEEP, "/search WORDS", N_("find words in all sessions"), keep.search,
            example="/search bolognese"),
    Command(("export",), KEEP, "/export FILE [--force]",
            N_("write the conversation as .md, .html, .json, .jsonl or .txt"),
            keep.export, _export_words, "/export talk.html"),
    Command(("log",), KEEP, "/log [on|off]", N_("stop recording for private turns, or go on"), keep.log,
            _first(lambda context: ("on", "off"))),
    Command(("help", "?"), OTHER, "/help [COMMAND]", N_("list the commands, or explain one"), _help,
            _first(lambda context: [command.name for command in COMMANDS]), "/help set"),
    Command(("exit", "quit", "bye", "q"), OTHER, "/exit", N_("leave; everything is saved already"), _exit),
)  # fmt: skip

BY_NAME: dict[str, Command] = {name: command for command in COMMANDS for name in command.names}


def complete(context: Context, line: str) -> list[str]:
    """What may stand in place of the last word of `line`, which starts with a slash. Offers only what works."""
    head, blank, rest = line[1:].partition(" ")
    if not blank:
        exact = [head] if head in BY_NAME and head != BY_NAME[head].name else []
        return [f"/{name}" for name in [*(c.name for c in COMMANDS if c.name.startswith(head)), *exact]]
    command = BY_NAME.get(head)
    if command is None:
        return []
    try:
        return _words_after(command, context, rest)
    except FlanchatError:
        return []


def _words_after(command: Command, context: Context, rest: str) -> list[str]:
    before, _, word = rest.rpartition(" ")
    return [offered for offered in command.words(context, before.strip(), word) if offered.startswith(word)]
