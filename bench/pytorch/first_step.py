"""PyTorch's side of the row about starting: one training step, then the end."""

import argparse

from clock import measure, tell
from nets import Training


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    options = parser.parse_args()
    tell(measure(Training(options.model, options.batch_size, fused=False).step, 0))


if __name__ == "__main__":
    main()
