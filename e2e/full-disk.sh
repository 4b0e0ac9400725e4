#!/usr/bin/env bash
# A coordinator whose disk is full to the last byte: the run waits and says why, goes on by itself
# when there is space again, and ends with the same weights. The disk is a small one in memory.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --epochs 12 --batch-size 96 --tasks 6 --seed 7 --format json)

main() {
    isolate "$@"
    mkdir "$work/disk"
    trap 'umount --lazy "$work/disk" 2>/dev/null; clean' EXIT
    expect "a disk of 48 MB can be mounted here" mount -t tmpfs -o size=48m motley "$work/disk"
    mountpoint -q "$work/disk" || exit 1
    start plain train "${settings[@]}" --local-devices 1
    expect "an undisturbed training" ended plain 120
    fill_up
}

fill_up() {
    serve serve --port 0 --data "$work/disk/home" --discovery-port 0 --checkpoint-every 0.2
    expect "ann joins" join ann "$url"
    start train train "${settings[@]}" --url "$url"
    expect "rounds begin" within 60 has "$work/train.out" round 30
    expect "not a byte is left" is_full
    expect "the run waits" within 30 says_status paused
    expect "it says why" grep -q '"reason":"checkpoint: [^"]*' <(statuses)
    local rounds
    rounds=$(lines "$work/train.out" round)
    sleep 2
    expect "it really waits" test "$(lines "$work/train.out" round)" -le $((rounds + 1))
    expect "the coordinator lives" is_alive

    rm "$work/disk/ballast"
    expect "it goes on by itself" within 30 says_status active
    expect "the training ends well" ended train 120
    expect "a full disk, the same weights" same \
        "$(field "$work/train.out" result weightsSha256)" \
        "$(field "$work/plain.out" result weightsSha256)"
}

# Writes until nothing fits any more: `dd` fails for want of space.
is_full() {
    ! dd if=/dev/zero of="$work/disk/ballast" bs=4k 2>"$work/dd.err" &&
        grep -q "No space left" "$work/dd.err"
}

statuses() {
    grep '^{"type":"status"' "$work/train.out"
}

says_status() {
    statuses | grep -q "\"status\":\"$1\""
}

is_alive() {
    MOTLEY_HOME=$work/home "$motley" devices --url "$url" --format json | grep -q '"ann"'
}

main "$@"
