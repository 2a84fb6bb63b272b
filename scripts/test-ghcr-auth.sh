#!/bin/sh
# Says whether this machine may pull and push an image, and why not:
#
#   scripts/test-ghcr-auth.sh ghcr.io/OWNER/IMAGE[:TAG]
#
# It runs `docker-credential-ghcr doctor` and, when the image may be pulled,
# `docker-credential-ghcr verify`, and ends with the exit code of the first that
# fails: 1 it cannot be pushed, 2 it cannot be pulled.
set -u

program=docker-credential-ghcr
image=${1:-}
case $image in
"" | -h | --help)
	sed -n '2,/^set -u/s/^# \{0,1\}//p' "$0"
	[ -n "$image" ] && exit 0
	exit 2
	;;
esac
if ! command -v "$program" >/dev/null; then
	PATH=$HOME/.local/bin:$PATH
	if ! command -v "$program" >/dev/null; then
		echo "$program is not installed: run ./install.sh" >&2
		exit 2
	fi
fi

"$program" doctor "$image"
status=$?
[ "$status" -lt 2 ] || exit "$status"
"$program" verify "$image" || exit 2
exit "$status"
