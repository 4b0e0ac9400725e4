#!/usr/bin/env bash
# Figures, not tests: how long it takes from a command to its first useful work.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
source "$root/e2e/tabs.bash"

main() {
    provide_tabs
    isolate "$@"
    local begin=${EPOCHREALTIME/./} model
    "$motley" --version >/dev/null
    told "motley --version" "$begin"
    for model in mnist-mlp mnist-cnn; do first_round "$model"; done
    first_task
    first_task_of_a_page
    echo "PASS timing"
}

told() {
    printf '%-40s %6d ms\n' "$1" $(((${EPOCHREALTIME/./} - $2) / 1000))
}

first_round() {
    local begin=${EPOCHREALTIME/./}
    start "$1" train "$1" --data mnist --epochs 1 --local-devices 2 --format json
    within 60 has "$work/$1.out" round
    told "motley train $1 to first round" "$begin"
    send INT "$1"
    ended "$1" 20 >/dev/null
}

# With a training that waits for its first device.
first_task() {
    serve serve --port 0 --discovery-port 0
    start waiting train mnist-mlp --data "$small" --epochs 1 --url "$url" --format json
    within 60 has "$work/waiting.out" started
    local begin=${EPOCHREALTIME/./}
    start ann join "$url" --format json
    within 60 has "$work/ann.out" computed
    told "motley join to first task computed" "$begin"
    ended waiting 60 >/dev/null
}

# Of a browser that has never seen the page, and a training that waits for it; what the page says counts from when it
# was there.
first_task_of_a_page() {
    send INT ann
    ended ann 20 >/dev/null
    start seen train "$root/e2e/small-cnn.json" --data "$small" --epochs 1 --url "$url" --format json
    within 60 has "$work/seen.out" started
    open_browser
    open tab "$url/device"
    local opened
    opened=$(replied ms)
    expect "a page's first task counts" until_status tab 30 "s.firstTaskMs > 0"
    printf '%-40s %6d ms\n' "a link opened to the page" "$opened" \
        "the link opened to its program" $((opened + $(replied readyMs))) \
        "the link opened to first task counted" $((opened + $(replied firstTaskMs)))
    tell quit
}

main "$@"
