#!/usr/bin/env bash
# A thousand seeds of the training loop under faults, each twice, and a fleet described in words.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    expect "a thousand seeds end" timed 600 simulate --faults --seeds 1000 --format json
    expect "none of them fails" says simulation failures 0
    expect "every fault has struck" says simulation neverStruck "[]"
    expect "a fleet is forecast" timed 60 simulate --device 4x1.0,1x0.125 --format json
    expect "with a word about each device" has "$work/simulate.out" forecast 3
    expect "a fleet without devices is refused" refused
}

timed() {
    start simulate "${@:2}"
    ended simulate "$1"
}

says() {
    local value
    value=$(field "$work/simulate.out" "$1" "$2")
    same "$value" "$3"
}

refused() {
    start nobody simulate
    ! ended nobody 30 && grep -q -- '--device: \[\] (expected: ' "$work/nobody.err"
}

main "$@"
