"""What each setting does, at length and with an example: /help NAME, `flanchat help NAME` and docs/profiles.md."""

from __future__ import annotations

from collections.abc import Mapping

from flanchat.base.i18n import N_, _
from flanchat.prompting.setting import Setting
from flanchat.prompting.settings import Settings, describe_origin

EXPLANATIONS: Mapping[str, tuple[str, str]] = {
    "history.turns": (
        N_(
            "Puts the last N questions and answers before each new one. Flan-T5 was trained on single tasks, so that "
            "more than two often make its answers worse. The bar says how many are sent."
        ),
        "2",
    ),
    "history.format": (
        N_("Writes an earlier turn as the template qa does, as dialog does, or with the profile's own labels."),
        "dialog",
    ),
    "history.include_partial": (
        N_("Sends answers that were interrupted or failed, too. The model tends to copy their broken end."),
        "true",
    ),
    "budget.max_input_tokens": (
        N_(
            "The prompt has at most this many tokens, the end token included; on_overflow says what happens to the "
            "rest. T5 was trained with 512 and reads more, though less well."
        ),
        "1024",
    ),
    "budget.on_overflow": (
        N_(
            "drop leaves out the oldest turns first, then shots, and says so; ask asks before it does; refuse sends "
            "nothing. The instruction and the question are never dropped."
        ),
        "refuse",
    ),
    "budget.truncate": (
        N_(
            "end, middle or start is the part of a question that is cut when nothing else can be left out; off refuses "
            "the question. Instruction, template, variables and shots are never cut."
        ),
        "end",
    ),
    "decode.max_new_tokens": (
        N_("The answer is cut there and says so; /continue goes on. An English word has about 1.3 tokens."),
        "40",
    ),
    "decode.min_new_tokens": (
        N_("The answer cannot end before this many tokens. Where the model had nothing more to say it rambles."),
        "20",
    ),
    "decode.do_sample": (
        N_(
            "true draws each token by its probability, as temperature, top_k and top_p shape it. false takes the "
            "likeliest each time: the same prompt gives the same answer."
        ),
        "true",
    ),
    "decode.temperature": (
        N_(
            "Divides the model's scores before a token is drawn: below 1 likely tokens become likelier still, above 1 "
            "unlikely ones get a chance. Given with a question or by /set, it turns sampling on."
        ),
        "0.7",
    ),
    "decode.top_k": (
        N_(
            "Each token is drawn from the k likeliest; the others cannot come. Given with a question or by /set, it "
            "turns sampling on."
        ),
        "40",
    ),
    "decode.top_p": (
        N_(
            "Each token is drawn from the likeliest that have this probability together, so from few where the model "
            "is sure and from many where it is not. Given with a question or by /set, it turns sampling on."
        ),
        "0.9",
    ),
    "decode.num_beams": (
        N_(
            "Follows this many answers side by side and takes the likeliest as a whole, which greedy decoding can "
            "miss. It takes as many times the work, shows the answer only when it is complete, and never samples."
        ),
        "4",
    ),
    "decode.n_best": (
        N_(
            "Lists this many of the best answers of a beam search, each with its probability, and raises num_beams to "
            "as many; /pick takes another one."
        ),
        "3",
    ),
    "decode.vote": (
        N_(
            "Samples this many answers as one batch; the most frequent short answer wins, and its share is shown. "
            "Greedy settings vote at temperature 0.7. It helps most where the model reasons before it answers."
        ),
        "8",
    ),
    "decode.length_penalty": (
        N_("Divides a beam's log-probability by its length to this power: above 0 longer answers win more often."),
        "2",
    ),
    "decode.no_repeat_ngram_size": (
        N_("No sequence of this many tokens comes twice in an answer. 3 ends most loops; names come once only, too."),
        "3",
    ),
    "decode.repetition_penalty": (
        N_("Makes tokens that the answer already has less likely. 1.1 to 1.3 ends loops; more makes answers odd."),
        "1.2",
    ),
    "decode.seed": (
        N_(
            "The same seed, prompt and settings give the same sampled answer; the seed stands below each one. Given "
            "with a question or by /set, it turns sampling on."
        ),
        "4",
    ),
    "decode.stop": (
        N_("The text itself is no part of the answer. \\n is a line break; a JSON list holds several texts."),
        "Q:",
    ),
    "decode.speculate": (
        N_("Answers that copy from their prompt come faster. off is for measuring what that saves."),
        "off",
    ),
    "post.strip": (
        N_("Blanks and line breaks at both ends of an answer are removed; false keeps them."),
        "false",
    ),
    "post.answer_regex": (
        N_("The short answer is shown below the whole one and recorded, and metrics compare it with the target."),
        r"answer is (\d+)",
    ),
    "post.choose": (
        N_(
            "sum is the probability of exactly this answer and favours short choices; mean favours long ones, and is "
            "for choices of very different lengths; calibrated leaves out what the template alone prefers."
        ),
        "mean",
    ),
    "display.probs": (
        N_("Shows after each answer what /probs shows."),
        "true",
    ),
}
"""What it does beyond its `help`, and a value to try; by long name."""


def explain_setting(setting: Setting, settings: Settings | None = None) -> str:
    """A setting in a few lines. settings: those in force, to say the value it has now."""
    import shlex

    about, example = EXPLANATIONS[setting.name]
    values = _("Values: {values}. Default: {default}.").format(
        values=setting.values, default=setting.format(setting.default)
    )
    lines = [f"{setting.name}: {_(setting.help)}", _(about), values]
    if settings is not None:
        lines[-1] = _("{values} Now: {value} (from {origin}).").format(
            values=values,
            value=setting.format(settings.value(setting.name)),
            origin=describe_origin(settings.origin(setting.name)),
        )
    if idle := idle_reason(setting):
        lines.append(_("Alone, {reason}.").format(reason=idle))
    lines.append(
        _("Example: /set {pair} for a chat, /regen {pair} for one answer, -o {typed} on the command line.").format(
            pair=f"{setting.short}={example}", typed=shlex.quote(f"{setting.short}={example}")
        )
    )
    return "\n".join(lines)


def idle_reason(setting: Setting) -> str:
    """Why a profile that sets nothing else sets this in vain; "" where it has an effect."""
    __, example = EXPLANATIONS[setting.name]
    alone = Settings().with_layer("profile", {setting.name: setting.parse(example)})
    return alone.ineffective(choices=False).get(setting.name, "")
