"""A step of the decoder as one launch, for a GPU that is told more slowly than it computes. Knows where tensors lie.

A captured step does the same to the same memory each time. So what changes from step to step, the rows' input and the
position, lies in tensors that stay; the newest keys and values have a column of their own behind all others, from where
they are copied to their place. CUDA graphs: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Work = Callable[[], Tensor]
Capture = Callable[[Work], Work]  # work -> what does the same in one launch, with its result in the same memory


def cuda_graph(device: str) -> Capture:
    """A capture by CUDA graphs, which share the memory that they compute in.

    torch takes no more graphs into a memory whose last one has gone, so the newest stays until there is another.
    """
    pool, stream = torch.cuda.graph_pool_handle(), torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    newest: torch.cuda.CUDAGraph | None = None

    def capture(work: Work) -> Work:
        nonlocal newest
        # torch.cuda.graph() would also wait for the GPU, collect garbage and give all free memory back, each time.
        graph, outside = torch.cuda.CUDAGraph(), torch.cuda.current_stream(device)
        stream.wait_stream(outside)
        with torch.cuda.stream(stream):
            graph.capture_begin(pool=pool, capture_error_mode="thread_local")
            try:
                result = work()
            finally:
                graph.capture_end()
        outside.wait_stream(stream)
        newest = graph

        def play() -> Tensor:
            graph.replay()
            return result

        return play

    return capture


class Captures:
    """The captures of one model, for as long as they work and the first one gave what the step itself gives."""

    def __init__(self, capture: Capture) -> None:
        self._capture: Capture | None = capture
        self._proven = False

    def of(self, work: Work) -> Work:
        """`work` in one launch, or `work` itself where that fails, now or before. It may be done twice here."""
        if self._capture is None:
            return work
        try:
            expected = None if self._proven else work()
            play = self._capture(work)
            if expected is None or _alike(play(), expected):
                self._proven = True
                return play
        except Exception:  # drivers raise what they like, and all that is lost is speed
            pass
        self._capture = None
        return work


class Launch:
    """The step of rows that lie as they do now: done from Python at first, captured the second time, then played.

    decoder: a t5.Decoder. own: [layers, 2, rows, heads, room + 1, d_kv]; seen: its keys and values by layer, as the
    decoder takes them. groups: keys, values and bias of each Group. biases: [rows * heads, 1, 2 * room], as of
    T5.step_bias, of each layer or one for all.
    """

    def __init__(
        self,
        captures: Captures,
        decoder: Callable[..., Tensor],
        *,
        own: Tensor,
        seen: Sequence[tuple[Tensor, Tensor]],
        groups: Sequence[tuple[Sequence[Tensor], Sequence[Tensor], Tensor]],
        biases: Sequence[Tensor],
    ) -> None:
        self._captures, self._decoder = captures, decoder
        self._own, self._seen, self._groups = own, seen, groups
        now = own.shape[4] - 2  # the column of the biases towards distance 0
        earlier = [bias.clone() for bias in biases]
        for bias in earlier:
            bias[:, :, now] = -math.inf
        self._biases = [(bias, whole[:, :, now : now + 1]) for bias, whole in zip(earlier, biases, strict=True)]
        self._columns = torch.arange(now, 2 * now + 1, device=own.device)
        self._at = torch.zeros(1, dtype=torch.long, device=own.device)
        self._x: Tensor | None = None
        self._play: Work | None = None

    def __call__(self, x: Tensor, at: int) -> Tensor:
        """x: [rows, d_model + 1]; at: how many tokens each row has. Gives logits, which the next call overwrites."""
        self._at.fill_(at)
        if self._x is None:
            self._x = x
            return self._step()
        self._x.copy_(x)
        if self._play is None:
            self._play = self._captures.of(self._step)
        return self._play()

    def _step(self) -> Tensor:
        """Nothing here may depend on a number that Python has to see. Doing it twice is as good as once."""
        assert self._x is not None
        columns = self._columns - self._at
        biases = [torch.cat([bias.index_select(2, columns), now], 2) for bias, now in self._biases]
        if len(biases) < len(self._seen):
            biases = biases * len(self._seen)
        newest = self._own[:, :, :, :, -1:]
        own = tuple((*seen, bias) for seen, bias in zip(self._seen, biases, strict=True))
        logits = self._decoder(self._x.clone(), newest, own, self._groups)
        self._own.index_copy_(4, self._at, newest.clone())
        return logits


def _alike(played: Tensor, expected: Tensor) -> bool:
    """Whether two logits differ by no more than rounding in bfloat16 does."""
    return bool((played - expected).abs().max() <= 0.02 * expected.abs().max())
