"""The flags of whatif, replay, why and diff, declared once for the command line and for the REPL."""

from __future__ import annotations

import io
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flanchat.base.errors import UsageError
from flanchat.base.i18n import N_, _, join_list
from flanchat.base.wording import did_you_mean


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag. name, short: with their dashes. value: what follows it, in capitals; "" for nothing.

    excludes: a flag declared before this one, which must not be given with it.
    """

    name: str
    help: str
    value: str = ""
    short: str = ""
    excludes: str = ""


FULL = Flag("--full", N_("Try all combinations of the values, not each axis alone."))
ROW_BY_ROW = Flag("--exact", N_("Answer row by row, so that no answer can depend on the others in its batch."))
DIFF = Flag("--diff", N_("Mark differences from the first cell's answer."))
YES = Flag("--yes", N_("Run a large grid without asking."))
WHATIF_FLAGS = (FULL, ROW_BY_ROW, DIFF, YES)

PROFILE = Flag("--profile", N_("Use this profile instead of the recorded one."), "NAME|FILE", "-p")
HELD = Flag("--held", N_("Put the recorded answers into the history (default)."))
FREE = Flag("--free", N_("Put the new answers into the history."), excludes="--held")
EVERYTHING = Flag("--all", N_("Replay every answer in the file, not only those of the last branch."))
ONE_BY_ONE = Flag("--exact", N_("Answer one turn at a time, never in a batch; always so when nothing is changed."))
REPLAY_FLAGS = (PROFILE, HELD, FREE, EVERYTHING, ONE_BY_ONE)

BY = Flag("--by", N_("Leave out one part, sentence or word at a time (default: part)."), "UNIT")
WITHIN = Flag("--part", N_("Only this part, such as question or shot2; shots leaves out all shots at once."), "NAME")
ANSWERS = Flag("--answers", N_("Answer without each part, too."))
ATTENTION = Flag("--attention", N_("Show where the decoder looks, too."))
LAYER = Flag("--layer", N_("The attention of this layer, not the mean of all."), "N")
CHECK = Flag("--check", N_("Show the changes by the gradient, too, from a copy of the model in float32."), "gradient")
MASKING_HINT = N_("Parts that say the same hide each other: without one of them, the others still say it.")
ATTENTION_HINT = N_("Attention is where the decoder looks, not what made the answer.")
WHY_FLAGS = (BY, WITHIN, ANSWERS, ATTENTION, LAYER, CHECK)

REFERENCE = Flag("--reference", N_("Compare MODEL with transformers' own generate, which is A."))
OF_SESSION = Flag("--session", N_("Compare on the prompts of this session."))
PROMPT_COLUMN = Flag("--prompt-column", N_("Column of FILE with the prompts (default: prompt, question, ...)."), "NAME")
LIMIT = Flag("--limit", N_("Compare the first N prompts only."), "N")
DIFF_FLAGS = (REFERENCE, OF_SESSION, PROMPT_COLUMN, LIMIT)

DIVERGENCE = Flag("--kl", N_("Measure how far apart the models of two answers are."))
COMPARE_FLAGS = (DIVERGENCE,)


def usage(flags: Sequence[Flag]) -> str:
    """The flags as a usage line shows them.

    >>> usage(REPLAY_FLAGS)
    '[--profile NAME|FILE] [--held|--free] [--all] [--exact]'
    """
    parts: dict[str, str] = {}
    for flag in flags:
        if flag.excludes:
            parts[flag.excludes] += f"|{flag.name}"
        else:
            parts[flag.name] = f"{flag.name} {flag.value}".strip()
    return " ".join(f"[{part}]" for part in parts.values())


def take_flags(command: str, line: str, flags: Sequence[Flag]) -> tuple[dict[str, str], str]:
    """Take the flags off the beginning of a line; return each with its value or "", and the rest of the line.

    The word `--` ends them and stays. Raises UsageError for an unknown flag or one without its value.

    >>> take_flags("/whatif", "--full --diff seed=1,2 Why?", WHATIF_FLAGS)
    ({'--full': '', '--diff': ''}, 'seed=1,2 Why?')
    """
    given: dict[str, str] = {}
    line = line.strip()
    dashes = "-" if any(flag.short for flag in flags) else "--"  # else a question may begin with a minus sign
    while line.startswith(dashes) and line.split()[0] != "--":
        word, line = next_word(command, line)
        flag = next((flag for flag in flags if word in (flag.name, flag.short)), None)
        if flag is None:
            names = [flag.name for flag in flags]
            raise UsageError(
                _("{command} {flag}: expected one of {flags}.{hint}").format(
                    command=command, flag=word, flags=join_list(names), hint=did_you_mean(word, names)
                )
            )
        given[flag.name] = ""
        if flag.value:
            if not line or line.startswith("-"):
                raise UsageError(_("{flag}: expected {value} after it").format(flag=flag.name, value=flag.value))
            given[flag.name], line = next_word(command, line)
    return given, line


def next_word(command: str, line: str) -> tuple[str, str]:
    """Split a line after its first word, which may be in quotes. Raises UsageError for an unclosed one."""
    stream = io.StringIO(line)
    lexer = shlex.shlex(stream, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        word = lexer.get_token() or ""
    except ValueError:
        raise UsageError(_("{command} {line}: unclosed quotation mark").format(command=command, line=line)) from None
    return word, stream.read().strip()


def all_words(command: str, line: str) -> list[str]:
    r"""The words of a line, each as `next_word` takes it.

    >>> all_words("/compare", r"last './my profile.yaml'")
    ['last', './my profile.yaml']
    """
    words = []
    while line:
        word, line = next_word(command, line)
        words.append(word)
    return words


def words_and_flags(command: str, line: str, flags: Sequence[Flag]) -> tuple[dict[str, str], list[str]]:
    """The flags of a line, wherever they stand, each with its value or "", and the other words.

    >>> words_and_flags("/replay", "'my talk' --profile cot --all", REPLAY_FLAGS)
    ({'--profile': 'cot', '--all': ''}, ['my talk'])
    """
    words = []
    given, rest = take_flags(command, line, flags)
    while rest:
        word, rest = next_word(command, rest)
        words.append(word)
        more, rest = take_flags(command, rest, flags)
        given |= more
    return given, words


def check_flags(given: Collection[str], flags: Sequence[Flag]) -> None:
    """Raise UsageError for two flags that exclude each other."""
    for flag in flags:
        if flag.name in given and flag.excludes in given:
            raise UsageError(_("{one} and {other}: give one of them").format(one=flag.excludes, other=flag.name))


def other_flags(given: Collection[str], flags: Sequence[Flag]) -> list[str]:
    """The flags that may still be added to those given."""
    excluded = {flag.excludes for flag in flags if flag.name in given}
    return [f.name for f in flags if f.name not in excluded and f.name not in given and f.excludes not in given]
