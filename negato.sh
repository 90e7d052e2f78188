#!/bin/sh
# Sets Negato up and runs it, or its tests, on a Debian machine with git and Python.
#
#   sh negato.sh run [PATH...]    open the window: the sample study, or the paths given
#   sh negato.sh test [OPTION...] run the tests (options go to pytest)
#   sh negato.sh packages         install the Debian packages alone
#
# Everything Python lives in .venv beside this file; the second time is quick.
set -eu

FOR_QT="libegl1 libgl1 libxkbcommon0 libfontconfig1 libglib2.0-0 libdbus-1-3 libgssapi-krb5-2"
FOR_A_WINDOW="libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"
# what our pictures and discs are compared with; what desktops and catalogues of packages ask
FOR_TESTS="dcmtk dicom3tools desktop-file-utils shared-mime-info libglib2.0-bin appstream dcm2niix"

here=$(cd "$(dirname "$0")" && pwd)
venv=$here/.venv

say() { printf 'negato.sh: %s\n' "$*" >&2; }

fail() { say "$*"; exit 1; }

missing_packages() { # $@: packages wanted besides those of Qt
    command -v dpkg-query >/dev/null || return 0 # not Debian: Qt itself says what it lacks
    python3 -c 'import ensurepip, venv' 2>/dev/null || printf ' python3-venv'
    for package in $FOR_QT $FOR_A_WINDOW "$@"; do
        # Debian 13 has libglib2.0-0t64 in the place of libglib2.0-0
        for name in "$package" "${package}t64"; do
            state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) || state=
            [ "$state" = installed ] && continue 2
        done
        printf ' %s' "$package"
    done
}

install_packages() { # $@: as for missing_packages
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        say "some Debian packages are missing. Run this line as root, then try again:"
        printf '%s\n' "apt-get update && apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
    say "installing from Debian:$missing"
    apt-get update -q >&2 || say "not every package list could be renewed"
    # shellcheck disable=SC2086  # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
}

check_python() {
    command -v python3 >/dev/null || fail "Python 3.11 or newer is needed and python3 was not found."
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed; python3 is $(python3 -V 2>&1)."
}

make_environment() { # $1: the extra to install, or nothing
    # a move of this folder or a change of the dependencies installs again
    wanted="$here $(cksum <"$here/pyproject.toml") ${1:-run}"
    case $(cat "$venv/installed" 2>/dev/null) in
    "$wanted" | "${wanted%run}test") return 0 ;;
    esac
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making $venv"
        python3 -m venv --clear "$venv"
    fi
    say "installing Negato and what it needs (once)"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check -e "$here${1:+[$1]}"
    printf '%s\n' "$wanted" >"$venv/installed"
}

check_screen() {
    [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ] || return 0
    say "a window needs a screen, and none is set (DISPLAY, WAYLAND_DISPLAY)."
    fail "Where there is none, xvfb-run (packages xvfb and xauth) gives one: xvfb-run sh negato.sh run"
}

run() {
    make_environment ""
    [ "$#" -gt 0 ] || set -- --sample
    exec "$venv/bin/negato" "$@"
}

run_tests() {
    make_environment test
    cd "$here"
    QT_QPA_PLATFORM=offscreen exec "$venv/bin/python" -m pytest "$@"
}

command=${1:-help}
[ "$#" -eq 0 ] || shift
case $command in
run | test | packages)
    [ "$command" != run ] || check_screen
    check_python
    case $command in
    run)
        install_packages
        run "$@"
        ;;
    test)
        # without root the tests that need it are skipped, and say so
        # shellcheck disable=SC2086  # one word a package
        if [ "$(id -u)" -eq 0 ]; then install_packages $FOR_TESTS; else install_packages; fi
        run_tests "$@"
        ;;
    packages) install_packages ;;
    esac
    ;;
*)
    sed -n '2,8s/^#\( \|$\)//p' "$0"
    [ "$command" = help ] || exit 2
    ;;
esac
