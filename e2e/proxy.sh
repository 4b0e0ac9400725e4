#!/usr/bin/env bash
# A coordinator behind a proxy that encrypts: nginx, configured by what docs/security.md says. People log in,
# a device joins and trains, events arrive as they happen, and a browser's session gets through.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    if [[ -z ${MOTLEY_E2E_ISOLATED-} ]]; then
        provide || { echo "FAIL provide: no nginx, curl or openssl"; exit 1; }
    fi
    isolate "$@"
    serve serve --port 0 --data "$work/data" --discovery-port 0 --accounts --behind-proxy
    expect "a coordinator serves" test -n "${url-}"
    expect "a proxy stands before it" proxy
    expect "and is answered" within 10 curl -sf --cacert "$work/cert.pem" "$front/healthz" -o "$work/health.out"
    expect "nobody is let in without a token" same "$(code "$front/v1/runs")" 401
    expect "somebody logs in" "$motley" login "$front" --ca "$work/cert.pem" --token "$(<"$work/data/token")"
    expect "a device joins" join ann "$front" --ca "$work/cert.pem" --token "$(<"$work/data/token")"
    start train train mnist-mlp --data "$small" --epochs 2 --batch-size 200 --url "$front" --format json
    expect "a training comes to its end" ended train 60
    expect "its progress was told" has "$work/train.out" round 40
    expect "the net has learnt" at_least "$(field "$work/train.out" result testAccuracy)" 0.8
    expect "a browser's session gets through" same "$(code --http1.1 -H "Origin: $front" -H "Connection: Upgrade" \
        -H "Upgrade: websocket" -H "Sec-WebSocket-Version: 13" -H "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" \
        "$front/v1/session/device")" 101
    expect "one of another origin does not" same "$(code --http1.1 -H "Origin: https://elsewhere.example" -H "Connection: Upgrade" \
        -H "Upgrade: websocket" -H "Sec-WebSocket-Version: 13" -H "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" \
        "$front/v1/session/device")" 403
    send INT ann
    expect "the device leaves" within 20 is_gone ann
}

provide() {
    local root=()
    ((EUID == 0)) || root=(sudo)
    PATH=$PATH:/usr/sbin
    command -v nginx >/dev/null && command -v curl >/dev/null && command -v openssl >/dev/null && return
    "${root[@]}" apt-get -qq update
    # No server of the system's is to start.
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq install -y \
        --no-install-recommends nginx-light curl openssl >/dev/null
}

# Starts nginx with the words of the documentation; $front is its address.
proxy() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 2 \
        -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost" 2>/dev/null || return
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    front=https://localhost:$port
    {
        echo "daemon off; user root; pid $work/nginx.pid; error_log $work/nginx.err; worker_processes 1;"
        echo "events { worker_connections 256; }"
        echo "http { access_log off;"
        local each
        for each in client_body proxy fastcgi uwsgi scgi; do echo "${each}_temp_path $work/$each;"; done
        documented http
        echo "server { listen 127.0.0.1:$port ssl http2;"
        echo "ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;"
        documented server
        echo "} }"
    } >"$work/nginx.conf"
    PATH=$PATH:/usr/sbin nginx -p "$work" -c "$work/nginx.conf" >"$work/nginx.out" 2>&1 &
    pid[nginx]=$!
}

# documented BLOCK: the lines of docs/security.md between "# in BLOCK" and the end of its code, for this coordinator.
documented() {
    sed -n "/^# in $1\$/,/^\$\|^\`\`\`/p" "$root/docs/security.md" | grep -v '^```' | sed "s/127.0.0.1:8080/127.0.0.1:${url##*:}/g"
}

code() {
    curl -s --cacert "$work/cert.pem" -m 10 -o /dev/null -w '%{http_code}' "$@"
}

main "$@"
