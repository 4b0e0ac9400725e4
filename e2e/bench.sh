#!/usr/bin/env bash
# The rows of figures run to their end; none is judged here, and PyTorch is not needed.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    row N1 "batch 32, 1 thread"
    row N2 "batch 32, 1 thread"
    row N4 512
    row N13 ""
    expect "an unknown row lists those there are" names_rows
    MOTLEY_JAVA_OPTS=-XX:+PrintCompilation "$root/motley" bench --seconds 0 --warm-up 0 >"$work/compiled" 2>&1
    expect "a first step finds its kernels compiled, each once" compiled_once
}

row() {
    "$root/bench/run" "$1" --quick --alone --case "$2" >"$work/$1.out" 2>"$work/$1.err"
    expect "row $1 ends with its result" is_result "$1" "$(tail -n 1 "$work/$1.out")"
}

is_result() {
    python3 - "$@" <<'PY'
import json, sys
row, line = sys.argv[1:]
result = json.loads(line)
sys.exit(not (result["row"] == row and result["value"] > 0 and result["cases"]))
PY
}

names_rows() {
    ! "$root/bench/run" N99 >/dev/null 2>"$work/N99.err" && grep -q 'expected: one of N1, N2' "$work/N99.err"
}

# The fastest level is 4, a percent sign a loop that was compiled while it ran: kernels that begin
# with work are compiled that way, and again as a whole.
compiled_once() {
    local kernels
    kernels=$(grep -E ' 4 +motley\.cpu\.kernel\.Generated' "$work/compiled")
    (($(wc -l <<<"$kernels") >= 20)) && ! grep '%' <<<"$kernels" &&
        [[ -z $(grep -o 'Generated[^:]*' <<<"$kernels" | sort | uniq -d) ]]
}

main "$@"
