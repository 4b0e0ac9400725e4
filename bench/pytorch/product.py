"""PyTorch's side of the row about matrix products."""

import argparse

import torch

from clock import measure, pace


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--product", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--warm-up", type=float, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    left, right, out = (torch.rand(options.product, options.product) - 0.5 for _ in range(3))

    def product() -> None:
        torch.mm(left, right, out=out)

    measure(product, min(1.0, options.warm_up))
    pace(lambda: None, product, options.seconds)


if __name__ == "__main__":
    main()
