# What run, test and the scripts beside this file share: words on the screen, who we are, where things lie.
# shellcheck shell=bash

# shellcheck disable=SC2034  # read by the scripts that source this file
CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# All that an installation keeps; the application looks for var/env there too.
VAR=${TANGGAP_VAR:-$CHECKOUT/var}
case $VAR in /*) ;; *) VAR=$PWD/$VAR ;; esac
[ -z "${TANGGAP_VAR:-}" ] || export TANGGAP_VAR=$VAR
# Where Debian packages are unpacked for a user who may not install any.
UNPACKED=$VAR/debian
# Compiled modules are kept, also where somebody's settings say no: a start takes a second longer without.
unset PYTHONDONTWRITEBYTECODE

explained=''
last_step=''
_T0=${EPOCHREALTIME/[.,]/}

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }

die() { # die LINE...: says why it cannot go on, and ends
    explained=yes
    printf '\n' >&2
    printf 'tanggap: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
    exit 1
}

step() { # step WORDS: one line of progress, with the seconds since the start
    local tenths=$(((${EPOCHREALTIME/[.,]/} - _T0) / 100000))
    printf '%4d.%ds  %s\n' $((tenths / 10)) $((tenths % 10)) "$*"
    last_step=$*
}

say_how_it_ended() { # say_how_it_ended CODE: for the trap at the end, so that nothing ends in silence
    [ "$1" = 0 ] || [ "$1" = 130 ] || [ -n "$explained" ] ||
        warn "tanggap: ended with code $1; the last step done: ${last_step:-none}"
}

is_root() { [ "$(id -u)" = 0 ]; }

digest() { # digest FILE...: one checksum over the contents of all of them
    cat -- "$@" | sha256sum | cut -c1-64
}

checkout_mark() { # eight characters that tell this checkout from every other on the machine
    printf '%s' "$CHECKOUT" | sha256sum | cut -c1-8
}

triplet() { # the folder name of this machine's libraries, such as x86_64-linux-gnu
    local found
    found=$(compgen -G '/usr/lib/*-linux-gnu*' | head -n 1 || true)
    basename "${found:-/usr/lib/$(uname -m)-linux-gnu}"
}

unpacked_libraries() { # the LD_LIBRARY_PATH under which unpacked Debian programs run
    local lib
    lib=$UNPACKED/usr/lib/$(triplet)
    # The subfolders stand in alternatives or in a run path that only holds below /usr.
    printf '%s' "$lib:$lib/blas:$lib/lapack:$lib/nss:$lib/pulseaudio:$UNPACKED/lib/$(triplet)${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
}

pg_homes() { # every PostgreSQL here that carries PostGIS and pgRouting, newest last
    local control major root
    for root in '' "$UNPACKED"; do
        for control in "$root"/usr/share/postgresql/*/extension/postgis.control; do
            [ -f "${control%/*}/pgrouting.control" ] || continue
            major=$(basename "$(dirname "$(dirname "$control")")")
            [ -x "$root/usr/lib/postgresql/$major/bin/initdb" ] || continue
            printf '%s %s\n' "$major" "$root/usr/lib/postgresql/$major/bin"
        done
    done | sort -n -s -k1,1
}
