#!/usr/bin/env bash
# Data that stay on devices: four devices with two or three digits each learn all ten together. One
# is killed and comes back, the coordinator is killed and goes on.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --data-on-devices digits --epochs 20 --local-epochs 2 --batch-size 32
    --optimizer sgd:momentum=0.9 --learning-rate 0.05 --quorum 3 --patience 20 --min-devices 4 --seed 7 --format json)
names=(ann bob cyd dan)

main() {
    isolate "$@"
    shards
    serve serve --port 0 --data "$work/data" --discovery-port 0
    local port=${url##*:} name
    for name in "${names[@]}"; do
        expect "$name joins with digits of its own" join "$name" "$url" --data "digits=$work/$name"
    done
    expect "a run on data that nobody has is refused" refused
    start train train "${settings[@]}" --url "$url"
    expect "rounds close" within 60 has "$work/train.out" round 5
    send KILL dan
    ended dan 5 2>/dev/null
    expect "rounds close without dan" within 60 has "$work/train.out" round 8
    expect "dan comes back" join dan "$url" --data "digits=$work/dan"
    send KILL serve
    ended serve 5 2>/dev/null
    serve again --port "$port" --data "$work/data" --discovery-port 0
    expect "the training ends well" ended train 120
    expect "together they know all digits" at_least "$(field "$work/train.out" result testAccuracy)" 0.85
    expect "one alone does not" alone
}

refused() {
    ! "$motley" train mnist-mlp --data "$small" --data-on-devices faces --url "$url" >/dev/null 2>"$work/faces.err" &&
        grep -q "no device that is here offers samples of this name" "$work/faces.err"
}

# The same rounds with ann's three digits only.
alone() {
    serve lone --port 0 --data "$work/lone-data" --discovery-port 0 &&
        join eve "$url" --data "digits=$work/ann" &&
        start one train "${settings[@]}" --epochs 3 --quorum 1 --min-devices 1 --url "$url" &&
        ended one 60 &&
        ! at_least "$(field "$work/one.out" result testAccuracy)" 0.4
}

# The images of the small set, sorted by their labels, in four parts: no part has more than four digits.
shards() {
    python3 - "$small" "$work" "${names[@]}" <<'PY'
import pathlib, struct, sys
source, target = map(pathlib.Path, sys.argv[1:3])
images = (source / "train-images-idx3-ubyte").read_bytes()[16:]
labels = (source / "train-labels-idx1-ubyte").read_bytes()[8:]
order = sorted(range(len(labels)), key=lambda i: labels[i])
names = sys.argv[3:]
for part, name in enumerate(names):
    mine = order[part * len(order) // len(names) : (part + 1) * len(order) // len(names)]
    folder = target / name
    folder.mkdir()
    head = struct.pack(">4I", 0x803, len(mine), 28, 28)
    pixels = b"".join(images[i * 784 : i * 784 + 784] for i in mine)
    (folder / "train-images-idx3-ubyte").write_bytes(head + pixels)
    head = struct.pack(">2I", 0x801, len(mine))
    (folder / "train-labels-idx1-ubyte").write_bytes(head + bytes(labels[i] for i in mine))
PY
}

main "$@"
