"""The REPL's commands in one table, from which the parser, /help, completion and a section of the README are made.

A command is one function and one row here. The function returns what to show and prints nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flanchat.base.errors import UsageError
from flanchat.base.i18n import N_, _
from flanchat.base.text import NotTextError, checked
from flanchat.base.wording import did_you_mean
from flanchat.experiments.flags import (
    ATTENTION_HINT,
    COMPARE_FLAGS,
    DIFF_FLAGS,
    MASKING_HINT,
    REPLAY_FLAGS,
    WHATIF_FLAGS,
    WHY_FLAGS,
    usage,
)
from flanchat.prompting.explanations import explain_setting
from flanchat.prompting.settings import BY_SHORT, DEVICE, Settings, known_setting
from flanchat.repl.commands import (
    check,
    compare,
    conversation,
    inspect,
    lab,
    model,
    profile,
    review,
    sessions,
    settings,
    whatif,
)
from flanchat.repl.commands.arguments import (
    Completions,
    Offered,
    nothing,
    one_word,
    paths,
    setting_names,
    setting_pairs,
    setting_words,
)
from flanchat.repl.commands.first_minute import first_minute
from flanchat.repl.context import Context, Leave, Shown
from flanchat.ui.budget import BUDGET_HINT
from flanchat.ui.types import ALTERNATIVES_HINT, CONFIDENCE_HINT, SCORES_HINT, Table
from flanchat.ui.warnings import VOCABULARY_HINT


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    names: the first is listed, the others are aliases for commands of other tools. hints: explain what it shows; /help
    NAME has them too.
    """

    names: tuple[str, ...]
    group: str
    usage: str
    help: str
    run: Callable[[Context, str], Shown]
    completions: Completions = nothing
    example: str = ""
    hints: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Call:
    """A command with its arguments."""

    command: Command
    arguments: str


def parse_line(line: str) -> Call | str:
    """Return the command or the question that an entry is; "" for a blank one. The name of a setting is a /set.

    A command starts with `/`. A leading space or `//` makes the line a question, slash included. An entry of several
    lines is always a question, so that pasted text runs no command. Raises UsageError for a misspelt command, with a
    hint, and for bytes that are not UTF-8.
    """
    try:
        checked(line)
    except NotTextError as error:
        raise UsageError(str(error)) from None
    bare = line.strip()
    if line.rstrip() in ("exit", "quit"):  # the habit from other prompts
        return Call(BY_NAME["exit"], "")
    if "\n" in bare:
        return line.strip("\n")
    if line[:1].isspace():
        return bare
    if bare.startswith("//"):
        return bare[1:]
    if bare.startswith("/"):
        name, __, arguments = bare[1:].partition(" ")
        if name not in BY_NAME and known_setting(name.partition("=")[0]) is not None:
            return Call(BY_NAME["set"], bare[1:])
        if name not in BY_NAME:
            hint = did_you_mean(f"/{name}", [f"/{known}" for known in (*(c.name for c in COMMANDS), *BY_SHORT)])
            raise UsageError(
                _("unknown command /{name}.{hint} A leading space sends the line as text.").format(
                    name=name, hint=hint or _(" /help lists them.")
                )
            )
        return Call(BY_NAME[name], arguments.strip())
    other = re.match(r"[.!:](\w+)$|[.!:](\w+)\s", bare)
    if other and (word := other[1] or other[2]) in BY_NAME:
        raise UsageError(
            _("did you mean /{name}? Commands start with a slash; a leading space sends the line as text.").format(
                name=BY_NAME[word].name
            )
        )
    return bare


def _help(context: Context, arguments: str) -> Shown:
    if arguments == "start":
        return first_minute(context.engine.source)
    if arguments:
        if (words := explain(arguments, context.session.settings)) is None:
            raise UsageError(
                _("nothing is called {topic}.{hint}").format(topic=arguments, hint=topic_hint(arguments, TOPICS))
            )
        return words
    rows: list[tuple[str, str]] = []
    for group in dict.fromkeys(command.group for command in COMMANDS):
        rows.append((_("{group}:").format(group=_(group)), ""))
        rows += [(f"  {command.usage}", _(command.help)) for command in COMMANDS if command.group == group]
    marked = tuple(at for at, (__, description) in enumerate(rows) if not description)
    return Table(_("Commands"), (_("command"), _("description")), tuple(rows), _(HELP_NOTE), marked=marked)


def explain(topic: str, settings: Settings | None = None) -> str | None:
    """What a command or a setting does; None when nothing has that name. A name of both is explained as both.

    topic: the name of a command, perhaps with its slash, or of a setting, long or short. settings: those in force.
    """
    parts, name = [], topic.removeprefix("/")
    if (command := BY_NAME.get(name)) is not None:
        example = [_("Example: {line}").format(line=command.example)] if command.example else []
        parts.append("\n".join([command.usage, _(command.help), *example, *map(_, command.hints)]))
    if (setting := known_setting(name)) is not None:
        parts.append(explain_setting(setting, settings))
    return "\n\n".join(parts) or None


def _topics(context: Context) -> list[str]:
    commands = [Offered(command.name, _(command.help)) for command in COMMANDS]
    names = {command.name for command in COMMANDS}
    settings = [name for name in setting_names(context) if name not in names]
    return [Offered("start", _("the first minute")), *commands, *settings]


def topic_hint(topic: str, names: Iterable[str]) -> str:
    """The nearest name, or how to list them."""
    return did_you_mean(topic.removeprefix("/"), names) or _(" /help lists the commands, /set the settings.")


GRID_HINT = N_(
    "/pick CELL makes an answer the session's, /compare c1 c2 shows two side by side, /whatif --diff marks changes."
)
HELP_NOTE = N_(
    "Any other line is sent to the model. /help start is a first minute, /help NAME explains a command or a setting.\n"
    "Tab completes, Alt-Enter adds a line, Ctrl-R searches earlier input, Ctrl-G opens an editor, Ctrl-C stops an "
    "answer, Ctrl-D leaves.\n"
    "F2 shows the settings, F3 switches multi-line input, F4 vi keys, F5 shows the prompt, F6 the token probabilities."
)


def _exit(context: Context, arguments: str) -> Shown:
    return Leave()


ASK, TURNS, PROFILE, INSPECT = N_("Ask"), N_("Turns"), N_("Profile and settings"), N_("Inspect")
LAB, SESSIONS, OTHER = N_("Experiments"), N_("Sessions"), N_("Other")

COMMANDS: tuple[Command, ...] = (
    Command(("regen", "retry", "regenerate"), ASK, "/regen [NAME=VALUE ...]",
            N_("answer the last question again, with other settings for this answer; the old answer is kept"),
            conversation.regen, setting_pairs, "/regen temperature=1.2"),
    Command(("continue",), ASK, "/continue", N_("continue an answer that was cut at its length or interrupted"),
            conversation.continue_answer),
    Command(("edit",), ASK, "/edit [TURN] [TEXT]", N_("edit an earlier question and continue from there"),
            conversation.edit, example="/edit 2 What is the capital of Spain?"),
    Command(("file", "read"), ASK, "/file [PATH]", N_("add a file's text before the next question"), conversation.file,
            paths, "/file news.txt"),
    Command(("run",), ASK, "/run FILE", N_("run the lines of a file as if typed"), conversation.run,
            paths, "/run questions.txt"),
    Command(("copy",), ASK, "/copy", N_("copy the last answer to the clipboard"), conversation.copy),
    Command(("undo", "remove"), TURNS, "/undo [N]", N_("go back one turn, or N; nothing is deleted"),
            conversation.undo),
    Command(("redo",), TURNS, "/redo [N]", N_("redo one undone turn, or N"), conversation.redo),
    Command(("fork",), TURNS, "/fork [NAME]", N_("start a branch here and switch to it"), conversation.fork,
            example="/fork bolder"),
    Command(("branches",), TURNS, "/branches [all|N|NAME]",
            N_("list the branches, or switch to one; all lists also what /continue and /alt left"),
            conversation.branches, conversation.branch_words),
    Command(("history",), TURNS, "/history [N]", N_("list the turns so far, or the last N"), conversation.history),
    Command(("rate",), TURNS, "/rate [TURN] [good|bad|1..5|none]",
            N_("rate the last answer or another; alone: list the rated ones"), review.rate, review.rating_words,
            "/rate 2 good"),
    Command(("note",), TURNS, "/note [TURN] [TEXT|none]", N_("add a note to the last answer or another"), review.note,
            example="/note 2 names the wrong city"),
    Command(("clear", "reset"), TURNS, "/clear", N_("clear the conversation; profile and settings stay"),
            conversation.clear),
    Command(("profile", "role", "template"), PROFILE, "/profile [NAME]",
            N_("show the profile, or switch to another; also save NAME, edit [NAME], diff A [B]"), profile.profile,
            profile.profile_words, "/profile cot"),
    Command(("profiles",), PROFILE, "/profiles", N_("list the profiles"), profile.profiles),
    Command(("set", "settings", "params", "parameters"), PROFILE, "/set [NAME VALUE | NAME=VALUE ...]",
            N_("show the settings, or change some"), settings.change, setting_words, "/set temperature=0.7"),
    Command(("unset",), PROFILE, "/unset NAME", N_("reset a setting to the profile's value"), settings.unset,
            one_word(setting_names), "/unset temperature"),
    Command(("system", "prefix"), PROFILE, "/system [TEXT|off]",
            N_("show, set or remove the instruction at the start of the prompt"), settings.system,
            example="/system Answer in one word."),
    Command(("shots",), PROFILE, "/shots [list|add|rm N|on|off]",
            N_("show or change the shots (worked examples); add takes the last exchange or QUESTION => ANSWER"),
            settings.shots, settings.shot_words, "/shots add The sea => blue"),
    Command(("var",), PROFILE, "/var [NAME=VALUE|NAME=@FILE]",
            N_("show the variables of the profile, or set one, from a file with @"), settings.var,
            settings.variable_words),
    Command(("model",), PROFILE, "/model [NAME]", N_("show the model, or load another"), model.model,
            one_word(model.model_words), "/model flan-t5-small"),
    Command(("models",), PROFILE, "/models", N_("list the known models"), model.models),
    Command(("device",), PROFILE, "/device [NAME]", N_("show the device, or load the model on another"),
            model.device, one_word(lambda context: DEVICE.choices)),
    Command(("show", "info"), INSPECT, "/show [WHAT]",
            N_("show settings, profile, prompt, model, stats or session"), inspect.show,
            one_word(lambda context: list(inspect.SHOWS)), "/show model"),
    Command(("prompt",), INSPECT, "/prompt [--tokens] [TEXT]",
            N_("show the exact prompt of TEXT or of the last answer, with token counts"),
            inspect.prompt, example="/prompt What is the capital of France?"),
    Command(("budget", "context"), INSPECT, "/budget [TEXT]",
            N_("show what each part of the prompt costs, and what was dropped"), inspect.budget, hints=(BUDGET_HINT,)),
    Command(("tokens", "count"), INSPECT, "/tokens [TEXT]", N_("show TEXT as the model's tokens"), inspect.tokens,
            example="/tokens Is {x} < 3?", hints=(VOCABULARY_HINT,)),
    Command(("probs",), INSPECT, "/probs [TURN] [all]",
            N_("show the probability of each token of an answer, and its alternatives"), inspect.probs,
            inspect.probs_words, "/probs all", (CONFIDENCE_HINT,)),
    Command(("stats",), INSPECT, "/stats", N_("show times, rates and memory of this session"), inspect.stats),
    Command(("whatif",), LAB, f"/whatif {usage(WHATIF_FLAGS)} [AXIS=VALUES ...] [QUESTION]",
            N_("answer the last question, or a new one, with many settings, profiles or models at once"),
            whatif.whatif, whatif.whatif_words, "/whatif temperature=0,0.7 seed=1..4 Name a fruit.", (GRID_HINT,)),
    Command(("pick",), LAB, "/pick NUMBER", N_("make a cell of the grid, or one of the best or voting answers, the "
            "session's answer"), whatif.pick, whatif.pick_words),
    Command(("compare",), LAB, f"/compare [A B] {usage(COMPARE_FLAGS)}",
            N_("compare two turns (3, last, 3.1), two cells (c2), or two profiles on the last question"),
            compare.compare, compare.compare_words, "/compare 1 2", (compare.KL_HINT,)),
    Command(("diff",), LAB, f"/diff MODEL [FILE] {usage(DIFF_FLAGS)}",
            N_("compare the loaded model with another, or with transformers, on many prompts; MODEL as in "
               "flan-t5-small,precision=int8"),
            check.diff, check.diff_words, "/diff bundled,precision=int8 --limit 20"),
    Command(("why", "explain"), LAB, f"/why [TURN] {usage(WHY_FLAGS)}",
            N_("show which parts of the prompt made an answer: what it loses when each is left out"), lab.why,
            lab.why_words, "/why --by word", (MASKING_HINT, ATTENTION_HINT)),
    Command(("replay",), LAB, f"/replay [FILE|N|NAME] {usage(REPLAY_FLAGS)} [NAME=VALUE ...]",
            N_("ask a session's questions again, as recorded or with changes, and show the differences"),
            check.replay, check.replay_words, "/replay first-try --profile cot"),
    Command(("card",), LAB, "/card [FILE] [--force]",
            N_("write a card of this session, from which others can make its answers again"),
            check.card, check.card_words, "/card talk.card.json"),
    Command(("verify",), LAB, "/verify FILE",
            N_("make the answers of a card again with the loaded model, and name the first cause of a difference"),
            check.verify, check.verify_words, "/verify card.json"),
    Command(("alt",), LAB, "/alt TOKEN [N]",
            N_("show the alternatives to a token of the last answer; with N, continue from alternative N"),
            lab.alt, lab.alt_words, "/alt 1 2", (ALTERNATIVES_HINT, CONFIDENCE_HINT)),
    Command(("choose", "score"), LAB, "/choose [QUESTION =>] A | B ...",
            N_("score a fixed set of answers to QUESTION or to the last question"), lab.choose,
            example="/choose yes | no | maybe", hints=(SCORES_HINT,)),
    Command(("beams",), LAB, "/beams [N] [QUESTION]",
            N_("show the N best answers of a beam search to the last question, or to a new one"), lab.beams,
            example="/beams 3 Name a fruit."),
    Command(("fill",), LAB, "/fill TEXT", N_("fill the blanks <1>, <2> and so on of a text; the conversation stays"),
            lab.fill, example="/fill The <1> sat on the <2>."),
    Command(("new",), SESSIONS, "/new [NAME]", N_("start a new session"), sessions.new),
    Command(("save",), SESSIONS, "/save [NAME]", N_("show where this session is saved, or name it"), sessions.save,
            example="/save first-try"),
    Command(("sessions", "list"), SESSIONS, "/sessions [N] [--one-shots]",
            N_("list the sessions, newest first; --one-shots also lists questions of flanchat ask"), sessions.sessions,
            one_word(lambda context: (sessions.ONE_SHOTS,)), "/sessions --one-shots"),
    Command(("load", "resume", "session"), SESSIONS, "/load [N|NAME]", N_("resume an earlier session"), sessions.load,
            one_word(sessions.session_words), "/load first-try"),
    Command(("search",), SESSIONS, "/search [--rated RATING] [WORDS]",
            N_("search all sessions, or the rated answers"), sessions.search, sessions.search_words,
            "/search bolognese"),
    Command(("export",), SESSIONS, "/export FILE [--brief] [--force]",
            N_("write the conversation as .md, .html, .json, .jsonl or .txt; --brief: questions and answers only"),
            sessions.export, sessions.export_words, "/export talk.html"),
    Command(("log",), SESSIONS, "/log [on|off]", N_("pause recording for private turns, or resume it"), sessions.log,
            one_word(lambda context: ("on", "off"))),
    Command(("help", "?"), OTHER, "/help [NAME]",
            N_("list the commands, or explain a command or a setting; /help start is a first minute"), _help,
            one_word(_topics), "/help temperature"),
    Command(("exit", "quit", "bye", "q"), OTHER, "/exit", N_("leave; everything is already saved"), _exit),
)  # fmt: skip

BY_NAME: dict[str, Command] = {name: command for command in COMMANDS for name in command.names}
TOPICS = tuple(dict.fromkeys(("start", *(command.name for command in COMMANDS), *BY_SHORT)))
"""What /help explains."""
