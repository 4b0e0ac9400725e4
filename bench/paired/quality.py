"""Whether gpt-small learns as well as the same model in PyTorch: what `bench/quality` does."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import motley
import pytorch
from contenders import Failed

GOAL = 0.02

# Single precision gives losses this close on equal weights, whatever the order of sums.
SAME = 1e-4

# So small a step leaves the first weights as they were drawn.
STANDING = 1e-30

# Characters of the text on which both sides judge the first weights.
HEAD = 40_000


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bench/quality",
        description="Trains gpt-small on a text, with Motley and with PyTorch: the same first "
        "weights, the same batches in the same order, the same optimizer. Prints both validation "
        "losses and, as the last line, one JSON object.",
    )
    parser.add_argument("text", type=Path, metavar="TEXT", help="a .txt file, half a megabyte or so")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=5e-4, help="of Adam")
    parser.add_argument("--seed", type=int, default=1, help="of first weights and order")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    try:
        result = compare(options)
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    print(json.dumps(result))
    return 0 if result["reached"] else 1


def compare(options: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        head = Path(folder) / "head.txt"
        head.write_bytes(options.text.read_bytes()[:HEAD])
        first = Path(folder) / "first.safetensors"
        start = trained(head, STANDING, first, options)
        own = trained(options.text, options.learning_rate, Path(folder) / "last", options)
        print(f"Motley: validation loss {own:.4f}", flush=True)
        script = pytorch.command("quality.py", "--head", head, "--first", first, *shared(options))
        peer = answer(script + ["--text", str(options.text)], pytorch.environment(), "quality")
    print(f"PyTorch: validation loss {peer['loss']:.4f}")
    same = abs(start - peer["firstLoss"])
    print(f"before training, on equal weights: {start:.6f} and {peer['firstLoss']:.6f}")
    if same > SAME:
        raise Failed(f"losses on equal weights differ by {same:.2g} (expected: {SAME} at most)")
    difference = own - peer["loss"]
    return {
        "row": "quality",
        "value": own,
        "peer": peer["loss"],
        "difference": difference,
        "goal": GOAL,
        "reached": difference <= GOAL,
        "steps": peer["steps"],
        "sameFirstLossWithin": same,
    }


def shared(options: argparse.Namespace) -> list:
    arguments = ["--epochs", options.epochs, "--batch-size", options.batch_size]
    arguments += ["--learning-rate", options.learning_rate, "--seed", options.seed]
    return arguments + ["--threads", options.threads]


def trained(text: Path, rate: float, out: Path, options: argparse.Namespace) -> float:
    """The last validation loss of Motley's training."""
    adjusted = argparse.Namespace(**vars(options) | {"learning_rate": rate})
    command = motley.command("train", "gpt-small", "--data", text, "--alone", "--optimizer", "adam")
    command += map(str, shared(adjusted))
    command += ["--out", str(out), "--format", "json"]
    return answer(command, motley.environment(), "result")["testLoss"]


def answer(command: list[str], environment: dict[str, str], kind: str) -> dict:
    """The last JSON line of a type that a process says."""
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in told.stdout.splitlines() if line.startswith("{")]
    found = [line for line in lines if line["type"] == kind]
    if told.returncode != 0 or not found:
        raise Failed(f"{' '.join(command)} ended with status {told.returncode}")
    return found[-1]


if __name__ == "__main__":
    sys.exit(main())
