#!/usr/bin/env bash
# Plans for WebAssembly in a real browser: headless Chromium gives the bits that Node gives, for plain and for relaxed SIMD.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
source "$root/bench/wasm/provide.bash"

main() {
    [[ -n ${MOTLEY_E2E_ISOLATED-} ]] || provide_browser || { echo "FAIL provide: no browser or no playwright-core"; exit 1; }
    isolate "$@"
    local model
    for model in mnist-mlp mnist-cnn lstm; do
        "$motley" model plan "$model" --batch-size 8 >"$work/$model.json"
        expect "$model: the gradient has Node's bits in Chromium" same_bits "$work/$model.json"
    done
    "$motley" model plan mnist-mlp --batch-size 8 --relaxed-simd >"$work/relaxed.json"
    expect "mnist-mlp with relaxed SIMD computes in Chromium" computes "$work/relaxed.json"
    "$motley" model plan product:512 >"$work/product.json"
    expect "a product of 512 x 512 takes less than a second" is_quick "$work/product.json"
}

run_once() {
    echo | timeout 480 node "$root/bench/wasm/plan.mjs" --warm-up 0 --seconds 0 "$@" 2>>"$work/errors" | tail -n 1
}

field() {
    node -e 'console.log(JSON.parse(process.argv[1])[process.argv[2]])' "$@"
}

computes() {
    [[ $(field "$(run_once "$@")" finite) == true ]]
}

same_bits() {
    local page own
    page=$(run_once "$1")
    own=$(run_once --node "$1")
    [[ $(field "$page" finite) == true && $(field "$page" sum) == "$(field "$own" sum)" ]]
}

is_quick() {
    (($(field "$(run_once "$1")" bestMs | cut -d. -f1) < 1000))
}

main "$@"
