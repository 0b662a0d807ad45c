"""A card: answers with all that is needed to make them again, as one JSON object. Opens no file and no model.

What many answers share (profiles, settings, prompts, model, engine) stands in tables, once, and the answers hold the
numbers of its rows. Weights are named by their checksum.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from flanchat import __version__
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.json_rows import json_text
from flanchat.experiments.tally import Tally
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import find_setting
from flanchat.sessions.answer import COMPLETE
from flanchat.sessions.choices import ScoredChoice, calibrated, shared
from flanchat.sessions.serialization import choose_record, export_record
from flanchat.sessions.session_record import SessionRecord, read_session

FORMAT, VERSION = "flanchat-card", 1

JsonObject: TypeAlias = Mapping[str, Any]
Kind = Literal["session", "sweep"]

_TABLES = ("profiles", "settings", "prompts", "models", "engines", "choices", "templates")
_DIGITS = 9  # tell all float32 numbers apart


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it was read. record: its answers as a session. is_edited: it is not as flanchat wrote it."""

    kind: Kind
    record: SessionRecord
    is_edited: bool


def session_card(record: SessionRecord) -> dict[str, Any]:
    """The card of a session: the complete answers of all its branches. Raises UsageError when there is none."""
    tables = _Tables()
    answers: list[dict[str, Any]] = []
    for answer in record.conversation.answers.values():
        if answer.finish not in COMPLETE or answer.card is None:
            continue
        setup = record.setups.get(answer.id)
        profile: dict[str, Any] = {"name": answer.profile, "sha256": "", "content": None}
        if setup is not None:
            profile |= {"sha256": setup.profile.sha256, "content": setup.profile.as_dict()}
        exported = export_record(answer)
        about: dict[str, Any] = {"id": answer.id, "before": answer.previous_id, "asked": answer.question_id}
        if forced := record.forced.get(answer.id):
            about["forced"] = forced
        if setup is not None and setup.variables:
            about["variables"] = dict(setup.variables)
        answers.append(about | _packed(tables, exported, profile, exported["prompt"]))
    if not answers and record.grids:
        raise UsageError(
            _("nothing to put on a card: the cells of a grid are not put on it; /pick makes one of them an answer")
        )
    if not answers:
        raise UsageError(_("nothing to put on a card: there is no complete answer"))
    return _card("session", record.name or record.session, tables, answers, {})


def sweep_card(name: str, lines: Sequence[JsonObject], profiles: Mapping[str, Profile]) -> dict[str, Any]:
    """The card of a sweep's lines. profiles: by their checksum, as far as they are known.

    Raises UsageError when there is none.
    """
    if not lines:
        raise UsageError(_("nothing to put on a card: there is no complete answer"))
    tables = _Tables()
    answers = []
    arms: dict[str, tuple[dict[str, Any], Tally]] = {}
    rows = max(line["row"] for line in lines)
    for line in sorted(lines, key=lambda line: (line["row"], line["profile"]["name"], json.dumps(line["varied"]))):
        known = profiles.get(line["profile"]["sha256"])
        profile = {**line["profile"], "content": known and known.as_dict()}
        prompt = {
            "text": line["prompt"],
            "n_tokens": line["usage"]["prompt_tokens"],
            "ids_sha256": line["ids_sha256"],
        }
        varied = [f"{name}={find_setting(name).format(value)}" for name, value in line["varied"].items()]
        about = {"id": " ".join([str(line["row"]), line["profile"]["name"], *varied])}
        about |= {key: line[key] for key in ("variables", "targets") if line.get(key)}
        answers.append(about | _packed(tables, line, profile, prompt))
        arm = {"profile": line["profile"]["name"], "varied": dict(line["varied"])}
        arms.setdefault(json.dumps(arm), (arm, Tally(rows)))[1].add(line)
    statistics = {"arms": [{**arm, **tally.as_dict()} for arm, tally in arms.values()]}
    return _card("sweep", name, tables, answers, statistics)


def card_text(card: JsonObject) -> str:
    """A card as the text of its file: one row of a table or one answer on each line."""
    parts = []
    for name, value in card.items():
        rows = ",\n".join(map(_dump, value)) if isinstance(value, list) else ""
        parts.append(f'"{name}":' + (f"[\n{rows}\n]" if rows else _dump(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read_card(text: str | bytes) -> Card:
    """Read a card back. Raises UsageError for anything else, and for a card of a later version."""
    try:
        card = json.loads(text)
    except (ValueError, RecursionError):
        card = None
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise UsageError(_("is not a card; flanchat card SWEEP_OR_SESSION -o FILE makes one"))
    if card.get("version") != VERSION:
        raise UsageError(
            _("is a card of version {found}, made by flanchat {maker}; this flanchat reads version {known}").format(
                found=card.get("version"), maker=card.get("flanchat"), known=VERSION
            )
        )
    try:
        record = read_session(list(_events(card)))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(_("is a damaged card; get it again")) from error
    return Card(card["kind"], record, is_edited=card.get("sha256") != _sha256(card))


class _Tables:
    """Rows that answers share, each once."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {name: [] for name in _TABLES}
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, table: str, row: object) -> int:
        """The number of a row, which is added if it is new."""
        key = table, _dump(row)
        if key not in self._numbers:
            self._numbers[key] = len(self.rows[table])
            self.rows[table].append(row)
        return self._numbers[key]


def _card(
    kind: Kind, source: str, tables: _Tables, answers: list[dict[str, Any]], statistics: dict[str, Any]
) -> dict[str, Any]:
    logprobs = [lp for answer in answers for lp in answer["lps"] if lp is not None]
    statistics = {
        "answers": len(answers),
        "tokens": len(logprobs),
        "mean_lp": math.fsum(logprobs) / len(logprobs) if logprobs else None,
        **statistics,
    }
    card = {
        "format": FORMAT,
        "version": VERSION,
        "flanchat": __version__,
        "kind": kind,
        "source": source,
        **tables.rows,
        "answers": answers,
        "statistics": statistics,
    }
    return {**card, "sha256": _sha256(card)}


def _packed(tables: _Tables, record: JsonObject, profile: object, prompt: JsonObject) -> dict[str, Any]:
    """The record of an answer, as a transcript or a sweep has it, without what another run changes or tables hold."""
    # the seed of an answer stands beside its settings, where it would make those of each row of a sweep differ
    settings = {name: value for name, value in record["settings"].items() if name != "decode.seed"}
    of_this_run = ("batch", "fewest_threads", "why")
    engine = {name: value for name, value in record["engine"].items() if name not in of_this_run}
    packed: dict[str, Any] = {
        "question": record["question"],
        "prompt": tables.number("prompts", {name: prompt[name] for name in ("text", "n_tokens", "ids_sha256")}),
        "profile": tables.number("profiles", profile),
        "settings": tables.number("settings", settings),
        "model": tables.number("models", record["model"]),
        "engine": tables.number("engines", engine),
        "batch": record["engine"]["batch"],
        "seed": record["seed"],
        "text": record["text"],
        "finish": record["finish"],
        **{name: record[name] for name in ("short", "continues", "picked") if record.get(name)},
        "end_lp": _rounded(record["conf"]["end_lp"]),
        "ids": [token["id"] for token in record["tok"]],
        "lps": [_rounded(token["lp"]) for token in record["tok"]],
    }
    if choices := record.get("choices"):
        texts = [
            {name: choice[name] for name in ("text", "tokens", "unknown", "same_as") if name in choice}
            for choice in choices
        ]
        packed["choices"] = tables.number("choices", texts)
        packed["choice_lps"] = [_rounded(choice["sum_lp"]) for choice in choices]
        if all("template_lp" in choice for choice in choices):
            under = [{free: _rounded(lp) for free, lp in choice["template_lp"].items()} for choice in choices]
            packed["template"] = tables.number("templates", under)
    return packed


def _events(card: JsonObject) -> Iterator[dict[str, Any]]:
    """The answers of a card as the events of a transcript."""
    yield {"type": "session.start", "id": "", "name": card["source"], "app_version": card["flanchat"]}
    asked: set[str] = set()
    profile = None
    for answer in card["answers"]:
        if answer["profile"] != profile:
            profile = answer["profile"]
            yield {"type": "profile.use", "id": "", **card["profiles"][profile]}
        question_id = answer.get("asked") or f"{answer['id']}?"
        if question_id not in asked:
            asked.add(question_id)
            before, variables = answer.get("before"), answer.get("variables", {})
            yield {"type": "user", "id": question_id, "parent": before, "text": answer["question"], "vars": variables}
        yield {"type": "prompt", "id": "", "parent": question_id, **card["prompts"][answer["prompt"]]}
        tokens = zip(answer["ids"], answer["lps"], strict=True)
        yield {
            "type": "answer",
            "parent": question_id,
            **{name: answer.get(name) for name in ("id", "seed", "text", "short", "finish", "continues")},
            "settings": card["settings"][answer["settings"]],
            "model": card["models"][answer["model"]],
            "engine": {**card["engines"][answer["engine"]], "batch": answer["batch"]},
            "conf": {"end_lp": answer["end_lp"]},
            "tok": [{"id": id, "s": "", "lp": lp} for id, lp in tokens],
            "from": {"token": answer.get("forced", 0)},
            "picked": {"candidate": answer.get("picked", 0)},
        }
        if "choices" in answer:
            texts = zip(card["choices"][answer["choices"]], answer["choice_lps"], strict=True)
            scored = shared([ScoredChoice(sum_logprob=lp, **choice) for choice, lp in texts])
            if "template" in answer:
                scored = calibrated(scored, card["templates"][answer["template"]])
            yield {"type": "choose", "id": "", "answer": answer["id"], **choose_record(scored)}


def _rounded(logprob: object) -> float | None:
    """A log-probability with as many digits as float32 has; None for none."""
    return float(f"{logprob:.{_DIGITS}g}") if isinstance(logprob, float | int) and math.isfinite(logprob) else None


def _sha256(card: JsonObject) -> str:
    """Of all but the checksum itself."""
    rest = {name: value for name, value in card.items() if name != "sha256"}
    return hashlib.sha256(json_text(rest, sort_keys=True).encode()).hexdigest()


def _dump(value: object) -> str:
    return json_text(value, separators=(",", ":"))
