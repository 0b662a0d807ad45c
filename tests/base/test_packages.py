"""Versions of packages are those that importlib.metadata finds."""

from __future__ import annotations

from importlib.metadata import distributions, version

from flanchat.base.packages import package_version


def test_the_version_of_every_installed_package_is_what_the_library_says() -> None:
    for name in {found.metadata["Name"] for found in distributions()}:
        assert package_version(name) == version(name), name


def test_a_package_that_is_not_installed_has_none() -> None:
    assert package_version("no-such-package") == ""
