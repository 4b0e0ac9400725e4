#!/usr/bin/env bash
# Devices in other networks: two at home behind a router that translates addresses, whose provider gives it another
# one in the middle, and one in an office that nothing leaves but through a proxy. Nobody can reach any of them.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

settings=(mnist-mlp --data "$small" --epochs 4 --batch-size 96 --tasks 6 --seed 7 --format json)
PATH=$PATH:/usr/sbin:/sbin

main() {
    if [[ -z ${MOTLEY_E2E_ISOLATED-} ]]; then
        provide || { echo "FAIL provide: no nft or tinyproxy"; exit 1; }
    fi
    isolate "$@"
    start alone train "${settings[@]}" --local-devices 1
    expect "a training on one machine" ended alone 120
    reference=$(field "$work/alone.out" result weightsSha256)
    lay_networks || { echo "SKIP other networks: no namespaces, or no translation of addresses"; return; }
    serve hub --listen 203.0.113.1 --discovery-port 0
    expect "a coordinator in the open" same "${url-}" http://203.0.113.1:8080
    token=$(field "$work/hub.out" serving token)
    expect "nobody reaches the home" unreachable 192.168.7.2
    expect "nobody reaches the office" unreachable 10.9.0.2
    join_from_home ann
    join_from_home bob
    expect "without the proxy nothing leaves the office" refused_without_proxy
    http_proxy=http://10.9.0.1:8888 start_on office carl join "$url" --token "$token" --name carl --threads 1 --format json
    expect "with it a device joins" within 30 has "$work/carl.out" joined
    expect "the router forgets what is silent for 5 s" forgets_soon
    sleep 8
    expect "but devices that wait are not silent" within 10 lists idle 3
    expect "and have stayed all the time" stayed
    train_over_networks
    leave
}

provide() {
    local root=()
    ((EUID == 0)) || root=(sudo)
    command -v nft >/dev/null && command -v tinyproxy >/dev/null && return
    "${root[@]}" apt-get -qq update
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends nftables tinyproxy-bin >/dev/null
}

# here (203.0.113.1) - router (203.0.113.2, 192.168.7.1) - home (192.168.7.2)
#                    - gate (10.9.0.1, where the proxy is) - office (10.9.0.2)
lay_networks() {
    local each
    has_machines || return
    for each in router home gate office; do machine "$each" || return; done
    ip link add street type bridge && ip address add 203.0.113.1/24 dev street && ip link set street up || return
    street router 203.0.113.2/24 && street gate 203.0.113.3/24 || return
    cable router 192.168.7.1/24 home 192.168.7.2/24 && cable gate 10.9.0.1/24 office 10.9.0.2/24 || return
    on home ip route add default via 192.168.7.1 || return
    translate && serve_proxy
}

# Plugs a machine into what all machines share.
street() {
    cable here "198.51.100.$((++cables))/32" "$1" "$2" && ip link set "to-$1" master street
}

translate() {
    on router sysctl -qw net.ipv4.ip_forward=1 && on router nft -f - <<'NFT'
table ip home {
    chain out {
        type nat hook postrouting priority srcnat
        oifname "to-here" masquerade
    }
}
NFT
}

serve_proxy() {
    printf '%s\n' "Port 8888" "Listen 10.9.0.1" "MaxClients 20" "Timeout 600" "LogFile \"$work/proxy.log\"" >"$work/proxy.conf"
    nsenter --target "${machine[gate]}" --net tinyproxy -d -c "$work/proxy.conf" >"$work/proxy.out" 2>&1 &
    pid[proxy]=$!
    within 5 listens
}

listens() {
    on gate bash -c ': </dev/tcp/10.9.0.1/8888' 2>/dev/null
}

unreachable() {
    ! timeout 2 bash -c ": </dev/tcp/$1/22" 2>/dev/null && ! ip route get "$1" 2>/dev/null | grep -q 'dev to-\|dev street'
}

join_from_home() {
    start_on home "$1" join "$url" --token "$token" --name "$1" --threads 1 --format json
    expect "$1 joins from home" within 30 has "$work/$1.out" joined
}

refused_without_proxy() {
    start_on office lost join "$url" --token "$token" --name lost --format json
    within 20 has "$work/lost.out" away && send INT lost && within 10 is_gone lost
}

forgets_soon() {
    on router sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=5
}

# lists STATE COUNT: whether so many devices are in a state.
lists() {
    "$motley" devices --url "$url" --token "$token" --format json >"$work/devices.out" &&
        (($(grep '^{"type":"device"' "$work/devices.out" | grep -c "\"state\":\"$1\"") == $2))
}

stayed() {
    ! has "$work/ann.out" away && ! has "$work/bob.out" away && ! has "$work/carl.out" away
}

train_over_networks() {
    start train train "${settings[@]}" --url "$url" --token "$token"
    expect "all of them train" within 60 has "$work/train.out" round 40
    on router ip address del 203.0.113.2/24 dev to-here
    on router ip address add 203.0.113.77/24 dev to-here
    expect "the home gets another address, and the training goes on" ended train 180
    expect "to the weights of one machine" same "$(field "$work/train.out" result weightsSha256)" "$reference"
    local name
    for name in ann bob carl; do
        expect "$name has worked" has "$work/$name.out" computed
    done
    expect "those at home have come back" came_back
}

came_back() {
    within 20 has "$work/ann.out" joined 2 && within 20 has "$work/bob.out" joined 2
}

leave() {
    local name
    for name in ann bob carl; do send INT "$name"; done
    for name in ann bob carl; do expect "$name leaves" within 20 is_gone "$name"; done
}

main "$@"
