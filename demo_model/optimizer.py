"""Muon for the matrices inside the layers, Adam for embeddings, head, norms and position biases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from demo_model.network import SHAPE, Weights, places

MATRIX_LR = 0.012
EMBEDDING_LR = 2e-3
HEAD_LR = 1e-3
BIAS_LR = 5e-3
MOMENTUM = 0.95
# Three steps of a polynomial that takes singular values to about 1 (Amsel et al. 2025, arXiv 2505.16932, with their
# safety factor); as good as four or five with the same coefficients each time.
STEPS = ((8.2051, -22.9019, 16.4607), (4.0664, -2.8612, 0.5184), (3.9096, -2.8234, 0.5250))


class Optimizer:
    """Updates the stacks of demo_model.network in place."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._momentum = {stack: torch.zeros_like(weights[stack]) for stack in ("square", "wide")}
        self._rates = {stack: _rates(stack, weights[stack]) for stack in self._momentum}
        rates = {"shared": EMBEDDING_LR, "head": HEAD_LR, "norms": HEAD_LR, "biases": BIAS_LR}
        self._groups = [{"params": [weights[name]], "lr": lr, "full": lr} for name, lr in rates.items()]
        self._adam = torch.optim.AdamW(self._groups, weight_decay=0.0, betas=(0.9, 0.98), fused=True)

    def step(self, gradients: Mapping[str, Tensor], share: float) -> None:
        """Take a step at `share` of the full learning rates. gradients: by stack; their norm is clipped to 1."""
        norm = torch.stack([gradient.float().norm() for gradient in gradients.values()]).norm()
        clip = (1 / (norm + 1e-6)).clamp(max=1.0)
        for stack, momentum in self._momentum.items():
            gradient = gradients[stack].float() * clip
            momentum.lerp_(gradient, 1 - MOMENTUM)
            update = _orthogonal(gradient.lerp_(momentum, MOMENTUM))
            self.weights[stack].sub_(update * (self._rates[stack] * share))
        for group in self._adam.param_groups:
            [weight] = group["params"]
            group["lr"] = group["full"] * share
            [name] = (name for name, own in self.weights.items() if own is weight)
            weight.grad = gradients[name].float() * clip
        self._adam.step()

    def state(self) -> dict[str, Any]:
        return {"momentum": self._momentum, "adam": self._adam.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        for stack, momentum in self._momentum.items():
            momentum.copy_(state["momentum"][stack])
        self._adam.load_state_dict(state["adam"])


def _rates(stack: str, weight: Tensor) -> Tensor:
    """The learning rate of each matrix of a stack [matrices, 1, 1].

    T5 does not divide attention scores by sqrt(d_kv); its query weights are smaller by that factor, and so must be
    their learning rate: at the common rate the scores diverge and nothing is learnt after the warm-up.
    """
    rates = []
    for name in places()[stack]:
        out, into = (SHAPE["d_ff"], SHAPE["d_model"]) if ".wi_" in name else (1, 1)
        rates.append(MATRIX_LR * (out / into) ** 0.5 * (SHAPE["d_kv"] ** -0.5 if name.endswith(".q.weight") else 1.0))
    return torch.tensor(rates, device=weight.device)[:, None, None]


def _orthogonal(matrices: Tensor) -> Tensor:
    """The nearest matrices with orthonormal rows or columns, about. matrices: [matrices, out, in]."""
    x = matrices.to(torch.bfloat16)
    x = x / (x.norm(dim=(1, 2), keepdim=True) * 1.01 + 1e-7)
    if tall := x.shape[1] > x.shape[2]:
        x = x.transpose(1, 2)
    for a, b, c in STEPS:
        gram = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.transpose(1, 2) if tall else x
