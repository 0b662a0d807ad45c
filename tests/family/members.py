"""The members of the T5 family, as tests/family makes them and as docs/models.md lists them.

Each is described by what its page on the hub holds besides the sizes: the fields of config.json, the files of its
tokenizer and the form of its weights, as published copies of these files had them; the hub itself was out of reach.
Knows no library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Vocabulary = Literal["t5", "mt5", "umt5", "madlad", "chinese", "bytes", "bpe"]
Weights = Literal["safetensors", "shards", "bin"]

READERS: Mapping[Vocabulary, str] = {
    "t5": "SentencePiece",
    "mt5": "SentencePiece, with bytes",
    "umt5": "SentencePiece, with bytes",
    "madlad": "SentencePiece, with bytes",
    "chinese": "SentencePiece",
    "bytes": "bytes",
    "bpe": "tokenizers, BPE",
}
"""What reads each kind of vocabulary."""


@dataclass(frozen=True)
class Member:
    """A model that answers as transformers does.

    pages: on the hub, below the name that people use. config: fields of config.json besides the sizes.
    generation: generation_config.json, None where there is none. tokenizer: fields of tokenizer_config.json.
    with_json: whether a tokenizer.json lies beside the vocabulary. prompt: what the test asks. licence: "" if it was
    not looked up.
    """

    name: str
    pages: str
    special: str
    good_for: str
    licence: str
    vocabulary: Vocabulary
    weights: Weights
    config: Mapping[str, Any]
    generation: Mapping[str, Any] | None = field(default_factory=lambda: dict(_GENERATION))
    tokenizer: Mapping[str, Any] = field(default_factory=dict)
    with_json: bool = False
    prompt: str = "Q: What is the capital of France? A step by step recipe: cook the pasta, add salt!"


@dataclass(frozen=True)
class Refused:
    """A model that is refused before a weight is fetched. words: the reason, in the message."""

    name: str
    pages: str
    words: str
    config: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)


_GENERATION = {"_from_model_config": True, "decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0}
_T5 = {
    "architectures": ["T5ForConditionalGeneration"],
    "decoder_start_token_id": 0,
    "dropout_rate": 0.1,
    "eos_token_id": 1,
    "initializer_factor": 1.0,
    "is_encoder_decoder": True,
    "layer_norm_epsilon": 1e-06,
    "model_type": "t5",
    "output_past": True,
    "pad_token_id": 0,
    "relative_attention_num_buckets": 32,
    "use_cache": True,
}
_T5_V1_1 = {**_T5, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
_MT5 = {
    **_T5_V1_1,
    "architectures": ["MT5ForConditionalGeneration"],
    "model_type": "mt5",
    "tokenizer_class": "T5Tokenizer",
}
_TASKS = {
    "summarization": {
        "early_stopping": True,
        "length_penalty": 2.0,
        "max_length": 200,
        "min_length": 30,
        "no_repeat_ngram_size": 3,
        "num_beams": 4,
        "prefix": "summarize: ",
    },
    "translation_en_to_de": {
        "early_stopping": True,
        "max_length": 300,
        "num_beams": 4,
        "prefix": "translate English to German: ",
    },
}
_CODET5 = {
    **_T5,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "feed_forward_proj": "relu",
    "gradient_checkpointing": False,
    "id2label": {"0": "LABEL_0"},
    "label2id": {"LABEL_0": 0},
    "n_positions": 512,
    "task_specific_params": _TASKS,
}

MEMBERS = (
    Member(
        "T5",
        "google-t5/t5-small to 11b (also t5-small ...)",
        "scales the decoder's output; the embedding is the head",
        "translation to German, French and Romanian and summaries, with T5's prefixes",
        "Apache-2.0",
        "t5",
        "safetensors",
        {**_T5, "n_positions": 512, "task_specific_params": _TASKS},
        tokenizer={"model_max_length": 512},
        with_json=True,
        prompt="translate English to German: The river is in the city.",
    ),
    Member(
        "T5 v1.1",
        "google/t5-v1_1-small to xxl",
        "gated GELU, a head of its own; only pre-trained",
        "training; by itself it answers nothing of use",
        "Apache-2.0",
        "t5",
        "bin",
        _T5_V1_1,
        tokenizer={"model_max_length": 512},
    ),
    Member(
        "Flan-T5",
        "google/flan-t5-small to xxl (short names)",
        "trained on instructions",
        "short English questions and tasks; flanchat's profiles are made for it",
        "Apache-2.0",
        "t5",
        "safetensors",
        {**_T5_V1_1, "n_positions": 512, "task_specific_params": _TASKS},
        tokenizer={"model_max_length": 512, "tokenizer_class": "T5Tokenizer", "sp_model_kwargs": {}},
        with_json=True,
    ),
    Member(
        "LaMini-T5",
        "MBZUAI/LaMini-T5-61M to 738M, LaMini-Flan-T5-77M to 783M",
        "Flan-T5 and T5, distilled from larger chat models",
        "English instructions in whole sentences",
        "CC BY-NC 4.0",
        "t5",
        "bin",
        {**_T5_V1_1, "_name_or_path": "google/flan-t5-base", "n_positions": 512, "torch_dtype": "float32"},
        tokenizer={"model_max_length": 512, "tokenizer_class": "T5Tokenizer", "special_tokens_map_file": None},
        with_json=True,
    ),
    Member(
        "T0",
        "bigscience/T0_3B, T0, T0p, T0pp",
        "T5 v1.1 trained on prompted tasks",
        "English classification and question answering from a passage",
        "Apache-2.0",
        "t5",
        "bin",
        {**_T5_V1_1, "_name_or_path": "google/t5-xl-lm-adapt", "gradient_checkpointing": False},
        tokenizer={"model_max_length": 512, "extra_ids": 100, "additional_special_tokens": None},
    ),
    Member(
        "mT5",
        "google/mt5-small to xxl",
        "101 languages, bytes for unknown characters; only pre-trained",
        "training; by itself it answers nothing of use",
        "Apache-2.0",
        "mt5",
        "bin",
        _MT5,
        tokenizer={"extra_ids": 0, "additional_special_tokens": None},
        prompt="translate the river of the city 北京在哪里",
    ),
    Member(
        "umT5",
        "google/umt5-small to xxl",
        "107 languages; a position bias of its own in every layer; only pre-trained",
        "training; by itself it answers nothing of use",
        "Apache-2.0",
        "umt5",
        "bin",
        {
            **_MT5,
            "architectures": ["UMT5ForConditionalGeneration"],
            "model_type": "umt5",
            "dense_act_fn": "gelu_new",
            "is_gated_act": True,
            "relative_attention_max_distance": 128,
            "scalable_attention": True,
        },
        tokenizer={"tokenizer_class": "T5Tokenizer", "extra_ids": 300},
        with_json=True,
        prompt="translate the river of the city 北京在哪里",
    ),
    Member(
        "mT0",
        "bigscience/mt0-small to xxl, mt0-xxl-mt",
        "mT5 trained on prompted tasks in 46 languages",
        "**questions and tasks in Chinese** and other languages; the end of the prompt should be clear",
        "Apache-2.0",
        "mt5",
        "safetensors",
        {**_MT5, "_name_or_path": "mt0", "torch_dtype": "float32"},
        tokenizer={"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "sp_model_kwargs": {}},
        with_json=True,
        prompt="把下面的句子翻译成英文：北京是中国的首都。",
    ),
    Member(
        "Aya 101",
        "CohereLabs/aya-101",
        "mT5 of 13 billion parameters under T5's name, trained on instructions",
        "**questions and tasks in Chinese** and 100 other languages",
        "Apache-2.0",
        "mt5",
        "shards",
        {**_T5_V1_1, "_name_or_path": "aya", "torch_dtype": "float32", "tokenizer_class": "T5Tokenizer"},
        tokenizer={"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "sp_model_kwargs": {}},
        with_json=True,
        prompt="北京有多少人口？",
    ),
    Member(
        "MADLAD-400",
        "google/madlad400-3b-mt, 7b-mt, 10b-mt",
        "unknown 0, padding 1, end 2; the target language is a token, `<2zh>`",
        "translation between 400 languages, also **from and to Chinese**",
        "Apache-2.0",
        "madlad",
        "shards",
        {
            **_T5_V1_1,
            "classifier_dropout": 0.0,
            "dense_act_fn": "gelu_new",
            "eos_token_id": 2,
            "is_gated_act": True,
            "pad_token_id": 1,
            "relative_attention_max_distance": 128,
            "torch_dtype": "float32",
        },
        generation={"_from_model_config": True, "decoder_start_token_id": 0, "eos_token_id": 2, "pad_token_id": 1},
        tokenizer={
            "tokenizer_class": "T5Tokenizer",
            "bos_token": "<s>",
            "eos_token": "</s>",
            "pad_token": "<s>",
            "unk_token": "<unk>",
            "extra_ids": 0,
            "clean_up_tokenization_spaces": True,
            "sp_model_kwargs": {},
        },
        with_json=True,
        prompt="<2de> the river of the city",
    ),
    Member(
        "ByT5",
        "google/byt5-small to xxl",
        "reads and writes bytes; the encoder is three times as deep; only pre-trained",
        "training on any script, spelling and noisy text",
        "Apache-2.0",
        "bytes",
        "bin",
        {**_T5_V1_1, "gradient_checkpointing": False, "tokenizer_class": "ByT5Tokenizer"},
        tokenizer={"tokenizer_class": "ByT5Tokenizer", "extra_ids": 125},
        prompt="Café 北京 ☃ {x}",
    ),
    Member(
        "FLAN-UL2",
        "google/flan-ul2",
        "20 billion parameters; gated SiLU",
        "English questions and tasks, as Flan-T5",
        "Apache-2.0",
        "t5",
        "shards",
        {
            **_T5_V1_1,
            "dense_act_fn": "silu",
            "feed_forward_proj": "gated-silu",
            "is_gated_act": True,
            "relative_attention_max_distance": 128,
            "torch_dtype": "float32",
        },
        tokenizer={"tokenizer_class": "T5Tokenizer", "model_max_length": 512, "sp_model_kwargs": {}},
        with_json=True,
    ),
    Member(
        "CodeT5",
        "Salesforce/codet5-small, base, large",
        "RoBERTa's tokenizer: every byte has a token; start and end around the prompt",
        "training; the models for summaries describe a function in a sentence",
        "Apache-2.0",
        "bpe",
        "bin",
        _CODET5,
        generation=None,
        tokenizer={"tokenizer_class": "RobertaTokenizer", "add_prefix_space": False, "model_max_length": 512},
        prompt="def add(a, b):\n    return a + b",
    ),
    Member(
        "CodeT5+",
        "Salesforce/codet5p-220m, 770m",
        "as CodeT5",
        "completing and describing Python",
        "BSD-3-Clause",
        "bpe",
        "bin",
        {**_CODET5, "_name_or_path": "codet5p-220m", "torch_dtype": "float16"},
        generation=None,
        tokenizer={"tokenizer_class": "RobertaTokenizer", "add_prefix_space": False, "model_max_length": 512},
        with_json=True,
        prompt="for i in range(10):\n\tprint(é)",
    ),
    Member(
        "PromptCLUE",
        "ClueAI/PromptCLUE-base, base-v1-5",
        "T5 v1.1 with a Chinese vocabulary",
        "**tasks in Chinese**: classes, sentiment, summaries, extraction (profile `zh-task`)",
        "CreativeML OpenRAIL-M",
        "chinese",
        "bin",
        {**_T5_V1_1, "gradient_checkpointing": False},
        generation=None,
        tokenizer={"tokenizer_class": "T5Tokenizer", "extra_ids": 100, "sp_model_kwargs": {}},
        prompt="情感分析：这部电影很好看。选项：积极，消极。答案：",
    ),
    Member(
        "ChatYuan",
        "ClueAI/ChatYuan-large-v1, v2",
        "PromptCLUE trained on conversations",
        "**questions and talk in Chinese** (profile `zh-chat`)",
        "CreativeML OpenRAIL-M",
        "chinese",
        "bin",
        {**_T5_V1_1, "gradient_checkpointing": False, "torch_dtype": "float32"},
        generation=None,
        tokenizer={"tokenizer_class": "T5Tokenizer", "extra_ids": 100, "sp_model_kwargs": {}},
        prompt="用户：北京在哪里？\\n小元：",
    ),
    Member(
        "mengzi-t5",
        "Langboat/mengzi-t5-base, mengzi-t5-base-mt",
        "a Chinese vocabulary without sentinels (`extra_ids` 0)",
        "training on Chinese; `-mt` does **tasks in Chinese**",
        "Apache-2.0",
        "chinese",
        "bin",
        {**_T5_V1_1, "gradient_checkpointing": False},
        generation=None,
        tokenizer={"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "additional_special_tokens": None},
        prompt="中国的首都是哪里？",
    ),
)

_LAYOUT = {
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 64,
    "num_heads": 4,
    "num_layers": 2,
    "num_decoder_layers": 2,
    "vocab_size": 99,
}

REFUSED = (
    Refused(
        "encoder alone",
        "T5EncoderModel, MT5EncoderModel, UMT5EncoderModel: text encoders of image and video models",
        "architectures: expected a whole T5 such as T5ForConditionalGeneration, got 'T5EncoderModel'; flanchat writes "
        "text, which takes encoder, decoder and language head",
        {**_T5_V1_1, **_LAYOUT, "architectures": ["T5EncoderModel"]},
    ),
    Refused(
        "encoder alone, of umT5",
        "",
        "got 'UMT5EncoderModel'; flanchat writes text",
        {**_T5_V1_1, **_LAYOUT, "model_type": "umt5", "architectures": ["UMT5EncoderModel"]},
    ),
    *(
        Refused(
            f"classifier of {what}",
            f"T5For{kind}",
            f"architectures: expected a whole T5 such as T5ForConditionalGeneration, got 'T5For{kind}'",
            {**_T5_V1_1, **_LAYOUT, "architectures": [f"T5For{kind}"]},
        )
        for what, kind in (
            ("texts", "SequenceClassification"),
            ("tokens", "TokenClassification"),
            ("spans", "QuestionAnswering"),
        )
    ),
    Refused(
        "LongT5",
        "google/long-t5-local-base, long-t5-tglobal-xl ...",
        "model_type is 'longt5', a LongT5, which attends to blocks of its prompt",
        {**_T5_V1_1, **_LAYOUT, "architectures": ["LongT5ForConditionalGeneration"], "model_type": "longt5"},
    ),
    Refused(
        "Switch Transformers",
        "google/switch-base-8 to switch-c-2048",
        "model_type is 'switch_transformers', a Switch Transformer, whose layers hold several experts",
        {**_T5, **_LAYOUT, "architectures": ["SwitchTransformersForConditionalGeneration"]}
        | {"model_type": "switch_transformers", "num_experts": 8},
    ),
    Refused(
        "T5Gemma",
        "google/t5gemma-2b-2b-ul2 ...",
        "model_type is 't5gemma', a T5Gemma, which is built of Gemma's layers",
        {"architectures": ["T5GemmaForConditionalGeneration"], "model_type": "t5gemma", "encoder": {}, "decoder": {}},
    ),
    Refused(
        "T5Gemma 2",
        "google/t5gemma-2-270m-270m ...",
        "model_type is 't5gemma2', a T5Gemma 2, which is built of Gemma's layers",
        {"architectures": ["T5Gemma2ForConditionalGeneration"], "model_type": "t5gemma2", "encoder": {}, "decoder": {}},
    ),
    Refused(
        "CodeT5+ of 2 billion parameters and more",
        "Salesforce/codet5p-2b, 6b, 16b",
        "model_type is 'codet5p', a CodeT5+ with another decoder, which runs code of its own",
        {
            "architectures": ["CodeT5pEncoderDecoderModel"],
            "auto_map": {"AutoModelForSeq2SeqLM": "modeling_codet5p.CodeT5pEncoderDecoderModel"},
            "model_type": "codet5p",
        },
    ),
    Refused(
        "UER's Chinese T5",
        "uer/t5-small-chinese-cluecorpussmall, t5-base-...",
        "got 'BertTokenizer'; use this model with transformers",
        {**_T5, **_LAYOUT, "tokenizer_class": "BertTokenizer"},
        {"vocab.txt": "[PAD]\nextra0\n"},
    ),
    Refused(
        "quantised weights",
        "made by bitsandbytes, GPTQ and the like",
        "quantization_config: the weights were quantised by 'bitsandbytes'; use the model that they were made from",
        {**_T5_V1_1, **_LAYOUT, "quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True}},
    ),
)
REFUSED_ADAPTERS = (
    Refused(
        "DoRA",
        "adapters of peft with `use_dora`",
        "use_dora: DoRA is not plain LoRA; merge it with peft and use the merged model",
        {"use_dora": True},
    ),
    Refused(
        "adapters of other kinds",
        "IA3, prefix and prompt tuning, AdaLoRA ...",
        "peft_type: expected 'LORA', got 'IA3'",
        {"peft_type": "IA3"},
    ),
    Refused(
        "adapters of classifiers",
        "`task_type` SEQ_CLS, TOKEN_CLS ...",
        "task_type: the adapter was trained for 'SEQ_CLS', whose head flanchat does not run; expected SEQ_2_SEQ_LM",
        {"task_type": "SEQ_CLS"},
    ),
)
"""Whose adapter_config.json says this besides what LoRA says."""

FEATURES = (  # what any member's checkpoint may have besides, and what is done with it
    ("a deeper encoder", "`num_layers` and `num_decoder_layers` may differ"),
    ("a deeper decoder", "as above"),
    ("several end tokens", "any of them ends an answer (`eos_token_id` as a list)"),
    ("another start token", "`decoder_start_token_id`, or else `bos_token_id`"),
    ("a forced first token", "`forced_bos_token_id` begins every answer that you do not begin"),
    ("tables of their own", "encoder and decoder use `embed_tokens` of their own where the files have them"),
    ("tokens added by users", "from added_tokens.json, tokenizer_config.json or tokenizer.json"),
    ("a resized vocabulary", "`vocab_size` is that of the tables; a token without a row is refused"),
    ("LoRA on every linear", "merged while loading; rsLoRA, `rank_pattern` and `alpha_pattern` too"),
    ("LoRA on the head", "changes the head alone, also where it shares its tensor with the embedding"),
    ("LoRA on the embeddings", "changes that of encoder and decoder apart, as peft does before it merges"),
    ("modules_to_save", "takes the place of the head or of an embedding"),
)
