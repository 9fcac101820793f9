#!/usr/bin/env bash
# Runs the tests. Uses the Chromium, PostgreSQL and nginx it finds; as root on Debian installs what is missing; else runs all but the tests
# that need them and says so at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}

find_chromium() {
    local name
    for name in "${TESTS_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

chromium=$(find_chromium)
if [ -z "$chromium" ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    echo "Installing Chromium for the browser tests ..."
    log=$(mktemp)
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core) >"$log" 2>&1 || tail -5 "$log"
    chromium=$(find_chromium)
fi

servers=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || servers+=(postgresql)
export PATH="$PATH:/usr/sbin" # where Debian has nginx
command -v nginx >/dev/null || servers+=(nginx)
if [ ${#servers[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    echo "Installing ${servers[*]} for the tests with servers ..."
    log=$(mktemp)
    # None of them is to run by itself: a test starts its own.
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${servers[@]}") >"$log" 2>&1 || tail -5 "$log"
    servers=()
fi

# Two files of tests at a time; files whose tests take turns on a served home stay in one process. `tests/run.sh -n 0` runs one at a time.
select=(-n 2 --dist loadfile)
[ -n "$chromium" ] || select+=(-m "not soak and not browser")
TESTS_CHROMIUM="$chromium" "$python" -m pytest "${select[@]}" "$@"
code=$?
[ -n "$chromium" ] || echo "No Chromium was found: the browser tests did NOT run. Install one (Debian: apt-get install chromium) and run again."
[ ${#servers[@]} -eq 0 ] || echo "Not found, so that the tests which need them did NOT run: ${servers[*]} (Debian: apt-get install ${servers[*]})."
exit $code
