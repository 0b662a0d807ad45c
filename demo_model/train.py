"""Train the demo model from scratch:  python -m demo_model.train FOLDER [--steps N]

Reads the tokenizer in FOLDER (made by demo_model.vocab) and writes the weights to FOLDER/state.pt. Runs on a GPU if
there is one, otherwise on the CPU in bfloat16 autocast. Appends a line to FOLDER/training.jsonl every 50 steps and
rewrites FOLDER/state.pt every 500; `--resume` continues from there. Seeds are fixed.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from sentencepiece import SentencePieceProcessor
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration

from demo_model.examples import make_example
from demo_model.tasks import TASKS
from demo_model.vocab import SENTINELS

SHAPE = {"d_model": 256, "d_kv": 32, "num_heads": 8, "d_ff": 640, "num_layers": 3, "num_decoder_layers": 3}
MATRIX_LR = 0.012
EMBEDDING_LR = 2e-3
HEAD_LR = 1e-3
BIAS_LR = 5e-3
WARMUP_STEPS = 50
LEVEL_STEPS = 300  # where the learning rate starts to fall
SAVE_STEPS = 500
BATCH_TOKENS = 6_000  # padded input tokens plus twice the padded target tokens
FEW_SHOT_SHARE = 0.02, 0.15  # of the prompts, in the first and in the second half of training
POOL = 2_048  # examples sorted by length before they are cut into batches
MAX_INPUT_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """input_ids [rows, in], labels [rows, out] with -100 where padded, the task index of each row."""

    input_ids: Tensor
    labels: Tensor
    tasks: Tensor


class Mix:
    """Which task to draw next: tasks whose answers are still likely to be wrong are drawn more often.

    Whole answers count, not tokens: in a sum nearly every token is easy and one is hard, so the mean loss of its tokens
    would look learnt long before it is.

    wrong: by task, the share of rows whose whole answer the model would get wrong.
    """

    def __init__(self) -> None:
        self.names = list(TASKS)
        self.wrong = [1.0] * len(self.names)

    def saw(self, task: int, loss: float) -> None:
        """Update a task's share. loss: summed over the row's whole target."""
        self.wrong[task] = 0.97 * self.wrong[task] + 0.03 * (1 - math.exp(-loss))

    def shares(self) -> list[float]:
        """The share of each task: its weight times its share of wrong answers, never below a floor."""
        raw = [TASKS[n].weight * (0.1 + wrong) for n, wrong in zip(self.names, self.wrong, strict=True)]
        return [r / sum(raw) for r in raw]


def batches(words: SentencePieceProcessor, mix: Mix, *, seed: int, few_shot_share: float) -> Iterator[Batch]:
    """Yield batches of about BATCH_TOKENS without end, with rows of similar length together."""
    rng = Random(seed)
    eos = words.eos_id()
    while True:
        pool = []
        shares = mix.shares()
        while len(pool) < POOL:
            task = rng.choices(range(len(mix.names)), shares)[0]
            example = make_example(TASKS[mix.names[task]], rng, "train", few_shot_share=few_shot_share)
            source = words.encode(example.input)
            if len(source) < MAX_INPUT_TOKENS:
                pool.append(([*source, eos], [*words.encode(example.target), eos], task))
        pool.sort(key=lambda row: (len(row[0]) + 2 * len(row[1]), rng.random()))
        cut: list[list[tuple[list[int], list[int], int]]] = [[]]
        for row in pool:
            rows = [*cut[-1], row]
            cost = len(rows) * (max(len(r[0]) for r in rows) + 2 * max(len(r[1]) for r in rows))
            if cost > BATCH_TOKENS and cut[-1]:
                cut.append([])
            cut[-1].append(row)
        rng.shuffle(cut)
        for rows in cut:
            yield Batch(
                _padded([r[0] for r in rows], 0),
                _padded([r[1] for r in rows], -100),
                torch.tensor([r[2] for r in rows]),
            )


def _padded(rows: list[list[int]], fill: int) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows])


def new_model(vocab_size: int) -> T5ForConditionalGeneration:
    """A model in the shape of T5 v1.1 and Flan-T5 with a separate output head, able to copy from the start.

    The head starts as a copy of the embedding, so that the decoder is likely to write a token that it attends to; from
    random weights, copying would have to be learnt for each of the 4,000 pieces separately.
    """
    config = T5Config(
        vocab_size=vocab_size,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
        dropout_rate=0.0,
        **SHAPE,
    )
    model = T5ForConditionalGeneration(config)
    model.lm_head.weight = torch.nn.Parameter(model.shared.weight.detach() * config.d_model**-0.5)
    with torch.no_grad():
        _start_with_copying_heads(model)
    return model


def _start_with_copying_heads(model: T5ForConditionalGeneration) -> None:
    """Set some heads so that the untrained model already finds "what came after this token in the prompt?".

    An induction head (Olsson et al. 2022, arXiv 2209.11895) built by hand; T5's cross-attention has no positions, so
    copying depends on it, and from random weights it took longer to appear than the training runs. Head 0 of the first
    encoder layer looks one token back and writes what it sees, projected by `content`, into the directions `match`.
    Half of the heads that read the prompt look for tokens whose `match` holds the decoder's current token, and pass on
    the token. Two heads of the second encoder layer find earlier and later occurrences of the same token. All of them
    are then trained like the rest.
    """
    width, head = SHAPE["d_model"], SHAPE["d_kv"]

    def directions(count: int) -> Tensor:
        return torch.linalg.qr(torch.randn(width, width))[0][:count]  # [count, d_model], orthonormal

    content, match = directions(head), directions(head)
    first, second = (block.layer[0].SelfAttention for block in model.encoder.block[:2])
    first.v.weight[:head], first.o.weight[:, :head] = content, 2.5 * match.T
    before, itself, after = 1, 0, 17  # position buckets of the encoder
    for bias, one in ((first.relative_attention_bias.weight, after), (_decoder_bias(model), 2)):
        bias[before, 0] += 6.0  # one token back
        bias[one, 1] += 4.0  # one ahead in the encoder, two back in the decoder
    first.relative_attention_bias.weight[itself, 2:4] -= 4.0
    sharpness = 0.12**0.5  # a match then has a logit of about 7, the others about 1
    for at in (2, 3):
        rows = slice(at * head, (at + 1) * head)
        second.q.weight[rows] = second.k.weight[rows] = sharpness * directions(head)
    for block in model.decoder.block:
        reads, passed = block.layer[1].EncDecAttention, directions(4 * head)
        for at in range(4):
            rows = slice(at * head, (at + 1) * head)
            reads.q.weight[rows], reads.k.weight[rows] = sharpness * content, sharpness * match
            reads.v.weight[rows], reads.o.weight[:, rows] = passed[rows], 2.0 * passed[rows].T


def _decoder_bias(model: T5ForConditionalGeneration) -> Tensor:
    return model.decoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight


def row_losses(model: T5ForConditionalGeneration, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the training loss (scalar) and each row's loss summed over its target [rows].

    A token weighs 1/sqrt(row length), so that long recipes do not outweigh one-word answers.
    """
    labels, real = batch.labels, batch.labels.ne(-100)
    fed = torch.cat([torch.zeros_like(labels[:, :1]), labels[:, :-1].clamp(min=0)], 1)  # shifted right, pad first
    mask = batch.input_ids.ne(0)
    with torch.autocast(labels.device.type, dtype=torch.bfloat16):
        hidden = model.encoder(input_ids=batch.input_ids, attention_mask=mask).last_hidden_state
        hidden = model.decoder(
            input_ids=fed, encoder_hidden_states=hidden, encoder_attention_mask=mask, use_cache=False
        ).last_hidden_state
        logits = model.lm_head(hidden[real])  # [target tokens, vocab]
    token_loss = torch.nn.functional.cross_entropy(logits.float(), labels[real], reduction="none")
    row = real.nonzero()[:, 0]
    length = real.sum(1)
    per_row = torch.zeros(len(labels), device=labels.device).index_add(0, row, token_loss) / length
    weight = length.float().sqrt()
    return (per_row * weight).sum() / weight.sum(), (per_row * length).detach()


def optimizers(model: T5ForConditionalGeneration) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, Adam for embeddings, head, norms and position biases.

    T5 does not divide attention scores by sqrt(d_kv); its query weights are smaller by that factor, and so must be
    their learning rate: at the common rate the scores diverge and nothing is learnt after the warm-up.
    """
    named = {name: p for name, p in model.named_parameters() if name not in ("shared.weight", "lm_head.weight")}
    matrices = {name: p for name, p in named.items() if p.ndim == 2 and "relative_attention_bias" not in name}
    queries = [p for name, p in matrices.items() if name.endswith(".q.weight")]
    others = [p for name, p in matrices.items() if not name.endswith(".q.weight")]
    biases = [p for name, p in named.items() if "relative_attention_bias" in name]
    norms = [p for name, p in named.items() if p.ndim == 1]
    muon = {"weight_decay": 0.0, "momentum": 0.95, "ns_steps": 4}
    adam = {"weight_decay": 0.0, "betas": (0.9, 0.98), "fused": True}
    return [
        torch.optim.Muon(others, lr=MATRIX_LR, **muon),
        torch.optim.Muon(queries, lr=MATRIX_LR * SHAPE["d_kv"] ** -0.5, **muon),
        torch.optim.AdamW([model.shared.weight], lr=EMBEDDING_LR, **adam),
        torch.optim.AdamW([model.lm_head.weight, *norms], lr=HEAD_LR, **adam),
        torch.optim.AdamW(biases, lr=BIAS_LR, **adam),
    ]


def rate(step: int, steps: int) -> float:
    """The share of the full learning rate at `step`: warm-up, constant, then linear decay to zero."""
    return min(step / WARMUP_STEPS, 1.0, (steps - step) / (steps - LEVEL_STEPS))


def train(folder: Path, *, steps: int, resume: bool) -> None:
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    words = SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    model = new_model(64 * math.ceil((words.get_piece_size() + SENTINELS) / 64)).to(device)
    optims = optimizers(model)
    full = [group["lr"] for optim in optims for group in optim.param_groups]
    mix = Mix()
    first = 0
    if resume:
        state = torch.load(folder / "state.pt", weights_only=True)
        model.load_state_dict(state["model"])
        for optim, saved in zip(optims, state["optims"], strict=True):
            optim.load_state_dict(saved)
        first = state["step"]
        mix.wrong = state.get("wrong", mix.wrong)
    log = (folder / "training.jsonl").open("a" if resume else "w")
    seen, started = 0, time.monotonic()
    for step in range(first + 1, steps + 1):
        if step % SAVE_STEPS == 1 or step == first + 1:  # a resumed run starts one here too: the same draws
            stream = batches(words, mix, seed=step, few_shot_share=FEW_SHOT_SHARE[2 * step > steps])
        batch = next(stream)
        batch = Batch(batch.input_ids.to(device), batch.labels.to(device), batch.tasks)
        loss, per_row = row_losses(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scale = rate(step, steps)
        for optim, lr in zip(optims, full, strict=True):
            optim.param_groups[0]["lr"] = lr * scale
            optim.step()
            optim.zero_grad(set_to_none=True)
        for task, row_loss in zip(batch.tasks.tolist(), per_row.tolist(), strict=True):
            mix.saw(task, row_loss)
        seen += len(batch.tasks)
        if step % 50 == 0:
            wrong = {name: round(value, 4) for name, value in zip(mix.names, mix.wrong, strict=True)}
            line = {
                "step": step,
                "examples": seen,
                "minutes": round((time.monotonic() - started) / 60, 2),
                "wrong": wrong,
            }
            print(json.dumps(line), file=log, flush=True)
        if step % SAVE_STEPS == 0 or step == steps:
            state = {
                "model": model.state_dict(),
                "optims": [o.state_dict() for o in optims],
                "step": step,
                "wrong": mix.wrong,
            }
            torch.save(state, folder / "state.new")
            (folder / "state.new").replace(folder / "state.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=7_000)
    parser.add_argument("--resume", action="store_true", help="continue from FOLDER/state.pt")
    options = parser.parse_args()
    train(options.folder, steps=options.steps, resume=options.resume)
