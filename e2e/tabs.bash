# Sourced after common.bash by scripts that drive tabs: `provide_tabs` before `isolate`, `open_browser` after it.

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
playwright=$root/e2e/playwright
phone='Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36'

provide_tabs() {
    [[ -n $chromium ]] || { echo "FAIL provide: there is no chromium"; exit 1; }
    [[ -n ${MOTLEY_E2E_ISOLATED-} || -d $playwright/node_modules/playwright-core ]] ||
        (cd "$playwright" && npm ci --ignore-scripts --no-progress --loglevel=error) || exit
}

# What it says goes to `browser.err`.
open_browser() {
    coproc tabs { HOME=$work exec node "$playwright/tabs.mjs" "$chromium" "$work/profile" 2>"$work/browser.err"; }
    pid[browser]=$tabs_PID
    IFS= read -r -t $((patience * 30)) reply <&"${tabs[0]}" && [[ $reply == "{}" ]]
}

# ask COMMAND [SECONDS]: what the browser answers is in `reply`. The time is beyond what a command may take itself.
ask() {
    reply=
    printf '%s\n' "$1" >&"${tabs[1]}" || return
    IFS= read -r -t $((60 + ${2-0})) reply <&"${tabs[0]}" || { echo "the browser does not answer"; return 1; }
    [[ $reply != '{"error"'* ]] || { echo "$reply"; return 1; }
}

# open TAB LINK [CLICKS]: a page that joins.
open() {
    ask '{"do": "open", "tab": "'"$1"'", "url": "'"$2"'", "clicks": '"${3-1}"'}'
}

# until_status TAB SECONDS CONDITION: waits for what the page says of its device, as `s`; seconds as in `within`.
until_status() {
    local seconds=$((patience * $2))
    ask '{"do": "wait", "tab": "'"$1"'", "seconds": '"$seconds"', "for": "'"$3"'"}' "$seconds"
}

# tell DEED TAB: something without more to say.
tell() {
    ask '{"do": "'"$1"'", "tab": "'"${2-}"'"}'
}

network() {
    ask '{"do": "network", "is": "'"$1"'"}'
}

# replied NAME: a field of the last reply.
replied() {
    python3 -c 'import json, sys; print(json.loads(sys.argv[1]).get(sys.argv[2], ""))' "$reply" "$1"
}

# counted: how many training samples the coordinator has counted, of all devices together.
counted() {
    "$motley" devices --url "$url" --format json | python3 -c '
import json, sys
print(sum(json.loads(line)["work"]["samples"] for line in sys.stdin if line.startswith("{\"type\":\"device\"")))'
}

# contributions: what it counted of each device.
contributions() {
    "$motley" devices --url "$url" --format json | python3 -c '
import json, sys
for line in sys.stdin:
    if not line.startswith("{\"type\":\"device\""): continue
    device = json.loads(line)
    print("  %-24s %-28s %6d tasks %8d samples" % (device["name"], device["profile"]["numericClass"], device["work"]["tasks"], device["work"]["samples"]))'
}
