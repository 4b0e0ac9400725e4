#!/usr/bin/env bash
# A newcomer's first command: trains a real model on local devices, uses it, goes on with it.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    first_training
    predict
    go_on
    on_terminal_words
    ended_by INT
    ended_by KILL
}

first_training() {
    start train train mnist-cnn --data mnist --epochs 2 --local-devices 2 --format json
    expect "mnist-cnn trains" ended train 400
    expect "its output is JSON lines" are_json_lines "$work/train.out"
    expect "the last one is the result" last_type_is "$work/train.out" result
    expect "standard error is empty" test ! -s "$work/train.err"
    accuracy=$(field "$work/train.out" result testAccuracy)
    expect "test accuracy reaches 98.5 %" at_least "$accuracy" 0.985
    expect "a round line for each round" \
        same "$(lines "$work/train.out" round)" "$(field "$work/train.out" result rounds)"
    model=$(field "$work/train.out" result model)
    expect "the weights are a file" test -s "$model"
    expect "nothing else stays behind" is_empty "$MOTLEY_HOME/trainings"
}

is_empty() {
    [[ -z $(ls -A "$1" 2>/dev/null) ]]
}

predict() {
    start predict predict "$model" --data mnist --format json --out "$work/predictions.csv"
    expect "predict ends well" ended predict 60
    expect "predict finds the same accuracy" \
        same "$(field "$work/predict.out" predictions accuracy)" "$accuracy"
    expect "predict writes a line for each image" \
        same "$(wc -l <"$work/predictions.csv")" 10001
}

# Weights that were good stay good: one epoch over little data begins where they stand.
go_on() {
    start more train mnist-cnn --data "$small" --epochs 1 --from "$model" --out "$work/more" \
        --learning-rate 0.0001 --local-devices 2 --format json
    expect "training goes on from a file" ended more 120
    expect "and begins where it ended" at_least "$(first_round_accuracy)" 0.95
    expect "and writes where it is told" test -s "$work/more"
}

first_round_accuracy() {
    grep -m 1 '^{"type":"round"' "$work/more.out" >"$work/first-round"
    field "$work/first-round" round accuracy
}

# Without --format json the same command speaks to people.
on_terminal_words() {
    start words train mnist-mlp --data "$small" --epochs 1 --local-devices 1
    expect "a training told in words" ended words 120
    expect "which names the accuracy" grep -q 'test accuracy 0\.' "$work/words.out"
    expect "and the next command" grep -q '^try them: motley predict ' "$work/words.out"
}

# However a training ends, its device processes end with it.
ended_by() {
    local name=ended-by-$1
    start "$name" train mnist-mlp --data "$small" --epochs 500 --local-devices 2 --format json
    within 60 has "$work/$name.out" round 3
    expect "two device processes work" same "$(device_count "$name")" 2
    send "$1" "$name"
    within 15 is_gone "$name"
    wait "${pid[$name]}" 2>/dev/null # Takes the shell's own remark.
    expect "none is left after SIG$1" within 10 has_no_devices "$name"
}

# Each has the id of the training it follows as an argument; grep's own has anchors around it.
device_count() {
    grep -lsz -- "^${pid[$1]}\$" /proc/[0-9]*/cmdline | wc -l
}

has_no_devices() {
    is_gone "$1" && (($(device_count "$1") == 0))
}

main "$@"
