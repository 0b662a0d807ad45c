"""The settings, each declared once with type, range, default and help. Knows no file, no screen and no model.

Profile and configuration files, `/set`, `-o NAME=VALUE`, completion, the request to the engine and the table in
docs/profiles.md all follow from the declaration in SETTINGS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.base.i18n import N_, _, join_list
from flanchat.base.wording import did_you_mean, shortened, with_hint
from flanchat.engine.events import Decoding
from flanchat.prompting.setting import Setting, Value

ORIGINS = ("recorded", "config", "profile", "environment", "flag", "/set", "once")
"""Where a value can come from, the weakest first. Only the first word of an origin counts, as in "profile qa"."""

_NO_SAMPLING = {"decode.temperature": 0.0, "decode.top_k": 0, "decode.top_p": 1.0, "decode.seed": None}
"""What only matters when tokens are sampled, each with the value that asks for no sampling."""

VOTE_TEMPERATURE = 0.7
"""At which greedy settings vote, since greedy answers would all be the same: that of Wang et al. 2022,
arXiv 2203.11171, section 3.1."""


DEVICE = Setting(
    "device", "choice", None, N_("device of the model"),
    choices=("auto", "npu", "cuda", "mps", "cpu"), numbered=("npu", "cuda"), optional=True,
)  # fmt: skip
"""Used by configuration, profiles, /device and --device. Not in SETTINGS: it belongs to the model, not a question."""

SETTINGS: tuple[Setting, ...] = (
    Setting("history.turns", "int", 0, N_("earlier turns in the prompt; T5 expects none"), minimum=0,
            maximum=1000),
    Setting("history.format", "choice", "qa", N_("form of an earlier turn"), choices=("qa", "dialog", "labels")),
    Setting("history.include_partial", "bool", False, N_("include interrupted answers in the history")),
    Setting("budget.max_input_tokens", "int", 512, N_("longest prompt, in tokens"), minimum=16, maximum=2048),
    Setting(
        "budget.on_overflow", "choice", "drop",
        N_("what to do with turns and shots that do not fit"),
        choices=("drop", "ask", "refuse"),
    ),
    Setting(
        "budget.truncate", "choice", "off",
        N_("part of a question that is cut when it does not fit; off refuses the question"),
        choices=("off", "end", "middle", "start"),
    ),
    Setting("decode.max_new_tokens", "int", 128, N_("longest answer, in tokens"), minimum=1, maximum=1024),
    Setting("decode.min_new_tokens", "int", 0, N_("shortest answer, in tokens"), minimum=0, maximum=1024),
    Setting("decode.do_sample", "bool", False, N_("sample tokens; false takes the likeliest (greedy)")),
    Setting("decode.temperature", "float", 1.0, N_("above 1 bolder, below 1 safer, 0 is greedy"), minimum=0, maximum=5),
    Setting("decode.top_k", "int", 0, N_("sample from the k likeliest; 0 is off"), minimum=0, maximum=1_000_000),
    Setting("decode.top_p", "float", 1.0, N_("sample from the likeliest up to sum p; 1 is off"), minimum=0, maximum=1),
    Setting("decode.num_beams", "int", 1, N_("beams of beam search, which does not stream"), minimum=1,
            maximum=16),
    Setting("decode.n_best", "int", 1, N_("best answers of a beam search to keep; num_beams is at least as high"),
            minimum=1, maximum=16),
    Setting("decode.vote", "int", 1, N_("sampled answers of which the most frequent one wins; 1 is off"), minimum=1,
            maximum=64),
    Setting("decode.length_penalty", "float", 1.0, N_("a positive value favours long answers, with beams"), minimum=-5,
            maximum=5),
    Setting("decode.no_repeat_ngram_size", "int", 0, N_("no n-gram occurs twice; 0 is off"), minimum=0, maximum=1024),
    Setting("decode.repetition_penalty", "float", 1.0, N_("above 1 repeats less; 1 is off"), minimum=0.5, maximum=3),
    Setting(
        "decode.seed", "int", None, N_("seed of sampling; null draws and records a new one for each answer"),
        minimum=0, maximum=2**32 - 1, optional=True,
    ),
    Setting("decode.stop", "texts", (), N_("the answer ends before the first of these texts")),
    Setting(
        "decode.speculate", "choice", "auto",
        N_("auto computes copied text several tokens at a time; the answer is the same"),
        choices=("auto", "off"),
    ),
    Setting("post.strip", "bool", True, N_("remove blanks around the answer")),
    Setting(
        "post.answer_regex", "text", None, N_("its first group is the short answer; the whole text is still shown"),
        optional=True,
    ),
    Setting(
        "post.choose", "choice", "sum",
        N_("how choices are ranked, by their log-probabilities; free generates text instead"),
        choices=("sum", "mean", "calibrated", "free"),
    ),
    Setting("display.probs", "bool", False, N_("show the probability of each token")),
)  # fmt: skip

BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
BY_SHORT: Mapping[str, Setting] = {setting.short: setting for setting in SETTINGS}


_OTHER_SPELLINGS = {
    "temp": "temperature", "max_tokens": "max_new_tokens", "num_predict": "max_new_tokens",
    "repeat_penalty": "repetition_penalty",
}  # fmt: skip
"""Names of other tools, for what is typed. Files have one name for each setting."""


def known_setting(name: str) -> Setting | None:
    """Return the setting with this long or short name, or another tool's name of it; None when there is none."""
    return BY_NAME.get(name) or BY_SHORT.get(_OTHER_SPELLINGS.get(name, name))


def find_setting(name: str) -> Setting:
    """Do what `known_setting` does, but raise UsageError when there is none.

    >>> find_setting("top_p").name
    'decode.top_p'
    """
    setting = known_setting(name)
    if setting is None:
        hint = did_you_mean(name, BY_NAME if "." in name else BY_SHORT)
        raise UsageError(with_hint(_("unknown setting {name}").format(name=shortened(name)), hint))
    return setting


@dataclass(frozen=True, slots=True)
class Settings:
    """The current values: layers over the defaults, the strongest last. All values in layers are checked.

    Whoever gives a temperature above 0, top_k, top_p or a seed with a question wants to see it: in the layers "flag",
    "/set" and "once" they turn sampling on, unless that layer or a stronger one has do_sample. A file must write
    do_sample itself.

    >>> settings = Settings().with_layer("profile qa", {"decode.do_sample": True}).update("/set", {"top_p": 0.9})
    >>> settings.value("top_p"), settings.origin("top_p"), settings.origin("do_sample"), settings.origin("top_k")
    (0.9, '/set', 'profile qa', 'default')
    >>> Settings().with_layer("once", {"temperature": 0.7}).value("do_sample")
    True
    """

    layers: tuple[tuple[str, Mapping[str, Value]], ...] = ()

    def value(self, name: str) -> Any:
        """Return the current value."""
        setting = find_setting(name)
        if setting.name == "decode.do_sample":
            return self._sampling()[1]
        if setting.name == "decode.num_beams":
            return max(self._given(setting)[1], self._given(find_setting("n_best"))[1])
        return self._given(setting)[1]

    def origin(self, name: str) -> str:
        """Return the layer that the current value comes from, or "default"."""
        setting = find_setting(name)
        if setting.name == "decode.do_sample":
            return self._sampling()[0]
        if setting.name == "decode.num_beams" and self._given(setting)[1] < self.value("n_best"):
            return self.origin("n_best")
        return self._given(setting)[0]

    @property
    def candidates(self) -> int:
        """How many answers are generated, of which one becomes the answer."""
        return max(int(self.value("n_best")), int(self.value("vote")))

    @property
    def votes_though_greedy(self) -> bool:
        """Whether answers are sampled for a vote only, at VOTE_TEMPERATURE."""
        return bool(self.value("vote") > 1) and not self._plain_decoding(0).samples

    def with_layer(self, origin: str, values: Mapping[str, Any]) -> Settings:
        """Replace the layer of this rank: the values of a profile replace those of the previous profile.

        Layers rank as in ORIGINS, whatever the order they are added in. Raises UsageError for invalid or conflicting
        values.
        """
        checked = {find_setting(name).name: find_setting(name).check(value) for name, value in values.items()}
        others = [layer for layer in self.layers if _rank(layer[0]) != _rank(origin)]
        layers = [*others, (origin, checked)] if checked else others
        changed = Settings(tuple(sorted(layers, key=lambda layer: _rank(layer[0]))))
        changed._refuse_conflicts()
        return changed

    def update(self, origin: str, values: Mapping[str, Any]) -> Settings:
        """Add values to the layer of this rank."""
        return self.with_layer(origin, {**self._layer(origin), **{find_setting(k).name: v for k, v in values.items()}})

    def unset(self, name: str, origin: str = "/set") -> Settings:
        """Remove a value from a layer, so that the one of a weaker layer or the default applies again."""
        full = find_setting(name).name
        return self.with_layer(origin, {key: value for key, value in self._layer(origin).items() if key != full})

    def restored(self, recorded: Settings) -> Settings:
        """Set the values of an earlier answer as if by /set. Flags and the seed keep theirs."""
        base = self.with_layer("/set", {})
        kept = {"decode.seed", *(name for name in BY_NAME if base.origin(name) == "flag")}
        values = {name: value for name, value in recorded.as_dict().items() if name not in kept}
        sample = {name: values.pop(name) for name in ("decode.do_sample",) if name in values}
        made = base.with_layer("/set", {name: value for name, value in values.items() if base.value(name) != value})
        # a temperature that had no effect then has none now, though it comes from another layer
        return made.update("/set", {name: value for name, value in sample.items() if made.value(name) != value})

    def decoding(self, seed: int) -> Decoding:
        """Return the decoding of the next answer. seed: used when decode.seed is null."""
        decoding = self._plain_decoding(seed)
        if self.value("vote") > 1 and not decoding.samples:
            return replace(decoding, do_sample=True, temperature=VOTE_TEMPERATURE, top_k=0, top_p=1.0)
        return decoding

    def as_dict(self) -> dict[str, Value]:
        """Return the current value of every setting, by long name."""
        return {setting.name: self.value(setting.name) for setting in SETTINGS}

    def changed(self) -> dict[str, Value]:
        """Return the current values that do not come from the profile or the defaults, by long name."""
        own = [values for origin, values in self.layers if _rank(origin) != _rank("profile")]
        return {
            name: self.value(name) for values in own for name in values if _rank(self.origin(name)) != _rank("profile")
        }

    def sampled_for(self) -> tuple[str, ...]:
        """Return the settings that turned sampling on by being given, by short name; () when do_sample decides."""
        return self._sampling()[2]

    def ineffective(self, *, choices: bool, scored: bool = False) -> dict[str, str]:
        """Return the settings that are changed but have no effect now, with the reason as a sentence.

        choices: the answer is chosen, not generated. scored: neither; given texts are scored.

        >>> Settings().with_layer("profile x", {"temperature": 0.7}).ineffective(choices=False)
        {'decode.temperature': 'temperature has no effect while do_sample is false'}
        """
        reasons: dict[str, str] = {}
        sampling = ("temperature", "top_k", "top_p", "seed")
        if self.value("temperature") == 0:
            reasons |= dict.fromkeys(("do_sample", *sampling[1:]), _("temperature is 0, which means greedy"))
            if self.sampled_for():  # nobody wrote do_sample
                del reasons["do_sample"]
        elif not self.value("do_sample"):
            beams = self.value("num_beams") > 1
            reasons |= dict.fromkeys(sampling, _("num_beams is above 1") if beams else _("do_sample is false"))
        if self.value("vote") > 1:
            reasons.pop("seed", None)
        if self.value("num_beams") == 1:
            reasons["length_penalty"] = _("num_beams is 1")
        else:
            reasons["speculate"] = _("num_beams is above 1")
        if choices or scored:
            why = _("given texts are scored") if scored else _("the answer is one of the choices")
            groups = ("decode", "post") if scored else ("decode",)
            generating = (setting.short for setting in SETTINGS if setting.group in groups)
            reasons |= dict.fromkeys(generating, why)
        elif self.value("choose") != "free":
            reasons["choose"] = _("there are no choices")
        if self.value("turns") == 0:
            reasons |= dict.fromkeys(("format", "include_partial"), _("turns is 0"))
        changed = [find_setting(name) for name in reasons if self.value(name) != find_setting(name).default]
        if (choices or scored) and self.sampled_for():
            changed = [setting for setting in changed if setting.short != "do_sample"]
        return {
            s.name: _("{name} has no effect while {reason}").format(name=s.short, reason=reasons[s.short])
            for s in changed
        }

    def _plain_decoding(self, seed: int) -> Decoding:
        """As `decoding`, but for what a vote changes."""
        known = {field.name for field in fields(Decoding)}
        decode = (setting for setting in SETTINGS if setting.group == "decode" and setting.short in known)
        values: dict[str, Any] = {setting.short: self.value(setting.name) for setting in decode}
        if values["seed"] is None:
            values["seed"] = seed
        return Decoding(**values)

    def _given(self, setting: Setting) -> tuple[str, Any]:
        """The layer that has the setting's own value, and that value."""
        for origin, values in reversed(self.layers):
            if setting.name in values:
                return origin, values[setting.name]
        return "default", setting.default

    def _sampling(self) -> tuple[str, bool, tuple[str, ...]]:
        """Origin and value of do_sample, and the settings that imply it, by short name."""
        implied: tuple[str, bool, tuple[str, ...]] | None = None
        for origin, values in reversed(self.layers):
            if "decode.do_sample" in values:
                if implied is None or values["decode.do_sample"]:  # what is written wins where both say the same
                    return origin, bool(values["decode.do_sample"]), ()
                break
            if implied is None and _rank(origin) >= _rank("flag"):
                votes = {"decode.seed"} if self.value("vote") > 1 else set()  # which needs a seed in any case
                given = (name for name, off in _NO_SAMPLING.items() if values.get(name, off) != off)
                given = (name for name in given if name not in votes)
                if implying := tuple(find_setting(name).short for name in given):
                    searches = self.value("num_beams") > 1  # which cannot sample
                    implied = (self.origin("num_beams"), False, ()) if searches else (origin, True, implying)
        return implied or ("default", False, ())

    def _layer(self, origin: str) -> Mapping[str, Value]:
        return next((values for name, values in self.layers if _rank(name) == _rank(origin)), {})

    def _refuse_conflicts(self) -> None:
        beams, votes = self.value("num_beams"), self.value("vote")
        if beams > 1 and self.value("do_sample"):
            problem = _(
                "decode.num_beams: {beams} beams ({beams_from}) cannot sample, and do_sample is true "
                "({sample_from}). Set num_beams to 1 or do_sample to false."
            )
        elif votes > 1 and beams > 1:
            problem = _(
                "decode.vote: {votes} answers ({votes_from}) are sampled, and {beams} beams ({beams_from}) cannot "
                "sample. Set vote to 1, or num_beams and n_best."
            )
        elif self.value("min_new_tokens") > self.value("max_new_tokens"):
            problem = _(
                "decode.min_new_tokens: {low} ({low_from}) is more than max_new_tokens, {high} "
                "({high_from}). Lower one or raise the other."
            )
        else:
            return
        named = {"beams": "num_beams", "votes": "vote", "sample": "do_sample", "low": "min_new_tokens"}
        named["high"] = "max_new_tokens"
        values = {word: self.value(name) for word, name in named.items()}
        origins = {f"{word}_from": describe_origin(self.origin(name)) for word, name in named.items()}
        raise UsageError(problem.format(**values, **origins))


def sampling_note(names: Iterable[str]) -> str:
    """Return the note that settings turned sampling on."""
    return _("sampled, because of {names}; do_sample=false is greedy").format(names=join_list(names))


def greedy_vote_note() -> str:
    """Return the note that greedy settings vote with sampled answers."""
    return _("votes at temperature {temperature}, because the settings are greedy").format(temperature=VOTE_TEMPERATURE)


def same_rank(origin: str, other: str) -> bool:
    """Whether two origins are the same layer, as "profile qa" and "profile" are."""
    return _rank(origin) == _rank(other)


def split_pairs(typed: str) -> list[tuple[str, str]]:
    """Split any number of `NAME=VALUE` or `NAME VALUE` into pairs. A text after its NAME takes the rest.

    >>> split_pairs("top_k 40 seed 1"), split_pairs("top_p=0.9 do_sample=true"), split_pairs("stop top_k 40")
    ([('top_k', '40'), ('seed', '1')], [('top_p', '0.9'), ('do_sample', 'true')], [('stop', 'top_k 40')])
    """
    starts = list(re.finditer(r"(?:^|\s)([a-z_.]+)\s*=\s*", typed))
    if starts and starts[0].start() == 0:
        ends = [found.start() for found in starts[1:]] + [len(typed)]
        return [(found[1], typed[found.end() : end].strip()) for found, end in zip(starts, ends, strict=True)]
    words = typed.split()
    pairs = list(zip(words[::2], words[1::2], strict=False))
    if len(words) > 2 and len(words) % 2 == 0 and all(_is_one_word(name) for name, __ in pairs):
        return pairs
    name, __, value = typed.partition(" ")
    if not value.strip():
        find_setting(name)
        raise UsageError(
            _("{name} needs a value: {name}=VALUE. /show settings lists the current values.").format(name=name)
        )
    return [(name, value.strip())]


def _is_one_word(name: str) -> bool:
    """Whether a name is that of a setting whose value has no blanks."""
    setting = known_setting(name)
    return setting is not None and setting.kind not in ("text", "texts")


def parse_settings(pairs: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """Parse typed values, as (name, text), into values by long name. Raises UsageError."""
    values: dict[str, Value] = {}
    for name, text in pairs:
        setting = find_setting(name)
        if setting.name in values:
            raise given_twice(setting.short, setting.format(values[setting.name]), text)
        values[setting.name] = setting.parse(text)
    return values


def given_twice(name: str, first: str, second: str) -> UsageError:
    """The error of a setting or variable with two values, of which the last would be taken in silence."""
    return UsageError(
        _("{name} is given twice, as {first} and as {second}; give it once").format(
            name=name, first=first, second=second
        )
    )


def describe_origin(origin: str) -> str:
    """Return an origin for display. The origin itself is recorded and therefore English."""
    rank, blank, name = origin.partition(" ")
    return f"{_(_ORIGIN_NAMES.get(rank, rank))}{blank}{name}"


_ORIGIN_NAMES = {
    "config": N_("config"),
    "profile": N_("profile"),
    "environment": N_("environment"),
    "flag": N_("flag"),
    "once": N_("once"),
    "default": N_("default"),
}


def unknown_field(name: str, known: Iterable[str]) -> str:
    """Return the message about an unknown field in a file: where a setting belongs, or the nearest name."""
    setting = BY_NAME.get(name) or BY_SHORT.get(name)
    if setting:
        return f"unknown field here. Write {setting.short} below {setting.group}."
    return "unknown field." + (did_you_mean(name, known) or " Known: " + ", ".join(known))


def _rank(origin: str) -> int:
    return ORIGINS.index(origin.partition(" ")[0]) if origin != "default" else -1
