"""Motley's own command line."""

import os
import shlex

from pytorch import ROOT


def command(*arguments: object) -> list[str]:
    """`MOTLEY` in the environment names another launcher than the one of these sources."""
    launcher = shlex.split(os.environ.get("MOTLEY", "")) or [str(ROOT / "motley")]
    return [*launcher, *map(str, arguments)]


def environment() -> dict[str, str]:
    return dict(os.environ)
