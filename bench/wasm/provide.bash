# Sourced: sets MOTLEY_PLAYWRIGHT and MOTLEY_BROWSER, fetching what is missing. Needs $root.

provide_browser() {
    export MOTLEY_PLAYWRIGHT=$root/build/playwright
    [[ -d $MOTLEY_PLAYWRIGHT/node_modules/playwright-core ]] ||
        npm install --silent --no-audit --no-fund --prefix "$MOTLEY_PLAYWRIGHT" playwright-core@1.65.1 >&2 || return
    MOTLEY_BROWSER=$(command -v chromium || command -v chromium-browser) || {
        local root_do=()
        ((EUID == 0)) || root_do=(sudo)
        "${root_do[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null || return
        MOTLEY_BROWSER=$(command -v chromium) || return
    }
    export MOTLEY_BROWSER
}
