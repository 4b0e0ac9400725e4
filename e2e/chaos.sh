#!/usr/bin/env bash
# Devices and the coordinator killed, frozen, cut off and slowed down while they train: noticed in
# three seconds, work again in ten, the same weights, and at most a round computed again.
# `bench/run N11` does it for longer; `bench/run A3` and `bench/run A17` let devices come and go.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    timeout 240 "$root/bench/run" N11 --quick --data "$small" >"$work/chaos.out" 2>"$work/chaos.err"
    expect "a training under fire ends with the weights of a calm one" reached equal
    expect "blows are noticed in 3 s, and work flows again in 10 s" reached "s at most"
    expect "a killed coordinator costs at most a round" reached "rounds each"
    sed 's/^/  /' "$work/chaos.err"
    sed '$d' "$work/chaos.out"
}

# reached UNIT: whether every case in this unit has reached its goal, and there is one.
reached() {
    tail -n 1 "$work/chaos.out" | python3 -c '
import json, sys
cases = json.load(sys.stdin)["cases"]
held = [case["reached"] for case in cases if case["unit"] == sys.argv[1]]
sys.exit(not (held and all(held)))' "$1"
}

main "$@"
