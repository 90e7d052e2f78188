#!/bin/sh
# Proves the package, or the wheel, in a Debian root of its own: a fresh chroot or container, as
# root, with apt's mirrors and a screen (DISPLAY) that has a window manager. It installs and removes
# packages there.
#
#   check_deb.sh deb   PACKAGE.deb FILE DISC [PICTURES]   as a package
#   check_deb.sh wheel NEGATO.whl  FILE DISC [PICTURES]   as pip installs it, with --install-desktop
#
# FILE is a DICOM file, DISC a folder with a DICOMDIR. PICTURES is where screenshots go.
set -eu
way=$1 package=$2 file=$3 disc=$4 pictures=${5:-/tmp}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root XDG_RUNTIME_DIR=/tmp/negato-check-run
export XDG_DATA_HOME=$HOME/.local/share NEGATO_RUNTIME_DIR=$XDG_RUNTIME_DIR
mkdir -p "$XDG_RUNTIME_DIR" /tmp/negato-check && chmod 700 "$XDG_RUNTIME_DIR"
failed=0

heading() { printf '\n== %s\n' "$*"; }

expect() { # WHAT, WANTED, FOUND
    case $3 in
    *"$2"*) printf 'ok    %s: %s\n' "$1" "$3" ;;
    *) printf 'WRONG %s: wanted %s, found: %s\n' "$1" "$2" "$3"; failed=1 ;;
    esac
}

refuse() { # WHAT, UNWANTED, FOUND
    case $3 in
    *"$2"*) printf 'WRONG %s: found %s\n' "$1" "$3"; failed=1 ;;
    *) printf 'ok    %s: %s\n' "$1" "${3:-nothing}" ;;
    esac
}

installed() { # packages that this machine had
    dpkg-query -W -f '${Package}\n' | sort
}

content_type() { gio info -a standard::content-type "$1" | sed -n 's/.*content-type: //p'; }

tree_type() {
    /usr/bin/python3 - "$1" <<'PYTHON'
import sys
from gi.repository import Gio
print(*Gio.content_type_guess_for_tree(Gio.File.new_for_path(sys.argv[1])))
PYTHON
}

windows() { # of Negato; a report of a defect is one too many
    xprop -root _NET_CLIENT_LIST | grep -o '0x[0-9a-f]*' | while read -r window; do
        if xprop -id "$window" WM_CLASS | grep -q '"negato"'; then echo "$window"; fi
    done
}

count() { windows | wc -l; }

wait_for_window() { # up to a minute
    for _ in $(seq 60); do
        [ "$(count)" = 0 ] || { sleep 5; return 0; } # for the picture in it
        sleep 1
    done
    printf 'WRONG no window in a minute\n'; failed=1
}

close_windows() {
    windows | while read -r window; do
        kill "$(xprop -id "$window" _NET_WM_PID | sed 's/.* = //')" 2>/dev/null || true
    done
    sleep 3
}

picture() { import -window root "$pictures/$way-$1.png" && printf 'saw   %s\n' "$pictures/$way-$1.png"; }

heading "install ($way)"
apt-get update -q >/dev/null
installed >/tmp/negato-check/before
if [ "$way" = deb ]; then
    apt-get install -y -q "$package" >/tmp/negato-check/apt.log 2>&1 || { tail -20 /tmp/negato-check/apt.log; exit 1; }
    installed | comm -13 /tmp/negato-check/before - | tr '\n' ' '
    printf '\n'
    expect "version" "negato" "$(negato --version)"
fi
heading "tools to ask with"
apt-get install -y -q --no-install-recommends libglib2.0-bin xdg-utils shared-mime-info \
    desktop-file-utils python3-gi gir1.2-glib-2.0 file x11-utils imagemagick dbus \
    >/tmp/negato-check/tools.log 2>&1
if [ "$way" = wheel ]; then
    apt-get install -y -q --no-install-recommends python3-venv libegl1 libgl1 libxkbcommon0 \
        libfontconfig1 libglib2.0-0 libdbus-1-3 libgssapi-krb5-2 libxcb-cursor0 libxcb-icccm4 \
        libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 >>/tmp/negato-check/tools.log 2>&1
    python3 -m venv "/tmp/negato check %u"
    "/tmp/negato check %u/bin/pip" install -q "$package"
    "/tmp/negato check %u/bin/negato" --install-desktop
fi

heading "types and associations"
cp "$file" /tmp/negato-check/IM0001
cp "$file" /tmp/negato-check/1.2.840.113619.2.1
chmod -R a+rX /tmp/negato-check
for asked in /tmp/negato-check/IM0001 /tmp/negato-check/1.2.840.113619.2.1 "$disc/DICOMDIR"; do
    expect "gio, $(basename "$asked")" application/dicom "$(content_type "$asked")"
    expect "xdg-mime query filetype" application/dicom "$(xdg-mime query filetype "$asked")"
done
expect "gio mime application/dicom" negato.desktop "$(gio mime application/dicom | tr '\n' ' ')"
expect "gio mime x-content/image-dicom" negato.desktop "$(gio mime x-content/image-dicom | tr '\n' ' ')"
expect "xdg-mime query default" negato.desktop "$(xdg-mime query default application/dicom)"
expect "type of the disc" x-content/image-dicom "$(tree_type "$disc")"

heading "gio open"
for opened in /tmp/negato-check/IM0001 "$disc/DICOMDIR"; do
    gio open "$opened" >/dev/null 2>&1
    wait_for_window
    expect "windows after $(basename "$opened")" 1 "$(count)"
    picture "$(basename "$opened")"
    close_windows
done
gio open /tmp/negato-check/IM0001 && wait_for_window
gio open "$disc/DICOMDIR" && sleep 8
expect "windows after two files" 1 "$(count)"
picture both
close_windows

heading "remove"
if [ "$way" = deb ]; then
    apt-get remove -y -q negato >/dev/null 2>&1
    refuse "dpkg after remove" installed "$(dpkg-query -W -f '${db:Status-Status}' negato 2>/dev/null || true)"
    dpkg --purge negato >/dev/null 2>&1
    left=$(find /usr /etc /var -xdev -name '*negato*' -not -path '/var/cache/apt/*' -not -path '/var/log/*')
else
    "/tmp/negato check %u/bin/negato" --uninstall-desktop
    left=$(find "$XDG_DATA_HOME" -name '*negato*')
fi
refuse "files left" negato "$left"
refuse "gio mime after removal" negato "$(gio mime application/dicom 2>&1 | tr '\n' ' ')"
refuse "gio mime of the disc" negato "$(gio mime x-content/image-dicom 2>&1 | tr '\n' ' ')"
refuse "xdg-mime query default" negato "$(xdg-mime query default application/dicom)"
expect "a DICOM file is still one" application/dicom "$(content_type /tmp/negato-check/IM0001)"
refuse "type of the disc" x-content/image-dicom "$(tree_type "$disc")"
rm -rf /tmp/negato-check "$XDG_RUNTIME_DIR" "/tmp/negato check %u"
heading "$([ $failed = 0 ] && echo "everything as it should be" || echo "something is WRONG, see above")"
exit $failed
