"""Versions of installed packages, without importing them."""

from __future__ import annotations

import re


def package_version(package: str) -> str:
    """Return the version of an installed package, or "".

    `importlib.metadata.version` parses all that the package says about itself first, its README too.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(package)
    except PackageNotFoundError:
        return ""
    line = re.search(r"^Version: *(.+)$", found.read_text("METADATA") or "", re.MULTILINE)
    return line[1].strip() if line else found.version or ""
