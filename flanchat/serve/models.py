"""The names of models that requests may use: that of the served model, alone or with a profile. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flanchat.base.errors import ProfileError
from flanchat.base.i18n import _, join_list
from flanchat.base.wording import did_you_mean
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.hubs.model_names import SHORT_NAMES
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_folders import profile_names
from flanchat.prompting.profile_reader import find_profile
from flanchat.serve.fields import Fields, RequestError


@dataclass(frozen=True, slots=True)
class Models:
    """names: of the served model, the first for display. default: the profile of requests that name none.

    profiles: by name; one that is invalid as its error. All are read at the start, so that no request opens a file.
    """

    names: tuple[str, ...]
    profiles: Mapping[str, Profile | ProfileError]
    default: Profile

    def find(self, fields: Fields) -> tuple[str, Profile]:
        """The name of the model as the client wrote it, and the profile. Reads the fields `model` and `profile`.

        Raises RequestError, with status 404 for an unknown model.
        """
        name = fields.text("model") or self.names[0]
        suffix = ""
        if name not in self.names:
            model, __, suffix = name.rpartition(":")
            if model not in self.names or suffix not in self.profiles:
                is_known = model in self.names and suffix
                why = f"{model}: {self._unknown_profile(suffix)}" if is_known else self._unknown(name)
                raise RequestError(why, "model", status=404, code="model_not_found")
        given = fields.text("profile")
        if given and suffix and given != suffix:
            raise fields.error(
                "profile", _("{given}, but the model's name asks for {other}").format(given=given, other=suffix)
            )
        return name, self._profile(given or suffix)

    def _profile(self, name: str) -> Profile:
        if not name:
            return self.default
        found = self.profiles.get(name)
        if found is None:
            raise RequestError(self._unknown_profile(name), "profile")
        if isinstance(found, ProfileError):
            raise found
        return found

    def _unknown_profile(self, name: str) -> str:
        hint = did_you_mean(name, self.profiles) or _(" Known: {names}").format(names=join_list(self.profiles))
        return _("unknown profile {name}.{hint}").format(name=name[:64], hint=hint)

    def _unknown(self, name: str) -> str:
        return _("unknown model {name}. Known: {names}, and each with a profile, such as {example}").format(
            name=name[:200],
            names=join_list(self.names),
            example=f"{self.names[0]}:{next(iter(self.profiles), 'plain')}",
        )


def read_models(source: ModelSource, default: Profile, folders: Sequence[Path]) -> Models:
    """The names of a model, and the profiles of these folders.

    The path of a folder stays private: a client names the model by its last part.
    """
    profiles: dict[str, Profile | ProfileError] = {}
    for name in profile_names(folders):
        try:
            profiles[name] = find_profile(name, folders)
        except ProfileError as error:
            profiles[name] = error
    names = (
        [source.label] if source.origin == "folder" else [*source.names, *filter(None, [SHORT_NAMES.get(source.name)])]
    )
    return Models(tuple(dict.fromkeys(names)), profiles, default)
