"""`flanchat tokens`: a text as the model's tokenizer splits it."""

from __future__ import annotations

import click

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment
from flanchat.cli.opening import find_model
from flanchat.cli.options import ModelOptions, base_option, model_option, open_view
from flanchat.sessions.serialization import measured_json, tokens_json
from flanchat.ui.types import Tokens


@click.command()
@click.argument("words", nargs=-1, metavar="TEXT")
@model_option(help="Model whose vocabulary to use (default: bundled).")
@base_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with everything.")
@click.pass_obj
def tokens(env: Environment, words: tuple[str, ...], model: str | None, base: str | None, as_json: bool) -> None:
    """Print the tokens of TEXT with their ids, and what the model does not see of it.

    Piped input is appended to TEXT. flanchat prompt --tokens shows a whole prompt, with its profile.

    \b
    flanchat tokens "The food was {really} good."
    flanchat tokens -m flan-t5-base --json < news.txt
    """
    from flanchat.engine.t5.tokenizer import open_tokenizer

    text = env.with_piped(words)
    if not text:
        raise UsageError(_("no text: pass one as an argument or pipe it in"))
    __, checkpoint = find_model(env, ModelOptions(model=model, base=base))
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    pieces, measured = tokenizer.pieces(text), tokenizer.measure([text])
    if as_json:
        env.print_json({"text": text, **measured_json(measured), "pieces": tokens_json(pieces)})
    else:
        open_view(env).tokens(Tokens(pieces, measured))
