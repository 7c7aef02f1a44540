#!/bin/sh
# Unpacks the headers of libphonenumber-dev into the folder named, for the version that is installed. The package
# itself cannot be installed beside Boost 1.81. Quick when they are there.
set -eu
folder=$1
version=$(dpkg-query -W -f '${Version}' libphonenumber8)
[ -f "$folder/version" ] && [ "$(cat "$folder/version")" = "$version" ] && exit 0
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
chmod 755 "$fresh"
cd "$fresh"
fetch() { apt-get -q download "libphonenumber-dev=$version" || apt-get -q download libphonenumber-dev; }
fetch || { $sudo apt-get -q update && fetch; }
dpkg-deb -x libphonenumber-dev_*.deb files
mkdir -p "$folder"
cp -r files/usr "$folder/"
printf '%s\n' "$version" >"$folder/version"
