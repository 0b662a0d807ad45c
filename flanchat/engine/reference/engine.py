"""transformers' own `generate` as an Engine: one prompt after the other, each answer in one piece when it is complete.

What it shares with flanchat's T5 is the vocabulary's reader, which counts tokens and names them; the ids of a prompt,
those of an answer, its text and its log-probabilities are transformers'.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import EngineError, ModelError, UsageError
from flanchat.base.i18n import _, ngettext
from flanchat.base.packages import package_version
from flanchat.engine.checkpoint.validate import ModelSource, tokenizer_digest, weights_digest
from flanchat.engine.devices.placement import weight_bytes
from flanchat.engine.devices.registry import peak_mb
from flanchat.engine.events import (
    Alternative,
    Decoding,
    Delta,
    Event,
    Finish,
    Finished,
    Measured,
    Position,
    Request,
    Started,
    StopText,
    Token,
)
from flanchat.engine.in_process import InProcessEngine
from flanchat.engine.protocol import EngineOptions, ModelCard, StepCosts

if TYPE_CHECKING:
    from torch import Tensor

    from flanchat.engine.reference.library import Library

_VERSIONED = ("torch", "sentencepiece", "safetensors", "numpy")


class ReferenceEngine(InProcessEngine):
    """Answers with transformers, greedily or sampled. What it lacks is refused by name."""

    def __init__(self, source: ModelSource, options: EngineOptions) -> None:
        """Check the model's folder. Raises ModelError for one that transformers alone cannot load."""
        if source.adapter is not None:
            raise ModelError(
                _("{name}: the reference engine reads no adapters, transformers alone does not merge them").format(
                    name=source.name
                )
            )
        super().__init__(source, options)
        self._library: Library | None = None

    def start(self) -> None:
        self._loaded()

    def measure(self, parts: Sequence[str], *, blanks: int = 0) -> Measured:
        if blanks:
            raise UsageError(_("the reference engine fills no blanks; leave out --engine"))
        return self._tokenizer.measure(parts)

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        self._allow_rows()
        library, started = self._loaded(), time.monotonic()
        for request in requests:
            _require_supported(request)
        for row, request in enumerate(requests):
            prompt_ids = self._prompt_ids(library, request)
            yield Started(row, len(prompt_ids), 0.0)
            if self._stops(row):
                yield Finished(row, "interrupted", 0, None, time.monotonic() - started)
                continue
            if request.only:
                ids = [*request.begin, self._checkpoint.shape.eos_id]
                logprobs = self._score(library, prompt_ids, ids)
            else:
                ids, logprobs = self._generate(library, row, prompt_ids, request.decoding)
            yield from self._answer(library, row, request, (ids, logprobs), started=started)

    def distributions(
        self, requests: Sequence[Request], file: str, *, compare: bool = False
    ) -> tuple[tuple[Position, ...], ...]:
        from flanchat.engine.t5.distributions import DistributionFile, positions

        library, found = self._loaded(), []
        with DistributionFile(file, compare=compare) as taken:
            for request in requests:
                ids = [*request.begin, self._checkpoint.shape.eos_id]
                logprobs = self._score(library, self._prompt_ids(library, request), ids)
                taken.add(logprobs)
                names = map(self._tokenizer.name, ids)
                found.append(self._tokens(ids, list(names), logprobs, request.decoding.top))
        return positions(found, taken.divergences)

    def step_costs(self, *, rows: int, prompt_tokens: int, new_tokens: int) -> StepCosts:
        raise EngineError(_("the reference engine measures no steps; it is slow on purpose"))

    def attention(self, prompt: str, answer: Sequence[int], *, layer: int = 0) -> list[list[float]]:
        raise EngineError(_("the reference engine shows no attention; flanchat's own engine does"))

    def gradient(self, prompt: str, answer: Sequence[int], *, end: bool) -> list[float]:
        raise EngineError(_("the reference engine computes no gradient; flanchat's own engine does"))

    def use_idle_time(self) -> bool:
        return False

    def close(self) -> None:
        self._library = None
        self.status = "not started"

    def _loaded(self) -> Library:
        if self._library is None:
            self._set_status("loading")
            try:
                self._library = self._load()
            except BaseException:
                self._set_status("failed")
                raise
            self._set_status("ready")
        return self._library

    def _load(self) -> Library:
        started, options = time.monotonic(), self._options
        self._working_npu()
        self._progress("importing torch")
        from flanchat.engine.reference.library import load  # not before a broken torch_npu is hidden

        library = load(self.source.name, self._checkpoint, options)
        import torch

        checkpoint = self._checkpoint
        self._card = ModelCard(
            name=self.source.name,
            folder=str(self.source.folder),
            revision=self.source.revision,
            weights_sha256=weights_digest(checkpoint, options.environ),
            tokenizer_sha256=tokenizer_digest(checkpoint),
            parameters=checkpoint.parameters,
            memory_bytes=weight_bytes(checkpoint.shape, library.precision, library.device),
            device=library.device,
            precision=library.precision,
            why=f"generate of {' and '.join(f'{name} {package_version(name)}' for name in library.libraries)}",
            threads=torch.get_num_threads(),
            load_s=time.monotonic() - started,
            versions={
                "python": platform.python_version(),
                **{name: package_version(name) for name in (*library.libraries, *_VERSIONED)},
            },
            engine="transformers",
        )
        return library

    def _prompt_ids(self, library: Library, request: Request) -> list[int]:
        limit = request.prompt_limit
        cut = {"truncation": True, "max_length": limit} if limit else {}
        ids: list[int] = library.tokenizer(request.prompt, **cut).input_ids
        own = self._tokenizer.encode(request.prompt)
        if not limit and ids != own:
            self._remark(
                ngettext(
                    "transformers reads {count} token where flanchat reads {own}, or another one, in: {prompt}",
                    "transformers reads {count} tokens where flanchat reads {own}, or other ones, in: {prompt}",
                    len(ids),
                ).format(count=len(ids), own=len(own), prompt=request.prompt[:60])
            )
        return ids

    def _generate(
        self, library: Library, row: int, prompt_ids: Sequence[int], decoding: Decoding
    ) -> tuple[list[int], Tensor]:
        """The ids of an answer, the end token included, and the log-probabilities [ids, vocab] before penalties."""
        import torch
        import transformers

        generation_config: Any = transformers.GenerationConfig  # without annotations
        model, shape = library.model, self._checkpoint.shape

        def stop(input_ids: Any, scores: Any, **_: Any) -> Any:
            text = library.tokenizer.decode(input_ids[0], skip_special_tokens=True) if decoding.stop else ""
            is_over = self._stops(row) or any(stop in text for stop in decoding.stop)
            return torch.full((input_ids.shape[0],), is_over, device=input_ids.device, dtype=torch.bool)

        sampling: dict[str, Any] = {"do_sample": False}
        if decoding.samples:
            self._remark(
                _("transformers samples from one generator of its own: a seed gives other answers than with flanchat")
            )
            torch.manual_seed(decoding.seed)
            sampling = {"do_sample": True, "temperature": decoding.temperature, "top_k": decoding.top_k}
            sampling["top_p"] = decoding.top_p
        # Of the folder's own configuration only the tokens that begin and end an answer: settings mean the same as in
        # flanchat's engine.
        own = model.generation_config
        config = generation_config(
            max_new_tokens=decoding.max_new_tokens,
            min_new_tokens=min(decoding.min_new_tokens, decoding.max_new_tokens) or None,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            # transformers sizes its cache by the encoder's layers
            use_cache=shape.num_layers == shape.num_decoder_layers,
            decoder_start_token_id=own.decoder_start_token_id,
            pad_token_id=own.pad_token_id,
            eos_token_id=own.eos_token_id,
            forced_bos_token_id=own.forced_bos_token_id,
            output_logits=True,
            return_dict_in_generate=True,
            **sampling,
        )
        model.generation_config = generation_config()  # else it completes the settings
        ids = torch.tensor([list(prompt_ids)], device=library.device)
        try:
            with torch.inference_mode():
                made = model.generate(
                    ids, attention_mask=torch.ones_like(ids), generation_config=config, stopping_criteria=[stop]
                )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError(_explain(error)) from error
        finally:
            model.generation_config = own
        logits = torch.cat([step[:1] for step in made.logits])
        return made.sequences[0, 1:].tolist(), _logprobs(logits)

    def _score(self, library: Library, prompt_ids: Sequence[int], ids: Sequence[int]) -> Tensor:
        """The log-probabilities [ids, vocab] at each position of a given answer."""
        import torch

        prompt = torch.tensor([list(prompt_ids)], device=library.device)
        start = self._checkpoint.shape.decoder_start_id
        before = torch.tensor([[start, *ids[:-1]]], device=library.device)
        try:
            with torch.inference_mode():
                logits = library.model(
                    input_ids=prompt,
                    attention_mask=torch.ones_like(prompt),
                    decoder_input_ids=before,
                    use_cache=False,
                ).logits[0]
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError(_explain(error)) from error
        return _logprobs(logits)

    def _answer(
        self, library: Library, row: int, request: Request, made: tuple[list[int], Tensor], *, started: float
    ) -> Iterator[Event]:
        """The events of an answer. made: its ids, the end token included where there is one, and log-probabilities."""
        ids, logprobs = made
        total_s, reader, top = time.monotonic() - started, self._tokenizer.reader(), request.decoding.top
        finish: Finish = "interrupted" if self._stops(row) else "length"
        end: Token | None = None
        if ids and ids[-1] in self._checkpoint.shape.eos_ids:
            *ids, end_id = ids
            [end] = self._tokens([end_id], [""], logprobs[len(ids) :], top)
            finish = "eos"
        stop = StopText(request.decoding.stop)
        whole: str = library.tokenizer.decode(ids, skip_special_tokens=True)
        text = stop.feed(whole) + stop.rest()
        if stop.found:
            finish, end = "stop", None
        if ids:
            texts = [reader.add(token_id) for token_id in ids]
            yield Delta(row, text, tuple(self._tokens(ids, texts, logprobs, top)))
        yield Finished(
            row,
            finish,
            len(ids),
            total_s if ids else None,
            total_s,
            peak_mb=peak_mb(library.device),
            end_logprob=None if end is None else end.logprob,
            end_rival=None if end is None else end.rival,
        )

    def _tokens(self, ids: Sequence[int], texts: Sequence[str], logprobs: Tensor, top: int) -> list[Token]:
        best = logprobs.topk(min(top, logprobs.shape[-1]))
        name = self._tokenizer.name
        likeliest = [
            tuple(Alternative(i, name(i), p) for i, p in zip(*pair, strict=True))
            for pair in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]
        own = [float(logprobs[at, token_id]) for at, token_id in enumerate(ids)]
        return [Token(*of) for of in zip(ids, texts, own, likeliest, strict=False)]


def _require_supported(request: Request) -> None:
    """Raise EngineError for what transformers does otherwise, or cannot do in one call."""
    if request.decoding.num_beams > 1 and not request.only:
        raise EngineError(
            _("num_beams: the reference engine decodes greedily or samples; flanchat's own engine searches beams")
        )
    if request.begin and not request.only:
        raise EngineError(
            _("the reference engine begins every answer itself: it continues none and takes no alternative token")
        )


def _logprobs(logits: Tensor) -> Tensor:
    """Raises EngineError for numbers that are not finite."""
    import torch

    logprobs = logits.float().log_softmax(-1)
    if not bool(torch.isfinite(logprobs).all()):
        raise EngineError(_("numbers are not finite in this precision; use precision float32"))
    return logprobs


def _explain(error: Exception) -> str:
    from flanchat.engine.t5.answering import explain

    return explain(error)
