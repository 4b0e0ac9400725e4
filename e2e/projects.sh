#!/usr/bin/env bash
# Projects on the command line: drafts, what is wrong with them and what would do, the queue, a
# restart in it, a deadline, a clone and the comparison of both.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    serve serve --port 0 --data "$work/data" --discovery-port 0 --runs-max 1
    port=${url##*:}
    expect "ann joins" join ann "$url"
    refused
    prepared
    queued
    compared
    expect "probes find it ready" ready
}

project() {
    "$motley" project "$@" --url "$url" >"$work/last.out" 2>&1
}

says() {
    grep -q -- "$1" "$work/last.out" || { cat "$work/last.out"; return 1; }
}

refused() {
    project create digits --epochs 0 --priority hihg
    expect "what is wrong is said, with what would do" says "epochs: 0 (expected: .*); try 1"
    expect "all of it" says 'priority: "hihg" (expected: .*); try "high"'
    expect "nothing is kept" no_projects
}

no_projects() {
    project list && says "no projects"
}

prepared() {
    project create digits --epochs 5 --total-tasks 100 --k 10
    expect "a draft says what it lacks" says "model: missing"
    project start digits
    expect "and does not start" says "model: missing"
    project change digits --model mnist-mlp --data "$small"
    expect "100 tasks, 10 a step" says "100 tasks of 200 samples, 10 steps over 5 epochs"
}

queued() {
    project clone digits --as endless --set totalTasks= --set k= --epochs 400
    project start endless
    expect "a project starts" says "(p.*): running"
    project start digits
    expect "another one waits, and why" says "1 of 1 runs are active and 0 wait before it"
    send KILL serve
    ended serve 10
    serve serve --port "$port" --data "$work/data" --discovery-port 0 --runs-max 1
    expect "it waits after a restart" status_is digits queued
    expect "the other one goes on" status_is endless running
    project change endless --deadline 1s
    expect "its deadline ends it with what it has" within 20 status_is endless stopped
    expect "then it is the other's turn" within 60 status_is digits completed
}

status_is() {
    "$motley" project list --url "$url" --format json | grep "\"name\":\"$1\"" |
        grep -q "\"status\":\"$2\""
}

compared() {
    project compare digits endless
    expect "two are compared" says "^epochs *5 *400"
    expect "with what came of them" says "^status *completed *stopped"
    project remove endless
    expect "one is removed" says "removed endless"
}

ready() {
    curl -sf "$url/readyz" | grep -q '"status":"ready"' &&
        curl -sf "$url/metrics" | grep -q '^motley_runs{status="finished"} 1$'
}

main "$@"
