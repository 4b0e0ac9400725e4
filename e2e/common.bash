# Sourced by the end-to-end scripts: real processes on real sockets, in a network of their own.
#
# A script calls `isolate "$@"` first, then its scenarios; `expect NAME COMMAND…` is one test. All
# waits are bounded, processes are ended by their ids, and everything a script wrote goes with it,
# but for the data of `build/e2e`, which all scripts share.
set -uo pipefail

root=$(cd -P -- "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
motley=${MOTLEY:-$root/motley}
shared=$root/build/e2e
full=$shared/datasets/mnist
small=$shared/small
declare -A pid=()
declare -A machine=()
declare -i failures=0 cables=0

# Builds and fetches with the network there is, then starts the script again in a network
# namespace whose only interface is loopback, so that discovery finds nobody else's coordinator.
# With MOTLEY_E2E_PREPARE=only it ends in between: scripts that run at once must not fetch at once.
isolate() {
    local enter=(unshare --net --mount)
    if [[ -z ${MOTLEY_E2E_ISOLATED-} ]]; then
        prepare || { echo "FAIL prepare: no program or no data"; exit 1; }
        [[ ${MOTLEY_E2E_PREPARE-} != only ]] || exit 0
        ((EUID == 0)) || enter=(unshare --map-root-user --net --mount)
        "${enter[@]}" true 2>/dev/null || enter=()
        MOTLEY_E2E_ISOLATED=${#enter[@]} exec "${enter[@]}" bash "$0" "$@"
    fi
    ((MOTLEY_E2E_ISOLATED == 0)) || ip link set lo up
    # Nothing leaves this network, so no proxy leads out of it.
    unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
    work=$(mktemp -d)
    trap clean EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    export MOTLEY_HOME=$work/home
    mkdir -p "$MOTLEY_HOME"
    ln -s "$shared/datasets" "$MOTLEY_HOME/datasets"
}

prepare() {
    mkdir -p "$shared"
    MOTLEY_HOME=$shared "$motley" data show "$full" >/dev/null 2>&1 ||
        MOTLEY_HOME=$shared "$motley" data fetch mnist >&2 || return
    [[ -d $small ]] || cut_small
}

# The first 4,000 and 1,000 images of MNIST: enough rounds to disturb, few enough to be quick.
cut_small() {
    local part
    part=$(mktemp -d "$shared/XXXXXX")
    python3 - "$full" "$part" <<'PY'
import pathlib, struct, sys
source, target = map(pathlib.Path, sys.argv[1:])
for part, count in ("train", 4000), ("t10k", 1000):
    for kind, head, size in ("images-idx3", 16, 784), ("labels-idx1", 8, 1):
        name = f"{part}-{kind}-ubyte"
        content = (source / name).read_bytes()
        cut = content[:4] + struct.pack(">I", count) + content[8 : head + count * size]
        (target / name).write_bytes(cut)
PY
    mv -T "$part" "$small"
}

clean() {
    local status=$? name
    for name in "${!pid[@]}"; do
        kill -CONT "${pid[$name]}" 2>/dev/null
        kill "${pid[$name]}" 2>/dev/null
    done
    for name in "${!pid[@]}"; do
        within 10 is_gone "$name" || kill -KILL "${pid[$name]}"
    done
    rm -rf "$work"
    exit $((status > failures ? status : failures > 0))
}

# start NAME ARGUMENT…: `motley ARGUMENT…` in the background, writing to NAME.out and NAME.err.
# The shell would have it ignore Ctrl-C there.
start() {
    local name=$1
    shift
    env --default-signal=INT "$motley" "$@" >"$work/$name.out" 2>"$work/$name.err" &
    pid[$name]=$!
}

# How often the seconds that a script names may pass: they are those of a quiet machine.
patience=5

# ended NAME SECONDS: waits for a process that `start` started; its exit status.
ended() {
    within "$2" is_gone "$1" || { echo "$1 did not end within $patience times $2 s"; return 124; }
    wait "${pid[$1]}"
}

is_gone() {
    ! kill -0 "${pid[$1]}" 2>/dev/null
}

send() {
    kill "-$1" "${pid[$2]}"
}

# within SECONDS COMMAND…: whether the command succeeds before the time is over, on a quiet machine.
within() {
    local end=$((SECONDS + patience * $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

# One test. What went wrong is in the logs.
expect() {
    local name=$1
    shift
    if "$@"; then
        echo "PASS $name"
    else
        echo "FAIL $name: $*"
        failures+=1
        ((failures > 3)) || show_logs
    fi
}

show_logs() {
    local log
    for log in "$work"/*.out "$work"/*.err "$MOTLEY_HOME"/logs/*; do
        [[ -s $log ]] || continue
        echo "  --- ${log##*/}"
        tail -n 2 "$log" | cut -c 1-200 | sed 's/^/  /'
    done
}

# lines FILE TYPE: how many JSON lines of a type there are; none in a file that does not exist yet.
lines() {
    grep -s "^{\"type\":\"$2\"" "$1" | wc -l
}

# has FILE TYPE [COUNT]: whether a file has that many lines of a type by now.
has() {
    (($(lines "$1" "$2") >= ${3-1}))
}

# field FILE TYPE NAME: a field of the last line of a type; empty where there is none.
field() {
    python3 - "$@" <<'PY'
import json, sys
file, kind, name = sys.argv[1:]
value = ""
for line in open(file, encoding="utf-8"):
    if line.startswith('{"type":"%s"' % kind):
        value = json.loads(line).get(name, "")
print(value)
PY
}

# are_json_lines FILE: whether every line is an object with a type.
are_json_lines() {
    python3 - "$1" <<'PY'
import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
sys.exit(not (lines and all(isinstance(json.loads(line)["type"], str) for line in lines)))
PY
}

last_type_is() {
    [[ $(tail -n 1 "$1") == "{\"type\":\"$2\""* ]]
}

at_least() {
    python3 -c 'import sys; sys.exit(not float(sys.argv[1] or "nan") >= float(sys.argv[2]))' "$@"
}

same() {
    [[ -n $1 && $1 == "$2" ]]
}

# serve NAME ARGUMENT…: a coordinator, waited for; sets `url`.
serve() {
    local name=$1
    start "$name" serve --format json "${@:2}"
    within 30 has "$work/$name.out" serving || return
    url=$(field "$work/$name.out" serving url)
}

# Joins as NAME and waits until the coordinator has accepted it.
join() {
    local name=$1
    start "$name" join --format json --threads 1 --name "$name" "${@:2}"
    within 30 has "$work/$name.out" joined
}

# Whether there can be several machines here, and whether they are told apart.
has_machines() {
    ((MOTLEY_E2E_ISOLATED > 0)) && unshare --net true 2>/dev/null
}

# machine NAME: another machine with a network of its own, held open by a process that sleeps.
# This one is called `here`.
machine() {
    unshare --net sleep 1000 &
    machine[$1]=$!
    pid[machine $1]=$!
    within 5 is_elsewhere "$1" && on "$1" ip link set lo up
}

is_elsewhere() {
    [[ $(readlink "/proc/${machine[$1]}/ns/net") != "$(readlink /proc/self/ns/net)" ]]
}

# on MACHINE COMMAND…
on() {
    if [[ $1 == here ]]; then
        "${@:2}"
    else
        nsenter --target "${machine[$1]}" --net "${@:2}"
    fi
}

# cable MACHINE ADDRESS MACHINE ADDRESS: connects two machines; the addresses are as 10.0.0.1/24. The ends are
# called after the machine at the other end.
cable() {
    local name=cable$((++cables))
    ip link add "$name" type veth peer name "$name-far" &&
        plug "$1" "$name" "to-$3" "$2" &&
        plug "$3" "$name-far" "to-$1" "$4"
}

plug() {
    [[ $1 == here ]] || ip link set "$2" netns "${machine[$1]}" || return
    on "$1" ip link set "$2" name "$3" &&
        on "$1" ip address add "$4" broadcast + dev "$3" &&
        on "$1" ip link set "$3" up
}

# start_on MACHINE NAME ARGUMENT…: as `start`, on that machine, which has a home of its own.
start_on() {
    local at=$1 name=$2
    shift 2
    mkdir -p "$work/home-$at"
    MOTLEY_HOME=$work/home-$at nsenter --target "${machine[$at]}" --net env --default-signal=INT \
        "$motley" "$@" >"$work/$name.out" 2>"$work/$name.err" &
    pid[$name]=$!
}
