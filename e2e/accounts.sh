#!/usr/bin/env bash
# People and devices at a coordinator with accounts, on the command line alone: the administrator
# by the printed link, an invitation, a device by a link, a run of one's own, what others do not see.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    serve serve --port 0 --data "$work/data" --discovery-port 0 --accounts
    local setup
    setup=$(field "$work/serve.out" serving setup)
    expect "a link for the administrator is printed" test -n "$setup"
    expect "nobody is let in without" is_refused nobody runs --url "$url"
    as boss "ann
a long enough one" login "$setup"
    expect "the link makes the administrator" grep -q "logged in at $url as ann" "$work/boss.out"
    as late "eve
a long enough one" login "$setup"
    expect "and is good once" grep -q "token: wrong or used" "$work/late.err"
    expect "what is kept is for its owner alone" \
        same -rw------- "$(stat -c %A "$work/home-boss/credentials.json")"
    invite_people
    invite_devices
    train
    leave
}

# as NAME INPUT ARGUMENT…: a command of somebody with a home of their own.
as() {
    local name=$1 input=$2
    MOTLEY_HOME=$work/home-$name "$motley" "${@:3}" <<<"$input" >"$work/$name.out" 2>"$work/$name.err"
}

is_refused() {
    ! as "$1" "" "${@:2}" && grep -q "needs a token" "$work/$1.err"
}

invite_people() {
    as boss "" account invite --url "$url" --format json
    as bob "bob
another long one" login "$(field "$work/boss.out" link link)"
    expect "an invitation makes an account" grep -q "as bob" "$work/bob.out"
    as boss "" account list --url "$url"
    expect "which the administrator sees" grep -q "^bob  *requestor, provider" "$work/boss.out"
    expect "and nobody else" not as bob "" account list --url "$url"
}

invite_devices() {
    as bob "" invite --url "$url" --name desk
    expect "a link for devices has a QR code" grep -q "▀" "$work/bob.out"
    local link
    link=$url/#$(grep -o 'join=[A-Za-z0-9._-]*' "$work/bob.out" | head -n 1)
    expect "a device joins by it" join desk "$link"
    as bob "" devices --url "$url" --format json
    expect "and is bob's" grep -q '"name":"desk".*"owner"' "$work/bob.out"
}

train() {
    as bob "" train mnist-mlp --data "$small" --epochs 1 --batch-size 96 --url "$url" \
        --out "$work/model" --format json
    expect "bob trains on it" last_type_is "$work/bob.out" result
    as boss "" account add cem --url "$url" --format json
    as cem "one more long one" login "$(field "$work/boss.out" link link)"
    as cem "" runs --url "$url" --format json
    expect "another does not see his run" test ! -s "$work/cem.out"
}

leave() {
    as boss "" account disable bob --url "$url"
    expect "a disabled person is out" is_refused bob runs --url "$url"
    expect "and so is the device" within 20 is_gone desk
    as cem "" logout --url "$url"
    expect "who has logged out is out" is_refused cem runs --url "$url"
}

not() {
    ! "$@"
}

main "$@"
