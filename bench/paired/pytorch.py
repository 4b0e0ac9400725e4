"""The Python that has PyTorch: this one, or one of our own under `build`."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from contenders import Failed

FOLDER = Path(__file__).resolve().parent.parent
ROOT = FOLDER.parent
REQUIREMENTS = FOLDER / "requirements.txt"
OWN = ROOT / "build" / "bench" / "python"


@cache
def python() -> str:
    """Installs what `requirements.txt` says where no Python has it."""
    own = OWN / "bin" / "python"
    for candidate in (sys.executable, str(own)):
        if Path(candidate).exists() and has_torch(candidate):
            return candidate
    print(f"installing PyTorch into {OWN.relative_to(ROOT)} (once) …", flush=True)
    install = [str(own), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)]
    for command in ([sys.executable, "-m", "venv", str(OWN)], install):
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            raise Failed("cannot install PyTorch; --alone measures Motley without it")
    return str(own)


def has_torch(candidate: str) -> bool:
    """Builds for one kind of processor call themselves 2.13.0+cpu and the like."""
    asked = subprocess.run(
        [candidate, "-c", "from importlib.metadata import version; print(version('torch'))"],
        capture_output=True,
        text=True,
    )
    return asked.returncode == 0 and asked.stdout.strip().split("+")[0] == version()


def version() -> str:
    for line in REQUIREMENTS.read_text().splitlines():
        name, _, pinned = line.partition("==")
        if name == "torch":
            return pinned
    raise Failed(f"{REQUIREMENTS.name} names no torch")


def command(script: str, *arguments: object) -> list[str]:
    return [python(), "-B", str(FOLDER / "pytorch" / script), *map(str, arguments)]


def environment() -> dict[str, str]:
    """Threads of OpenMP that wait must not spin on cores the other side needs."""
    return os.environ | {"OMP_WAIT_POLICY": "passive"}
