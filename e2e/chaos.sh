#!/usr/bin/env bash
# Devices and the coordinator killed, frozen, cut off and slowed down while they train: the same
# weights, and work again in seconds. `bench/run N11` does it for longer, with figures.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    timeout 400 "$root/bench/run" N11 --quick --data "$small" >"$work/chaos.out" 2>"$work/chaos.err"
    expect "trainings under fire end with the weights of a calm one" is_equal
    expect "what happens is noticed, and work flows again" is_quick
    cat "$work/chaos.err"
    sed '$d' "$work/chaos.out"
}

is_equal() {
    result 'case["reached"] for case in cases if case["unit"] == "equal"'
}

is_quick() {
    result 'case["reached"] for case in cases if case["unit"] == "s at most"'
}

# result EXPRESSION: whether all of what the expression says of the row's cases is true, and
# something is.
result() {
    tail -n 1 "$work/chaos.out" | python3 -c '
import json, sys
cases = json.load(sys.stdin)["cases"]
held = eval(sys.argv[1])
sys.exit(not (held and all(held)))' "[$1]"
}

main "$@"
