#!/usr/bin/env bash
# What one tab does: it computes with several threads where its page is isolated, with the bits of the JVM where
# multiply-adds round once; keeps the screen on while it works and is seen; and takes another GPU when its own ends.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
source "$root/e2e/tabs.bash"

settings=("$root/e2e/small-cnn.json" --data "$small" --batch-size 128 --tasks 2 --seed 7 --format json)

main() {
    provide_tabs
    isolate "$@"
    serve serve --port 0 --discovery-port 0
    expect "a coordinator serves" test -n "${url-}"
    expect "Chromium starts" open_browser
    threads
    awake
    threads_end
    lost
    tell quit
}

threads() {
    start jvm train "${settings[@]}" --epochs 1 --local-devices 1
    expect "a training on the JVM" ended jvm 60
    tab_alone one "engine=wasm&threads=1"
    tab_alone two "engine=wasm&threads=2"
    expect "two threads, the weights of one" same "$(weights two)" "$(weights one)"
    # Where a multiply-add rounds twice, tabs are a class of their own.
    [[ $class != jvm-* ]] || expect "a tab of the JVM's class, its weights" same "$(weights two)" "$(weights jvm)"
}

# tab_alone NAME QUERY: a training on nothing but a tab.
tab_alone() {
    start "$1" train "${settings[@]}" --epochs 1 --url "$url"
    expect "a tab joins ($1)" open tab "$url/device?$2"
    expect "and works" until_status tab 30 "s.tasks > 2"
    [[ $1 != two ]] || expect "with two threads" same "$(replied processor)" "WebAssembly, 2 threads"
    class=$("$motley" devices --url "$url" --format json | grep '"id":"web-' | grep -o '"numericClass":"[^"]*"' | cut -d '"' -f 4 | tail -n 1)
    expect "the training on it ends" ended "$1" 60
    expect "the tab is closed" tell close tab
}

classes() {
    "$motley" devices --url "$url" --format json | grep -o '"numericClass":"[^"]*"'
}

weights() {
    field "$work/$1.out" result weightsSha256
}

awake() {
    start long train "${settings[@]}" --epochs 200 --url "$url"
    expect "a tab joins, by two clicks" open tab "$url/device?engine=wasm" 2
    expect "and works" until_status tab 30 "s.tasks > 0"
    expect "as one device: a session, and what computes" has_workers 2
    expect "the screen stays on" within 5 holds 1
    expect "the page is hidden" tell hide tab
    expect "the screen may go off" within 5 holds 0
    expect "the page is seen again" tell show tab
    expect "the screen stays on again" within 5 holds 1
    expect "it was asked for twice" same "$(replied asked)" 2
    expect "it is stopped" tell stop tab
    expect "the screen may go off" within 5 holds 0
    expect "nothing of it goes on" within 5 has_workers 0
    expect "it is closed" tell close tab
}

has_workers() {
    tell workers tab && same "$(replied workers)" "$1"
}

says() {
    grep -q -- "$2" <<<"$1"
}

# While a training runs: threads that end, that hear nothing any more, and that do not begin.
threads_end() {
    local before
    expect "a tab with two joins" open few "$url/device?engine=wasm&threads=2"
    expect "and works" until_status few 30 "s.processor === 'WebAssembly, 2 threads' && s.tasks > 0"
    expect "a thread ends" tell endThread few
    expect "which the tab notices" until_status few 10 "s.losses === 1"
    before=$(replied tasks)
    expect "and works with two again" until_status few 30 "s.processor === 'WebAssembly, 2 threads' && s.tasks > $before + 1"
    expect "a thread hears nothing" tell muteThread few
    expect "which the tab notices" until_status few 30 "s.losses === 2"
    before=$(replied tasks)
    expect "and works with one" until_status few 30 "s.processor === 'WebAssembly' && s.tasks > $before + 1"
    expect "further threads cannot begin any more" tell refuseThreads few
    expect "the tab is closed" tell close few
    expect "another one that wants two joins" open few "$url/device?engine=wasm&threads=2"
    expect "and works with one" until_status few 30 "s.processor === 'WebAssembly' && s.tasks > 0"
    expect "nothing was lost" same "$(replied losses)" 0
    expect "further threads can begin again" tell allowThreads few
    expect "it is closed" tell close few
}

holds() {
    tell wakeLocks tab && same "$(replied held)" "$1"
}

lost() {
    local before known
    expect "a tab that wants half floats" open gpu "$url/device?engine=webgpu&software=yes&half=yes"
    expect "works without where there are none, and says so" until_status gpu 30 "s.tasks > 0 && s.processor.includes('without half floats')"
    expect "it is closed" tell close gpu
    expect "a tab with WebGPU joins" open gpu "$url/device?engine=webgpu&software=yes&tune=yes"
    expect "times variants of its largest kernels" until_status gpu 60 "(s.tuned ?? '').includes('convolution')"
    known=$(replied tuned)
    echo "the fastest: $known"
    expect "and works" until_status gpu 30 "s.engine === 'webgpu' && s.tasks > 0"
    expect "in a class that has the compiler's version" says "$(classes)" '"webgpu-[0-9]*-google-swiftshader"'
    expect "it is closed" tell close gpu
    expect "another one joins" open gpu "$url/device?engine=webgpu&software=yes&tune=yes"
    # Programs that the first one had no time for it may time itself.
    expect "and works without timing the same again" until_status gpu 60 "!(s.tuned ?? '').includes('${known%%:*}:') && s.tasks > 1"
    expect "its GPU device ends" tell destroyGpu gpu
    expect "which it notices" until_status gpu 15 "s.losses === 1"
    before=$(replied tasks)
    expect "and works on another" until_status gpu 30 "s.engine === 'webgpu' && s.tasks > $before + 1"
    expect "its GPU rounds wrongly from now on" tell breakGpu gpu
    expect "it is closed" tell close gpu
    expect "a tab that wants nothing but this GPU" open gpu "$url/device?engine=webgpu&software=yes"
    expect "stops" until_status gpu 30 "s.reason.includes('computes')"
    echo "it says: $(replied reason)"
    expect "and says what is wrong" says "$(replied reason)" "computes a logistic function of .* (expected: .* within "
    expect "it is closed" tell close gpu
    expect "a tab that takes what there is" open gpu "$url/device?software=yes"
    expect "works with WebAssembly" until_status gpu 30 "s.engine === 'wasm' && s.tasks > 0"
    expect "and says why" says "$(replied passedOver)" "computes a logistic function"
    expect "the GPU rounds rightly again" tell mendGpu gpu
    expect "the training is stopped" "$motley" stop --url "$url" --format json "$(field "$work/long.out" started run)"
    expect "and ends" within 20 is_gone long
}

main "$@"
