#!/usr/bin/env bash
# Browsers as devices: real pages in headless Chromium join by a link and train beside a device on the JVM, one with
# WebAssembly, one with WebGPU on a GPU that the processor computes. A tab is closed, a GPU killed, a page reloaded, a
# phone put away, a network cut: the run goes on, and is as good as one on the JVM.
#
# `browser.sh --full` trains the MNIST CNN on one tab and two devices on the JVM instead: two epochs, some minutes.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
source "$root/e2e/tabs.bash"

epochs=16
# A batch of 128 in 16 tasks: 32 rounds an epoch of the 4,000 images.
rounds=$((epochs * 32))
settings=("$root/e2e/small-cnn.json" --data "$small" --epochs "$epochs" --batch-size 128 --tasks 16 --seed 7 --format json)

main() {
    provide_tabs
    isolate "$@"
    # The link has a token in it: this coordinator listens beyond its own machine.
    serve serve --port 0 --discovery-port 0 --listen 0.0.0.0
    expect "a coordinator serves" test -n "${url-}"
    token=$(field "$work/serve.out" serving token)
    url=http://127.0.0.1:${url##*:}
    expect "Chromium starts" open_browser
    case ${1-} in
        --full) whole_network ;;
        *) small_network ;;
    esac
    tell quit
}

# link PORT ENGINE: as a person gets it, and which engine it shall take.
link() {
    echo "http://127.0.0.1:$1/device?$2#join=$token"
}

small_network() {
    start pure train "${settings[@]}" --alone
    expect "ann joins" join ann "$url" --token "$token"
    expect "a training on the JVM alone" ended pure 60
    start mixed train "${settings[@]}" --url "$url"
    expect "a training on all devices begins" within 30 has "$work/mixed.out" round 2
    together
    comings_and_goings
    send CONT ann
    expect "the training ends well" ended mixed 120
    expect "nothing is lost or doubled" is_whole mixed
    compare pure mixed
    appliance
}

together() {
    local port=${url##*:}
    expect "a tab joins by a link" open tab "$(link "$port" engine=wasm)"
    expect "its program is there" until_status tab 30 "s.readyMs > 0"
    # A device a hundred times as fast may be first with every task, and alone it would be done before anything can
    # happen to the others.
    send STOP ann
    expect "its first task counts" until_status tab 30 "s.firstTaskMs > 0"
    expect "a tab with WebGPU joins" open gpu "$(link "$port" "engine=webgpu&software=yes")"
    expect "and works" until_status gpu 30 "s.engine === 'webgpu' && s.tasks > 2"
}

comings_and_goings() {
    local before port
    expect "the GPU process is killed" tell killGpu
    expect "the page notices" until_status gpu 15 "s.losses > 0"
    before=$(replied tasks)
    expect "and works again" until_status gpu 30 "s.tasks > $before + 1"
    expect "a tab is closed in the middle" tell close tab
    before=$(lines "$work/mixed.out" round)
    expect "rounds go on without it" within 30 has "$work/mixed.out" round $((before + 3))
    ask '{"do": "relay", "to": '"${url##*:}"'}'
    port=$(replied port)
    expect "it is opened again" open tab "$(link "$port" engine=wasm)"
    expect "and works" until_status tab 20 "s.tasks > 2"
    expect "it is reloaded" tell reload tab
    expect "and works without being asked again" until_status tab 20 "s.tasks > 2"
    expect "its network is cut" network off
    expect "which it says" until_status tab 10 "s.state === 'away'"
    before=$(replied tasks)
    network on
    expect "and works again afterwards" until_status tab 20 "s.tasks > $before + 1"
}

# What is told of a browser on a machine without a GPU, and on a phone.
appliance() {
    start phone train "${settings[@]}" --encoding int8 --parameters bf16 --url "$url"
    expect "a phone's page opens" ask '{"do": "open", "tab": "phone", "url": "'"$(link "${url##*:}" engine=auto)"'", "userAgent": "'"$phone"'"}'
    expect "it takes WebAssembly, and says why" until_status phone 20 "s.engine === 'wasm' && s.passedOver.includes('thirty times slower')"
    expect "it works" until_status phone 20 "s.tasks > 2"
    expect "its answers are bytes, not floats" until_status phone 20 "s.upBytes / (s.tasks + s.refused) < 14000"
    echo "a phone's tasks: $(python3 -c "print(($(replied downBytes) + $(replied upBytes)) // $(replied tasks))") bytes each, with int8 and bf16"
    expect "the coordinator knows its battery" knows_battery
    expect "it is put into the background" tell hide phone
    expect "and leaves" until_status phone 5 "s.state === 'hidden'"
    expect "it comes back" tell show phone
    expect "and works" until_status phone 20 "s.state === 'working'"
    ask '{"do": "installable", "tab": "phone"}'
    expect "the page can be installed" same "none$(replied errors)" none
    "$motley" stop --url "$url" "$(field "$work/phone.out" started run)" >/dev/null
    expect "a run that is stopped lets them go" within 20 is_gone phone
}

knows_battery() {
    "$motley" devices --url "$url" --format json | grep '"id":"web-' | grep -Eq '"battery":1(\.0)?[,}]'
}

accuracy() {
    field "$work/$1.out" result testAccuracy
}

compare() {
    echo "accuracy $(accuracy "$1") on the JVM, $(accuracy "$2") with browsers"
    expect "equal accuracy within 0.3 points" within_points "$(accuracy "$1")" "$(accuracy "$2")" 0.3
}

within_points() {
    python3 -c 'import sys; a, b, p = map(float, sys.argv[1:]); sys.exit(not abs(a - b) * 100 <= p + 1e-9)' "$@"
}

# Every round was applied once, and the coordinator counted every sample once: as many as all epochs have.
is_whole() {
    contributions
    same "$(field "$work/$1.out" result rounds)" "$rounds" &&
        same "$(lines "$work/$1.out" round)" "$rounds" &&
        same "$(counted)" $((epochs * 4000))
}

# One tab and two devices on the JVM, the whole data set.
whole_network() {
    expect "ann joins" join ann "$url" --token "$token"
    expect "bob joins" join bob "$url" --token "$token"
    expect "a tab joins" open tab "$(link "${url##*:}" engine=wasm)"
    start cnn train mnist-cnn --data "$full" --epochs 2 --format json --url "$url"
    expect "the tab works" until_status tab 60 "s.tasks > 2"
    expect "the MNIST CNN is trained" ended cnn 3000
    expect "at least 98.5 %" at_least "$(accuracy cnn)" 0.985
    contributions
    echo "accuracy $(accuracy cnn) with the MNIST CNN"
}

main "$@"
