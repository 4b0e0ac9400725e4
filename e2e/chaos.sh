#!/usr/bin/env bash
# Devices and the coordinator killed, frozen, cut off and slowed down while they train: each is
# noticed, work goes on, the weights are the same, and at most a round is computed again. How soon is
# printed; `bench/run N11` holds it against its goals, for longer. `bench/run A3` and `bench/run A17`
# let devices come and go.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    timeout 900 "$root/bench/run" N11 --quick --data "$small" >"$work/chaos.out" 2>"$work/chaos.err"
    expect "a training under fire ends with the weights of a calm one" reached equal
    expect "every blow is noticed, and work goes on after it" measured "s at most" 11
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

# measured UNIT COUNT: whether so many cases in this unit have a figure.
measured() {
    tail -n 1 "$work/chaos.out" | python3 -c '
import json, sys
cases = json.load(sys.stdin)["cases"]
told = [case["value"] for case in cases if case["unit"] == sys.argv[1]]
sys.exit(len(told) != int(sys.argv[2]) or None in told)' "$@"
}

main "$@"
