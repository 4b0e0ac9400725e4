#!/usr/bin/env bash
# What a requestor and a provider do with projects in a real browser: a form filled in wrongly and
# mended by what it proposes, a draft, the queue, a clone, both beside each other, what a device did
# and for whom; and an upload that loses its network and its coordinator and goes on by itself to
# the same hash. `SHOTS=FOLDER` keeps pictures of the pages.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

suite=$root/e2e/playwright
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)

main() {
    [[ -n $browser ]] || { echo "FAIL project-pages: there is no chromium"; exit 1; }
    [[ -n ${MOTLEY_E2E_ISOLATED-} || -d $suite/node_modules/playwright-core ]] ||
        (cd "$suite" && npm ci --ignore-scripts --no-progress --loglevel=error) || exit
    isolate "$@"
    export HOME=$work
    head -c 50000000 /dev/urandom >"$work/noise.bin"
    serve serve --port 0 --data "$work/data" --discovery-port 0 --runs-max 1
    expect "ann joins" join ann "$url"
    expect "bob joins" join bob "$url"
    node "$suite/projects.mjs" "$browser" "$url" "$work" "$small" &
    pid[pages]=$!
    crash
    ended pages 200 || failures+=1
}

# As soon as the pages ask for it.
crash() {
    within 120 asked kill || return
    send KILL serve
    ended serve 5 2>/dev/null
    within 60 asked start || return
    serve again --port "${url##*:}" --data "$work/data" --discovery-port 0 --runs-max 1
}

asked() {
    [[ -f $work/$1 ]] || is_gone pages
}

main "$@"
