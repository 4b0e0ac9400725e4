#!/usr/bin/env bash
# The whole service in a real browser, from a fresh coordinator: the administrator by the printed
# link, a requestor and a provider by invitations, a model that real Keras made and NumPy files, a
# run of 100 tasks with K 10 on two devices that join by a link, paused, its coordinator killed and
# started again, resumed; real Keras loads what was downloaded and finds the accuracy that the page
# reported. `SHOTS=FOLDER` keeps pictures of the pages.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

suite=$root/e2e/playwright
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
venv=${KERAS_VENV-$root/build/keras-venv}

# While there is a network: `isolate` starts the script again without one.
if [[ -z ${MOTLEY_E2E_ISOLATED-} ]]; then
    [[ -n $browser ]] || { echo "FAIL grid: there is no chromium"; exit 1; }
    [[ -d $suite/node_modules/playwright-core ]] ||
        (cd "$suite" && npm ci --ignore-scripts --no-progress --loglevel=error) || exit
    [[ -x $venv/bin/motley-ready || -n ${KERAS_VENV-} ]] ||
        { python3 -m venv "$venv" && "$venv/bin/pip" install -q --retries 1 -r "$root/e2e/keras-requirements.txt" &&
            ln -s python "$venv/bin/motley-ready"; } || exit
fi

main() {
    isolate "$@"
    export HOME=$work TF_CPP_MIN_LOG_LEVEL=3
    expect "real Keras makes a model" keras make "$small" "$work"
    serve serve --accounts --port 0 --data "$work/data" --discovery-port 0
    node "$suite/grid.mjs" "$browser" "$(field "$work/serve.out" serving setup)" "$work" &
    pid[pages]=$!
    devices
    crash
    ended pages 200 || failures+=1
    expect "real Keras finds the reported accuracy in what was downloaded" keras check "$work"
}

keras() {
    "$venv/bin/python" "$root/e2e/grid_keras.py" "$@" 2>"$work/keras.err"
}

# The link for them is on a page.
devices() {
    within 120 asked join || return
    expect "a device joins by the link" join ann "$(<"$work/join")"
    expect "and another" join bob "$(<"$work/join")"
}

# As soon as the pages ask for it.
crash() {
    within 120 asked kill || return
    send KILL serve
    ended serve 5 2>/dev/null
    within 60 asked start || return
    serve again --accounts --port "${url##*:}" --data "$work/data" --discovery-port 0
}

asked() {
    [[ -s $work/$1 ]] || is_gone pages
}

main "$@"
