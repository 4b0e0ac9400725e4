#!/usr/bin/env bash
# The pages in a real browser, with a real coordinator and real devices: a training is started by the
# form, watched, paused, survives the death of its coordinator, goes on, is downloaded; nothing is in
# the way of keyboards and screen readers, in light and dark.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

suite=$root/e2e/playwright
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)

main() {
    [[ -n $browser ]] || { echo "FAIL web: there is no chromium"; exit 1; }
    [[ -n ${MOTLEY_E2E_ISOLATED-} || -d $suite/node_modules/jsqr ]] ||
        (cd "$suite" && npm ci --ignore-scripts --no-progress --loglevel=error) || exit
    isolate "$@"
    export HOME=$work
    serve serve --port 0 --data "$work/data" --discovery-port 0
    expect "ann joins" join ann "$url"
    expect "bob joins" join bob "$url"
    node "$suite/web.mjs" "$browser" "$url" "$work" "$small" &
    pid[pages]=$!
    crash
    ended pages 300 || failures+=1
    accounts
}

# As soon as the pages ask for it.
crash() {
    within 240 asked kill || return
    send KILL serve
    ended serve 5 2>/dev/null
    within 60 asked start || return
    serve again --port "${url##*:}" --data "$work/data" --discovery-port 0
}

asked() {
    [[ -f $work/$1 ]] || is_gone pages
}

accounts() {
    serve people --accounts --port 0 --data "$work/people" --discovery-port 0
    expect "a link to set up is printed" test -n "$(field "$work/people.out" serving setup)"
    node "$suite/people.mjs" "$browser" "$(field "$work/people.out" serving setup)" || failures+=1
}

main "$@"
