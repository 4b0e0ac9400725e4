#!/usr/bin/env bash
# Models that a coordinator keeps, on the command line: a file of Keras is pushed, trained by its name
# with its own settings, downloaded as Keras reads it, and removed; what is no model is refused.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

keras=$root/java/coordinator/src/test/resources/motley/coordinator/keras

main() {
    isolate "$@"
    serve serve --port 0 --data "$work/data" --discovery-port 0
    expect "a model of Keras is pushed" "$motley" model push "$keras/small_mlp.keras" --name net --url "$url"
    expect "what is none is refused by name" refused model push "$keras/bad_unknown_layer.keras" --url "$url"
    "$motley" model list --stored --url "$url" --format json >"$work/list.out"
    expect "it is listed" same 12730 "$(field "$work/list.out" model parameters)"
    expect "a device joins" join ann "$url"
    start train train net --data "$small" --epochs 1 --batch-size 100 --out "$work/end.safetensors" \
        --format json --url "$url"
    expect "it is trained by its name" ended train 120
    expect "and has learnt" at_least "$(field "$work/train.out" result testAccuracy)" 0.6
    local run
    run=$(field "$work/train.out" result run)
    expect "what it learnt comes as Keras reads it" "$motley" download "$run" --out "$work/end.keras" --url "$url"
    expect "and says the same" same "$(accuracy "$work/end.keras")" "$(accuracy "$work/end.safetensors")"
    expect "without --yes nothing is removed" fails "$motley" model remove net --url "$url"
    expect "with it the model goes" "$motley" model remove net --yes --url "$url"
    expect "and the run keeps what it needs" "$motley" download "$run" --best --out "$work/best.h5" --url "$url"
}

refused() {
    ! "$motley" "$@" 2>"$work/refused" && grep -q "bad_unknown_layer.keras: " "$work/refused"
}

accuracy() {
    "$motley" evaluate "$1" --data "$small" --format json >"$work/evaluate.out" 2>&1
    field "$work/evaluate.out" evaluation accuracy
}

fails() {
    ! "$@" >/dev/null 2>&1
}

main "$@"
