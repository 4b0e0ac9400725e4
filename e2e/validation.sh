#!/usr/bin/env bash
# A share that is held back is judged by and never learnt from: with other pixels in all of its
# samples the weights are the same to the last bit, on devices and alone; with other pixels in one
# sample that is learnt from they are not. Which samples these are is computed here once more.
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --epochs 1 --batch-size 100 --tasks 4 --seed 7 --validation-share 0.1)

main() {
    isolate "$@"
    python3 - "$small" "$work" <<'PY'
import pathlib, shutil, sys
small, work = map(pathlib.Path, sys.argv[1:])
MASK = 0xFFFFFFFF

def mix(h):
    h = (h ^ h >> 16) * 0x85EBCA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & MASK
    return h ^ h >> 16

def order(seed, epoch, count):
    key = mix(seed & MASK ^ mix(seed >> 32 & MASK ^ mix(epoch + 0x9E3779B9 & MASK)))
    half = (max(2, (count - 1).bit_length()) + 1) // 2
    for position in range(count):
        value = position
        while True:
            left, right = value >> half, value & (1 << half) - 1
            for turn in range(8):
                left, right = right, left ^ mix(right ^ mix(key + turn * 0x85EBCA6B & MASK)) & (1 << half) - 1
            value = left << half | right
            if value < count:
                break
        yield value

samples = list(order(7, 2**31 - 1, 4000))
assert sorted(samples) == list(range(4000))
for name, changed in ("held", samples[3600:]), ("learned", samples[:1]):
    shutil.copytree(small, work / name)
    file = work / name / "train-images-idx3-ubyte"
    pixels = bytearray(file.read_bytes())
    for sample in changed:
        for at in range(16 + 784 * sample, 16 + 784 * (sample + 1)):
            pixels[at] ^= 255
    file.chmod(0o644)
    file.write_bytes(pixels)
PY
    for data in "$small" "$work/held" "$work/learned"; do
        name=${data##*/}
        start "$name" train "${settings[@]}" --data "$data" --local-devices 2 --format json
        expect "training on devices with ${name} samples" ended "$name" 60
    done
    expect "pixels that are held back change no weight" same "$(weights held)" "$(weights small)"
    expect "but what it is judged by" differ "$(loss held)" "$(loss small)"
    expect "pixels that are learnt from do" differ "$(weights learned)" "$(weights small)"
    for data in "$small" "$work/held"; do
        name=alone-${data##*/}
        start "$name" train "${settings[@]:0:5}" --seed 7 --validation-share 0.1 --data "$data" \
            --alone --out "$work/$name.safetensors"
        expect "training alone with ${data##*/} samples" ended "$name" 60
    done
    expect "alone they change none either" \
        cmp "$work/alone-held.safetensors" "$work/alone-small.safetensors"
    expect "a share that leaves nothing is refused" refused --validation-share 0.95
}

weights() {
    field "$work/$1.out" result weightsSha256
}

loss() {
    field "$work/$1.out" result testLoss
}

differ() {
    [[ -n $1 && -n $2 && $1 != "$2" ]]
}

refused() {
    local said
    said=$("$motley" train mnist-mlp --data "$small" "$@" 2>&1) && return 1
    [[ $said == *"(expected: above 0, at most 0.9)"* ]]
}

main "$@"
