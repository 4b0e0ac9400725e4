#!/usr/bin/env bash
# GPUs, on SwiftShader, which comes with Chromium: what is refused, a run with a GPU device, and the
# engine contract natively, each operation also in headless Chromium.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

browser=/usr/bin/chromium
library=$shared/engines/webgpu-0.1.7/libwebgpu_wrapper.so
modules=$shared/playwright
# Of the contract, what a page that compiles on two cores gets through in a minute or two.
operations=everyOperationIsWithinItsErrorBound+carriedResults*+paramsAndEqual*

main() {
    if [[ -z ${MOTLEY_E2E_ISOLATED-} ]]; then
        provide || { echo "FAIL provide: no Chromium, no library or no playwright-core"; exit 1; }
    fi
    isolate "$@"
    ln -s "$shared/engines" "$MOTLEY_HOME/engines"
    export XDG_RUNTIME_DIR=$work
    export VK_ICD_FILENAMES=$work/swiftshader.json
    printf '{"file_format_version":"1.0.0","ICD":{"library_path":"%s","api_version":"1.1.0"}}\n' \
        /usr/lib/chromium/libvk_swiftshader.so >"$VK_ICD_FILENAMES"
    refusals
    mixed_run
    tuned_device
    expect "a GPU finds what is fastest by timing" tunes
    echo "the fastest of $(field "$work/timed.out" tuned kernel): $(field "$work/timed.out" tuned variant)"
    expect "once, and of equal bits only" contract NativeTuningTest
    expect "all tilings give equal bits" contract TilingBitsTest
    expect "half floats are right, or refused" contract HalfProductsTest
    expect "tensors that are longer than a binding are computed in pieces" contract LongTensorsTest
    # The whole of it takes five minutes; where time is short, each operation.
    expect "the engine contract, natively" contract "NativeEngineContract${CI:+#$operations}"
    expect "every operation, in Chromium" contract "BrowserEngineContract#$operations"
}

provide() {
    local root=()
    ((EUID == 0)) || root=(sudo)
    if [[ ! -x $browser || ! -e /usr/lib/x86_64-linux-gnu/libvulkan.so.1 ]]; then
        "${root[@]}" apt-get -qq update
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
            --no-install-recommends chromium libvulkan1 >/dev/null || return
    fi
    mkdir -p "$modules"
    [[ -d $modules/node_modules/playwright-core ]] ||
        npm install --silent --no-save --prefix "$modules" playwright-core@1.65.1 || return
    MOTLEY_HOME=$shared "$motley" engine fetch webgpu
}

refusals() {
    expect "a software adapter is refused" says "expected: hardware" engine show webgpu
    expect "unless it is allowed" "$motley" engine show webgpu --allow-software
    expect "the Null backend is refused" null_is_refused
}

null_is_refused() {
    VK_ICD_FILENAMES=$work/none.json says "only pretends to" engine show webgpu --allow-software
}

# says TEXT ARGUMENT…: whether `motley ARGUMENT…` fails and says so.
says() {
    local text=$1
    shift
    ! "$motley" "$@" >"$work/said" 2>&1 && grep -q "$text" "$work/said"
}

mixed_run() {
    serve serve
    expect "a GPU joins" join gpu --engine webgpu --allow-software
    expect "a JVM joins" join jvm
    start train train mnist-mlp --data "$small" --epochs 1 --batch-size 400 --tasks 20 --seed 7 \
        --format json
    expect "they train together" ended train 240
    expect "and the net learns" at_least "$(field "$work/train.out" result testAccuracy)" 0.7
    expect "the GPU has worked" has "$work/gpu.out" computed
    expect "the JVM has worked" has "$work/jvm.out" computed
    send INT gpu
    expect "the GPU leaves" within 20 is_gone gpu
}

# Alone, so that nobody does its work while it times.
tuned_device() {
    send INT jvm
    within 20 is_gone jvm
    join tuned --engine webgpu --allow-software --tune
    start tuned_run train mnist-mlp --data "$small" --epochs 1 --batch-size 400 --tasks 4 --format json
    expect "a GPU device that shall, times its largest kernels" within 60 has "$work/tuned.out" tuned
    expect "and works" within 60 has "$work/tuned.out" computed
    send INT tuned_run
    expect "its run can be stopped" within 20 is_gone tuned_run
    send INT tuned
    expect "and the device leaves" within 20 is_gone tuned
}

# Not as a device: where processors are busy, others have done its work before it has timed a thing.
tunes() {
    "$motley" bench --engine webgpu --allow-software --tune --product 64 --warm-up 0 --seconds 0 \
        --format json >"$work/timed.out" && has "$work/timed.out" tuned
}

contract() {
    (
        cd "$root" || exit
        mvn -o -q -B -ntp -pl java/webgpu -am test -Dtest="$1" \
            -Dsurefire.failIfNoSpecifiedTests=false -Dmotley.webgpu.file="$library" \
            -Dmotley.webgpu.browser="$browser" -Dmotley.webgpu.modules="$modules"
    ) >"$work/contract.out" 2>&1
}

main "$@"
