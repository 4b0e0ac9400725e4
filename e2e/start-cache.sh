#!/usr/bin/env bash
# The cache that makes starts quick: used where it fits, ignored without a word where it does not.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    locate_cache
    expect "a build leaves a cache" within 120 made
    kept=$work/kept.aot
    cp -p "$cache" "$kept" || exit 1
    trap 'restore; clean' EXIT
    expect "a start uses it" uses_cache
    expect "two starts at once" two_starts
    for harm in damage cut empty swap; do
        expect "a cache is ignored after: $harm" works_after "$harm"
    done
    expect "a training works with a damaged cache" trains_after damage
    expect "a training works without a cache" trains_after remove
    expect "a checkout that cannot be written to" reads_only
}

locate_cache() {
    local builds=("$root"/build/jars-*)
    jars=${builds[${#builds[@]} - 1]}
    # shellcheck source=../java/jdk.sh
    source "$root/java/jdk.sh"
    cache=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "$(find_jdk)/release")
    cache=$jars/start-$cache.aot
}

restore() {
    cp -p "$kept" "$cache"
    [[ ! -e $work/app.jar ]] || mv "$work/app.jar" "$(app_jar)"
}

app_jar() {
    echo "$jars"/motley-app-*.jar
}

made() {
    [[ -s $cache ]]
}

uses_cache() {
    MOTLEY_JAVA_OPTS=-Xlog:class+load "$motley" --version >"$work/loaded" || return
    grep -q 'motley\.app\.Main .*shared objects file' "$work/loaded"
}

# Its two lines and nothing else, on either stream.
says_version() {
    local said
    said=$("$motley" --version 2>&1) || return
    [[ $said == 'motley '*$'\njava '* && $(wc -l <<<"$said") == 2 ]] || { echo "$said"; return 1; }
}

two_starts() {
    says_version &
    local other=$!
    says_version
    local status=$?
    wait "$other" && ((status == 0))
}

works_after() {
    "$1"
    says_version
    local status=$?
    restore
    return "$status"
}

trains_after() {
    "$1"
    "$motley" train mnist-mlp --data "$small" --epochs 1 --local-devices 1 >"$work/train.out" 2>&1
    local status=$?
    restore
    return "$status"
}

damage() {
    head -c 4096 /dev/urandom | dd of="$cache" conv=notrunc status=none
}

cut() {
    head -c 100000 "$kept" >"$cache"
}

empty() {
    : >"$cache"
}

# As after another build: jars that the cache was not made for.
swap() {
    cp -p "$(app_jar)" "$work/app.jar"
    touch "$(app_jar)"
}

remove() {
    rm "$cache"
}

# A mount, because nothing is read-only to root.
reads_only() {
    ((MOTLEY_E2E_ISOLATED > 0)) || { echo "(no namespace: not tried)"; return 0; }
    mount --bind "$root" "$root" && mount -o remount,bind,ro "$root" || return
    says_version
    local status=$?
    umount "$root"
    return "$status"
}

main "$@"
