#!/usr/bin/env bash
# The weights follow from the settings alone: not from the number of devices, nor from what
# happens to them on the way. Bit for bit.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --epochs 12 --batch-size 96 --tasks 6 --seed 7 --format json)

main() {
    isolate "$@"
    local_devices
    serve serve --port 0 --discovery-port 0
    expect "a coordinator serves" test -n "${url-}"
    for name in ann bob cid; do
        expect "$name joins" join "$name" "$url"
    done
    killed_and_replaced
    frozen
}

local_devices() {
    local count
    for count in 1 2 4; do
        start "local-$count" train "${settings[@]}" --local-devices "$count"
        expect "training on $count local devices" ended "local-$count" 120
    done
    reference=$(weights local-1)
    expect "two devices, the same weights" same "$(weights local-2)" "$reference"
    expect "four devices, the same weights" same "$(weights local-4)" "$reference"
}

weights() {
    field "$work/$1.out" result weightsSha256
}

killed_and_replaced() {
    start killed train "${settings[@]}" --url "$url"
    expect "rounds begin" within 60 has "$work/killed.out" round 40
    send KILL bob
    ended bob 5 2>/dev/null # Takes the shell's own remark.
    expect "rounds go on without bob" goes_on killed 80
    expect "dan joins midway" join dan "$url"
    expect "the training ends well" ended killed 120
    expect "dan has worked" has "$work/dan.out" computed
    expect "a killed device and a new one, the same weights" same "$(weights killed)" "$reference"
}

goes_on() {
    within 30 has "$work/$1.out" round "$2"
}

frozen() {
    start frozen train "${settings[@]}" --url "$url"
    expect "rounds begin again" within 60 has "$work/frozen.out" round 40
    send STOP cid
    sleep 4 # Longer than a heartbeat may be missing.
    expect "rounds go on without cid" goes_on frozen 60
    send CONT cid
    expect "the training ends well again" ended frozen 120
    expect "a frozen device, the same weights" same "$(weights frozen)" "$reference"
    expect "cid belongs again" within 30 shows_cid_connected
}

shows_cid_connected() {
    "$motley" devices --url "$url" 2>/dev/null | grep -E '^cid +(idle|working|ready|connected)' -q
}

main "$@"
