#!/bin/sh
# Finds a Python for scripts/setup.py. PYTHON=… chooses one; otherwise the first that runs and is new enough.
set -eu

# A candidate must run (a version manager's shim may exist and only complain) and be able to make a .venv.
usable='import sys; import ensurepip, venv; sys.exit(sys.version_info < (3, 11))'
recent='import sys; sys.exit(sys.version_info < (3, 11))'
candidates=${PYTHON:-python3.13 python3.12 python3.11 python3}

run_first() { # $1: what it must pass
    for python in $candidates; do
        if "$python" -c "$1" >/dev/null 2>&1; then
            exec "$python" "$(dirname "$0")/setup.py"
        fi
    done
}

run_first "$usable"
# Debian and Ubuntu keep ensurepip in a package of its own.
for python in $candidates; do
    if "$python" -c "$recent" >/dev/null 2>&1; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "setup: $python cannot make a virtual environment; installing $package"
            export DEBIAN_FRONTEND=noninteractive
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package"; } >/dev/null
            run_first "$usable"
        fi
        echo "setup: $python cannot make a virtual environment; install its venv module (Debian: apt-get install $package)" >&2
        exit 1
    fi
done
echo "setup: no Python 3.11 or newer among: $candidates. Install one, or name it: make PYTHON=/path/to/python" >&2
exit 1
