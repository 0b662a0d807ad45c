"""The command line of lm-evaluation-harness with a model `flanchat`:  python -m flanchat.lm_eval --tasks TASK

Its requests become those of an engine, in an order in which each distinct prompt is encoded once and the rows of a
batch are alike in length; results go back in the harness's order.
"""

from __future__ import annotations

import logging
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from flanchat.api.texts import whole_number
from flanchat.base.errors import FlanchatError, UsageError
from flanchat.base.i18n import _, ngettext
from flanchat.base.sanitize import printable
from flanchat.cli import INTERRUPTED
from flanchat.cli.language import choose_language
from flanchat.engine.engines import open_engine
from flanchat.engine.events import Decoding, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.engine.rows import answered_rows
from flanchat.prompting.settings import find_setting
from flanchat.sessions.batch import MOST_ROWS
from flanchat.sessions.continuations import score_continuations
from flanchat.ui.progress import DownloadProgress
from flanchat.ui.terminal import mask_stream, print_message

BATCH = 32
"""Answers that are generated together, unless --batch_size says another number."""

TRAINED = 512
"""Tokens of the prompts that most T5s were trained with."""

NEW_TOKENS = 256
"""The longest answer of a task that does not say: the harness's own default."""

_NAMES_OF_LENGTH = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")  # the first one counts

_log = logging.getLogger("lm_eval.flanchat")  # below the harness's, which shows it


def loglikelihoods(
    engine: Engine, pairs: Sequence[tuple[str, str]], done: Callable[[int, tuple[float, bool]], None]
) -> list[tuple[float, bool]]:
    """Of each pair of context and continuation, the log-probability, and whether greedy decoding would choose it.

    The end token does not count. done: called with the place and result of each pair, again when all are computed anew
    in a wider precision: numbers that are compared with each other come from one.
    """
    split = [split_pair(context, continuation) for context, continuation in pairs]
    order = sorted(range(len(pairs)), key=lambda at: (-len(split[at][0]), split[at][0], len(split[at][1])))
    results = [(0.0, False)] * len(pairs)
    precision, long, unknown = "", 0, ""
    while precision != (precision := engine.card().precision):
        long, unknown = 0, ""
        for at, scored in zip(order, score_continuations(engine, [split[at] for at in order]), strict=True):
            results[at] = (scored.logprob(), scored.is_greedy)
            long += scored.prompt_tokens > TRAINED
            unknown += "".join(warned.chars for warned in scored.warnings if warned.kind == "unk")
            done(at, results[at])
    _warn_of_long_prompts(long)
    if unknown:
        text = _(
            "the model's vocabulary lacks some characters of continuations, which share the score of <unk>: {chars}"
        )
        _warn(text.format(chars=" ".join(dict.fromkeys(unknown))))
    return results


def split_pair(context: str, continuation: str) -> tuple[str, str]:
    """Spaces at the end of the context belong to the continuation, as in the harness.

    >>> split_pair("Is it blue? Answer: ", "yes")
    ('Is it blue? Answer:', ' yes')
    """
    kept = context.rstrip()
    return kept, context[len(kept) :] + continuation


def generations(
    engine: Engine, requests: Sequence[tuple[str, Decoding]], batch: int, done: Callable[[int, str], None]
) -> list[str]:
    """The answer to each prompt. done: called with the place and text of each."""
    order = sorted(range(len(requests)), key=lambda at: -len(requests[at][0]))
    texts, long = [""] * len(requests), 0
    for first in range(0, len(order), batch):
        places = order[first : first + batch]
        rows = answered_rows(engine.stream([Request(*requests[at]) for at in places]), len(places))
        long += sum(row.prompt_tokens > TRAINED for row in rows)
        for at, row in zip(places, rows, strict=True):
            texts[at] = row.text
            done(at, row.text)
    _warn_of_long_prompts(long)
    return texts


def decoding_of(options: Mapping[str, object], seed: int) -> Decoding:
    """The decoding that a task's `generation_kwargs` ask for. Raises UsageError for what flanchat does not have.

    >>> decoding_of({"until": ["\\n\\n"], "max_gen_toks": 32, "do_sample": False, "temperature": 0.0}, seed=1).stop
    ('\\n\\n',)
    """
    asked = dict(options)
    until = asked.pop("until", None) or []
    if not isinstance(until, str | list) or not all(isinstance(text, str) for text in until):
        raise UsageError(
            _("generation_kwargs: until: expected a text or a list of texts, got {got!r}").format(got=until)
        )
    lengths = [length for name in _NAMES_OF_LENGTH if (length := asked.pop(name, None)) is not None]
    length = lengths[0] if lengths else NEW_TOKENS
    if not isinstance(length, int) or length < 1:
        text = _("generation_kwargs: max_gen_toks: expected a whole number above 0, got {got!r}")
        raise UsageError(text.format(got=length))
    stop = tuple(text for text in ([until] if isinstance(until, str) else until) if text)
    decoding = Decoding(max_new_tokens=length, seed=seed, stop=stop, top=0)
    if asked.get("do_sample") is None:
        asked["do_sample"] = bool(asked.get("temperature"))
    values: dict[str, Any] = {}
    for name, value in asked.items():
        if name not in DECODING:
            text = _("generation_kwargs: flanchat does not have {name}; it has until, max_gen_toks, {names}")
            raise UsageError(text.format(name=name, names=", ".join(DECODING)))
        values[name] = find_setting(name).check(value)
    return replace(decoding, **values)


DECODING = (
    "do_sample", "temperature", "top_k", "top_p", "repetition_penalty", "no_repeat_ngram_size", "num_beams",
    "length_penalty", "min_new_tokens",
)  # fmt: skip
"""What a task's `generation_kwargs` may hold beside `until` and the length."""


def with_defaults(arguments: Sequence[str]) -> list[str]:
    """The harness's arguments with flanchat's defaults in place of its own: the model hf on cuda:0, one row at a time.

    >>> with_defaults(["--tasks", "boolq", "--device", "cpu"])
    ['--model=flanchat', '--batch_size=32', '--tasks', 'boolq', '--device', 'cpu']
    >>> with_defaults(["ls", "tasks"])
    ['ls', 'tasks']
    """
    rest = list(arguments)
    command = [rest.pop(0)] if rest[:1] == ["run"] else []
    if not rest or not rest[0].startswith("-") or {"-h", "--help"} & set(rest):
        return list(arguments)

    given = {word.partition("=")[0] for word in rest}
    defaults = {("--model", "-M"): "flanchat", ("--device",): "auto", ("--batch_size", "-b"): str(BATCH)}
    if given & {"--config", "-C"}:  # the file says it
        defaults = {}
    return [*command, *(f"{names[0]}={value}" for names, value in defaults.items() if not given & {*names}), *rest]


def register() -> None:
    """Add the model `flanchat` to the harness's."""
    import lm_eval.models  # noqa: F401 - else the harness, which adds its own to an empty table, has no others
    from lm_eval.api.model import LM
    from lm_eval.api.registry import register_model
    from tqdm import tqdm

    @register_model("flanchat")
    class FlanchatModel(LM):  # type: ignore[misc, unused-ignore]
        """A T5 run by flanchat. pretrained: named as after -m; device, precision: as on flanchat's command line."""

        def __init__(
            self,
            pretrained: str | None = None,
            device: str = "auto",
            precision: str = "auto",
            batch_size: int | str = BATCH,
            max_batch_size: int | None = None,
            **others: object,
        ) -> None:
            super().__init__()
            if others:
                text = _("--model_args: flanchat does not have {name}; it has pretrained, device and precision")
                raise UsageError(text.format(name=", ".join(others)))
            is_number = str(batch_size).isdecimal()  # "auto" is none
            self._batch = whole_number(int(batch_size), "--batch_size", 1, MOST_ROWS) if is_number else BATCH
            with DownloadProgress(sys.stderr, os.environ, plain=False, color=False) as progress:
                source = resolve(pretrained, os.environ, report=progress.report, progress=progress)
            options = EngineOptions(environ=os.environ, device=device, precision=precision, note=_warn)
            self._engine = open_engine(source, options)
            card = self._engine.card()
            _log.info("%s on %s in %s", printable(card.name), card.device, card.precision)

        @classmethod
        def create_from_arg_obj(
            cls, arg_dict: dict[str, Any], additional_config: dict[str, Any] | None = None
        ) -> FlanchatModel:
            """Also with a device in `arg_dict`, the --model_args, beside the harness's own."""
            return cls(**{**(additional_config or {}), **arg_dict})

        def get_model_info(self) -> dict[str, object]:
            card = self._engine.card()
            return {
                "model_num_parameters": card.parameters,
                "model_dtype": card.precision,
                "model_revision": card.revision,
                "model_sha": card.weights_sha256,
                "model_device": card.device,
            }

        def loglikelihood(self, requests: list[Any], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
            with tqdm(total=len(requests), desc="loglikelihood", disable=disable_tqdm) as bar:
                done = self._done("loglikelihood", requests, bar)
                return loglikelihoods(self._engine, [request.args for request in requests], done)

        def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
            asked = []
            for request in requests:
                context, options = request.args
                asked.append((context, decoding_of(options, random.getrandbits(32))))  # the harness has seeded it
            with tqdm(total=len(requests), desc="generate_until", disable=disable_tqdm) as bar:
                return generations(self._engine, asked, self._batch, self._done("generate_until", requests, bar))

        def loglikelihood_rolling(self, requests: list[Any], disable_tqdm: bool = False) -> list[float]:
            raise UsageError(
                _(
                    "{task} measures the perplexity of whole texts (loglikelihood_rolling), which an encoder-decoder "
                    "does not have: it gives probabilities of an answer to a prompt. Leave this task out."
                ).format(task=requests[0].task_name)
            )

        def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
            raise UsageError(_("T5 has no chat template; leave --apply_chat_template out"))

        @property
        def tokenizer_name(self) -> str:
            return self._engine.card().name

        def _done(self, kind: str, requests: list[Any], bar: Any) -> Callable[[int, object], None]:
            """A function that puts each result into the harness's cache, if there is one."""

            def done(at: int, result: object) -> None:
                self.cache_hook.add_partial(kind, requests[at].args, result)
                bar.update()

            return done


def _warn_of_long_prompts(count: int) -> None:
    if count:
        text = ngettext(
            "{count} prompt is longer than {trained} tokens, with which most T5s were trained. Nothing of it was cut "
            "off; the harness's hf model cuts off the beginning.",
            "{count} prompts are longer than {trained} tokens, with which most T5s were trained. Nothing of them was "
            "cut off; the harness's hf model cuts off the beginning.",
            count,
        )
        _warn(text.format(count=count, trained=TRAINED))


def _warn(text: str) -> None:
    _log.warning(printable(text))


def run() -> NoReturn:
    """Run the harness on the arguments of this process and end with its exit status."""
    sys.stdout = mask_stream(sys.stdout)  # not standard error: progress bars return to the beginning of their line
    try:
        choose_language([], os.environ)
        try:
            register()
            from lm_eval.__main__ import cli_evaluate
        except ModuleNotFoundError as error:
            if error.name != "lm_eval":
                raise
            raise UsageError(_("lm-evaluation-harness is not installed: pip install 'flanchat[lm-eval]'")) from None
        sys.argv[1:] = with_defaults(sys.argv[1:])
        cli_evaluate()
    except FlanchatError as error:
        print_message(error.message, sys.stderr)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    sys.exit(0)


if __name__ == "__main__":
    run()
