"""flanchat: a terminal where people experiment with Flan-T5, and a Python interface to it (docs/python.md).

`import flanchat` loads nothing: each public name is imported when it is first used. `__init__.pyi` declares them.
"""

__version__ = "0.1.0"

_WHERE = {
    "load": "flanchat.api.loading",
    "pipeline": "flanchat.api.pipeline",
    "compare": "flanchat.api.comparing",
    "Model": "flanchat.api.model",
    "Stream": "flanchat.api.stream",
    "Answer": "flanchat.api.results",
    "Answers": "flanchat.api.results",
    "Score": "flanchat.api.results",
    "Scores": "flanchat.api.results",
    "Grid": "flanchat.api.results",
    "Cell": "flanchat.api.results",
    "Tokens": "flanchat.api.results",
    "Why": "flanchat.api.reasons",
    "Effect": "flanchat.api.reasons",
    "ModelDiff": "flanchat.api.comparing",
    "PromptDiff": "flanchat.experiments.model_diff",
    "TokenDiff": "flanchat.experiments.model_diff",
    "Interrupted": "flanchat.api.interrupted",
    "FlanchatWarning": "flanchat.api.interrupted",
    "FlanchatError": "flanchat.base.errors",
    "UsageError": "flanchat.base.errors",
    "ProfileError": "flanchat.base.errors",
    "BudgetError": "flanchat.base.errors",
    "ModelError": "flanchat.base.errors",
    "DeviceError": "flanchat.base.errors",
    "EngineError": "flanchat.base.errors",
    "StorageError": "flanchat.base.errors",
    "Started": "flanchat.engine.events",
    "Delta": "flanchat.engine.events",
    "Withdrawn": "flanchat.engine.events",
    "Finished": "flanchat.engine.events",
    "Token": "flanchat.engine.events",
    "Alternative": "flanchat.engine.events",
    "Piece": "flanchat.engine.events",
    "Measured": "flanchat.engine.events",
    "Warned": "flanchat.engine.events",
    "Prompt": "flanchat.prompting.prompt",
    "Segment": "flanchat.prompting.prompt",
    "Profile": "flanchat.prompting.profile",
    "Shot": "flanchat.prompting.shots",
    "Variable": "flanchat.prompting.profile",
    "Timing": "flanchat.sessions.answer",
    "ScoredChoice": "flanchat.sessions.choices",
    "ModelCard": "flanchat.engine.protocol",
}

__all__ = ["__version__", *_WHERE]  # noqa: PLE0604 - all of them are texts


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_WHERE[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
