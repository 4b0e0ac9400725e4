#!/usr/bin/env bash
# Whatever people get wrong costs them one line, which says what is wrong and what would be right;
# a full disk costs them a pause.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    make_bad_data
    bad_data
    bad_settings
    bad_files
    no_coordinator
    with_coordinator
    token
    full_disk
}

# refused NAME PATTERN ARGUMENT…: `motley ARGUMENT…` ends with an error and one line that matches.
refused() {
    local name=$1 pattern=$2 status=0
    shift 2
    timeout 240 "$motley" "$@" >"$work/refused.out" 2>"$work/refused.err" || status=$?
    expect "$name" is_refusal "$status" "$pattern"
}

is_refusal() {
    (($1 != 0 && $1 < 124)) || return
    (($(wc -l <"$work/refused.err") == 1)) || return
    grep -Eq "^motley: .*$2" "$work/refused.err"
}

trains() {
    refused "$1" "$2" train "${3-mnist-mlp}" "${@:4}" --epochs 1 --local-devices 1
}

# One copy of the small data for each way to be wrong.
make_bad_data() {
    python3 - "$small" "$work" <<'PY'
import pathlib, struct, sys
source, work = map(pathlib.Path, sys.argv[1:])
images, labels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
content = {file.name: file.read_bytes() for file in source.iterdir()}

def bad(name, file, changed):
    (work / name).mkdir()
    for other, original in content.items():
        (work / name / other).write_bytes(changed if other == file else original)

bad("truncated", images, content[images][:100_000])
bad("corrupt", images, b"JPEG" + content[images][4:])
bad("counts", labels, content[labels][:4] + struct.pack(">I", 3999) + content[labels][8:-1])
bad("range", labels, content[labels][:-1] + b"\x0c")
bad("shape", images, content[images][:8] + struct.pack(">II", 14, 56) + content[images][16:])
test_labels = "t10k-labels-idx1-ubyte"
bad("test-range", test_labels, content[test_labels][:-1] + b"\xc8")
PY
    mkdir "$work/empty"
    echo 'no tensors here' >"$work/corrupt.safetensors"
}

bad_data() {
    local images=train-images-idx3-ubyte labels=train-labels-idx1-ubyte
    trains "no such data" "$work/nowhere.*expected" mnist-mlp --data "$work/nowhere"
    trains "data without files" "lacks .*idx" mnist-mlp --data "$work/empty"
    trains "truncated images" "$images: truncated: 99984 of 3136000" mnist-mlp --data "$work/truncated"
    trains "corrupt images" "$images: not an IDX file" mnist-mlp --data "$work/corrupt"
    trains "more images than labels" "4000.*3999|3999.*4000" mnist-mlp --data "$work/counts"
    trains "labels out of range" "$labels.*expected: at most 10" mnist-mlp --data "$work/range"
    trains "test labels out of range" "200.*expected" mnist-mlp --data "$work/test-range"
    trains "images of another shape" "14.*56.*expected" mnist-mlp --data "$work/shape"
}

bad_settings() {
    local data=(--data "$small")
    trains "batches of nothing" "--batch-size: 0 .expected" mnist-mlp "${data[@]}" --batch-size 0
    trains "a rate below zero" "learning-?[rR]ate: -1.*expected" \
        mnist-mlp "${data[@]}" --learning-rate -1
    trains "no tasks" "--tasks: 0 .expected" mnist-mlp "${data[@]}" --tasks 0
    trains "an unknown model" "resnet.*mnist-cnn.*mnist-mlp" resnet "${data[@]}"
    trains "an unknown optimizer" "magic.*adam.*sgd" mnist-mlp "${data[@]}" --optimizer magic
    trains "an unknown schedule" "magic.*constant.*cosine" mnist-mlp "${data[@]}" --schedule magic
    trains "nowhere to write" "$work/corrupt.safetensors.*expected: a file in a directory" \
        mnist-mlp "${data[@]}" --out "$work/corrupt.safetensors/model"
    refused "an unknown address" "url: .*expected" devices --url http://no-such-host.invalid
}

bad_files() {
    local file=$work/corrupt.safetensors
    refused "predict without a file" "nowhere" predict "$work/nowhere" --data "$small"
    refused "predict with a corrupt file" "$file" predict "$file" --data "$small"
    trains "going on from a corrupt file" "$file" mnist-mlp --data "$small" --from "$file"
}

no_coordinator() {
    local nobody="no coordinator"
    refused "devices of nobody" "$nobody.*serve" devices --discovery-port 5999
    refused "watch nobody" "$nobody.*serve" watch --discovery-port 5999
    refused "join nobody" "$nobody.*serve" join --discovery-port 5999
    refused "nobody at an address" "$nobody.*127.0.0.1:1:.*refused" \
        devices --url http://127.0.0.1:1
}

with_coordinator() {
    serve serve --port 0 --discovery-port 0 || return
    local at=(--url "$url")
    refused "a port in use" "port.*in use.*--port" serve --port "${url##*:}" --data "$work/other"
    refused "a folder in use" "in use by another coordinator.*--data" serve --port 0
    refused "watch an unknown run" "nonesuch" watch nonesuch "${at[@]}"
    refused "stop an unknown run" "nonesuch" stop nonesuch "${at[@]}"
    refused "download an unknown run" "nonesuch" download nonesuch --out "$work/m" "${at[@]}"
    refused "watch when there is no run" "no runs.*train" watch "${at[@]}"
    start devices devices "${at[@]}"
    expect "the coordinator has survived all that" ended devices 20
    send INT serve
    expect "and ends on Ctrl-C" within 10 is_gone serve
}

# As on another machine: the coordinator's own folder, where its token lies, is not there.
token() {
    serve guarded --port 0 --listen 0.0.0.0 --data "$work/guarded" --discovery-port 0
    local local_url=http://127.0.0.1:${url##*:} here=$MOTLEY_HOME
    MOTLEY_HOME=$work/elsewhere
    refused "join without a token" "token" join "$local_url"
    refused "join with a wrong token" "token" join "$local_url" --token wrong
    refused "devices without a token" "token.*--token" devices --url "$local_url"
    MOTLEY_HOME=$here
    send INT guarded
    within 10 is_gone guarded
}

full_disk() {
    local disk=$work/disk
    mkdir "$disk"
    mount -t tmpfs -o size=64m none "$disk" 2>/dev/null || { echo "SKIP no mount"; return; }
    serve full --port 0 --data "$disk/data" --discovery-port 0
    join ann "$url"
    start filled train mnist-mlp --data "$small" --epochs 8 --batch-size 96 --url "$url" \
        --format json
    expect "rounds begin" within 60 has "$work/filled.out" checkpoint 2
    dd if=/dev/zero of="$disk/filler" bs=64k 2>/dev/null
    expect "a full disk pauses the run" within 60 is_paused
    local run
    run=$(field "$work/filled.out" started run)
    start download download "$run" --out "$work/kept" --url "$url"
    expect "what was kept can be fetched" ended download 30
    start predict predict "$work/kept" --data "$small"
    expect "and used" ended predict 60
    rm "$disk/filler"
    expect "the run goes on when there is space" ended filled 120
    expect "and finishes" at_least "$(field "$work/filled.out" result testAccuracy)" 0.8
    send INT full
    within 10 is_gone full
    umount "$disk"
}

is_paused() {
    grep '^{"type":"status"' "$work/filled.out" | grep -q '"paused".*checkpoint'
}

main "$@"
