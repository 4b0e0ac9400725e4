#!/usr/bin/env bash
# A coordinator that keeps its runs in PostgreSQL and its blobs in a store that speaks S3: killed in
# the middle of a training, and its copies of blobs gone, it goes on to the same weights.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --epochs 4 --batch-size 96 --tasks 6 --seed 7 --format json)
s3proxy=$root/build/s3proxy
export AWS_ACCESS_KEY_ID=motley AWS_SECRET_ACCESS_KEY=only-here AWS_REGION=us-east-1

main() {
    fetch_s3proxy || { echo "FAIL prepare: no s3proxy"; exit 1; }
    isolate "$@"
    # shellcheck source=java/jdk.sh
    source "$root/java/jdk.sh"
    pg_bin=$(postgres_programs) || { echo "FAIL prepare: no PostgreSQL (package postgresql)"; exit 1; }
    expect "PostgreSQL starts" start_postgres
    expect "a store that speaks S3 starts" start_s3proxy
    start plain train "${settings[@]}" --local-devices 2
    expect "an undisturbed training" ended plain 240
    crash
    others
    stop_postgres
}

fetch_s3proxy() {
    [[ -d $s3proxy ]] || mvn -q -B -ntp -f "$root/e2e/s3proxy/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime "-DoutputDirectory=$s3proxy" >&2
}

postgres_programs() {
    local found
    found=$(command -v pg_ctl) || found=$(ls -d /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null | tail -n 1)
    [[ -n $found ]] && dirname "$found"
}

# PostgreSQL will not run as root.
as_postgres() {
    if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() {
    chmod 755 "$work"
    mkdir -p "$work/pg"
    ((EUID != 0)) || chown postgres "$work/pg"
    echo secret >"$work/pg/password"
    as_postgres "$pg_bin/initdb" -D "$work/pg/data" -U motley -A scram-sha-256 \
        --pwfile "$work/pg/password" -E UTF8 --locale C >/dev/null || return
    as_postgres "$pg_bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w start -o "-p 5433 \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/pg" >/dev/null
}

stop_postgres() {
    as_postgres "$pg_bin/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null
}

start_s3proxy() {
    local java
    java=$(find_jdk)/bin/java
    mkdir -p "$work/s3/runs"
    cat >"$work/s3proxy.conf" <<EOF
s3proxy.endpoint=http://127.0.0.1:5434
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=$AWS_ACCESS_KEY_ID
s3proxy.credential=$AWS_SECRET_ACCESS_KEY
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=$work/s3
EOF
    "$java" -Xmx256m -cp "$s3proxy/*" org.gaul.s3proxy.Main --properties "$work/s3proxy.conf" \
        >"$work/s3proxy.out" 2>"$work/s3proxy.err" &
    pid[s3proxy]=$!
    within 30 answers 5434
}

answers() {
    (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

kept() {
    serve "$1" --port "$2" --data "$3" --discovery-port 0 \
        --database "jdbc:postgresql://127.0.0.1:5433/postgres?user=motley&currentSchema=fleet" \
        --blobs s3://runs/fleet
}

crash() {
    export MOTLEY_DATABASE_PASSWORD=secret AWS_ENDPOINT_URL=http://127.0.0.1:5434
    expect "it serves with both" kept serve 0 "$work/data" || return
    local port=${url##*:}
    expect "ann joins" join ann "$url"
    expect "bob joins" join bob "$url"
    start train train "${settings[@]}" --url "$url"
    expect "rounds begin" within 60 has "$work/train.out" round 60
    expect "another coordinator is kept out" refused "another coordinator works in it" \
        --database "jdbc:postgresql://127.0.0.1:5433/postgres?user=motley&currentSchema=fleet"

    send KILL serve
    ended serve 5 2>/dev/null # Takes the shell's own remark.
    expect "there is no database in the home folder" test ! -e "$work/data/motley.db"
    rm -rf "$work/data/blobs" "$work/data/checkpoints"
    expect "it serves again" kept again "$port" "$work/data"
    expect "the training ends well" ended train 240
    expect "killed, without its copies: the same weights" same \
        "$(field "$work/train.out" result weightsSha256)" \
        "$(field "$work/plain.out" result weightsSha256)"

    send TERM again
    ended again 30
    expect "it serves from another home folder" kept elsewhere 0 "$work/moved"
    expect "another home folder knows the run" listed "$(field "$work/train.out" result run)"
}

listed() {
    "$motley" runs --url "$url" --format json | grep -q "\"$1\""
}

others() {
    expect "a wrong password is said" env MOTLEY_DATABASE_PASSWORD=wrong \
        bash -c "$(declare -f refused); motley=$motley work=$work refused 'password authentication failed' \
        --database 'jdbc:postgresql://127.0.0.1:5433/postgres?user=motley'"
    expect "no server is said" refused "refused" \
        --database "jdbc:postgresql://127.0.0.1:5435/postgres?user=motley"
    expect "another kind of database is said" refused "expected: jdbc:postgresql:" \
        --database "jdbc:mysql://127.0.0.1/motley"
    expect "no bucket is said" refused "s3://nothing/" --blobs s3://nothing
}

# refused WORDS OPTION…: whether a coordinator ends at once with one line that has the words.
refused() {
    local words=$1 status=0
    shift
    timeout 240 "$motley" serve --port 0 --discovery-port 0 --data "$work/refused" "$@" \
        >"$work/refused.out" 2>"$work/refused.err" || status=$?
    ((status == 1 || status == 2)) && grep -q "$words" "$work/refused.err" &&
        (($(wc -l <"$work/refused.err") <= 2))
}

main "$@"
