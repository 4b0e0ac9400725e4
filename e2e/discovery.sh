#!/usr/bin/env bash
# Nobody types an address: on one machine, and between two on a network. The second machine is a
# network namespace behind a virtual cable, with a home of its own.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --epochs 4 --batch-size 96 --tasks 6 --seed 7 --format json)

main() {
    isolate "$@"
    one_machine
    interrupted_training
    leaving
    two_machines
}

one_machine() {
    serve serve
    expect "a coordinator with nothing typed" same "$url" http://127.0.0.1:8080
    expect "ann finds it" join ann
    expect "bob finds it" join bob
    expect "devices lists both" within 20 lists_devices 2
    start train train "${settings[@]}"
    expect "train finds it" ended train 120
    expect "and needs no coordinator of its own" test ! -e "$MOTLEY_HOME/trainings"
    expect "both have worked" test "$(workers)" -eq 2
    run=$(field "$work/train.out" result run)
    reference=$(field "$work/train.out" result weightsSha256)
    expect "runs lists it" lists_run "$run" finished
    start watch watch --format json
    expect "watch of a finished run ends at once" ended watch 20
    start download download "$run" --out "$work/model"
    expect "download finds it" ended download 20
    start predict predict "$work/model" --data "$small" --format json
    expect "the download can be used" ended predict 60
    expect "and is what was trained" same "$(field "$work/predict.out" predictions accuracy)" \
        "$(field "$work/train.out" result testAccuracy)"
}

lists_devices() {
    "$motley" devices --format json >"$work/devices.out" && has "$work/devices.out" device "$1"
}

lists_run() {
    "$motley" runs --format json | grep "\"id\":\"$1\"" | grep -q "\"status\":\"$2\""
}

workers() {
    local name count=0
    for name in ann bob; do
        has "$work/$name.out" computed && count=$((count + 1))
    done
    echo "$count"
}

# Long runs that somebody ends: `motley stop`, and Ctrl-C on the command that began one.
interrupted_training() {
    start long train mnist-mlp --data "$small" --epochs 500 --format json
    within 60 has "$work/long.out" round 5
    run=$(field "$work/long.out" started run)
    start stop stop "$run"
    expect "stop finds the run" ended stop 20
    expect "train ends with an error then" fails long 20
    expect "which its result explains" same "$(field "$work/long.out" result status)" stopped

    start stopped train mnist-mlp --data "$small" --epochs 500 --format json
    within 60 has "$work/stopped.out" round 5
    run=$(field "$work/stopped.out" started run)
    send INT stopped
    expect "Ctrl-C ends a training" fails stopped 15
    expect "and its run" lists_run "$run" stopped
}

fails() {
    local status=0
    ended "$1" "$2" || status=$?
    ((status != 0 && status != 124))
}

# A device that leaves in the middle gives its task back: nobody waits for its lease to end.
leaving() {
    start left train "${settings[@]}"
    within 60 has "$work/left.out" round 10
    send INT bob
    expect "Ctrl-C ends a device within 3 s" within 3 is_gone bob
    expect "the training goes on" ended left 120
    expect "with the same weights" same "$(field "$work/left.out" result weightsSha256)" \
        "$reference"
    expect "the run was told" grep -q '"type":"device-left".*bob' "$work/left.out"
    send INT ann
    within 10 is_gone ann
    send INT serve
    expect "Ctrl-C ends the coordinator" within 10 is_gone serve
}

two_machines() {
    connect_machine || { echo "SKIP two machines: no network namespaces"; return; }
    serve hub --listen 0.0.0.0
    expect "a coordinator for the network" same "$url" http://10.77.0.1:8080
    token=$(field "$work/hub.out" serving token)
    refused_without_token
    start_on far far join --format json --name far --threads 1 --token "$token"
    expect "a device finds it over the network" within 30 has "$work/far.out" joined
    expect "at its address there" same "$(field "$work/far.out" joined url)" "$url"
    start_on far train-far train "${settings[@]}" --token "$token"
    expect "a training over the network" ended train-far 180
    expect "has the same weights" same "$(field "$work/train-far.out" result weightsSha256)" \
        "$reference"
    expect "the device over there made them" has "$work/far.out" computed
    start near join --threads 1 --name near
    expect "the coordinator's machine needs no token" within 30 \
        grep -q 'joined .*shared memory' "$work/near.out"
}

connect_machine() {
    has_machines && machine far && cable here 10.77.0.1/24 far 10.77.0.2/24
}

refused_without_token() {
    start_on far stranger join
    expect "a device without the token is refused" fails stranger 30
    expect "in one line" same "$(wc -l <"$work/stranger.err")" 1
    expect "which names the remedy" grep -q "^motley: .*--token" "$work/stranger.err"
}

main "$@"
