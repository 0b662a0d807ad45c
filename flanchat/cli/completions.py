"""`flanchat completions`: the script that makes a shell complete flanchat's command line, and the replies to it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from flanchat.cli.environment import COMPLETE_VARIABLE, Environment

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

SHELLS = ("bash", "zsh", "fish")
_CHANGED = {
    "COMPREPLY+=($value)": "COMPREPLY+=($value); [[ $value == *= ]] && compopt -o nospace",
    "        _describe -V unsorted completions_with_descriptions -U": (
        "        local -a begun=(${(M)completions_with_descriptions:#*=:*})\n"
        "        local -a whole=(${completions_with_descriptions:#*=:*})\n"
        "        (( $#begun )) && _describe -V unsorted begun -U -S ''\n"
        "        (( $#whole )) && _describe -V unsorted whole -U"
    ),
    'string split "," $completion': 'string split -m 1 "," -- $completion',
}
"""Changes to click's scripts: after NAME= comes its value, so that no blank must follow; and fish would end a word and
its meaning at their first comma."""


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completions(context: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash: put  eval "$(flanchat completions bash)"  into ~/.bashrc
    zsh:  put  eval "$(flanchat completions zsh)"   into ~/.zshrc, after compinit
    fish: flanchat completions fish > ~/.config/fish/completions/flanchat.fish
    """
    env: Environment = context.obj
    env.print(_script(_completion(env, context.find_root().command, shell)))


def answer_shell(env: Environment, group: click.Command, commands: Collection[str]) -> int:
    """Print what a shell asks for, and return the exit status. Click itself would write bytes, which are not masked.

    commands: what the first word can be; anything else belongs to a prompt.
    """
    shell, __, wanted = env.environ[COMPLETE_VARIABLE].partition("_")
    if shell not in SHELLS or wanted not in ("source", "complete"):
        return 1
    completion = _completion(env, group, shell)
    if wanted == "source":
        env.print(_script(completion))
        return 0
    words, typed = completion.get_completion_args()
    name = ""
    if shell == "bash":
        words, typed, name = _with_equals_signs(words, typed)
    is_option = typed.startswith("-") and not words
    if is_option or (words and words[0] not in commands):
        words = ["start", *words]
    try:
        items = completion.get_completions(words, typed)
    except Exception:  # whatever is wrong on this machine, a shell would show the message within the line
        return 0
    flag = re.match("--[^=]+=", typed)
    for item in items:
        item.value = item.value.removeprefix(name)
        if flag and shell != "bash" and item.type == "plain":  # these shells replace the whole word
            item.value = flag[0] + item.value
        env.print(completion.format_completion(item))
    return 0


def _completion(env: Environment, group: click.Command, shell: str) -> ShellComplete:
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    return found(group, {"obj": env}, "flanchat", COMPLETE_VARIABLE)


def _script(completion: ShellComplete) -> str:
    script = completion.source()
    for given, ours in _CHANGED.items():
        script = script.replace(given, ours)
    return script


def _with_equals_signs(words: list[str], typed: str) -> tuple[list[str], str, str]:
    """Join NAME = VALUE, which bash splits; return also the `NAME=` that bash does not expect in a reply.

    >>> _with_equals_signs(["-o", "speculate", "="], "o"), _with_equals_signs(["-o", "speculate"], "=")
    ((['-o'], 'speculate=o', 'speculate='), (['-o'], 'speculate=', 'speculate='))
    """
    joined: list[str] = []
    for word in [*words, typed]:
        if joined and (word == "=" or joined[-1].endswith("=")):
            joined[-1] += word
        else:
            joined.append(word)
    *before, last = joined
    return before, last, last[: last.find("=") + 1] if last != typed else ""
