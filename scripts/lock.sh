#!/usr/bin/env bash
# Resolves the dependencies anew and writes the hash-locked lists under requirements/.
#
# usage: scripts/lock.sh [--upgrade]
#
# Configuration files of pip and uv are left aside: a machine's own indexes must not leak into
# a lock that everybody installs from.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv/bin/uv
[ -x "$uv" ] || uv=uv

wanted() { # wanted [EXTRA]: the requirements that setup.cfg names, one a line
    python3 - "$@" <<'PYTHON'
import configparser, sys
cfg = configparser.ConfigParser()
cfg.read("setup.cfg")
print(cfg["options"]["install_requires"])
for extra in sys.argv[1:]:
    print(cfg["options.extras_require"][extra])
PYTHON
}

compile() { # compile OUTPUT INPUT...
    local output=$1
    shift
    env -u PIP_FIND_LINKS -u UV_FIND_LINKS -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL \
        "$uv" --no-config --system-certs pip compile --quiet \
        --universal --python-version 3.11 --generate-hashes --only-binary :all: \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --output-file "requirements/$output" "${upgrade[@]}" "$@"
    echo "requirements/$output  $(grep -c '==' "requirements/$output") packages"
}

upgrade=("$@")
wanted | compile runtime.txt - requirements/build.in
wanted dev | compile dev.txt - requirements/build.in --constraint requirements/runtime.txt
compile node.txt requirements/node.in
compile uv.txt requirements/uv.in
