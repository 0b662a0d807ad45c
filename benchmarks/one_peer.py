"""Load and time a single peer in this process. `peers.py` starts it with a Python in which the peer is installed.

    python -m benchmarks.one_peer NAME --model FOLDER --forms FOLDER --shapes 128:64:1 --runs 3
    python -m benchmarks.one_peer NAME --model FOLDER --forms FOLDER --prepare

Each library is used in the way that is fastest on a CPU. `--prepare` converts the checkpoint into the format that the
peer reads, which is not timed. The last line printed is a JSON object: the figures, or {"absent": reason} if the
library is missing. A shape is INPUT:NEW:BATCH tokens; the end token is treated like any other, so that NEW is exact.
Imports nothing of flanchat.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

Rows = list[list[int]]
Generate = Callable[[Rows, int, Callable[[], None]], Rows]
"""Takes prompts, the number of tokens to generate and a callback for the first token of every row; returns ids."""

START, END = 0, 1
WORDS = range(3, 32_000)


@dataclass(frozen=True, slots=True)
class Peer:
    """A library with one configuration.

    kind: "exact" (weights of 16 bits or more, float32 arithmetic), "int8" (8-bit weights) or "other".
    form: the format that the checkpoint is converted into, a key of FORMS; "" reads the checkpoint itself.
    usual: part of a run that names no peers.
    """

    library: str
    kind: str
    form: str
    load: Callable[[Path, int], Generate]
    usual: bool = True


# -- transformers -----------------------------------------------------------------------------------------------------


def transformers_in(dtype: str) -> Callable[[Path, int], Generate]:
    def load(model: Path, threads: int) -> Generate:
        import torch
        from transformers import T5ForConditionalGeneration

        torch.set_num_threads(threads)
        return through_generate(T5ForConditionalGeneration.from_pretrained(model, dtype=getattr(torch, dtype)).eval())

    return load


def torch_dynamic_int8(model: Path, threads: int) -> Generate:
    import torch
    from transformers import T5ForConditionalGeneration

    torch.set_num_threads(threads)
    whole = T5ForConditionalGeneration.from_pretrained(model, dtype=torch.float32).eval()
    return through_generate(torch.ao.quantization.quantize_dynamic(whole, {torch.nn.Linear}, dtype=torch.qint8))


def through_generate(model: Any) -> Generate:
    """Generate with the `generate` method of transformers' and optimum's models."""
    import torch

    model.generation_config.eos_token_id = None

    def generate(prompts: Rows, new: int, first: Callable[[], None]) -> Rows:
        ids = torch.tensor(prompts)
        with torch.inference_mode():
            made = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=new,
                do_sample=False,
                num_beams=1,
                streamer=_FirstToken(first),
            )
        return made[:, 1:].tolist()

    return generate


class _FirstToken:
    """A streamer that notes the first token; it receives the start token, then each generated token."""

    def __init__(self, first: Callable[[], None]) -> None:
        self._given, self._first = 0, first

    def put(self, ids: object) -> None:
        self._given += 1
        if self._given == 2:
            self._first()

    def end(self) -> None:
        pass


# -- CTranslate2 ------------------------------------------------------------------------------------------------------


def ctranslate2_form(quantization: str) -> Callable[[Path, Path, Path], None]:
    def convert(model: Path, forms: Path, out: Path) -> None:
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(model)).convert(str(out), quantization=quantization)

    return convert


def ctranslate2_in(compute_type: str) -> Callable[[Path, int], Generate]:
    def load(form: Path, threads: int) -> Generate:
        import ctranslate2

        words = json.loads((form / "shared_vocabulary.json").read_text(encoding="utf-8"))
        ids = {word: n for n, word in enumerate(words)}
        translator = ctranslate2.Translator(
            str(form), device="cpu", compute_type=compute_type, inter_threads=1, intra_threads=threads
        )

        def generate(prompts: Rows, new: int, first: Callable[[], None]) -> Rows:
            begun = set()

            def made(token: Any) -> bool:
                if len(begun) < len(prompts):
                    begun.add(token.batch_id)
                    if len(begun) == len(prompts):
                        first()
                return False  # True would stop the generation

            answers = translator.translate_batch(
                [[words[n] for n in prompt] for prompt in prompts],
                callback=made,
                beam_size=1,
                max_input_length=0,
                max_decoding_length=new,
                min_decoding_length=new,
            )
            return [[ids[word] for word in answer.hypotheses[0]] for answer in answers]

        return generate

    return load


# -- ONNX Runtime -----------------------------------------------------------------------------------------------------

ONNX = ("encoder_model.onnx", "decoder_model.onnx", "decoder_with_past_model.onnx")


def onnx_float32(model: Path, forms: Path, out: Path) -> None:
    from optimum.exporters.onnx import main_export

    main_export(
        str(model), output=out, task="text2text-generation-with-past", no_post_process=True, do_validation=False
    )


def onnx_int8(model: Path, forms: Path, out: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = prepared("onnx-float32", model, forms)
    out.mkdir()
    for name in ONNX:
        quantize_dynamic(source / name, out / name, weight_type=QuantType.QInt8)
    for path in source.glob("*.json"):
        shutil.copy(path, out)


def onnx_options(threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    return options


def onnxruntime_bound(form: Path, threads: int) -> Generate:
    """Our own loop over the three graphs with the caches bound in place: much faster than optimum's.

    Without force_spinning_stop the threads of one graph spin while another graph computes; with it the first token
    takes half the time.
    """
    import numpy as np
    import onnxruntime

    options = onnx_options(threads)
    options.add_session_config_entry("session.force_spinning_stop", "1")
    encoder, decoder, decoder_with_past = (
        onnxruntime.InferenceSession(form / name, options, providers=["CPUExecutionProvider"]) for name in ONNX
    )

    def run(session: Any, given: dict[str, Any]) -> dict[str, Any]:
        binding = session.io_binding()
        for wanted in session.get_inputs():
            value = given[wanted.name]
            if isinstance(value, np.ndarray):
                binding.bind_cpu_input(wanted.name, value)
            else:
                binding.bind_ortvalue_input(wanted.name, value)
        names = [output.name for output in session.get_outputs()]
        for name in names:
            binding.bind_output(name, "cpu")
        session.run_with_iobinding(binding)
        return dict(zip(names, binding.get_outputs(), strict=True))

    def generate(prompts: Rows, new: int, first: Callable[[], None]) -> Rows:
        ids = np.array(prompts, np.int64)
        mask = np.ones_like(ids)
        hidden = run(encoder, {"input_ids": ids, "attention_mask": mask})["last_hidden_state"]
        given: dict[str, Any] = {"encoder_hidden_states": hidden, "encoder_attention_mask": mask}
        given["input_ids"] = np.full((len(prompts), 1), START, np.int64)
        made = []
        for n in range(new):
            found = run(decoder_with_past if n else decoder, given)
            made.append(found.pop("logits").numpy()[:, -1].argmax(-1))
            given["input_ids"] = made[-1][:, None]
            given |= {name.replace("present", "past_key_values"): value for name, value in found.items()}
            if n == 0:
                first()
        return np.stack(made, 1).tolist()

    return generate


def onnxruntime_optimum(form: Path, threads: int) -> Generate:
    import torch
    from optimum.onnxruntime import ORTModelForSeq2SeqLM

    torch.set_num_threads(threads)
    return through_generate(
        ORTModelForSeq2SeqLM.from_pretrained(
            form,
            use_cache=True,
            use_merged=False,
            use_io_binding=True,
            provider="CPUExecutionProvider",
            session_options=onnx_options(threads),
        )
    )


# -- OpenVINO ---------------------------------------------------------------------------------------------------------

OPENVINO = ("openvino_encoder_model.xml", "openvino_decoder_model.xml")


def openvino_float32(model: Path, forms: Path, out: Path) -> None:
    from optimum.exporters.openvino import main_export
    from optimum.intel.openvino.configuration import OVConfig

    main_export(str(model), out, task="text2text-generation-with-past", stateful=True, ov_config=OVConfig(dtype="fp32"))


def openvino_form(weights: str) -> Callable[[Path, Path, Path], None]:
    def convert(model: Path, forms: Path, out: Path) -> None:
        import openvino

        source = prepared("openvino-float32", model, forms)
        out.mkdir()
        for name in OPENVINO:
            graph = openvino.Core().read_model(source / name)
            if weights == "int8":
                import nncf

                graph = nncf.compress_weights(graph, mode=nncf.CompressWeightsMode.INT8_ASYM)
            openvino.save_model(graph, out / name, compress_to_fp16=weights == "float16")
        for path in source.glob("*.json"):
            shutil.copy(path, out)

    return convert


def openvino_settings(exact: bool, threads: int) -> dict[str, object]:
    """exact: float32 arithmetic; otherwise OpenVINO's default, which is bfloat16 if the processor supports it."""
    settings: dict[str, object] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
    return settings | ({"INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f32"} if exact else {})


def openvino_stateful(exact: bool) -> Callable[[Path, int], Generate]:
    """Our own loop over the two stateful graphs: somewhat faster than optimum's."""

    def load(form: Path, threads: int) -> Generate:
        import numpy as np
        import openvino

        core, settings = openvino.Core(), openvino_settings(exact, threads)
        encoder, decoder = (
            core.compile_model(form / name, "CPU", settings).create_infer_request() for name in OPENVINO
        )

        def generate(prompts: Rows, new: int, first: Callable[[], None]) -> Rows:
            ids = np.array(prompts, np.int64)
            mask = np.ones_like(ids)
            encoder.infer({"input_ids": ids, "attention_mask": mask})
            token = openvino.Tensor(np.full((len(prompts), 1), START, np.int64))
            decoder.reset_state()
            decoder.set_tensor("encoder_hidden_states", encoder.get_output_tensor(0))
            decoder.set_tensor("encoder_attention_mask", openvino.Tensor(mask))
            decoder.set_tensor("beam_idx", openvino.Tensor(np.arange(len(prompts), dtype=np.int32)))
            decoder.set_tensor("input_ids", token)
            made = []
            for n in range(new):
                decoder.infer()
                made.append(decoder.get_output_tensor(0).data[:, -1].argmax(-1))
                token.data[:, 0] = made[-1]
                if n == 0:
                    first()
            return np.stack(made, 1).tolist()

        return generate

    return load


def openvino_optimum(exact: bool) -> Callable[[Path, int], Generate]:
    def load(form: Path, threads: int) -> Generate:
        import torch
        from optimum.intel import OVModelForSeq2SeqLM

        torch.set_num_threads(threads)
        settings = openvino_settings(exact, threads)
        return through_generate(OVModelForSeq2SeqLM.from_pretrained(form, device="CPU", ov_config=settings))

    return load


# -- llama.cpp --------------------------------------------------------------------------------------------------------


def gguf_form(weights: str) -> Callable[[Path, Path, Path], None]:
    def convert(model: Path, forms: Path, out: Path) -> None:
        import gguf
        import numpy as np
        from safetensors import safe_open
        from sentencepiece import SentencePieceProcessor

        config = json.loads((model / "config.json").read_text(encoding="utf-8"))
        out.mkdir()
        writer = gguf.GGUFWriter(out / "model.gguf", "t5")
        writer.add_context_length(4096)
        writer.add_embedding_length(config["d_model"])
        writer.add_feed_forward_length(config["d_ff"])
        writer.add_block_count(config["num_layers"])
        writer.add_decoder_block_count(config["num_decoder_layers"])
        writer.add_head_count(config["num_heads"])
        writer.add_key_length(config["d_kv"])
        writer.add_value_length(config["d_kv"])
        writer.add_layer_norm_eps(config["layer_norm_epsilon"])
        writer.add_layer_norm_rms_eps(config["layer_norm_epsilon"])
        writer.add_relative_attn_buckets_count(config["relative_attention_num_buckets"])
        writer.add_decoder_start_token_id(START)

        pieces = SentencePieceProcessor(model_file=str(model / "spiece.model"))
        known = pieces.get_piece_size()
        names = [pieces.id_to_piece(n) if n < known else f"<extra_id_{n}>" for n in range(config["vocab_size"])]
        writer.add_tokenizer_model("t5")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(names)
        writer.add_token_scores([pieces.get_score(n) if n < known else -1000.0 for n in range(len(names))])
        control = {START: 3, END: 3, 2: 2}
        writer.add_token_types([control.get(n, 1 if n < known else 4) for n in range(len(names))])
        writer.add_pad_token_id(START)
        writer.add_eos_token_id(END)
        writer.add_unk_token_id(2)

        place = gguf.get_tensor_name_map(gguf.MODEL_ARCH.T5, config["num_layers"])
        types = gguf.GGMLQuantizationType
        with safe_open(model / "model.safetensors", "numpy") as tensors:
            for source in tensors.keys():  # noqa: SIM118 (no mapping)
                name = place.get_name(source, try_suffixes=(".weight",))
                tensor = tensors.get_tensor(source)
                if tensor.ndim == 1 or "rel_b" in name:
                    writer.add_tensor(name, tensor)
                elif weights == "f16":
                    writer.add_tensor(name, tensor.astype(np.float16))
                else:
                    writer.add_tensor(name, gguf.quants.quantize(tensor, types.Q8_0), raw_dtype=types.Q8_0)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    return convert


def llama_cpp(form: Path, threads: int) -> Generate:
    import ctypes

    import llama_cpp as api
    import numpy as np

    silent = api.llama_log_callback(lambda level, text, user: None)
    api.llama_log_set(silent, ctypes.c_void_p(0))
    api.llama_backend_init()
    settings = api.llama_model_default_params()
    settings.n_gpu_layers = 0
    model = api.llama_model_load_from_file(str(form / "model.gguf").encode(), settings)
    words = api.llama_vocab_n_tokens(api.llama_model_get_vocab(model))
    made_for: dict[tuple[int, int], Any] = {}

    def context(rows: int, tokens: int) -> Any:
        """A context for the longest prompt so far; the encoder needs all its tokens in one micro-batch."""
        if (rows, tokens) not in made_for:
            for old in made_for.values():
                api.llama_free(old)
            made_for.clear()
            wanted = api.llama_context_default_params()
            wanted.n_ctx = rows * max(tokens, 512)
            wanted.n_batch = wanted.n_ubatch = rows * max(tokens, 512)
            wanted.n_seq_max, wanted.kv_unified = rows, True  # its T5 does not support a cache of several streams
            wanted.n_threads = wanted.n_threads_batch = threads
            made_for[rows, tokens] = api.llama_init_from_model(model, wanted)
        return made_for[rows, tokens]

    def batch_of(rows: Rows, position: int) -> Any:
        batch = api.llama_batch_init(sum(map(len, rows)), 0, 1)
        at = 0
        for row, ids in enumerate(rows):
            for n, token in enumerate(ids):
                batch.token[at], batch.pos[at] = token, position + n
                batch.n_seq_id[at], batch.seq_id[at][0], batch.logits[at] = 1, row, 1
                at += 1
        batch.n_tokens = at
        return batch

    def run(call: Callable[..., int], state: Any, rows: Rows, position: int) -> None:
        batch = batch_of(rows, position)
        status = call(state, batch)
        api.llama_batch_free(batch)
        if status:
            raise RuntimeError(f"llama.cpp: {call.__name__} returned {status}")

    def generate(prompts: Rows, new: int, first: Callable[[], None]) -> Rows:
        state = context(len(prompts), max(len(prompts[0]), new))
        api.llama_memory_clear(api.llama_get_memory(state), True)
        run(api.llama_encode, state, prompts, 0)
        made: Rows = [[START] for _ in prompts]
        for n in range(new):
            run(api.llama_decode, state, [row[-1:] for row in made], n)
            for at, row in enumerate(made):
                logits = np.ctypeslib.as_array(api.llama_get_logits_ith(state, at), (words,))
                row.append(int(logits.argmax()))
            if n == 0:
                first()
        return [row[1:] for row in made]

    generate.keep = silent  # type: ignore[attr-defined]  # llama.cpp still calls it, so it must stay alive
    return generate


# -- the tables -------------------------------------------------------------------------------------------------------

FORMS: dict[str, Callable[[Path, Path, Path], None]] = {
    "ctranslate2-float32": ctranslate2_form("float32"),
    "ctranslate2-int8": ctranslate2_form("int8"),
    "onnx-float32": onnx_float32,
    "onnx-int8": onnx_int8,
    "openvino-float32": openvino_float32,
    "openvino-float16": openvino_form("float16"),
    "openvino-int8": openvino_form("int8"),
    "gguf-f16": gguf_form("f16"),
    "gguf-q8_0": gguf_form("q8_0"),
}

PEERS = {
    "transformers-fp32": Peer("transformers", "exact", "", transformers_in("float32")),
    "transformers-bf16": Peer("transformers", "other", "", transformers_in("bfloat16")),
    "torch-int8dyn": Peer("transformers", "int8", "", torch_dynamic_int8),
    "ctranslate2-float32": Peer("ctranslate2", "exact", "ctranslate2-float32", ctranslate2_in("float32")),
    "ctranslate2-int8": Peer("ctranslate2", "int8", "ctranslate2-int8", ctranslate2_in("int8_float32")),
    "onnxruntime-fp32": Peer("onnxruntime", "exact", "onnx-float32", onnxruntime_bound),
    "onnxruntime-int8": Peer("onnxruntime", "int8", "onnx-int8", onnxruntime_bound),
    "onnxruntime-fp32-optimum": Peer("onnxruntime", "exact", "onnx-float32", onnxruntime_optimum, usual=False),
    "onnxruntime-int8-optimum": Peer("onnxruntime", "int8", "onnx-int8", onnxruntime_optimum, usual=False),
    "openvino-fp32": Peer("openvino", "exact", "openvino-float32", openvino_stateful(exact=True)),
    "openvino-fp16": Peer("openvino", "exact", "openvino-float16", openvino_stateful(exact=True)),
    "openvino-fp16-bf16math": Peer("openvino", "other", "openvino-float16", openvino_stateful(exact=False)),
    "openvino-int8": Peer("openvino", "int8", "openvino-int8", openvino_stateful(exact=True)),
    "openvino-int8-bf16math": Peer("openvino", "int8", "openvino-int8", openvino_stateful(exact=False)),
    "openvino-fp16-optimum": Peer("openvino", "exact", "openvino-float16", openvino_optimum(exact=True), usual=False),
    "openvino-int8-optimum": Peer("openvino", "int8", "openvino-int8", openvino_optimum(exact=True), usual=False),
    "llama.cpp-f16": Peer("llama.cpp", "exact", "gguf-f16", llama_cpp),
    "llama.cpp-q8_0": Peer("llama.cpp", "int8", "gguf-q8_0", llama_cpp),
}

DISTRIBUTIONS = {
    "transformers": ("transformers", "torch"),
    "ctranslate2": ("ctranslate2",),
    "onnxruntime": ("onnxruntime", "optimum-onnx", "transformers"),
    "openvino": ("openvino", "optimum-intel", "nncf", "transformers"),
    "llama.cpp": ("llama-cpp-python",),
}


# -- preparing and timing ---------------------------------------------------------------------------------------------


def prepared(form: str, model: Path, forms: Path) -> Path:
    """Return the folder of a converted checkpoint, converting it first if it is missing."""
    if not form:
        return model
    ready, unfinished = forms / form, forms / f"{form}.part"
    if not ready.is_dir():
        shutil.rmtree(unfinished, ignore_errors=True)
        forms.mkdir(parents=True, exist_ok=True)
        FORMS[form](model, forms, unfinished)
        unfinished.rename(ready)
    return ready


def prompts_of(rng: random.Random, length: int, batch: int) -> Rows:
    return [[*rng.choices(WORDS, k=length - 1), END] for _ in range(batch)]


def timed(generate: Generate, prompts: Rows, new: int) -> tuple[float, float, Rows]:
    """Return the seconds to the first token, the seconds to the end, and the answers."""
    marks: list[float] = []
    started = time.perf_counter()
    answers = generate(prompts, new, lambda: marks.append(time.perf_counter()))
    total = time.perf_counter() - started
    return marks[0] - started, total, answers


def measure(generate: Generate, length: int, new: int, batch: int, runs: int) -> dict[str, object]:
    """Time one shape. `ids` is the answer of the first row to the first prompts, which all peers are given."""
    rng = random.Random(0)
    _, _, answers = timed(generate, prompts_of(rng, length, batch), new)
    if [len(answer) for answer in answers] != [new] * batch:
        raise RuntimeError(f"expected {batch} answers of {new} tokens, got {[len(answer) for answer in answers]}")
    ttft_ms, decode_tps, total_tps = [], [], []
    for _ in range(runs):
        first, total, _ = timed(generate, prompts_of(rng, length, batch), new)
        ttft_ms.append(first * 1000)
        decode_tps.append((new - 1) * batch / (total - first))
        total_tps.append(new * batch / total)
    return {
        "ttft_ms": spread(ttft_ms),
        "decode_tps": spread(decode_tps),
        "total_tps": spread(total_tps),
        "ids": answers[0],
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def versions(library: str) -> Iterator[tuple[str, str]]:
    for name in DISTRIBUTIONS[library]:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def shape(text: str) -> tuple[int, int, int]:
    length, new, batch = map(int, text.split(":"))
    return length, new, batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=PEERS, metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--model", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--forms", type=Path, required=True, help="folder for converted checkpoints")
    parser.add_argument("--prepare", action="store_true", help="convert only")
    parser.add_argument("--shapes", type=shape, nargs="+", default=[(128, 64, 1)], help="INPUT:NEW:BATCH ...")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    peer = PEERS[options.name]
    try:
        if options.prepare:
            report: dict[str, object] = {"ready": str(prepared(peer.form, options.model, options.forms))}
        else:
            if not (form := options.forms / peer.form if peer.form else options.model).is_dir():
                parser.error(f"{form} does not exist; run with --prepare first")
            started = time.perf_counter()
            generate = peer.load(form, options.threads)
            load_s = time.perf_counter() - started
            report = {
                "versions": dict(versions(peer.library)),
                "load_s": load_s,
                "shapes": {":".join(map(str, s)): measure(generate, *s, options.runs) for s in options.shapes},
                "peak_rss_mb": peak_rss_mb(),
            }
    except ModuleNotFoundError as error:
        report = {"absent": f"{error.name} is not installed"}
    print(json.dumps(report), flush=True)
    os._exit(0)  # some libraries crash at interpreter shutdown


if __name__ == "__main__":
    main()
