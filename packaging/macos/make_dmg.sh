#!/bin/sh
# Puts dist/Negato.app, which packaging/build.py has made, into a disk image for this kind of Mac:
#
#   sh packaging/macos/make_dmg.sh      dist/negato-VERSION-macos-arm64.dmg, or -x86_64
#
# The application is signed ad hoc, which is enough for it to run, and not enough for macOS to open
# a downloaded one unasked: that takes a certificate of Apple's and notarization.
set -eu
cd "$(dirname "$0")/../.."

application=dist/Negato.app
version=$(python3 -c 'import viewer; print(viewer.__version__)')
image=dist/negato-$version-macos-$(uname -m).dmg
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT

codesign --force --deep --sign - "$application"
codesign --verify --deep --strict "$application"
plutil -lint "$application/Contents/Info.plist"
ditto "$application" "$staging/Negato.app"
cp LICENSE "$staging/LICENSE.txt"
ln -s /Applications "$staging/Applications"
hdiutil create -volname Negato -srcfolder "$staging" -fs HFS+ -format UDZO -ov "$image"
hdiutil verify "$image"
printf '%s\n' "$image"
