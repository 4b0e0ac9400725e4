"""One row of figures: what `bench/run ROW` does."""

import argparse
import json
import sys

import machine
import rows
from contenders import Failed
from report import print_row


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bench/run",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Motley beside PyTorch, in turns, in one run on this machine.\n"
        "Prints a table and, as the last line, one JSON object.",
        epilog="rows:\n" + "\n".join(f"  {row.id:<5}{row.what}" for row in rows.ALL.values()),
    )
    parser.add_argument("row", nargs="?", metavar="ROW", help="one of those below")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--alone", action="store_true", help="Motley only, without PyTorch")
    parser.add_argument(
        "--data", metavar="DIR", default="", help="a smaller MNIST for N11, A3, A6, A7, A10, A17"
    )
    parser.add_argument(
        "--case",
        metavar="TEXT",
        default="",
        help="only cases whose name contains TEXT, such as 'batch 64'",
    )
    options = parser.parse_args()
    if options.row is None:
        parser.print_help()
        return 0
    row = rows.ALL.get(options.row.upper())
    if row is None:
        known = ", ".join(rows.ALL)
        print(f"bench: row {options.row} (expected: one of {known})", file=sys.stderr)
        return 2
    return measure(row, options)


def measure(row: rows.Row, options: argparse.Namespace) -> int:
    try:
        here = machine.describe()
        print(f"{row.id}: {row.what}\n{here.line()}")
        if here.is_busy():
            print("WARNING: this machine is busy with other things; figures will be off")
        figures = row.measure(options)
        if not figures:
            raise Failed(f"--case {options.case}: {row.id} has no such case")
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    print_row(row, figures)
    print(json.dumps(row.result(figures) | {"machine": here.fields()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
