"""`flanchat why`: which parts of the prompt made an answer, by leaving each of them out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import click

from flanchat.base.errors import UsageError
from flanchat.base.format import not_ready
from flanchat.base.i18n import _
from flanchat.base.json_rows import json_text
from flanchat.base.signals import stop_on_interrupt
from flanchat.cli.ask import note_alone, note_settings, print_answer
from flanchat.cli.environment import Environment
from flanchat.cli.opening import open_session, recorded_session
from flanchat.cli.options import SessionOptions, declared, form, messages_above, open_view, takes
from flanchat.experiments.flags import ANSWERS, ATTENTION, BY, CHECK, LAYER, WITHIN
from flanchat.experiments.prompt_parts import parts_of
from flanchat.experiments.why import Explanation, check_layer, check_options, why_json
from flanchat.sessions.session import Source
from flanchat.ui.types import ResultStream
from flanchat.ui.why import why_steps


@dataclass(frozen=True, kw_only=True)
class WhyOptions(SessionOptions):
    """What to leave out, and how to print what that changes."""

    by: str | None = declared(BY)
    within: str | None = declared(WITHIN)
    answers: bool = declared(ANSWERS)
    attention: bool = declared(ATTENTION)
    layer: str | None = declared(LAYER)
    check: str | None = declared(CHECK)
    as_json: bool = form("--json", help="Print one JSON object with everything.")
    as_html: bool = form("--html", help="Print an HTML page.")


@click.command()
@click.argument("words", nargs=-1, metavar="[PROMPT]")
@takes(WhyOptions)
def why(env: Environment, options: WhyOptions, words: tuple[str, ...]) -> None:
    """Show which parts of the prompt made an answer: how much less likely it is when each of them is left out.

    Asks PROMPT first; piped input is appended to it. Without PROMPT, explains the last answer of the session that
    --session or --continue names, with the model that gave it.

    \b
    flanchat why -p fewshot "capital of France"
    flanchat why --continue --by word --part question
    flanchat why --html -p passage < passage.txt > why.html
    """
    by, layer, check = options.by or "", options.layer or "", options.check or ""
    check_options(by=by, layer=layer, check=check)  # before anything is asked
    question = env.with_piped(words)
    if not question:
        if not (options.session or options.continue_last):
            raise UsageError(_("no prompt: pass one as an argument or pipe it in"))
        options = _with_its_model(env, options)
    is_printed = options.as_json or options.as_html
    view = open_view(env, options)
    with open_session(env, options, note=messages_above(env, view), one_shot=True) as (session, _resolved):
        engine = session.engine
        check_layer(engine.source, layer)
        if question:
            engine.start()
            note_settings(env, session)
            note_alone(env, session)
            if options.within:  # before anything is asked
                parts_of(session.compile(question), by=by, within=options.within)
            source: Source = "typed" if env.typed(words) else "stdin"
            answer = print_answer(env, session, question, source, quiet=is_printed)
            if answer.finish == "interrupted":
                raise KeyboardInterrupt
        explanation = Explanation(
            engine,
            session.last(),
            by=by,
            within=options.within or "",
            answers=options.answers,
            attention=options.attention,
            layer=layer,
            check=check,
            session=session,
        )
        engine.start()
        with stop_on_interrupt(explanation.stop, engine.kill, ready=lambda: engine.status == "ready"):
            if is_printed:
                try:
                    for __ in explanation.run():
                        pass
                finally:
                    if explanation.why.scored:
                        env.print(_printed(explanation, options), end="")
            else:
                stream = ResultStream(why_steps(explanation), explanation.stop, explanation.status)
                view.stream(stream, lambda: not_ready(engine.status) or stream.status())
        if explanation.stopped:
            raise KeyboardInterrupt


def _with_its_model(env: Environment, options: WhyOptions) -> WhyOptions:
    """The options with the model of the recorded answer, unless they name another."""
    record = recorded_session(env, options)
    card = None if record is None or not record.conversation.turns else record.conversation.turns[-1].card
    if card is None or options.model:
        return options
    return dataclasses.replace(options, model=card.name, base=options.base or card.base or None)


def _printed(explanation: Explanation, options: WhyOptions) -> str:
    if options.as_json:
        return json_text(why_json(explanation.why)) + "\n"
    from flanchat.export.why_page import why_page

    return why_page(explanation.why)
