#!/usr/bin/env bash
# Proves run and test on an empty Debian: a fresh minimal system in a chroot, nothing installed.
#
# usage: scripts/prove-clean-room.sh [--release NAME] [--beside FOLDER] [--keep | --reuse] WHO [COMMAND...]
#
#   WHO              root   checkout below /root, which the postgres user cannot enter
#                    sudo   an ordinary user with sudo
#                    user   an ordinary user with no rights at all
#   COMMAND          run this in the fresh checkout instead of the whole proof
#   --release NAME   another release of Debian than this machine's
#   --beside FOLDER  mount it, read only, beside the checkout under its own name
#   --keep           leave the room for a look; the next proof replaces it
#   --reuse          go on in the room that --keep left
#
# Needs root, debootstrap and git. What makes the registries reachable on this machine (sources, keys,
# certificates, proxy and client settings) is copied in; installed packages and caches are not.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd -P)
rooms=${TMPDIR:-/tmp}/tanggap-clean-room
# shellcheck source=/dev/null
release=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
beside=''
keep=no
reuse=no

main() {
    while [ $# -gt 0 ]; do
        case $1 in
            --beside) beside=$(realpath "$2") && shift 2 ;;
            --release) release=$2 && shift 2 ;;
            --keep) keep=yes && shift ;;
            --reuse) reuse=yes && keep=yes && shift ;;
            root | sudo | user) break ;;
            *) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0" && exit 2 ;;
        esac
    done
    [ $# -gt 0 ] || exec "$0" --help
    who=$1
    shift
    base=$rooms/$release
    room=$rooms/$release-$who
    make_base
    if [ "$who" = root ]; then home=/root; else home=/home/ana; fi
    [ $reuse = yes ] || furnish
    enter "$@"
}

make_base() {
    [ ! -e "$base/.complete" ] || return 0
    local mirror
    mirror=$(find /etc/apt \( -name '*.sources' -o -name sources.list \) -exec sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' {} + | sed -n 1p)
    rm -rf "$base"
    mkdir -p "$rooms"
    debootstrap --variant=minbase "$release" "$base" "$mirror" >"$rooms/debootstrap.log"
    touch "$base/.complete"
}

furnish() {
    rm -rf --one-file-system "$room"
    cp -a --reflink=auto "$base" "$room"
    copy_in /etc/apt /usr/local/share/ca-certificates /usr/share/ca-certificates /etc/ssl/certs \
        /etc/resolv.conf /etc/hosts /etc/pip.conf /usr/etc/npmrc /etc/npmrc
    # shellcheck source=/dev/null
    grep -rlZ . "$room"/etc/apt/sources.list* 2>/dev/null |
        xargs -0 -r sed -i "s/\b$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")/$release/g"
    [ "$who" = root ] || chroot "$room" useradd --create-home --shell /bin/bash ana
    for file in .npmrc .config/pip/pip.conf; do
        [ ! -e "$HOME/$file" ] || install -D -m 644 "$HOME/$file" "$room$home/$file"
    done
    if [ "$who" = sudo ]; then
        chroot "$room" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends sudo >/dev/null
            echo "ana ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/ana; rm -rf /var/lib/apt/lists/*'
    fi
    mkdir -p "$room$home/work"
    git clone -q "$checkout" "$room$home/work/tanggap"
    [ -z "$beside" ] || mkdir -p "$room$home/work/$(basename "$beside")"
    [ "$who" = root ] || chroot "$room" chown -R ana:ana "$home"
}

copy_in() {
    local path
    for path in "$@"; do
        [ -e "$path" ] || continue
        mkdir -p "$room$(dirname "$path")"
        rm -rf "${room:?}$path"
        cp -aL "$path" "$room$path" 2>/dev/null || cp -a "$path" "$room$path"
    done
}

# In namespaces of its own: whatever the proof starts ends with it.
enter() {
    local become='' command='prove'
    [ "$who" = root ] || become='setpriv --reuid=ana --regid=ana --init-groups'
    [ $# -eq 0 ] || command=$(printf '%q ' "$@")
    proof_script "$command" >"$room/proof"
    local passed=() line
    while IFS= read -r line; do passed+=("$line"); done < <(env | grep -iE '^[a-z_]*(proxy|cert|ca_bundle|cainfo)[a-z_]*=' || true)
    local result=0
    # shellcheck disable=SC2016
    unshare --mount --pid --fork sh -c '
        room=$1 beside=$2 target=$3 home=$4 become=$5
        shift 5
        mount -t proc proc "$room/proc" && mount --rbind /sys "$room/sys" && mount --rbind /dev "$room/dev"
        [ -z "$beside" ] || { mount --bind "$beside" "$room$target" && mount -o remount,bind,ro "$room$target"; }
        exec env -i "$@" HOME="$home" LANG=C.UTF-8 TERM=dumb \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            chroot "$room" $become bash /proof </dev/null
    ' enter "$room" "$beside" "$home/work/$(basename "${beside:-none}")" "$home" "$become" "${passed[@]}" || result=$?
    [ $keep = yes ] || rm -rf --one-file-system "$room"
    exit $result
}

proof_script() {
    cat <<'PROOF'
set -euo pipefail
cd "$HOME/work/tanggap"

timed() { # timed TITLE COMMAND...
    local title=$1 begin=${EPOCHREALTIME/[.,]/} result=0
    shift
    printf '\n=== %s: %s\n' "$title" "$*"
    "$@" || result=$?
    printf '=== %s: %d s, code %d\n' "$title" $(((${EPOCHREALTIME/[.,]/} - begin) / 1000000)) $result
    return $result
}

left_running() { # programs of ours that still run
    grep -laE 'postgres|gunicorn' /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
        tr '\0' ' ' <"$file" && echo
    done
    true
}

serve_and_interrupt() {
    set -m
    ./run --port 8213 &
    local run=$! begin=${EPOCHREALTIME/[.,]/}
    set +m
    until (exec 3<>/dev/tcp/127.0.0.1/8213) 2>/dev/null; do
        kill -0 $run || return 1
        sleep 0.05
    done
    printf '=== answers after %d ms\n' $(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
    exec 3<>/dev/tcp/127.0.0.1/8213
    printf 'GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
    head -n 1 <&3
    exec 3>&-
    kill -INT -- -$run
    wait $run || return
    [ -z "$(left_running)" ] || { echo "still running:" && left_running && return 1; }
}

prove() {
    timed "first set-up" ./run --no-serve
    timed "second set-up" ./run --no-serve
    timed "stop" ./run stop
    timed "serve, then Ctrl-C" serve_and_interrupt
    timed "all tests" ./test
}
PROOF
    printf '\n%s\n' "$1"
}

main "$@"
