#!/usr/bin/env bash
# A PostGIS cluster of our own in one folder, reached by a Unix socket only.
#
# usage: scripts/cluster.sh [--state DIR] [--throw-away] COMMAND
#
#   start            make it if need be, start it, make roles, database and extensions
#   stop             stop it, fast and clean
#   status           say whether it runs (exit 0) or not (exit 3)
#   destroy          stop it and delete it
#   url ROLE DB      print the address for SQLAlchemy
#   psql [ARG...]    psql as the superuser; the database is "tanggap" unless the arguments name one
#
#   --state DIR      where it lives; default var/cluster, or /var/lib/tanggap-<mark> when root works in a
#                    checkout that the postgres user cannot enter
#   --throw-away     for tests: no fsync, little memory, roles but no database, no var/env
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ROLES=(tanggap_super tanggap_owner tanggap_app)
EXTENSIONS=(postgis pgrouting pg_trgm unaccent fuzzystrmatch btree_gist)
# sun_path holds 108 bytes with the closing zero; PostgreSQL adds "/.s.PGSQL.5432" to the folder.
LONGEST_SOCKET_FOLDER=92

state=${TANGGAP_STATE:-}
throw_away=no

main() {
    read_options "$@"
    set -- "${rest[@]}"
    local command=${1:-}
    [ $# -eq 0 ] || shift
    case $command in
        start | stop | status | destroy | url | psql) ;;
        *) usage ;;
    esac
    find_state
    data=$state/data
    find_programs
    "cluster_$command" "$@"
}

read_options() {
    rest=()
    while [ $# -gt 0 ]; do
        case $1 in
            --state) state=${2:?--state needs a folder} && shift 2 ;;
            --throw-away) throw_away=yes && shift ;;
            -h | --help) usage ;;
            *) rest=("$@") && return ;;
        esac
    done
}

usage() {
    sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"
    exit 2
}

# PostgreSQL refuses to run as root: then all that touches its files is done as the postgres user.
# setpriv, unlike su, opens no PAM session; "env -C /" leaves a folder that user may not enter.
as_server() {
    if is_root; then
        setpriv --reuid=postgres --regid=postgres --init-groups \
            env -C / HOME=/tmp LC_ALL=C.UTF-8 "${pg_env[@]}" "$@"
    else
        env LC_ALL=C.UTF-8 "${pg_env[@]}" "$@"
    fi
}

find_state() {
    local chosen=$state
    [ -n "$state" ] || state=$VAR/cluster
    is_root || return 0
    getent passwd postgres >/dev/null ||
        die "root needs the user postgres to run PostgreSQL" "apt-get install postgresql-common"
    local owner
    owner=$(stat -c %U "$state" 2>/dev/null || true)
    case $owner in
        '' | root | postgres) ;;
        *) [ -L "$state" ] || die "the database of this checkout belongs to $owner" "Go on as that user, or use another checkout." ;;
    esac
    pg_env=()
    if ! as_server test -x "$(existing_folder "$state")"; then
        [ -z "$chosen" ] || die "the postgres user cannot enter $(existing_folder "$state")"
        state=/var/lib/tanggap-$(checkout_mark)
    fi
}

existing_folder() { # the nearest folder on the way to $1 that is there already
    local folder=$1
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    printf '%s' "$folder"
}

find_programs() {
    local homes wanted='' line
    homes=$(pg_homes)
    [ ! -e "$data/PG_VERSION" ] || wanted=$(as_server cat "$data/PG_VERSION" 2>/dev/null || true)
    line=$(awk -v w="$wanted" 'w == "" || $1 == w' <<<"$homes" | tail -n 1)
    if [ -z "$line" ]; then
        [ -z "$wanted" ] || die "$data was made by PostgreSQL $wanted, which is not here with PostGIS and pgRouting" \
            "apt-get install postgresql-$wanted-postgis-3 postgresql-$wanted-pgrouting" \
            "or start anew, all data lost: ./run reset"
        die "no PostgreSQL with PostGIS and pgRouting found" "./run installs it"
    fi
    bin=${line#* }
    pg_env=()
    case $bin in "$UNPACKED"/*)
        pg_env=("LD_LIBRARY_PATH=$(unpacked_libraries)" "PROJ_DATA=$UNPACKED/usr/share/proj" "GDAL_DATA=$UNPACKED/usr/share/gdal")
        ;;
    esac
}

running() { as_server "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1; }

cluster_start() {
    if [ $throw_away = no ]; then # two starts at once must not both make it
        mkdir -p "$VAR"
        exec 8>"$VAR/cluster.lock"
        flock 8
    fi
    make_folders
    [ -f "$data/PG_VERSION" ] || as_server test -f "$data/PG_VERSION" || make_cluster
    if ! running; then
        write_configuration
        start_server
    fi
    make_roles
    [ $throw_away = yes ] && return
    make_database
    write_env
}

make_folders() {
    mkdir -p "$state"
    if is_root; then
        chown postgres:postgres "$state"
        chmod 711 "$state"
    else
        [ -O "$state" ] || die "$state belongs to $(stat -c %U "$state")" \
            "Go on as that user, or use another checkout."
        chmod 700 "$state"
    fi
    if [ "$state" != "$VAR/cluster" ] && [ $throw_away = no ]; then
        ln -sfn "$state" "$VAR/cluster" # for people who look for it
    fi
}

make_cluster() {
    local sync=()
    [ $throw_away = no ] || sync=(--no-sync)
    as_server "$bin/initdb" -D "$data" -U tanggap_super -E UTF8 --locale=C.UTF-8 -k "${sync[@]}" \
        --auth-local=peer --auth-host=reject >"$state/initdb.log" 2>&1 ||
        die "initdb failed" "see $state/initdb.log"
}

# Below the state folder; elsewhere when that path is too long for a Unix socket, or has letters that mean
# something in an address (libpq takes a comma for the end of a host).
socket_folder() {
    local short=$state/socket
    if [ ${#short} -gt $LONGEST_SOCKET_FOLDER ] || [[ $short == *[!a-zA-Z0-9/._-]* ]]; then
        short=$(cat "$state/socket.path" 2>/dev/null || true)
        if [ ! -d "$short" ] || [ "$(stat -c %u "$short")" != "$(stat -c %u "$state")" ]; then
            short=$(as_server mktemp -d /tmp/tanggap.XXXXXXXX)
            printf '%s\n' "$short" | as_server tee "$state/socket.path" >/dev/null
        fi
    fi
    printf '%s' "$short"
}

megabytes() { # of this machine, or of the control group that we live in when that is less
    local kb limit
    kb=$(awk '/^MemTotal/{print $2}' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -n 1 || true)
    case $limit in '' | max | *[!0-9]*) ;; *) [ $((limit / 1024)) -ge "$kb" ] || kb=$((limit / 1024)) ;; esac
    printf '%s' $((kb / 1024))
}

between() { # between LOW VALUE HIGH
    printf '%s' $(($2 < $1 ? $1 : $2 > $3 ? $3 : $2))
}

write_configuration() {
    local socket mb
    socket=$(socket_folder)
    as_server mkdir -p "$socket" "$state/log"
    # Who may connect is decided by peer below; the folder itself may be entered.
    as_server chmod 711 "$socket"
    mb=$(megabytes)
    as_server tee "$data/tanggap.conf" >/dev/null <<CONF
# Written by scripts/cluster.sh at every start; own settings go into postgresql.conf below the include.
listen_addresses = ''
port = 5432
unix_socket_directories = '$socket'
hba_file = '${data//\'/\'\'}/tanggap_hba.conf'
ident_file = '${data//\'/\'\'}/tanggap_ident.conf'
max_connections = 100
superuser_reserved_connections = 3
timezone = 'UTC'
log_timezone = 'UTC'
idle_in_transaction_session_timeout = '30s'
# Short spatial queries pay more for compiling than they win.
jit = off
random_page_cost = 1.1
logging_collector = on
log_directory = '${state//\'/\'\'}/log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = '1d'
log_rotation_size = 0
log_line_prefix = '%m [%p] %u@%d '
# No statement in the log: its values may be a caller's number. What failed is told, not with what.
log_min_duration_statement = -1
log_min_error_statement = panic
log_error_verbosity = terse
log_lock_waits = on
CONF
    if [ $throw_away = yes ]; then
        as_server tee -a "$data/tanggap.conf" >/dev/null <<CONF
# A cluster that is deleted at the end need not survive a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_wal_size = '2GB'
shared_buffers = '$(between 64 $((mb / 16)) 256)MB'
work_mem = '8MB'
CONF
    else
        as_server tee -a "$data/tanggap.conf" >/dev/null <<CONF
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
max_wal_size = '$(between 512 $((mb / 8)) 4096)MB'
shared_buffers = '$(between 64 $((mb / 8)) 2048)MB'
effective_cache_size = '$(between 128 $((mb / 2)) 16384)MB'
work_mem = '$(between 4 $((mb / 800)) 32)MB'
maintenance_work_mem = '$(between 64 $((mb / 32)) 512)MB'
CONF
    fi
    as_server grep -q tanggap.conf "$data/postgresql.conf" ||
        printf "\ninclude 'tanggap.conf'\n" | as_server tee -a "$data/postgresql.conf" >/dev/null
    as_server tee "$data/tanggap_hba.conf" >/dev/null <<CONF
# No network at all, and on the socket only those whom tanggap_ident.conf names.
local all all peer map=tanggap
CONF
    {
        printf '# Which user of this machine may be which role.\n'
        for who in $(printf '%s\n' root postgres "$(id -un)" | sort -u); do
            for role in "${ROLES[@]}"; do printf 'tanggap "%s" %s\n' "$who" "$role"; done
        done
    } | as_server tee "$data/tanggap_ident.conf" >/dev/null
}

start_server() {
    as_server "$bin/pg_ctl" -D "$data" -l "$state/start.log" -w -t 60 start >/dev/null 8>&- 9>&- ||
        die "PostgreSQL did not start" "see $state/start.log and $state/log"
}

# Asks as the superuser, over the socket, as whoever calls.
ask() {
    env "${pg_env[@]}" PGOPTIONS='-c client_min_messages=warning' \
        "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$(socket_folder)" -p 5432 -U tanggap_super "$@"
}

make_roles() {
    ask -d postgres <<'SQL'
SELECT format('CREATE ROLE %I %s', name, rights)
FROM (VALUES
  ('tanggap_owner', 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE'),
  ('tanggap_app', 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE'),
  ('tanggap_counter', 'NOLOGIN NOSUPERUSER NOBYPASSRLS'),
  ('tanggap_qgis', 'NOLOGIN NOSUPERUSER NOBYPASSRLS')
) AS wanted (name, rights)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) \gexec
GRANT tanggap_counter TO tanggap_owner;
SQL
}

make_database() {
    ask -d postgres <<'SQL'
SELECT 'CREATE DATABASE tanggap OWNER tanggap_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'tanggap') \gexec
REVOKE ALL ON DATABASE tanggap FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE tanggap TO tanggap_app;
GRANT CONNECT ON DATABASE tanggap TO tanggap_qgis;
SQL
    printf 'CREATE EXTENSION IF NOT EXISTS %s;\n' "${EXTENSIONS[@]}" | ask -d tanggap
}

cluster_url() {
    printf 'postgresql+psycopg2://%s@/%s?host=%s&port=5432\n' "${1:?role}" "${2:?database}" "$(socket_folder)"
}

write_env() {
    if [ ! -s "$VAR/secret_key" ]; then
        (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$VAR/secret_key")
    fi
    (
        umask 077
        {
            printf 'DATABASE_URL=%s\n' "$(cluster_url tanggap_app tanggap)"
            printf 'DATABASE_ADMIN_URL=%s\n' "$(cluster_url tanggap_owner tanggap)"
            printf 'SECRET_KEY=%s\n' "$(cat "$VAR/secret_key")"
        } >"$VAR/env.new"
    )
    mv "$VAR/env.new" "$VAR/env"
}

cluster_stop() {
    running || return 0
    as_server "$bin/pg_ctl" -D "$data" -m fast -w -t 60 stop >/dev/null
}

cluster_status() {
    running || { say "stopped  $data" && exit 3; }
    say "running  $data"
}

cluster_destroy() {
    if running; then
        local mode=fast
        [ $throw_away = no ] || mode=immediate
        as_server "$bin/pg_ctl" -D "$data" -m "$mode" -w -t 60 stop >/dev/null
    fi
    [ ! -s "$state/socket.path" ] || as_server rm -rf -- "$(cat "$state/socket.path")"
    rm -rf -- "$state"
    # The link of this checkout, and only when it led here.
    [ "$(readlink "$VAR/cluster" || true)" != "$state" ] || rm -f "$VAR/cluster"
}

cluster_psql() {
    local database=(-d tanggap)
    case " $* " in *' -d '* | *' --dbname'*) database=() ;; esac
    ask "${database[@]}" "$@"
}

main "$@"
