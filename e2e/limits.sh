#!/usr/bin/env bash
# What the owner of a device allows, as the kernel's own files say how it is: its battery runs low and is plugged in,
# its processor gets hot and cools down, and it is not the time. The device says why it pauses, the run that waits for
# it says so too, and the work goes on by itself.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

main() {
    isolate "$@"
    serve serve --port 0 --discovery-port 0
    at_another_time
    lay_sensors || { echo "SKIP battery and heat: the files of the kernel cannot be laid over here"; return; }
    low_battery
    hot_processor
    expect "the training ends" ended train 60
}

# Two hours that begin in two hours.
at_another_time() {
    local from to
    from=$(date -d '+2 hours' +%H)
    to=$(date -d '+4 hours' +%H)
    join night "$url" --hours "$from-$to"
    expect "a device that works at other times pauses" within 20 paused night "it is "
    expect "and says when it works" paused night "works again at $((10#$from)):00"
    send INT night
    within 10 is_gone night
}

# The folders of the kernel, with a battery and a processor whose state this script decides.
lay_sensors() {
    local battery=$work/power/BAT0 zone=$work/thermal/thermal_zone0
    mkdir -p "$battery" "$zone" "$work/none"
    echo Battery >"$battery/type"
    ln -s /sys/class/power_supply "$battery/subsystem"
    echo x86_pkg_temp >"$zone/type"
    battery Discharging 34
    heat 60
    ((MOTLEY_E2E_ISOLATED > 0)) || return
    mount --bind "$work/power" /sys/class/power_supply && mount --bind "$work/thermal" /sys/class/thermal || return
    [[ ! -d /sys/class/hwmon ]] || mount --bind "$work/none" /sys/class/hwmon || return
    # Its library would not believe files of another file system.
    export SYSTEMD_DEVICE_VERIFY_SYSFS=0
}

# battery STATUS PERCENT
battery() {
    printf 'POWER_SUPPLY_%s\n' NAME=BAT0 TYPE=Battery "STATUS=$1" PRESENT=1 TECHNOLOGY=Li-ion \
        ENERGY_FULL_DESIGN=50000000 ENERGY_FULL=48000000 "ENERGY_NOW=$(($2 * 480000))" "CAPACITY=$2" >"$work/uevent"
    mv "$work/uevent" "$work/power/BAT0/uevent"
}

# heat CELSIUS
heat() {
    echo "$1000" >"$work/temp"
    mv "$work/temp" "$work/thermal/thermal_zone0/temp"
}

low_battery() {
    join desk "$url" --battery-min 40 --heat-max 80
    expect "a low battery pauses a device" within 20 paused desk "battery 34 %, limit 40 %; plug it in"
    expect "its limits are listed" limits_are_listed
    start train train mnist-mlp --data "$small" --epochs 12 --url "$url" --format json
    expect "the run that waits names it with the reason" within 60 waits "desk: battery 34 %, limit 40 %; plug it in"
    expect "and has made no step" lacks train round
    battery Charging 34
    expect "plugged in, it works" within 30 has "$work/train.out" round 3
    expect "and says so" has "$work/desk.out" resumed
}

hot_processor() {
    heat 95
    expect "heat pauses it" within 20 paused desk "processor at 95 °C, limit 80 °C"
    heat 78
    sleep 3
    expect "until it is 5 °C cooler" same "$(lines "$work/desk.out" resumed)" 1
    heat 70
    expect "then it works again" within 20 has "$work/desk.out" resumed 2
}

paused() {
    grep '^{"type":"paused"' "$work/$1.out" | grep -qF "$2"
}

limits_are_listed() {
    "$motley" devices --url "$url" >"$work/devices.out" &&
        grep -q "^desk: works on battery down to 40 %, while the processor is at most at 80 °C" "$work/devices.out"
}

waits() {
    "$motley" runs --url "$url" --format json >"$work/runs.out" && grep '"waiting"' "$work/runs.out" | grep -qF "$1"
}

lacks() {
    ! has "$work/$1.out" "$2"
}

main "$@"
