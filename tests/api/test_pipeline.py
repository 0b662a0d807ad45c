"""`flanchat.pipeline` gives what transformers 4.55.4 gave, and refuses the rest by name."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils.data import Dataset

import flanchat
from flanchat.api.interrupted import FlanchatWarning
from flanchat.api.old_arguments import model_name, placement_arguments, precision_of
from flanchat.api.pipeline import Pipeline
from flanchat.base.errors import ModelError, UsageError
from flanchat.engine.checkpoint.validate import ModelSource
from tests.api.pipeline_calls import CALLS, GOLDEN, QUESTION, RECIPE, make_checkpoints, run

pytestmark = [pytest.mark.transformers, pytest.mark.filterwarnings("ignore::flanchat.FlanchatWarning")]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_checkpoints(tmp_path_factory.mktemp("checkpoints"))


FAST = list(CALLS)[::2]
"""The calls that are made without --slow: every second one."""


@pytest.fixture(scope="module")
def answers(folders: dict[str, Path], pytestconfig: pytest.Config) -> dict[str, Any]:
    names = CALLS if pytestconfig.getoption("--slow") else FAST
    return dict(run(flanchat.pipeline, {name: CALLS[name] for name in names}, folders))


@pytest.fixture(scope="module")
def pipe(folders: dict[str, Path]) -> Iterator[Pipeline]:
    with flanchat.pipeline("text2text-generation", folders["plain"], device=-1, max_new_tokens=6) as pipe:
        yield pipe


@pytest.mark.usefixtures("surroundings")
def test_the_examples_of_page_and_docstring_are_true() -> None:
    page = (Path(__file__).parents[2] / "docs" / "pipeline.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(>>> .*?)```", page, re.DOTALL)
    examples = doctest.DocTestParser().get_doctest(
        "\n".join([*blocks, inspect.getdoc(flanchat.pipeline) or ""]), {"flanchat": flanchat}, "pipeline.md", None, 0
    )

    assert doctest.DocTestRunner().run(examples) == (0, 5)


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in FAST else pytest.mark.slow) for name in CALLS])
def test_a_call_gives_what_transformers_4_55_4_gave(name: str, answers: dict[str, Any]) -> None:
    """Written by `python -m tests.api.pipeline_calls` in an environment with that version."""
    assert answers[name] == json.loads(GOLDEN.read_text(encoding="utf-8"))[name]


def test_import_flanchat_loads_no_pipeline() -> None:
    code = "import sys, flanchat; print('flanchat.api' in sys.modules, 'pipeline' in dir(flanchat))"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert out == "False True\n"


def test_a_generator_is_read_a_batch_at_a_time(pipe: Pipeline) -> None:
    read = []

    def texts() -> Iterator[str]:
        for text in (RECIPE, "Paris", QUESTION, "good"):
            read.append(text)
            yield text

    results = pipe(texts(), batch_size=2, num_beams=1)
    assert read == []
    first = next(results)
    assert read == [RECIPE, "Paris"]
    assert [first, *results] == [pipe(text, num_beams=1) for text in (RECIPE, "Paris", QUESTION, "good")]


def test_a_dataset_of_torch_gives_an_iterator(pipe: Pipeline) -> None:
    class Texts(Dataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, at: int) -> str:
            return [RECIPE, "Paris"][at]

    results = pipe(Texts(), num_beams=1)

    assert iter(results) is results
    assert list(results) == [pipe(RECIPE, num_beams=1), pipe("Paris", num_beams=1)]


@pytest.mark.parametrize("beams", [1, 4])
def test_sampled_texts_differ_and_come_again_with_the_seed_of_torch(pipe: Pipeline, beams: int) -> None:
    wanted = {
        "do_sample": True,
        "temperature": 2.0,
        "num_beams": beams,
        "num_return_sequences": 2,
        "max_new_tokens": 12,
    }
    torch.manual_seed(5)
    first, second = pipe(QUESTION, **wanted), pipe(QUESTION, **wanted)
    torch.manual_seed(5)

    assert first != second
    assert pipe(QUESTION, **wanted) == first
    assert first[0] != first[1] or beams > 1


def test_a_greedy_call_leaves_the_generator_of_torch_alone(pipe: Pipeline) -> None:
    before = torch.get_rng_state()
    pipe(RECIPE)

    assert torch.equal(torch.get_rng_state(), before)


def test_langchain_finds_task_and_model_name(pipe: Pipeline, folders: dict[str, Path]) -> None:
    assert pipe.task == "text2text-generation"
    assert pipe.model.name_or_path == str(folders["plain"])


def test_a_translation_of_no_languages_has_the_task_of_the_checkpoint(folders: dict[str, Path]) -> None:
    with flanchat.pipeline("translation", model=folders["tasks"], device="cpu") as pipe:
        assert pipe.task == "translation_en_to_de"


REFUSED_IN_A_CALL = {  # arguments, and a word of the remedy
    "num_beam_groups": ({"num_beam_groups": 2, "diversity_penalty": 1.0}, "num_return_sequences"),
    "bad_words_ids": ({"bad_words_ids": [[5]]}, "choose"),
    "logits_processor": ({"logits_processor": [print]}, "afterwards"),
    "stopping_criteria": ({"stopping_criteria": [print]}, "afterwards"),
    "stop_strings": ({"stop_strings": ["."]}, "stop=["),
    "stop_sequence": ({"stop_sequence": "."}, "stop=["),
    "streamer": ({"streamer": object()}, "stream"),
    "generation_config": ({"generation_config": object()}, "arguments"),
    "typical_p": ({"typical_p": 0.9}, "top_p"),
    "return_dict_in_generate": ({"return_dict_in_generate": True}, "log-probabilities"),
    "eos_token_id": ({"eos_token_id": 5}, "checkpoint"),
    "max_new_token": ({"max_new_token": 5}, "Did you mean max_new_tokens?"),
    "return_full_text": ({"return_full_text": False}, "no argument"),
    "num_return_sequences": ({"num_return_sequences": 5}, "num_beams"),
    "num_return_sequences=2": ({"num_return_sequences": 2, "num_beams": 1}, "do_sample"),
    "temperature": ({"do_sample": True, "temperature": 0.0}, "above 0"),
    "max_new_tokens": ({"max_new_tokens": 0}, "from 1"),
    "max_length": ({"max_length": 1, "max_new_tokens": None}, "from 2"),
    "max_length and": ({"max_length": None, "max_new_tokens": None}, "give one of them"),
    "num_beams": ({"num_beams": "4"}, "whole number"),
    "top_p": ({"top_p": float("nan")}, "a number"),
    "do_sample": ({"do_sample": "yes"}, "True or False"),
    "early_stopping": ({"early_stopping": "sometimes"}, "never"),
    "truncation": ({"truncation": "only_second"}, "True or False"),
    "batch_size": ({"batch_size": 0}, "from 1"),
    "num_beams: too many": ({"num_beams": 10**6}, "from 1 to 64, got 1000000"),
    "max_new_tokens: too many": ({"max_new_tokens": 10**6}, "from 1 to 4096"),
    "min_new_tokens: too many": ({"min_new_tokens": 10**6}, "from 0 to 4096"),
    "max_length: too many": ({"max_length": 10**6, "max_new_tokens": None}, "from 2 to 4096"),
    "no_repeat_ngram_size: too large": ({"no_repeat_ngram_size": 10**6}, "from 0 to 1024"),
    "top_k: too large": ({"do_sample": True, "top_k": 10**7}, "from 0 to 1000000"),
    "num_return_sequences: too many": ({"do_sample": True, "num_beams": 1, "num_return_sequences": 10**6}, "to 1024"),
    "batch_size: too many": ({"batch_size": 10**6}, "from 1 to 1024"),
    "batch_size times num_return_sequences": ({"batch_size": 512, "num_return_sequences": 4}, "at most 1024, got 2048"),
}


@pytest.mark.parametrize("name", REFUSED_IN_A_CALL)
def test_what_a_call_cannot_have_is_refused_by_name(name: str, pipe: Pipeline) -> None:
    arguments, remedy = REFUSED_IN_A_CALL[name]

    with pytest.raises(UsageError) as raised:
        pipe(RECIPE, **arguments)

    assert name.partition(":")[0] in raised.value.message
    assert remedy in raised.value.message


def test_arguments_that_change_nothing_are_taken(pipe: Pipeline) -> None:
    neutral = {"num_beam_groups": 1, "use_cache": True, "bad_words_ids": None, "typical_p": 1.0, "eos_token_id": 1}

    assert pipe(RECIPE, num_workers=2, return_text=True, return_tensors=False, **neutral) == pipe(RECIPE)


class FromPretrained:
    name_or_path = "google/flan-t5-base"


REFUSED_IN_PIPELINE = {
    "task": ({"task": "text-generation"}, "transformers.pipeline"),
    "translation_XX_to_YY": ({"task": "translation_en_de"}, "got 'translation_en_de'"),
    "model": ({"model": FromPretrained()}, "model='google/flan-t5-base'"),
    "model: summarization": ({"task": "summarization", "model": None}, "name one"),
    "tokenizer": ({"tokenizer": FromPretrained()}, "beside the weights"),
    "config": ({"config": FromPretrained()}, "config.json"),
    "trust_remote_code": ({"trust_remote_code": True}, "never"),
    "framework": ({"framework": "tf"}, "PyTorch"),
    "token": ({"token": "hf_x"}, "HF_TOKEN"),
    "feature_extractor": ({"feature_extractor": object()}, "leave it out"),
    "revision": ({"revision": "main"}, "hub"),
    "device_map": ({"device_map": {"encoder": 0, "decoder": 1}}, "leave it out"),
    "device": ({"device": -2}, "got -2"),
    "device, device_map": ({"device": 0, "device_map": "auto"}, "one of them"),
    "torch_dtype": ({"torch_dtype": "int8"}, "float16"),
    "load_in_8bit": ({"model_kwargs": {"load_in_8bit": True}}, "precision='int8'"),
    "cache_dir": ({"model_kwargs": {"cache_dir": "there"}}, "HF_HOME"),
    "max_new_token": ({"max_new_token": 9}, "Did you mean max_new_tokens?"),
    "streamer": ({"streamer": object()}, "stream"),
}


@pytest.mark.parametrize("name", REFUSED_IN_PIPELINE)
def test_what_a_pipeline_cannot_have_is_refused_by_name(name: str, folders: dict[str, Path]) -> None:
    arguments, remedy = REFUSED_IN_PIPELINE[name]

    with pytest.raises(UsageError) as raised:
        flanchat.pipeline(**{"task": "summarization", "model": folders["tasks"], **arguments})

    assert name.partition(":")[0] in raised.value.message
    assert remedy in raised.value.message


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ([RECIPE, 5], "text 2"),
        ([[RECIPE]], "text 1"),
        ((RECIPE, QUESTION), "a list of texts"),
        (None, "a list of texts"),
        (["good", "The <extra_id_0> walks"], "text 2: <extra_id_0>"),
        ("one </s> two", "</s>"),
        (["good", "a " * 9000], "text 2: 9000 tokens; at most 8192"),
    ],
)
def test_what_is_no_text_is_refused_before_anything_is_answered(given: Any, what: str, pipe: Pipeline) -> None:
    with pytest.raises(UsageError) as raised:
        pipe(given)

    assert what in raised.value.message


def test_what_a_checkpoint_asks_for_and_the_engine_lacks_is_refused_unless_the_call_undoes_it(tmp_path: Path) -> None:
    folder = make_checkpoints(tmp_path)["own length"]
    settings = {"max_length": 9, "num_beam_groups": 2, "diversity_penalty": 0.5, "num_beams": 4}
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": 1, **settings}))
    with flanchat.pipeline("text2text-generation", folder, device=-1) as pipe:
        with pytest.raises(UsageError, match="the checkpoint sets num_beam_groups"):
            pipe(RECIPE)

        assert pipe(RECIPE, num_beam_groups=1, diversity_penalty=0.0)


def test_another_token_in_the_settings_of_a_task_is_refused(tmp_path: Path) -> None:
    folder = make_checkpoints(tmp_path)["tasks"]
    config = json.loads((folder / "config.json").read_text())
    config["task_specific_params"]["summarization"]["decoder_start_token_id"] = 5
    (folder / "config.json").write_text(json.dumps(config))

    with pytest.raises(UsageError, match="decoder_start_token_id=5"):
        flanchat.pipeline("summarization", folder, device=-1)


REMARKS = {
    "max_length=10 is not used": {"max_length": 10},
    "temperature has no effect": {"temperature": 0.5},
    "length_penalty has no effect": {"length_penalty": 2.0, "num_beams": 1},
    "longer than the longest": {"min_new_tokens": 9},
    "min_length=3 is not used": {"min_length": 3, "min_new_tokens": 2},
    "truncation=True cuts it": {},
    "src_lang and tgt_lang": {"src_lang": "en"},
}


@pytest.mark.parametrize("remark", REMARKS)
def test_an_argument_without_its_usual_effect_is_remarked_on(remark: str, folders: dict[str, Path]) -> None:
    pipe = flanchat.pipeline("text2text-generation", folders["short texts"], device=-1, max_new_tokens=4)
    with pipe, pytest.warns(FlanchatWarning, match=remark) as warned:
        pipe(" ".join([RECIPE] * 4), **REMARKS[remark])

    assert {Path(warning.filename).name for warning in warned} == {"test_pipeline.py"}


@pytest.mark.parametrize(
    ("task", "remark"),
    [("summarization", "its summary may have 256"), ("translation_en_to_fr", "no prefix for translation_en_to_fr")],
)
def test_a_task_remarks_on_lengths_and_languages_that_do_not_fit(
    task: str, remark: str, folders: dict[str, Path]
) -> None:
    pipe = flanchat.pipeline(task, folders["tasks"], device=-1)
    with pipe, pytest.warns(FlanchatWarning, match=remark):
        pipe("cook", num_beams=1)


def test_a_checkpoints_settings_are_not_said_to_be_unused(folders: dict[str, Path]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flanchat.pipeline("text2text-generation", folders["own settings"], device=-1).close()


def test_return_tensors_is_refused_where_the_end_token_is_unknown(folders: dict[str, Path]) -> None:
    pipe = flanchat.pipeline("text2text-generation", folders["many ends"], device=-1)
    with pipe, pytest.raises(UsageError, match="several end tokens"):
        pipe(RECIPE, return_tensors=True)


def test_truncation_at_the_beginning_is_refused(tmp_path: Path) -> None:
    folder = make_checkpoints(tmp_path)["short texts"]
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 20, "truncation_side": "left"}')
    pipe = flanchat.pipeline("summarization", folder, device=-1)
    with pipe, pytest.raises(UsageError, match="truncation: this checkpoint cuts"):
        pipe(RECIPE, truncation=True)


def test_truncation_without_a_longest_text_is_remarked_on(tmp_path: Path) -> None:
    folder = make_checkpoints(tmp_path)["plain"]
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 1000000000000000019884624838656}')
    pipe = flanchat.pipeline("text2text-generation", folder, device=-1, num_beams=1, max_new_tokens=4)
    with pipe, pytest.warns(FlanchatWarning, match="truncation has no effect"):
        assert pipe(RECIPE, truncation=True) == pipe(RECIPE)


@pytest.mark.parametrize(
    ("inputs", "options"),
    [
        ("你好, boil", {}),
        (["你 boil", "boil", "好"], {}),
        ((text for text in ("boil", "你 好", "再")), {"batch_size": 1}),
    ],
    ids=["text", "list", "generator"],
)
def test_characters_that_the_model_cannot_read_are_remarked_on_once_a_call(
    inputs: Any, options: dict[str, Any], pipe: Pipeline
) -> None:
    with pytest.warns(FlanchatWarning) as warned:
        list(pipe(inputs, num_beams=1, **options))

    assert [str(w.message) for w in warned] == ["2 characters are not in the model's vocabulary: 你 好"]
    assert Path(warned[0].filename).name == "test_pipeline.py"


def test_a_closed_pipeline_says_so(folders: dict[str, Path]) -> None:
    pipe = flanchat.pipeline("text2text-generation", folders["plain"], device=-1, num_beams=1, max_new_tokens=2)
    rest = pipe(text for text in (RECIPE, QUESTION))
    next(rest)
    pipe.close()
    pipe.close()

    for call in (lambda: pipe(RECIPE), lambda: next(rest), pipe.__enter__):
        with pytest.raises(UsageError, match="this pipeline is closed"):
            call()


def test_the_model_is_not_freed_under_a_running_call(folders: dict[str, Path]) -> None:
    with flanchat.pipeline("text2text-generation", folders["plain"], device=-1, num_beams=1, max_new_tokens=2) as pipe:
        with pipe._one_at_a_time(), pytest.raises(UsageError):  # a call of another thread waits here
            pipe.close()

        assert pipe(RECIPE)


@pytest.mark.skipif(torch.cuda.is_available(), reason="device 0 is a GPU")
def test_the_cpu_in_place_of_an_accelerator_is_remarked_on(folders: dict[str, Path]) -> None:
    with pytest.warns(FlanchatWarning, match="device=0: no accelerator was found"):
        flanchat.pipeline("text2text-generation", folders["plain"], device=0).close()


@pytest.mark.parametrize(
    ("device", "device_map", "expected"),
    [
        (None, None, "auto"),
        (-1, None, "cpu"),
        (0, None, "auto"),
        (1, None, "cuda:1"),
        ("cuda:0", None, "cuda:0"),
        ("npu:0", None, "npu:0"),
        (torch.device("cpu"), None, "cpu"),
        (torch.device("mps", 0), None, "mps"),
        (None, "auto", "auto"),
        (None, {"": "cpu"}, "cpu"),
        (None, "cuda:1", "cuda:1"),
    ],
)
def test_a_device_has_the_name_that_flanchat_gives_it(device: Any, device_map: Any, expected: str) -> None:
    assert placement_arguments(device, device_map, "auto", {})[:2] == (expected, "auto")


@pytest.mark.parametrize(
    ("stored", "dtype", "expected"),
    [
        ("float32", "auto", "float32"),
        ("float16", "auto", "float16"),
        ("float16", None, "float32"),
        ("float32", torch.bfloat16, "bfloat16"),
        ("float32", "torch.float16", "float16"),
        ("float32", "half", "float16"),
    ],
)
def test_the_precision_is_the_checkpoints_or_the_one_asked_for(
    stored: str, dtype: Any, expected: str, tmp_path: Path
) -> None:
    from tests.tiny_t5 import make_tiny_t5

    folder = make_tiny_t5(tmp_path / "model", dtype=stored)

    assert precision_of(dtype, ModelSource("model", folder, "folder", "")) == expected


def test_a_revision_belongs_to_the_name_of_a_hubs_model() -> None:
    assert model_name("summarization", "t5-small", "main", {}).name == "t5-small@main"


def test_without_a_model_the_one_of_4_55_4_is_taken_and_named() -> None:
    assert model_name("translation_en_to_de", None, None, {}).name == "google-t5/t5-base@a9723ea"
    with pytest.raises(UsageError, match="name one"):
        model_name("translation_en_to_zh", None, None, {})


def test_a_folder_without_a_model_is_refused_as_everywhere(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json"):
        flanchat.pipeline("summarization", tmp_path)
