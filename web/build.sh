#!/usr/bin/env bash
# build.sh FOLDER [quick]: makes the pages and puts them into FOLDER/motley/pages for the jar, with a
# list of their names. Does nothing where nothing has changed. Needs Node 18 or newer.
#
# Without npm there are no pages, and the coordinator says at its address how to get them; with
# `quick` so too where npm fails.
set -euo pipefail
folder=$1/motley/pages
cd "$(dirname "${BASH_SOURCE[0]}")"

main() {
    rm -f target/without-npm
    command -v npm >/dev/null || {
        # The launcher sees this file and builds again once there is npm.
        mkdir -p target && touch target/without-npm
        without "there is no npm on PATH"
    }
    is_old "$folder/files.txt" || return 0
    if [[ ${2-} == quick ]]; then
        (fetch && npm run --silent build) || without "npm failed"
    else
        fetch && npm run --silent check && npm run --silent test && npm run --silent build
    fi
    keep
}

without() {
    echo "WARNING: a build without the web pages: $1 (expected: Node 18 or newer with npm)"
    rm -rf "$folder"
    exit 0
}

is_old() {
    [[ ! -f $1 ]] || [[ -n $(find . \( -name node_modules -o -name dist -o -name target \) -prune \
        -o -newer "$1" \( -type f -o -path './src/*' \) -print -quit) ]]
}

fetch() {
    local fetched=node_modules/.package-lock.json
    [[ $fetched -nt package-lock.json && $fetched -nt package.json ]] ||
        npm ci --ignore-scripts --no-progress --loglevel=error
}

keep() {
    rm -rf "$folder"
    mkdir -p "$folder"
    cp -r dist/. "$folder"
    (cd "$folder" && find . -type f | LC_ALL=C sort | sed 's#^\./##') >target/files.txt
    mv target/files.txt "$folder/files.txt"
}

main "$@"
