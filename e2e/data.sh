#!/usr/bin/env bash
# A large file on its way to a coordinator with little memory: the sender is killed in the middle,
# then the coordinator, and what arrived stays. Cut into shards, a data set trains to the same
# weights as the files it was made of.
#
# MOTLEY_UPLOAD_MIB: size of the large file; 5120, in CI 512.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

mib=${MOTLEY_UPLOAD_MIB:-$([[ -n ${CI-} ]] && echo 512 || echo 5120)}
settings=(mnist-mlp --epochs 2 --batch-size 96 --tasks 6 --seed 7 --format json)

main() {
    isolate "$@"
    export MOTLEY_JAVA_OPTS=-Xmx512m
    serve serve --port 0 --data "$work/data" --discovery-port 0
    same_weights
    large_file
}

same_weights() {
    expect "images are added" "$motley" data add --url "$url" --name small --format json \
        "$small"/{train-images-idx3,train-labels-idx1}-ubyte \
        --test "$small"/t10k-images-idx3-ubyte --test "$small"/t10k-labels-idx1-ubyte
    expect "ann joins" join ann "$url"
    start files train "${settings[@]}" --data "$small" --url "$url"
    expect "a training on the files" ended files 120
    start shards train "${settings[@]}" --data small --url "$url"
    expect "a training on the shards" ended shards 120
    expect "has the same weights" same \
        "$(field "$work/files.out" result weightsSha256)" \
        "$(field "$work/shards.out" result weightsSha256)"
    expect "the device holds shards, not files" test \
        "$(find "$MOTLEY_HOME" -path '*/cache/shards/*' -type f | wc -l)" -ge 1
    expect "without --yes nothing is removed" fails "$motley" data remove small --url "$url"
    expect "with it the data set goes" "$motley" data remove small --yes --url "$url"
}

large_file() {
    local port=${url##*:} x=$work/x.npy y=$work/y.npy
    expect "a file of $mib MiB" write_arrays "$x" "$y" "$mib"
    start add data add "$x" "$y" --name large --test-share 0 --format json --url "$url"
    expect "a tenth arrives" within 120 arrived $((mib * 1048576 / 10))
    send KILL add
    ended add 5 2>/dev/null
    start again data add "$x" "$y" --name large --test-share 0 --url "$url"
    expect "half arrives" within 300 arrived $((mib * 1048576 / 2))
    expect "the upload went on where it was" grep -q "goes on at byte" "$work/again.out"
    send KILL serve
    ended serve 5 2>/dev/null
    serve back --port "$port" --data "$work/data" --discovery-port 0
    expect "the data set is made, its file whole by its hash" ended again 900
    expect "and the sender saw the cut" grep -q "it goes on" "$work/again.out"
    "$motley" data list --url "$url" --format json >"$work/list.out"
    expect "every sample is there" same "$(field "$work/list.out" dataset train)" $((mib * 1024))
    echo "coordinator's memory, at most: $(grep VmHWM "/proc/${pid[back]}/status")"
}

# Rows of 1,024 bytes. Every MiB differs from the others.
write_arrays() {
    python3 - "$@" <<'PY'
import os, sys
inputs, targets, mib = sys.argv[1], sys.argv[2], int(sys.argv[3])
def header(shape):
    text = "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }" % (shape,)
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()
noise = bytearray(os.urandom(1 << 20))
with open(inputs, "wb") as out:
    out.write(header((mib * 1024, 1024)))
    for number in range(mib):
        noise[:8] = number.to_bytes(8, "little")
        out.write(noise)
with open(targets, "wb") as out:
    out.write(header((mib * 1024,)))
    out.write(bytes(range(8)) * (mib * 128))
PY
}

# arrived BYTES: whether some upload has so many by now.
arrived() {
    (($(find "$work/data/uploads" -type f -size "+$(($1 / 1048576))M" | wc -l) > 0))
}

fails() {
    ! "$@" >/dev/null 2>&1
}

main "$@"
