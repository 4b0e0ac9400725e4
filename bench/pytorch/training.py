"""PyTorch's side of the training rows: measures once for each line on standard input."""

import argparse

import torch

from clock import measure, pace
from nets import NETS, Training


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=NETS, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--warm-up", type=float, required=True)
    parser.add_argument("--fused", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    training = Training(options.model, options.batch_size, options.fused)
    # Nothing is compiled on the way, so an eager step is warm sooner than Motley's.
    measure(training.step, min(1.0, options.warm_up))
    pace(training.reset, training.step, options.seconds)


if __name__ == "__main__":
    main()
