#!/usr/bin/env bash
# A coordinator that is killed in the middle of a training goes on with it when it is started
# again: devices come back by themselves, watchers follow over the gap, the weights are the same.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --epochs 12 --batch-size 96 --tasks 6 --seed 7 --format json)

main() {
    isolate "$@"
    start plain train "${settings[@]}" --local-devices 2
    expect "an undisturbed training" ended plain 120
    crash
}

crash() {
    serve serve --port 0 --data "$work/data" --discovery-port 0
    local port=${url##*:}
    expect "ann joins" join ann "$url"
    expect "bob joins" join bob "$url"
    start train train "${settings[@]}" --url "$url"
    expect "rounds begin" within 60 has "$work/train.out" round 30
    start watch watch --url "$url" --format json
    expect "watch follows" within 30 has "$work/watch.out" round 30

    send KILL serve
    ended serve 5 2>/dev/null # Takes the shell's own remark.
    expect "train sees it go" within 30 has "$work/train.out" away
    expect "watch sees it go" within 30 has "$work/watch.out" away
    expect "ann sees it go" within 30 has "$work/ann.out" away
    serve again --port "$port" --data "$work/data" --discovery-port 0
    expect "it serves again at the same address" same "$url" "http://127.0.0.1:$port"

    expect "the training ends well" ended train 120
    expect "watch ends with it" ended watch 30
    expect "ann came back by itself" test "$(lines "$work/ann.out" joined)" -ge 2
    expect "bob came back by itself" test "$(lines "$work/bob.out" joined)" -ge 2
    expect "a killed coordinator, the same weights" same \
        "$(field "$work/train.out" result weightsSha256)" \
        "$(field "$work/plain.out" result weightsSha256)"
    expect "watch names them too" same \
        "$(field "$work/watch.out" run weightsSha256)" \
        "$(field "$work/train.out" result weightsSha256)"
}

main "$@"
