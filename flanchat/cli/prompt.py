"""`flanchat prompt`: the exact prompt that a question makes, without a model. Also for `flanchat ask --dry-run`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment
from flanchat.cli.opening import find_model, recorded_session, resolve_options, with_resolved
from flanchat.cli.options import SessionOptions, flag, open_view, takes
from flanchat.sessions.conversation import Exchanges
from flanchat.sessions.serialization import prompt_json, tokens_json
from flanchat.sessions.session import Source
from flanchat.ui.types import Tokens


@dataclass(frozen=True, kw_only=True)
class PromptOptions(SessionOptions):
    """How to print the prompt."""

    as_tokens: bool = flag("--tokens", help="Print the prompt's tokens in place of its parts.")
    as_json: bool = flag("--json", help="Print one JSON object with everything.")


@click.command()
@click.argument("words", nargs=-1, metavar="PROMPT")
@takes(PromptOptions)
def prompt(env: Environment, options: PromptOptions, words: tuple[str, ...]) -> None:
    """Print the exact prompt that PROMPT makes, the tokens of its parts, and what the model does not see.

    Takes the options of ask, and needs the model's vocabulary only. Piped input is appended to PROMPT.

    \b
    flanchat prompt -p fewshot "Name a fruit."
    flanchat prompt -p headline -o max_input_tokens=256 --json < news.txt
    """
    print_prompt(env, options, read_prompt(env, words)[0], as_json=options.as_json, as_tokens=options.as_tokens)


def read_prompt(env: Environment, words: Sequence[str]) -> tuple[str, Source]:
    """The words of the command line with piped input appended, and where the prompt came from."""
    question = env.with_piped(words)
    if not question:
        raise UsageError(_("no prompt: pass one as an argument or pipe it in"))
    return question, "typed" if env.typed(words) else "stdin"


def print_prompt(
    env: Environment, options: SessionOptions, question: str, *, as_json: bool, as_tokens: bool = False
) -> None:
    """Compile the prompt in this process, which reads the vocabulary alone, and print it. Records nothing."""
    from flanchat.engine.t5.tokenizer import open_tokenizer

    record = recorded_session(env, options)
    resolved = resolve_options(env, options, record)
    setup = resolved.setup
    __, checkpoint = find_model(env, with_resolved(options, resolved))
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    earlier = Exchanges(record.conversation.turns if record is not None else [])
    compiled = setup.compile(question, earlier, tokenizer.measure, seed=setup.settings.value("seed") or 0)
    pieces = tokenizer.pieces(compiled.text) if as_tokens else ()
    if as_json:
        made = {"prompt": prompt_json(compiled), "settings": setup.settings.as_dict()}
        env.print_json({**made, **({"pieces": tokens_json(pieces)} if as_tokens else {})})
    elif as_tokens:
        open_view(env, options).tokens(Tokens(pieces, tokenizer.measure([compiled.text])))
    else:
        open_view(env, options).prompt(compiled)
