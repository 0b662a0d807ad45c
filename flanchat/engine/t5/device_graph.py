"""A decoding step as a single launch, for GPUs and NPUs that compute faster than Python launches. Knows no model.

A captured step does the same to the same memory each time. So everything that changes between steps, the rows' input
and the position, is in tensors that stay. The newest keys and values have a column of their own behind all others, from
which they are copied to their position. https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs

torch.npu has the calls of torch.cuda, with the same arguments. While a stream is captured nothing is computed, and
nothing may wait for the device or copy from the host. An NPU also refuses operators that CANN implements in the old way
(aclop), so `GraphStep` runs only those that torch_npu has had as aclnn operators since it had graphs.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from flanchat.base.errors import first_line
from flanchat.engine.devices.registry import has_graphs, synchronize

Step = Callable[[], Tensor]
Capture = Callable[[Step], Step]
"""Turns a step into one that does the same in a single launch, with its result in the same memory each time."""


class _Graph(Protocol):
    """torch.cuda.CUDAGraph or torch.npu.NPUGraph."""

    def capture_begin(self, pool: object, capture_error_mode: str) -> None: ...

    def capture_end(self) -> None: ...

    def replay(self) -> None: ...

    def reset(self) -> None: ...


class DeviceGraphs:
    """A capture by the graphs of a GPU or an NPU. At most two exist: the newest, and while it is made the one before.

    All share a memory pool. torch adds no graph to a pool whose last graph is gone, so the newest one stays until there
    is another. An NPU has about 2,000 streams for all graphs of all programs.
    """

    def __init__(self, device: str) -> None:
        """Raises RuntimeError when the device cannot capture."""
        self._device = device
        self._module: Any = getattr(torch, device.partition(":")[0])  # torch.cuda or torch.npu
        self._make_graph: Callable[[], _Graph] = getattr(
            self._module, "CUDAGraph" if self._module is torch.cuda else "NPUGraph"
        )
        self._pool, self._stream = self._module.graph_pool_handle(), self._module.Stream(device)
        self._newest: _Graph | None = None

    def __call__(self, step: Step) -> Step:
        """Capture a step. The returned one runs `step` itself once there is a newer graph. Drivers raise any error."""
        # The module's graph() would also collect garbage and release all free memory, each time.
        graph, outside = self._make_graph(), self._module.current_stream(self._device)
        self._stream.wait_stream(outside)
        with self._module.stream(self._stream):
            graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
            try:
                result = step()
            finally:
                graph.capture_end()
        outside.wait_stream(self._stream)
        self.close()
        self._newest = graph

        def replay() -> Tensor:
            if self._newest is not graph:
                return step()
            graph.replay()
            return result

        return replay

    def close(self) -> None:
        """Free the newest graph, for when its model goes; a driver may still be running it."""
        if self._newest is not None:
            synchronize(self._device)
            self._newest.reset()
            self._newest = None


def device_graphs(device: str) -> DeviceGraphs | None:
    """The capture of a device; None where steps are launched operator by operator."""
    return DeviceGraphs(device) if has_graphs(device) else None


class CheckedCapture:
    """A model's capture, used for as long as the first replay of each step equals the plain step.

    Each is compared, because a driver that records nothing says so nowhere, and its answers would be wrong.
    problem: why it is no longer used, or "".
    """

    def __init__(self, capture: Capture) -> None:
        self._capture: Capture | None = capture
        self.problem = ""

    def __call__(self, step: Step) -> Step:
        """The captured step, or `step` itself when capturing fails or has failed before. Runs the step twice."""
        if self._capture is None:
            return step
        try:
            expected = step()
            replay = self._capture(step)
            if _nearly_equal(replay(), expected):
                return replay
            self.problem = "the first replay gave other numbers than the plain step"
        except Exception as error:  # drivers raise errors of any kind, and all that is lost is speed
            self.problem = first_line(error)
        self.close()
        return step

    def close(self) -> None:
        """Free the graphs; every step is a plain one from now on."""
        if isinstance(self._capture, DeviceGraphs):
            with contextlib.suppress(RuntimeError):  # a device that is lost has freed them
                self._capture.close()
        self._capture = None


class GraphStep:
    """The decoding step of a fixed set of rows: run from Python at first, captured the second time, then replayed.

    decoder: a model.Decoder. own: [layers, 2, rows, heads, room + 1, d_kv], keys and values of the answers so far;
    keys_values: the same by layer, as the decoder takes them. groups: keys, values and bias of each PromptGroup.
    biases: [rows * heads, 1, 2 * room], as from `step_biases`, one per layer or one for all.
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
    """Whether two logits differ by no more than bfloat16 rounds. Rows with NaN are withdrawn elsewhere."""
    largest = expected.nan_to_num().abs().max()  # stays on the device: there is one wait for it, at the end
    close = (replayed - expected).abs() <= 0.02 * largest
    return bool((close | (replayed.isnan() & expected.isnan())).all())
