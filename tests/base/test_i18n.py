"""Translation: all interface texts are marked, the catalogue is complete, every way to choose a language works."""

from __future__ import annotations

import ast
import errno
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest

from flanchat.base import i18n
from flanchat.base.errors import BudgetError, PromptsError
from flanchat.base.files import failed, reason
from flanchat.base.format import finish_reason
from flanchat.cli.language import _last_flag, count_leading_lang
from flanchat.engine.events import Warned
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.prompt_file import read_prompts
from flanchat.export.exporters import EXPORTERS
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_reader import load_profile
from flanchat.prompting.prompt import warning_line
from flanchat.prompting.settings import Settings, find_setting
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.ui.warnings import loss_lines
from tests.catalogue import MO, catalogue, compiled, texts
from tests.conftest import Flanchat
from tests.sources import nodes_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "flanchat"
README = ROOT / "README.zh-CN.md"


@pytest.fixture
def chinese() -> Iterator[None]:
    i18n.use_language("zh", {})
    yield
    i18n.use_language("en", {})


# The catalogue


def ids(message_id: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message_id,) if isinstance(message_id, str) else tuple(message_id)


def test_the_catalogue_has_exactly_the_texts_of_the_code():
    there = {ids(message.id) for message in catalogue() if message.id}
    wanted = {ids(message.id) for message in texts() if message.id}

    assert wanted - there == set(), "run python -m tests.catalogue update, and translate"
    assert there - wanted == set(), "run python -m tests.catalogue update"
    assert not catalogue().obsolete


def test_every_text_is_translated():
    assert [message.id for message in catalogue() if message.id and not all(ids(message.string))] == []
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_a_translation_has_the_placeholders_of_its_original():
    def places(text: str) -> set[str]:
        return set(re.findall(r"(?<!\{)\{[^{}]*\}(?!\})|\{\{+\w+\}\}+", text))

    for message in catalogue():
        for translated in ids(message.string) if message.id else ():
            assert places(translated) == places(ids(message.id)[-1]), message.id


def test_a_translation_is_chinese_with_chinese_punctuation():
    same = {"{part} {number}", "{tokens} of {limit}", "{kept} of {given}"}
    for message in catalogue():
        if message.id:
            text, translated = ids(message.id)[-1], ids(message.string)[0]
            assert text.endswith("\n") == translated.endswith("\n"), message.id
            assert text.count("\b") == translated.count("\b"), f"click's mark for lines as they are: {message.id}"
            assert not re.search(r"[一-鿿] （|[，。；！？、] (?! )", translated), f"no blank: {translated}"
            assert message.id in same or re.search(r"[一-鿿，。；：、（）]", translated), message.id
            assert not re.search(r"[一-鿿][,;?!]|[,;?!][一-鿿]", translated), f"a half-width mark: {translated}"
            assert not re.search(r"(?<!\bmodel)(?<!number\})(?<!line\}): [一-鿿]", translated), f"a colon: {translated}"
            assert not re.search(r"[一-鿿][A-Za-z]|[A-Za-z][一-鿿]", translated), f"no blank: {translated}"
            assert not re.search(r"为 \{(got|found|value)\}", translated), f"may be Chinese or empty: {translated}"


ONE_TERM = {
    "词表": ("词汇表",),
    "基座模型": ("基础模型", "基座（"),
    "模型社区": ("模型库", "模型站点"),
    "加载": ("载入",),
    "候选": ("备选",),
    "版本": ("修订版本",),
    "自带": ("内置",),
    "正确答案": ("标准答案", "参考答案"),
    "简短回答": ("简短答案", "简短的答案"),
    "打分": ("评分", "计分"),
    "网格": ("大表格", "张表", "表格"),
    "批量运行": ("扫描",),
    "提示词": ("提示取自", "的提示；"),
    "实际": ("得到：",),
    "按总和": ("按和",),
    "按平均": ("按均值",),
    "当前设置": ("现状",),
    "置信度": ("把握",),
}
"""Each term has one translation; these are others of the same thing."""


def test_one_term_has_one_translation():
    used = [translated for message in catalogue() if message.id for translated in ids(message.string)]
    strays = [(word, text) for words in ONE_TERM.values() for word in words for text in used if word in text]

    assert strays == []


def entries(compiled_bytes: bytes) -> dict[object, str]:
    """Return the texts of a .mo without its header, which contains the time."""
    return {key: text for key, text in vars(GNUTranslations(io.BytesIO(compiled_bytes)))["_catalog"].items() if key}


def test_the_compiled_catalogue_is_current():
    assert entries(MO.read_bytes()) == entries(compiled(catalogue())), "run python -m tests.catalogue compile"


# The code

MARKS = {"_", "N_", "ngettext"}
FILE_LINE = {"ProfileError", "PromptsError"}  # of profiles and task files; those of prompt files are marked inside
ENGLISH = {
    "prompting/profile_reader.py",
    "prompting/shots.py",
    "prompting/fields.py",
    *(f"experiments/{name}.py" for name in ("harness_task", "promptfoo", "task_file", "task_yaml", "template")),
    "base/json_rows.py",
    "base/strict_yaml.py",
    "cli/diagnostics.py",
    "repl/example_prompts.py",
    "cli/completions.py",
}  # FILE:LINE; facts for bug reports; prompts for a model that reads English; scripts of shells
COVERED = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).as_posix() not in ENGLISH
    and ("engine" not in path.parts or path.name == "events.py")  # messages of a model process are English
]
NO_WORDS = re.compile(
    r"^/|^import sys;|"
    r"\b(SELECT|FROM|INSERT|DELETE|CREATE|WHERE|ORDER BY)\b|file, s|^flanchat index "
)  # commands and SQL
LEFT = {
    "unknown field.", "unknown field here. Write ",
    "expected a name, got an empty text. Write null or remove the line.", "expected a path or a name; ",
    'flanchat choose "Is the sky blue?" yes no', 'model.choose("Is the sky blue?", ["yes", "no"])',  # to type
    "models pull NAME", "models rm NAME", "models info NAME", "sessions export", "sessions show", "sessions note",
    "sessions rate", "sessions search WORDS",  # to type
    "profile: qa",  # config.yaml, with FILE:LINE
    "not started", "looking for an NPU", "importing torch", "reading weights", "warming up",  # keys
    "Answer the following question.", "Let's think step by step.",  # in prompts
    "left for another session", "recording was switched off", "recording was switched on again",  # in transcripts
    " is not text", "n is not a whole number", "parent is not text", "not a JSON object (damaged)", "cut short",
    ": longer than ", ": not an event (", ": repeats the id of an earlier line", "goes back",  # FILE:LINE
    "this transcript is closed", "reserved field names: ", "an index of another version", "not a private file",
    "the index is damaged: unexpected types in a row", "the index is damaged: a file outside the folder",
    "answers in all",  # a key
    " has no attribute ", "expected after",  # as Python says it
    '<progress value="',  # markup
    "answer is (\\d+)",  # an example of a regular expression
    "append existing", "append new",  # programming mistakes, and what only the program reads
    "bold dim", "bold cyan", "bold ansicyan", "noreverse dim", "bold red", "bold underline", "strike dim",
    "dim italic", "bg:default fg:default", "bg:default fg:default bold reverse", "bg:default fg:default dim",
    "bg:default fg:default bold",  # styles
}  # fmt: skip
"""Every unmarked text of two words or more, and why it is not translated."""


def of_all_covered() -> Iterator[tuple[Path, ast.AST]]:
    return ((path, node) for path in COVERED for node in nodes_of(path))


def left_unmarked(path: Path) -> Iterator[tuple[int, str]]:
    passed: set[ast.AST] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
            passed.add(node.value)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            # click's help is collected separately
            if name in MARKS | FILE_LINE | {"option", "flag", "form", "model_option"} or name.startswith("click."):
                passed.update(ast.walk(node))
    for node in nodes_of(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            several = re.search(r"[A-Za-z]{2,}[,;:]? +[a-z]{2,}", node.value)
            if several and not NO_WORDS.search(node.value):
                yield node.lineno, node.value


def test_interface_texts_are_marked():
    found = [(path.name, line, text) for path in COVERED for line, text in left_unmarked(path) if text not in LEFT]

    assert found == []


COUNTED = re.compile(
    r"\{(\w+)\}(?: [a-z-]+)? (answers|beams|blanks|bytes|cells|characters|choices|combinations|comparisons|files|grids"
    r"|layers|links|lines|models|operators|others|parts|prompts|questions|rows|runs|sessions|settings|shots|symbols"
    r"|texts|threads|times|tokens|turns|values|words|workers)\b|\{(\w+)\} of them (?:are|were|exist)\b"
)
ABOVE_ONE = (
    "its {operators} operators", "{encoder} + {decoder} layers", "{count} tokens ({fields})",  # of any model
    "the model did not generate {new} tokens", "cannot make a prompt of {tokens} tokens", "{count} tokens in",
    "only {written} of {count} bytes", "[{count} characters]", "{begin}... ({count} characters)",  # large texts
    "{count} characters, tokenised when sent", "expected a file with one name, found",
    "{count} of {all} combinations", "{count} of {all} cells: ", "stopped after {done} of {all} prompts",  # some of all
    "{count} of {all} right answers are none", " after {count} comparisons", "every test is asked with each of",
    "{count} answers were made in batches of", "the {count} answers are",
    "{count} answers of a beam search with", "{path}: this file name and {count} others",
    "decode.num_beams: ", "decode.vote: ",
    "temperature {value:.2f}, fitted on",  # half of many
    "{model} answers", "{option} shows answers", "{command} {word}: turn {turn} has answers",  # verbs
)  # fmt: skip
"""Texts whose number is never 1, by their beginning."""


def test_a_number_before_a_plural_noun_has_a_singular():
    found = [
        message.id
        for message in catalogue()
        if isinstance(message.id, str)
        and COUNTED.search(message.id)
        and not re.search(r"\{(most|limit)\}", message.id)  # names a bound, and the number is above it
        and not message.id.startswith(ABOVE_ONE)
    ]

    assert found == []


def test_texts_of_tables_and_commands_are_marked():
    at = {"Table": (0, 1), "Command": (3,)}
    for path, node in of_all_covered():
        if isinstance(node, ast.Call) and ast.unparse(node.func) in at:
            for given in (
                node.args[n] for n in at[ast.unparse(node.func)] if n < len(node.args)
            ):  # rich has a Table too
                words_in = given.elts if isinstance(given, ast.Tuple) else [given]
                bare = [each.value for each in words_in if isinstance(each, ast.Constant) and each.value]
                assert bare == [], f"{path.name}:{node.lineno}"


def test_nothing_is_translated_on_import_or_where_babel_cannot_find_it():
    inside = {
        inner
        for path in COVERED
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for path, node in of_all_covered():
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "ngettext"):
            assert node in inside, f"{path.name}:{node.lineno}: at import; use N_"
        if isinstance(node, ast.JoinedStr):
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call) and ast.unparse(call.func) in MARKS]
            texts_in = [call for call in calls if isinstance(call.args[0], ast.Constant)]
            assert texts_in == [], f"{path.name}:{node.lineno}: inside an f-string"


# Choosing


@pytest.mark.parametrize(
    ("environ", "speaks"),
    [
        ({}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_TW.UTF-8"}, True),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANGUAGE": "zh_CN:en", "LANG": "en_US.UTF-8"}, True),
        ({"LANGUAGE": "en:zh", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANGUAGE": "fr:zh", "LANG": "fr_FR.UTF-8"}, True),
        ({"LANGUAGE": "zh", "LC_ALL": "C.UTF-8"}, False),
    ],
)
def test_the_locale_is_read_in_gettexts_order(environ: dict[str, str], speaks: bool):
    assert i18n.prefers_chinese(environ) == speaks


def test_a_broken_or_missing_catalogue_means_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    whole = MO.read_bytes()
    for raw in (None, b"", b"rubbish" * 9, whole[:40], whole[:-2000], whole[:4] + b"\xff" * 40):
        if raw is not None:
            (folder / "flanchat.mo").write_bytes(raw)
        i18n.use_language("zh", {})

        assert i18n._("nothing was asked yet") == "nothing was asked yet"
    i18n.use_language("en", {})


def test_lang_is_found_anywhere_before_the_end_of_options():
    assert _last_flag(["--lang", "zh", "ask"]) == "zh"
    assert _last_flag(["ask", "--lang=en", "hello"]) == "en"
    assert _last_flag(["--lang", "zh", "ask", "--lang", "en"]) == "en"
    assert _last_flag(["ask", "--", "--lang", "zh"]) is None
    assert _last_flag(["--lang"]) is None
    counts = [count_leading_lang(args) for args in (["--lang", "zh", "x"], ["--lang=zh"], ["--lang"], ["x"])]
    assert counts == [2, 1, 1, 0]


def help_of(flanchat: Flanchat, *arguments: str, **env: str) -> str:
    ended = flanchat(*arguments, "--help", env=env)
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def test_flag_environment_configuration_and_locale_are_asked_in_this_order(flanchat: Flanchat, tmp_path: Path):
    config = tmp_path / "config.yaml"
    config.write_text('# mine\nlang: "zh"  # Chinese\n')
    zh, en = "在终端里试验 Flan-T5。", "Experiment with Flan-T5 in a terminal."
    mine = {"FLANCHAT_CONFIG": str(config)}

    assert en in help_of(flanchat)
    assert zh in help_of(flanchat, LC_ALL="", LANG="zh_CN.UTF-8")
    assert zh in help_of(flanchat, **mine)
    assert en in help_of(flanchat, **mine, FLANCHAT_LANG="en")
    assert zh in help_of(flanchat, "--lang", "zh", **mine, FLANCHAT_LANG="en")
    assert en in help_of(flanchat, "--lang=auto", **mine)
    config.write_text("lang: [zh\n\0")
    assert en in help_of(flanchat, **mine)


def test_help_is_entirely_chinese(flanchat: Flanchat):
    for command in ((), ("ask",), ("chat",), ("sessions",), ("sessions", "rm"), ("profiles", "check"), ("config",)):
        out = help_of(flanchat, "--lang", "zh", *command)

        assert "Show this message" not in out
        assert max(map(i18n.cell_width, out.splitlines())) <= 80
        for line in out.splitlines():
            if line.startswith("  ") and not line.strip().startswith(("flanchat ", "-p, ")):
                assert re.search(r"[一-鿿]", line) or "  " not in line.strip(), line


def test_commands_use_the_chosen_language(flanchat: Flanchat):
    assert flanchat("--lang", "zh", "sessions").out == "还没有会话。\n"
    assert flanchat("sessions", "--lang", "zh").out == "还没有会话。\n"
    assert flanchat("sessions", env={"FLANCHAT_LANG": "zh"}).out == "还没有会话。\n"
    refused = flanchat("sessions", "--lang", "zh", "show", "x")
    assert (refused.status, refused.err.splitlines()[0].partition("x")[0]) == (2, "flanchat: 没有会话 ")
    asked = flanchat("--lang", "zh", "-o", "temperature=9")
    assert (asked.status, asked.err) == (2, "flanchat: decode.temperature: 应为：数字（0 到 5），得到：9\n") or (
        asked.err == "flanchat: 没有提示词：请作为参数给出，或者用管道输入\n"
    )


@pytest.mark.parametrize(
    ("arguments", "env"), [(("--lang", "xx"), {}), (("ask", "--lang=xx", "hi"), {}), ((), {"FLANCHAT_LANG": "xx"})]
)
def test_an_unknown_language_is_one_error_message(flanchat: Flanchat, arguments: tuple[str, ...], env: dict[str, str]):
    ended = flanchat(*arguments, env=env)

    where = "--lang" if arguments else "FLANCHAT_LANG"
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"flanchat: {where}: expected auto, en or zh, got 'xx'\n"


def test_an_english_start_reads_no_catalogue_and_imports_no_gettext():
    code = """
import sys, os
from flanchat.base import i18n
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
i18n.use_language(None, {"LANG": "en_US.UTF-8"})
i18n.use_language("en", {"LANG": "zh_CN.UTF-8"})
print([path for path in opened if path.endswith(".mo")], i18n._("nothing was asked yet"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout == "[] nothing was asked yet\n"


# What stays English


def test_json_is_the_same_in_any_language(flanchat: Flanchat, tiny_model: Path):
    arguments = ("turns {", "--dry-run", "--json", "-m", tiny_model)

    english, chinese = flanchat(*arguments), flanchat(*arguments, "--lang", "zh")

    assert (chinese.status, chinese.out) == (0, english.out)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("q.csv", 'question\n"a,b\n', "q.csv:2: 应为 CSV，但它不是有效的 CSV：unexpected end of data"),
        ("q.csv", "question;answer\n1;2;3\n", "q.csv:2: 应有 2 列，实际有 3 列；请给含分号的文本加双引号"),
        (
            "q.csv",
            "a,b\n1,2\n",
            "q.csv:2: 应有列 prompt、question、input 或 text，实际有：a、b；请用 --prompt-column 指定",
        ),
        ("q.jsonl", '{"question": [1]}', "q.jsonl:1: question: 应为：提示词，实际为：列表"),
        ("q.jsonl", "[]", "q.jsonl:1: 应为：JSON 对象，实际为：列表"),
        ("q.json", "[1]", "q.json:[0]: 应为：对象，实际为：数字"),
        ("q.txt", "", "q.txt:1: 应有提示词，实际一个也没有"),
    ],
)
def test_problems_of_a_file_of_prompts_are_chinese(name: str, content: str, said: str, chinese: None):
    with pytest.raises(PromptsError) as caught:
        read_prompts(name, content.encode())

    assert caught.value.message == said


def test_problems_of_a_profile_are_reported_in_english(tmp_path: Path, chinese: None):
    path = tmp_path / "qa.yaml"
    path.write_text("decode:\n  top_p: 1.5\n")

    with pytest.raises(Exception, match=r"qa.yaml:2: decode.top_p: expected a number from 0 to 1, got 1.5"):
        load_profile(path)
    assert find_setting("top_p").values == "数字（0 到 1）"


def test_a_transcript_is_english_and_shows_in_chinese(tmp_path: Path, chinese: None):
    transcript = Transcript.create(tmp_path, host={}, about={"model": "demo"})
    settings = Settings().update("/set", {"max_input_tokens": 16, "turns": 3})
    session = Session(ScriptedEngine((("one",), ("two",))), Profile("plain"), settings, transcript)
    long = "a question of many words " * 9

    list(session.ask("What is this about?"))
    list(session.ask("What is that thing about, do you think?"))
    with pytest.raises(BudgetError, match="个词元") as caught:
        list(session.ask(long))
    session.close("exit")

    assert transcript.path is not None
    raw = transcript.path.read_text(encoding="utf-8")
    recorded = [event["message"] for event in map(json.loads, raw.splitlines()) if event["type"] == "error"]
    assert raw.isascii()
    assert len(recorded) == 1
    assert recorded[0].startswith("the question is ")
    assert i18n.in_english(caught.value.message) == recorded[0]


def test_a_dropped_part_is_named_in_chinese_and_recorded_in_english(chinese: None):
    settings = Settings().update("/set", {"max_input_tokens": 16, "turns": 3})
    session = Session(ScriptedEngine((("one", " two", " three"),)), Profile("plain"), settings, NoTranscript())
    list(session.ask("one two three four five six seven"))

    prompt = session.compile("seven six five four three two")

    assert [segment.reason for segment in prompt.segments if not segment.kept] == ["over the budget of 16 tokens"]
    assert loss_lines(prompt) == ["! 超出 16 个词元的预算，已省去：轮次 1"]


def test_an_export_is_chinese_except_json(tmp_path: Path, chinese: None):
    settings = Settings().with_layer("profile x", {"max_input_tokens": 16, "turns": 3, "temperature": 0.5})
    session = Session(ScriptedEngine((("Paris",),)), Profile("plain"), settings, NoTranscript())
    for question in ("one two three four five six seven", "seven six five four three two {"):
        list(session.ask(question))
    story = SessionRecord(conversation=session.conversation)

    text, page, raw = (EXPORTERS[kind](story) for kind in ("txt", "html", "json"))

    for line in ("第 1 轮\n-------", "已省去：轮次 1（超出 16 个词元的预算）", "问题          ", "do_sample 为 false"):
        assert line in text
    assert '<html lang="zh-CN">' in page
    assert not re.search(r">[A-Z]?[a-z]+ [a-z]+ [a-z]+<", re.sub(r'<(\w+)[^>]* lang="".*?</\1>', "", page))
    assert raw.isascii()
    i18n.use_language("en", {})
    assert raw == EXPORTERS["json"](story)


def test_chinese_has_one_form_for_all_numbers(chinese: None):
    assert warning_line(Warned("unk", 1, "{")) == "有 1 个字符不在模型的词表里：{"
    assert warning_line(Warned("unk", 2, "{}")) == "有 2 个字符不在模型的词表里：{ }"
    assert finish_reason("length") == "在 max_new_tokens 处截断"


# README.zh-CN.md


def test_the_chinese_readme_follows_the_english_one():
    """The same headings, code and pictures, in the same order; tests/cli/test_documents.py compares the sessions."""
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))

    def skeleton(text: str) -> list[str]:
        patterns = [r"^#+ ", r"^```.*$", r"^make \w+", r"^\.venv\S+ \S+ \S+", r"\(docs/\w+\.svg\)"]
        kept = re.findall("|".join(patterns), text, re.MULTILINE)
        return [line.strip() for line in kept]

    assert skeleton(chinese) == skeleton(english)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "没有这个文件或文件夹"),
        (errno.EACCES, "权限不足"),
        (errno.EISDIR, "这是一个文件夹"),
        (errno.ENOSPC, "磁盘空间不足"),
        (errno.ECONNREFUSED, "连接被拒绝"),
        (errno.ETIMEDOUT, "连接超时"),
        (errno.EXDEV, os.strerror(errno.EXDEV)),  # a rare one stays in the system's words
    ],
)
def test_the_systems_common_errors_are_chinese_and_are_recorded_in_english(number: int, words: str):
    error = OSError(number, os.strerror(number), "/a")
    i18n.use_language("zh", {})
    shown, message = reason(error), failed("/a", error)
    i18n.use_language("en", {})

    assert (shown, message) == (words, f"/a：{words}")
    assert i18n.in_english(message) == f"/a: {os.strerror(number)}"
    assert reason(error) == os.strerror(number)
    assert (
        reason(OSError(number, "expected a regular file, found a folder")) == "expected a regular file, found a folder"
    )
