"""One question, one answer: `flanchat ask` and a bare `flanchat PROMPT`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.sanitize import show
from flanchat.cli.environment import Environment
from flanchat.cli.opening import find_model, open_session
from flanchat.cli.options import choose, open_view

if TYPE_CHECKING:
    from flanchat.engine.protocol import Engine
    from flanchat.prompting.prompt import Prompt
    from flanchat.sessions.conversation import Answer
    from flanchat.sessions.session import Session, Source


def question_of(env: Environment, words: Sequence[str]) -> tuple[str, Source]:
    """The words of the command line and what is piped in, and where they came from."""
    typed = " ".join(words)
    piped = env.piped()
    question = "\n".join(part for part in (typed, piped.rstrip("\n")) if part.strip())
    if not question:
        raise UsageError(_("nothing was asked: give a PROMPT, or pipe one in"))
    return question, "typed" if typed else "stdin"


def ask(env: Environment, words: Sequence[str], options: dict[str, Any]) -> None:
    """Print the answer to what was asked on the command line and what is piped in."""
    if options["as_jsonl"]:
        _ask_lines(env, words, options)
        return
    from flanchat.ui.probabilities import choice_warnings

    question, source = question_of(env, words)
    if options["dry_run"]:
        _dry_run(env, question, options)
        return
    with open_session(env, options) as (session, engine, __):
        engine.start()
        answer = answer_to(env, session, engine, question, source, options)
        if options["as_json"]:
            env.print(json.dumps(answer_json(answer)))
        elif answer.finish == "empty":
            env.complain(_("the model answered nothing"))
        else:
            for line in choice_warnings(answer.choices):
                env.complain(line)
        if options["stats"]:
            from flanchat.ui.results import timing_line

            env.complain(timing_line(answer))
        if answer.finish == "interrupted":
            raise KeyboardInterrupt


def _ask_lines(env: Environment, words: Sequence[str], options: dict[str, Any]) -> None:
    """Answer each line of standard input by itself; what is on the command line goes in front of each."""
    if options["dry_run"] or env.stdin.isatty():
        raise UsageError(_("--jsonl needs questions on standard input, one a line, and goes without --dry-run"))
    with open_session(env, options) as (session, engine, __):
        engine.start()
        for line in env.stdin:
            if line.strip():
                question = "\n".join([*([" ".join(words)] if words else []), line.rstrip("\n")])
                answer = answer_to(env, session, engine, question, "stdin", {**options, "as_json": True})
                env.print(json.dumps({"question": question, **answer_json(answer)}))
                if answer.finish == "interrupted":
                    raise KeyboardInterrupt


def answer_to(  # noqa: PLR0917
    env: Environment,
    session: Session,
    engine: Engine,
    question: str,
    source: Source,
    options: dict[str, Any],
    *,
    choices: Sequence[str] = (),
) -> Answer:
    """Ask, print the answer as it comes unless it is printed as JSON later, and return it.

    choices: the answer is one of them, in place of the profile's.
    """
    from flanchat.base.signals import stop_on_interrupt
    from flanchat.engine.events import Delta
    from flanchat.sessions.session import Compiled
    from flanchat.ui.results import loss_lines

    begun = False
    try:
        with (
            stop_on_interrupt(engine.stop, engine.kill, ready=lambda: engine.status == "ready"),
            closing(session.ask(question, source=source, choices=choices)) as events,
        ):
            for event in events:
                if isinstance(event, Compiled):
                    if options["show_prompt"]:
                        env.complain(event.prompt.text)
                    for line in loss_lines(event.prompt) if not options["as_json"] else ():
                        env.complain(line)
                elif not options["as_json"] and isinstance(event, Delta) and event.text:
                    env.print(show(event.text), end="")
                    begun = True
    finally:
        if begun:  # however the answer ended
            env.print()
    return session.last()


def answer_json(answer: Answer) -> dict[str, Any]:
    """What --json prints. Seconds are seconds; log-probabilities are the model's own.

    choices: what the answer was chosen from; tokens and log-probabilities with the end token.
    """
    timing, card = answer.timing, answer.card
    return {
        "text": answer.text,
        "short": answer.short,
        "tokens": [{"id": t.id, "text": t.text, "logprob": t.logprob} for t in answer.tokens],
        "choices": [
            {
                "text": c.text,
                "tokens": c.tokens,
                "sum_logprob": c.sum_logprob,
                "mean_logprob": c.mean_logprob,
                "p_sum": c.p_sum,
                "p_mean": c.p_mean,
                "unknown": c.unknown,
                "same_as": c.same_as,
            }
            for c in answer.choices
        ],
        "finish": answer.finish,
        "prompt": _prompt_json(answer.prompt),
        "usage": {"prompt_tokens": answer.prompt.tokens, "new_tokens": len(answer.tokens)},
        "timing": {
            "load_s": timing.load_s,
            "encode_s": timing.encode_s,
            "encode_reused": timing.reused,
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


def _dry_run(env: Environment, question: str, options: dict[str, Any]) -> None:
    """Show the prompt and its counts. Only the model's vocabulary is read, in this process."""
    from flanchat.engine.t5.tokenizer import open_tokenizer
    from flanchat.prompting.prompt import compile_prompt

    choice = choose(env, options)
    settings = choice.settings
    __, checkpoint = find_model(env, choice.model, options)
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    seed = settings.value("seed") or 0
    prompt = compile_prompt(
        choice.profile, settings, [], question, tokenizer.measure, variables=choice.variables, seed=seed
    )
    if options["as_json"]:
        env.print(json.dumps({"prompt": _prompt_json(prompt), "settings": settings.as_dict()}))
    else:
        open_view(env, options).prompt(prompt)
