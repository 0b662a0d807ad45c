"""What decides how a question is asked: a profile, settings and variables. Knows neither model nor terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange, Measure, Prompt, compile_prompt
from flanchat.prompting.settings import Settings


@dataclass(frozen=True, slots=True)
class Setup:
    """A way to ask. It is changed by making another one."""

    profile: Profile
    settings: Settings
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> tuple[str, ...]:
        """What an answer is chosen from; () when it is written."""
        return () if self.settings.value("choose") == "free" else self.profile.choices

    def with_profile(self, profile: Profile) -> Setup:
        """With another profile. What was set beside the profile stays in force, variables that it lacks do not."""
        settings = self.settings.with_layer(f"profile {profile.name}", profile.settings)
        return Setup(profile, settings, {name: value for name, value in self.variables.items() if name in profile.vars})

    def with_settings(self, origin: str, values: Mapping[str, Any]) -> Setup:
        """With these values. origin: as in settings.ORIGINS. Raises UsageError for a bad value or values that clash."""
        return replace(self, settings=self.settings.update(origin, values)) if values else self

    def compile(self, question: str, earlier: Sequence[Exchange], measure: Measure, *, seed: int = 0) -> Prompt:
        """The prompt of a question. earlier: the turns before it, oldest first. Raises PromptError or ConsentError."""
        return compile_prompt(
            self.profile, self.settings, earlier, question, measure, variables=self.variables, seed=seed
        )
