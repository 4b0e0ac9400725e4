#!/usr/bin/env bash
# Browsers as devices: real pages in headless Chromium, beside devices on the JVM, train with a real coordinator.
#
# `browser.sh` is quick. `browser.sh full` trains the whole MNIST CNN too; `browser.sh hours` has a tab come and go for
# two hours.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# A batch of 96 in 6 tasks: 42 rounds an epoch of the 4,000 images.
epochs=6
rounds=$((epochs * 42))
settings=(mnist-mlp --data "$small" --epochs "$epochs" --batch-size 96 --tasks 6 --seed 7 --format json)
export PLAYWRIGHT=$shared/node

main() {
    isolate "$@"
    coproc browser { exec node "$root/e2e/browser.mjs" "$work/profile" 2>"$work/browser.err"; }
    browser_pid=$browser_PID
    expect "Chromium starts" ask '{"do": "launch"}'
    serve serve --port 0 --discovery-port 0
    expect "a coordinator serves" test -n "${url-}"
    case ${1-quick} in
        quick)
            equal_accuracy
            comings_and_goings
            lost_gpu
            background
            ;;
        full) whole_network ;;
        hours) for_hours "${2-120}" ;;
    esac
    ask '{"do": "quit"}'
}

eval "$(declare -f prepare | sed '1s/prepare/prepare_data/')"

prepare() {
    prepare_data || return
    [[ -d $PLAYWRIGHT/node_modules/playwright-core ]] ||
        npm install --prefix "$PLAYWRIGHT" --no-audit --no-fund --loglevel=error --ignore-scripts \
            --no-save playwright-core@1.65.1 >&2
}

# ask COMMAND: what the browser answers is in `reply`.
ask() {
    reply=
    printf '%s\n' "$1" >&"${browser[1]}" || return
    IFS= read -r -t 120 reply <&"${browser[0]}" || { echo "the browser does not answer"; return 1; }
    [[ $reply != '{"error"'* ]] || { echo "$reply"; return 1; }
}

# open TAB QUERY: a page that joins.
open() {
    ask '{"do": "open", "tab": "'"$1"'", "url": "'"$url/device?$2"'"}'
}

# until_status TAB SECONDS CONDITION: waits for what the page says of its device, as `s`.
until_status() {
    ask '{"do": "wait", "tab": "'"$1"'", "seconds": '"$2"', "for": "'"$3"'"}'
}

# replied NAME: a field of the reply.
replied() {
    python3 -c 'import json, sys; print(json.loads(sys.argv[1]).get(sys.argv[2], ""))' "$reply" "$1"
}

accuracy() {
    field "$work/$1.out" result testAccuracy
}

within_points() {
    python3 -c 'import sys; a, b, p = map(float, sys.argv[1:]); sys.exit(not abs(a - b) * 100 <= p)' "$@"
}

# Every round was applied once, and every sample of the last evaluation counted.
is_whole() {
    same "$(field "$work/$1.out" result rounds)" "$rounds" &&
        same "$(lines "$work/$1.out" round)" "$rounds" &&
        same "$(field "$work/$1.out" evaluation samples)" 1000
}

equal_accuracy() {
    expect "ann joins" join ann "$url"
    start pure train "${settings[@]}" --url "$url"
    expect "a training on the JVM alone" ended pure 120
    local opened first
    start mixed train "${settings[@]}" --url "$url"
    expect "a page opens" open tab "engine=wasm"
    opened=$(replied ms)
    expect "its first task counts" until_status tab 30 "s.firstTaskMs > 0"
    first=$(replied firstTaskMs)
    echo "from the link to the first task that counted: $(python3 -c "print(round($opened + $first))") ms"
    expect "within 5 s of opening the link" at_least 5000 "$(python3 -c "print($opened + $first)")"
    expect "a training on a page and the JVM" ended mixed 120
    expect "all of it" is_whole mixed
    expect "equal accuracy within 0.3 points" within_points "$(accuracy pure)" "$(accuracy mixed)" 0.3
    expect "the page has worked" until_status tab 5 "s.tasks > 20 && s.samples > 0 && s.upBytes > 0"
    echo "accuracy $(accuracy pure) on the JVM, $(accuracy mixed) with a page, which did $(replied tasks) tasks"
}

comings_and_goings() {
    start disturbed train "${settings[@]}" --url "$url"
    expect "rounds begin" within 60 has "$work/disturbed.out" round 30
    expect "a tab is closed in the middle" ask '{"do": "close", "tab": "tab"}'
    expect "rounds go on without it" within 30 has "$work/disturbed.out" round 60
    expect "it is opened again" open tab "engine=wasm"
    expect "and works" until_status tab 30 "s.tasks > 2"
    expect "it is reloaded" ask '{"do": "reload", "tab": "tab"}'
    expect "and works without being asked again" until_status tab 30 "s.tasks > 2"
    expect "the training ends well" ended disturbed 120
    expect "nothing is lost or doubled" is_whole disturbed
    expect "equal accuracy within 0.3 points again" within_points "$(accuracy pure)" "$(accuracy disturbed)" 0.3
}

# SwiftShader computes a GPU on the processor, which a page refuses unless it is told not to.
lost_gpu() {
    expect "a page without a real GPU takes WebAssembly" open usual "engine=auto"
    expect "and says why" until_status usual 30 "s.engine === 'wasm' && s.passedOver.includes('thirty times slower')"
    ask '{"do": "close", "tab": "usual"}'
    ask '{"do": "close", "tab": "tab"}'
    expect "a page with WebGPU joins" open gpu "engine=webgpu&software=yes"
    expect "its self-test passes" until_status gpu 60 "s.engine === 'webgpu' && s.state !== 'starting'"
    start gpu train "${settings[@]}" --url "$url"
    expect "the GPU works" until_status gpu 120 "s.tasks > 2"
    expect "the GPU process is killed" ask '{"do": "killGpu"}'
    expect "the page notices" until_status gpu 30 "s.losses > 0"
    local before
    before=$(replied tasks)
    expect "and works again" until_status gpu 60 "s.tasks > $before + 2"
    expect "the training ends well" ended gpu 300
    expect "nothing is lost or doubled by it" is_whole gpu
    expect "equal accuracy within 0.3 points with a GPU" within_points "$(accuracy pure)" "$(accuracy gpu)" 0.3
    ask '{"do": "close", "tab": "gpu"}'
}

# A phone stops pages in the background: they leave before, and come back.
background() {
    local phone='Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36'
    start phone train "${settings[@]}" --url "$url"
    expect "a phone's page opens" ask '{"do": "open", "tab": "phone", "url": "'"$url/device?engine=wasm"'", "userAgent": "'"$phone"'"}'
    expect "and works" until_status phone 30 "s.tasks > 2"
    expect "it goes to the background" ask '{"do": "hide", "tab": "phone"}'
    expect "and leaves" until_status phone 10 "s.state === 'hidden'"
    expect "rounds go on" within 30 has "$work/phone.out" round $(($(lines "$work/phone.out" round) + 10))
    expect "it comes back" ask '{"do": "show", "tab": "phone"}'
    expect "and joins by itself" until_status phone 10 "s.state !== 'hidden' && s.state !== 'away'"
    expect "the training ends well" ended phone 120
    expect "nothing is lost or doubled by a phone" is_whole phone
}

# One tab and two devices on the JVM, the whole data set.
whole_network() {
    expect "ann joins" join ann "$url"
    expect "bob joins" join bob "$url"
    expect "a page opens" open tab "engine=wasm"
    start cnn train mnist-cnn --data "$full" --epochs 2 --format json --url "$url"
    expect "the MNIST CNN is trained" ended cnn 1800
    expect "at least 98.5 %" at_least "$(accuracy cnn)" 0.985
    until_status tab 5 "true" && echo "accuracy $(accuracy cnn); the page did $(replied tasks) tasks"
}

for_hours() {
    local end=$((SECONDS + 60 * $1)) turn=0
    expect "ann joins" join ann "$url"
    while ((SECONDS < end)); do
        turn=$((turn + 1))
        start "turn$turn" train "${settings[@]}" --url "$url"
        open tab "engine=wasm" || break
        until_status tab 60 "s.tasks > 5" || break
        ask '{"do": "hide", "tab": "tab"}' && sleep 2 && ask '{"do": "show", "tab": "tab"}' || break
        ask '{"do": "reload", "tab": "tab"}' && until_status tab 60 "s.tasks > 5" || break
        ended "turn$turn" 300 && is_whole "turn$turn" || break
        ask '{"do": "close", "tab": "tab"}'
        ((turn % 10 > 0)) || echo "turn $turn: coordinator $(memory serve) KiB, browser $(browser_memory) KiB"
    done
    expect "$turn turns without a loss" test "$SECONDS" -ge "$end"
}

memory() {
    awk '/VmRSS/ {print $2}' "/proc/${pid[$1]}/status"
}

browser_memory() {
    pgrep -P "$browser_pid" | xargs -I{} awk '/VmRSS/ {print $2}' /proc/{}/status | paste -sd+ | bc
}

main "$@"
