"""A decoding step as a single CUDA graph launch, for a GPU that computes faster than Python launches. Knows no model.

A captured step does the same to the same memory each time. So everything that changes between steps, the rows' input
and the position, is in tensors that stay. The newest keys and values have a column of their own behind all others, from
which they are copied to their position. https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Step = Callable[[], Tensor]
Capture = Callable[[Step], Step]
"""Turns a step into one that does the same in a single launch, with its result in the same memory each time."""


def cuda_graph(device: str) -> Capture:
    """A capture by CUDA graphs, which share one memory pool.

    torch adds no graph to a pool whose last graph is gone, so the newest graph stays until there is another.
    """
    pool, stream = torch.cuda.graph_pool_handle(), torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    newest: torch.cuda.CUDAGraph | None = None

    def capture(step: Step) -> Step:
        nonlocal newest
        # torch.cuda.graph() would also wait for the GPU, collect garbage and release all free memory, each time.
        graph, outside = torch.cuda.CUDAGraph(), torch.cuda.current_stream(device)
        stream.wait_stream(outside)
        with torch.cuda.stream(stream):
            graph.capture_begin(pool=pool, capture_error_mode="thread_local")
            try:
                result = step()
            finally:
                graph.capture_end()
        outside.wait_stream(stream)
        newest = graph

        def replay() -> Tensor:
            graph.replay()
            return result

        return replay

    return capture


class CheckedCapture:
    """A model's capture, used for as long as it works and if its first result equals that of the plain step."""

    def __init__(self, capture: Capture) -> None:
        self._capture: Capture | None = capture
        self._proven = False

    def __call__(self, step: Step) -> Step:
        """The captured step, or `step` itself when capturing fails or has failed before. May run the step twice."""
        if self._capture is None:
            return step
        try:
            expected = None if self._proven else step()
            replay = self._capture(step)
            if expected is None or _nearly_equal(replay(), expected):
                self._proven = True
                return replay
        except Exception:  # drivers raise errors of any kind, and all that is lost is speed
            pass
        self._capture = None
        return step


class GraphStep:
    """The decoding step of a fixed set of rows: run from Python at first, captured the second time, then replayed.

    decoder: a model.Decoder. own: [layers, 2, rows, heads, room + 1, d_kv], keys and values of the answers so far;
    keys_values: the same by layer, as the decoder takes them. groups: keys, values and bias of each PromptGroup.
    biases: [rows * heads, 1, 2 * room], as from T5.step_bias, one per layer or one for all.
    """

    def __init__(
        self,
        capture: CheckedCapture,
        decoder: Callable[..., Tensor],
        *,
        own: Tensor,
        keys_values: Sequence[tuple[Tensor, Tensor]],
        groups: Sequence[tuple[Sequence[Tensor], Sequence[Tensor], Tensor]],
        biases: Sequence[Tensor],
    ) -> None:
        self._capture, self._decoder = capture, decoder
        self._own, self._keys_values, self._groups = own, keys_values, groups
        now = own.shape[4] - 2  # the column of the biases for distance 0
        earlier = [bias.clone() for bias in biases]
        for bias in earlier:
            bias[:, :, now] = -math.inf
        self._biases = [(bias, whole[:, :, now : now + 1]) for bias, whole in zip(earlier, biases, strict=True)]
        self._columns = torch.arange(now, 2 * now + 1, device=own.device)
        self._at = torch.zeros(1, dtype=torch.long, device=own.device)
        self._x: Tensor | None = None
        self._replay: Step | None = None

    def __call__(self, x: Tensor, at: int) -> Tensor:
        """x: [rows, d_model + 1]; at: how many tokens each row has. Returns logits, which the next call overwrites."""
        self._at.fill_(at)
        if self._x is None:
            self._x = x
            return self._step()
        self._x.copy_(x)
        if self._replay is None:
            self._replay = self._capture(self._step)
        return self._replay()

    def _step(self) -> Tensor:
        """Must not depend on a number that Python reads, and running it twice must equal running it once."""
        assert self._x is not None
        columns = self._columns - self._at
        biases = [torch.cat([bias.index_select(2, columns), now], 2) for bias, now in self._biases]
        if len(biases) < len(self._keys_values):
            biases = biases * len(self._keys_values)
        newest = self._own[:, :, :, :, -1:]
        attended = tuple((*pair, bias) for pair, bias in zip(self._keys_values, biases, strict=True))
        logits = self._decoder(self._x.clone(), newest, attended, self._groups)
        self._own.index_copy_(4, self._at, newest.clone())
        return logits


def _nearly_equal(replayed: Tensor, expected: Tensor) -> bool:
    """Whether two logits differ by no more than bfloat16 rounds."""
    return bool((replayed - expected).abs().max() <= 0.02 * expected.abs().max())
