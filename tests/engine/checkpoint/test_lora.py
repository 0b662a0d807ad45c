"""LoRA adapters are merged as peft merges them, and refused in one line when peft computes more than a plain sum."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.lora import Adapter
from flanchat.engine.checkpoint.validate import ModelSource, preflight, weights_sha
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.hubs.resolve import find_local, resolve
from flanchat.engine.t5.weight_reader import StoredTensors
from tests.reference import untraced_engine
from tests.tiny_t5 import LORA, make_adapter, make_tiny_t5

Q = "encoder.block.0.layer.0.SelfAttention.q"
V = "decoder.block.1.layer.1.EncDecAttention.v"
WIDE = "decoder.block.0.layer.2.DenseReluDense.wo"


@pytest.fixture
def adapter(tiny_model: Path, tmp_path: Path) -> Path:
    return make_adapter(tmp_path / "adapter", tiny_model, Q, V, WIDE)


def read(base: Path, adapter: Path) -> Adapter:
    found = preflight(base, adapter).adapter
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({}, 8 / 4),
        ({"lora_alpha": 3}, 3 / 4),
        ({"use_rslora": True}, 8 / 2),
        ({"alpha_pattern": {"SelfAttention.q": 16}}, 16 / 4),
        ({"alpha_pattern": {"k": 1, "q": 32, "SelfAttention.q": 16}}, 32 / 4),
        ({"alpha_pattern": {"elfAttention.q": 16}}, 8 / 4),
        ({"r": 99, "rank_pattern": {"q": 4}}, 8 / 4),
        ({"bias": "lora_only"}, 8 / 4),
    ],
)
def test_a_matrix_becomes_itself_plus_scaled_b_times_a(
    tiny_model: Path, tmp_path: Path, config: dict[str, Any], scale: float
) -> None:
    import torch

    folder = make_adapter(tmp_path / "adapter", tiny_model, Q, **config)
    base = load_file(tiny_model / "model.safetensors")
    saved = load_file(folder / "adapter_model.safetensors")
    down, up = (saved[f"base_model.model.{Q}.lora_{part}.weight"] for part in "AB")

    merged = read(tiny_model, folder).merged(f"{Q}.weight", torch.tensor(base[f"{Q}.weight"]))

    assert np.allclose(merged.numpy(), base[f"{Q}.weight"] + scale * up @ down, atol=1e-6)


def test_other_matrices_are_unchanged_and_whole_ones_are_replaced(tiny_model: Path, adapter: Path) -> None:
    import torch

    saved = load_file(adapter / "adapter_model.safetensors")
    head = np.full((183, 32), 0.5, np.float32)
    save_file({**saved, "base_model.model.lm_head.weight": head}, adapter / "adapter_model.safetensors")
    plain = torch.ones(3, 3)

    found = read(tiny_model, adapter)

    assert found.merged("shared.weight", plain) is plain
    assert torch.equal(StoredTensors(preflight(tiny_model, adapter)).read("lm_head.weight"), torch.tensor(head))


@pytest.mark.transformers
def test_the_engine_answers_as_the_merged_model_does_also_with_beams(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tmp_path / "adapter", tiny_model, Q, V, WIDE, "lm_head")
    merged = make_tiny_t5(tmp_path / "merged")
    tensors = load_file(merged / "model.safetensors")
    saved = load_file(adapter / "adapter_model.safetensors")
    table = np.random.default_rng(1).normal(0, 0.35, (183, 32)).astype(np.float32)
    tensors["decoder.embed_tokens.weight"] = table
    whole = {"base_model.model.decoder.embed_tokens.weight": table}
    save_file({**saved, **whole}, adapter / "adapter_model.safetensors")
    for target in (Q, V, WIDE, "lm_head"):
        down, up = (saved[f"base_model.model.{target}.lora_{part}.weight"] for part in "AB")
        tensors[f"{target}.weight"] = tensors[f"{target}.weight"] + np.float32(2) * up @ down
    save_file(tensors, merged / "model.safetensors", metadata={"format": "pt"})

    def answers(source: ModelSource) -> list[list[int]]:
        engine = untraced_engine(source)
        wishes = [Decoding(max_new_tokens=12), Decoding(max_new_tokens=8, num_beams=3)]
        made = []
        for wish in wishes:
            events = engine.stream([Request("cook the pasta in salt water", wish)])
            made.append([token.id for event in events if isinstance(event, Delta) for token in event.tokens])
        return made

    with_adapter = answers(resolve(str(adapter), os.environ))

    assert with_adapter == answers(resolve(str(merged), os.environ))
    assert with_adapter != answers(resolve(str(tiny_model), os.environ))


def test_an_adapters_folder_resolves_with_its_base_and_changes_the_weights_checksum(
    tiny_model: Path, adapter: Path
) -> None:
    source = resolve(str(adapter), os.environ)

    assert (source.folder, source.adapter) == (tiny_model, adapter)
    assert weights_sha(preflight(source.folder, adapter)) != weights_sha(preflight(source.folder))


PLAIN = "merge it with peft and use the merged model"
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "prefix tuning": ({"peft_type": "PREFIX_TUNING"}, f"peft_type: expected 'LORA', got 'PREFIX_TUNING'; {PLAIN}"),
    "DoRA": ({"use_dora": True}, f"use_dora: DoRA is not plain LoRA; {PLAIN}"),
    "another task": ({"task_type": "SEQ_CLS"}, "task_type: the adapter was trained for 'SEQ_CLS', whose head flanchat"),
    "tied weights": ({"ensure_weight_tying": True}, "ensure_weight_tying: true is not plain LoRA"),
    "turned": ({"fan_in_fan_out": True}, "fan_in_fan_out: true is not plain LoRA"),
    "PiSSA": ({"init_lora_weights": "pissa"}, "init_lora_weights: 'pissa' is not plain LoRA"),
    "a pattern": (
        {"alpha_pattern": {"(a+)+$": 1}},
        "alpha_pattern: '(a+)+$' is a pattern, not the end",
    ),
    "patterns as a list": ({"rank_pattern": [1]}, "rank_pattern: expected an object with names of modules, got [1]"),
    "alpha as text": ({"lora_alpha": "8"}, "lora_alpha: expected a number, got '8'"),
    "another rank": ({"r": 5}, "lora_A.weight: expected rank 5, as adapter_config.json says, got 4"),
    "no base": ({"base_model_name_or_path": None}, "base_model_name_or_path: expected the model that the adapter"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_adapter_that_is_no_plain_sum_is_refused_by_name(tiny_model: Path, tmp_path: Path, kind: str) -> None:
    config, words = REFUSED[kind]
    folder = make_adapter(tmp_path / "adapter", tiny_model, Q)
    about = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**about, **config}))

    with pytest.raises(ModelError) as refused:
        _open(folder)

    assert words in refused.value.message
    assert len(refused.value.message.splitlines()) == 1


def _open(folder: Path) -> None:
    source = resolve(str(folder), os.environ)
    preflight(source.folder, source.adapter)


Change = Callable[[dict[str, np.ndarray]], object]
A, B = f"base_model.model.{Q}.lora_A.weight", f"base_model.model.{Q}.lora_B.weight"
DAMAGED: dict[str, tuple[Change, str]] = {
    "no A": (lambda t: t.pop(A), f"{B}: expected a matching lora_A"),
    "no B": (lambda t: t.pop(B), f"{A}: expected a matching lora_B"),
    "nothing": (lambda t: t.clear(), "adapter_model.safetensors: expected matrices, got none"),
    "another model's": (lambda t: t.update({A: np.zeros((4, 64), np.float32)}), f"{A}: expected shape [4, 32], got"),
    "another place": (
        lambda t: t.update({A.replace("block.0", "block.9"): t[A]}),
        "matches no matrix of the base model",
    ),
    "no prefix": (lambda t: t.update({f"{Q}.weight": t[A]}), f"{Q}.weight: matches no matrix of the base model"),
    "magnitudes": (
        lambda t: t.update({A.replace("lora_A.weight", "lora_magnitude_vector"): t[A]}),
        "lora_magnitude_vector: is not plain LoRA",
    ),
    "a whole one of another size": (
        lambda t: t.update({"base_model.model.lm_head.weight": np.zeros((9, 32), np.float32)}),
        "lm_head.weight: has 9 rows where the model's vocabulary has 183: the adapter was trained after the vocabulary",
    ),
    "a head of another size": (
        lambda t: t.update(
            {
                "base_model.model.lm_head.lora_A.weight": np.zeros((4, 32), np.float32),
                "base_model.model.lm_head.lora_B.weight": np.zeros((9, 4), np.float32),
            }
        ),
        "lm_head.lora_B.weight: has 9 rows where the model's vocabulary has 183",
    ),
    "a shared table": (
        lambda t: t.update({"base_model.model.shared.weight": np.zeros((183, 32), np.float32)}),
        "shared.weight: changes the shared token table, which peft itself uses only once the adapter is merged",
    ),
    "a change of the shared table": (
        lambda t: t.update({"base_model.model.shared.lora_embedding_A": np.zeros((4, 183), np.float32)}),
        "shared.lora_embedding_A: changes the shared token table, which peft itself uses only once",
    ),
    "half a change of a table": (
        lambda t: t.update({"base_model.model.encoder.embed_tokens.lora_embedding_A": np.zeros((4, 183), np.float32)}),
        "lora_embedding_A: expected a matching lora_embedding_B, got none; save the adapter again",
    ),
    "a change of a table of another size": (
        lambda t: t.update(
            {
                "base_model.model.encoder.embed_tokens.lora_embedding_A": np.zeros((4, 190), np.float32),
                "base_model.model.encoder.embed_tokens.lora_embedding_B": np.zeros((32, 4), np.float32),
            }
        ),
        "lora_embedding_A: has 190 rows where the model's vocabulary has 183: the adapter was trained after",
    ),
    "an embedding's change of a matrix": (
        lambda t: t.update(
            {
                f"base_model.model.{Q}.lora_embedding_A": np.zeros((4, 32), np.float32),
                f"base_model.model.{Q}.lora_embedding_B": np.zeros((32, 4), np.float32),
            }
        ),
        f"{Q}.lora_embedding_A: is not plain LoRA",
    ),
    "a matrix's change of an embedding": (
        lambda t: t.update({"base_model.model.encoder.embed_tokens.lora_A.weight": np.zeros((4, 32), np.float32)}),
        "encoder.embed_tokens.lora_A.weight: is not plain LoRA",
    ),
    "whole numbers": (lambda t: t.update({A: np.zeros((4, 32), np.int32)}), f"{A}: expected dtype F32, F16 or BF16"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_adapter_is_refused_with_file_and_tensor(tiny_model: Path, tmp_path: Path, kind: str) -> None:
    change, words = DAMAGED[kind]
    folder = make_adapter(tmp_path / "adapter", tiny_model, Q)
    tensors = load_file(folder / "adapter_model.safetensors")
    change(tensors)
    save_file(tensors, folder / "adapter_model.safetensors")

    with pytest.raises(ModelError) as refused:
        preflight(tiny_model, folder)

    assert words in refused.value.message
    assert str(folder / "adapter_model.safetensors") in refused.value.message


@pytest.mark.parametrize("base", ["t5-large", "T5-large/", "google-t5/t5-large", "hf:t5-large"])
@pytest.mark.parametrize("revision", [None, "main"])
def test_the_hubs_old_name_of_a_base_is_known_also_with_a_revision(
    adapter: Path, tmp_path: Path, base: str, revision: str | None
) -> None:
    _rename_base(adapter, base, revision=revision)

    with pytest.raises(ModelError, match="google-t5/t5-large: is not on this machine"):
        find_local(str(adapter), {"HOME": str(tmp_path)})


def test_the_base_can_be_given_where_the_adapters_own_is_elsewhere(
    tiny_model: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rename_base(adapter, "/home/author/flan-t5")
    monkeypatch.chdir(tiny_model.parent)

    source = resolve(str(adapter), os.environ, base=f"./{tiny_model.name}")

    assert (source.folder.resolve(), source.adapter) == (tiny_model.resolve(), adapter)


def test_a_given_base_that_cannot_be_one_is_refused(tiny_model: Path, adapter: Path) -> None:
    for base, words in [
        ("/not/here", "adapter: its base model cannot be opened: /not/here: expected a model folder"),
        ("", "adapter: its base model cannot be opened: '': expected a folder"),
        (str(adapter), "adapter: expected a model as the base, got the adapter"),
    ]:
        with pytest.raises(ModelError, match=words):
            resolve(str(adapter), os.environ, base=base)
    with pytest.raises(ModelError, match="model: is no adapter, so it has no base model; leave the base out"):
        resolve(str(tiny_model), os.environ, base="demo")


def _rename_base(adapter: Path, base: str, **more: object) -> None:
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "base_model_name_or_path": base, **more}))


def test_an_error_about_a_missing_base_model_names_both(adapter: Path) -> None:
    _rename_base(adapter, "/not/here")

    with pytest.raises(
        ModelError, match="adapter: its base model cannot be opened: /not/here: expected a model folder"
    ) as refused:
        resolve(str(adapter), os.environ)
    assert refused.value.message.endswith(
        "; to give another base: --base NAME, base=NAME in Python, or base: NAME below model: in a profile"
    )


def test_an_adapter_of_an_adapter_is_refused(adapter: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    (second / "adapter_config.json").write_text(json.dumps({**LORA, "base_model_name_or_path": str(adapter)}))

    with pytest.raises(ModelError, match="expected a model as the base, got the adapter"):
        resolve(str(second), os.environ)


# -- peft itself ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        {"target_modules": ["q", "v"]},
        {"target_modules": "all-linear", "use_rslora": True},
        {"target_modules": ["wi_0", "wo"], "rank_pattern": {"wo": 2}, "alpha_pattern": {"DenseReluDense.wi_0": 5}},
        {"target_modules": ["q"], "modules_to_save": ["lm_head"], "init_lora_weights": "gaussian"},
        {"target_modules": ["q"], "modules_to_save": ["embed_tokens"]},
        {"target_modules": ["lm_head"]},
        {"target_modules": ["q"], "bias": "all"},
        {"target_modules": ["v", "relative_attention_bias"]},
    ],
    ids=lambda config: str(config["target_modules"]),
)
def test_every_tensor_is_what_peft_merges(tmp_path: Path, config: dict[str, Any]) -> None:
    peft = pytest.importorskip("peft")
    import torch
    import transformers

    from flanchat.engine.t5.transformers_model import use_own_tables

    folder = make_tiny_t5(tmp_path / "base")
    base = transformers.T5ForConditionalGeneration.from_pretrained(
        folder, trust_remote_code=False, use_safetensors=True, local_files_only=True, attn_implementation="eager"
    )
    checkpoint = preflight(folder)
    use_own_tables(base, checkpoint)
    own = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    tuned = peft.get_peft_model(base, peft.LoraConfig(r=4, lora_alpha=6, task_type="SEQ_2_SEQ_LM", **config))
    torch.manual_seed(0)
    for parameter in tuned.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.2)
    tuned.save_pretrained(tmp_path / "adapter")
    merged = tuned.merge_and_unload().state_dict()

    tuned_checkpoint = preflight(folder, tmp_path / "adapter")

    assert [name for name in tuned_checkpoint.tensors if not torch.equal(merged[name], own[name])]
    for name in tuned_checkpoint.tensors:
        assert torch.allclose(StoredTensors(tuned_checkpoint).read(name), merged[name], atol=1e-6), name


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("targets", [["embed_tokens"], ["q", "lm_head"], ["embed_tokens", "lm_head"]], ids=" ".join)
def test_a_table_that_is_changed_alone_is_what_peft_uses_when_it_loads_the_adapter(
    tmp_path: Path, targets: list[str], tied: bool
) -> None:
    """Not what it merges: there the change of one table changes all that share its tensor."""
    peft = pytest.importorskip("peft")
    import torch
    import transformers

    folder = make_tiny_t5(tmp_path / "base", tied=tied)
    base = transformers.T5ForConditionalGeneration.from_pretrained(
        folder, trust_remote_code=False, use_safetensors=True, local_files_only=True, attn_implementation="eager"
    )
    config = peft.LoraConfig(r=4, lora_alpha=6, task_type="SEQ_2_SEQ_LM", target_modules=targets)
    tuned = peft.get_peft_model(base, config).eval()
    torch.manual_seed(0)
    for parameter in tuned.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.2)
    tuned.save_pretrained(tmp_path / "adapter")
    engine = untraced_engine(resolve(str(tmp_path / "adapter"), os.environ, base=str(folder)))
    (prompt,) = ([piece.id for piece in engine.pieces("cook the pasta")],)

    deltas = [e for e in engine.stream([Request("cook the pasta", Decoding(max_new_tokens=6))]) if isinstance(e, Delta)]
    tokens = [token for delta in deltas for token in delta.tokens]

    with torch.inference_mode():
        answer = torch.tensor([[0, *(token.id for token in tokens)]])
        logits = tuned(input_ids=torch.tensor([[*prompt, 1]]), decoder_input_ids=answer).logits[0, :-1].log_softmax(-1)
    assert [token.id for token in tokens] == logits.argmax(-1).tolist()
    assert [token.logprob for token in tokens] == pytest.approx(logits.max(-1).values.tolist(), abs=1e-4)


@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_numbers_that_are_not_finite_are_blamed_on_the_file_that_holds_them(
    tiny_model: Path, adapter: Path, number: float
) -> None:
    tensors = load_file(adapter / "adapter_model.safetensors")
    tensors[A][0, 0] = number
    save_file(tensors, adapter / "adapter_model.safetensors")

    with pytest.raises(ModelError) as refused:
        StoredTensors(preflight(tiny_model, adapter)).read(f"{Q}.weight")

    assert refused.value.message.startswith(f"{adapter / 'adapter_model.safetensors'}: {Q}.weight: holds ")
