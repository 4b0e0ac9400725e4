#!/usr/bin/env bash
# A run's life with a coordinator that stays: paused and resumed, ended early with its best weights,
# downloaded at any time, continued with other settings.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --batch-size 96 --seed 7 --format json)

main() {
    isolate "$@"
    serve serve --port 0 --data "$work/data" --discovery-port 0
    expect "ann joins" join ann "$url"
    pause
    early
    go_on
}

pause() {
    start long train "${settings[@]}" --epochs 400 --url "$url"
    expect "rounds begin" within 60 has "$work/long.out" round 20
    run=$(field "$work/long.out" started run)
    expect "pause is understood" "$motley" pause "$run" --url "$url"
    expect "the run says that it rests" within 20 status_is paused
    local rounds
    sleep 2
    rounds=$(lines "$work/long.out" round)
    expect "the latest weights come also now" "$motley" download "$run" --url "$url" --out "$work/now"
    sleep 2
    expect "no round goes on meanwhile" same "$rounds" "$(lines "$work/long.out" round)"
    expect "resume is understood" "$motley" resume "$run" --url "$url"
    expect "rounds go on" within 30 has "$work/long.out" round $((rounds + 20))
    send INT long
    ended long 30
}

status_is() {
    "$motley" runs --url "$url" --format json | grep "\"$run\"" | grep -q "\"status\":\"$1\""
}

early() {
    start early train "${settings[@]}" --epochs 400 --learning-rate 0.02 --early-stop 2 \
        --out "$work/early" --url "$url"
    expect "a training that gets no better ends" ended early 200
    expect "and counts as finished" last_type_is "$work/early.out" result
    expect "after few of its epochs" test "$(field "$work/early.out" result epochs)" -lt 100
    run=$(field "$work/early.out" result run)
    "$motley" download "$run" --best --url "$url" --out "$work/best"
    expect "its result are the best weights" cmp "$work/early" "$work/best"
}

go_on() {
    start child continue "$run" --best --epochs 1 --learning-rate 0.0001 --url "$url" --format json
    expect "another run goes on from it" ended child 100
    expect "with what it has learnt" at_least "$(field "$work/child.out" round accuracy)" 0.9
    "$motley" continue "$run" --epochs 0 --url "$url" >"$work/wrong.out" 2>&1
    expect "wrong settings are named" grep -q "epochs: 0 (expected: at least 1)" "$work/wrong.out"
}

main "$@"
