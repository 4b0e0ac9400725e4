#!/usr/bin/env bash
# A profile of a training: one trace of all processes, whole also when Ctrl-C ends it.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --batch-size 96 --seed 7 --format json)

main() {
    isolate "$@"
    start short train "${settings[@]}" --epochs 2 --local-devices 2 --profile "$work/short.json"
    expect "a training with devices ends" ended short 120
    expect "its trace has all processes" is_trace short.json coordinator local-1 local-2
    expect "its rows are objects" are_json_lines "$work/short.out"
    expect "its layers are known" has "$work/short.out" profile-layer 5
    expect "its rounds are explained" has "$work/short.out" profile-activity 10
    expect "devices leave no files behind" no_parts
    start cut train "${settings[@]}" --epochs 500 --local-devices 1 --profile "$work/cut.json"
    expect "rounds go on" within 60 has "$work/cut.out" round 40
    send INT cut
    ended cut 30
    expect "after Ctrl-C the trace is whole" is_trace cut.json coordinator local-1
    start alone train "${settings[@]}" --epochs 500 --alone --profile "$work/alone.json"
    expect "epochs go on" within 60 has "$work/alone.out" epoch 1
    send INT alone
    ended alone 30
    expect "alone, after Ctrl-C the trace is whole" is_trace alone.json motley
}

no_parts() {
    [[ -z $(find "$MOTLEY_HOME" -maxdepth 1 -name 'profile-*') ]]
}

# is_trace FILE PROCESS…: whether a trace has these processes, events that lie in each other, kernels with
# the names of layers, and the tasks of devices within the rounds they belong to.
is_trace() {
    python3 - "$work/$1" "${@:2}" <<'PY'
import collections, json, sys
file, *expected = sys.argv[1:]
events = json.load(open(file, encoding="utf-8"))["traceEvents"]
names = {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"}
assert sorted(names.values()) == sorted(expected), names
threads = collections.defaultdict(list)
for e in events:
    assert e["ph"] in "XM" and e["pid"] in names, e
    if e["ph"] == "X":
        assert e["ts"] >= 0 and e["dur"] >= 0, e
        threads[e["pid"], e["tid"]].append((e["ts"], -e["dur"], e["name"]))
for spans in threads.values():
    ends = []
    for start, minus, name in sorted(spans):
        while ends and ends[-1] <= start + 0.002:
            ends.pop()
        assert not ends or start - minus <= ends[-1] + 0.002, name
        ends.append(start - minus)
assert {"dense1", "dense1/backward"} <= {e["name"] for e in events if e.get("cat") == "kernel"}
tasks = [e for e in events if e.get("args", {}).get("kind") == "TRAIN"]
assert bool(tasks) == ("coordinator" in expected)
rounds = {e["name"]: e for e in events if e.get("cat") == "round"}
slack = 5000  # Readings of two clocks, and answers that are on their way when the round closes.
within = collections.defaultdict(bool)
for task in tasks:
    inside = rounds.get("round %d" % task["args"]["round"])
    if not inside:
        continue  # The one that was cut.
    assert task["ts"] > inside["ts"] - slack, (task, inside)
    # A repeated task may outlast its round, but not both copies.
    slot = task["args"]["round"], task["args"]["slot"]
    within[slot] |= task["ts"] + task["dur"] < inside["ts"] + inside["dur"] + slack
assert all(within.values()), [slot for slot in within if not within[slot]]
PY
}

main "$@"
