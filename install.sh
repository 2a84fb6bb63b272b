#!/bin/sh
# Installs docker-credential-ghcr and makes docker and podman use it for ghcr.io.
set -eu

name=docker-credential-ghcr
module=github.com/hellocplusplus0/docker-credential-ghcr
releases=${GHCR_HELPER_URL:-https://$module/releases}

say() { printf '%s\n' "$*"; }
die() {
	printf 'install.sh: error: %s\n' "$*" >&2
	exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
usage() {
	cat <<-EOF
		Installs $name and makes docker and podman use it for ghcr.io.

		  ./install.sh                 build (in a checkout) or download, install, configure, log in
		  ./install.sh --with-token    the same, with the token on stdin (for scripts)
		  ./install.sh --read-only     with a token that can pull only (with or without --with-token)
		  ./install.sh --no-login      do not ask for a token at the end
		  ./install.sh --uninstall     take all of it back

		  PREFIX=/usr/local            where bin/ is; ~/.local when not set
		  GHCR_HELPER_VERSION=v1.2.3   the release to download; the latest when not set
		  GHCR_HELPER_URL=https://...  a mirror of the releases page, for closed networks
	EOF
}

# checkout prints the folder of the source tree that this script belongs to.
checkout() {
	case $0 in
	*/*) dir=${0%/*} ;;
	install.sh) dir=. ;;
	*) return 1 ;; # piped into a shell: what lies in this folder is nobody's word
	esac
	grep -qs "^module $module\$" "$dir/go.mod" && (cd "$dir" && pwd)
}

build() {
	has go || die "Go is needed to build from a checkout: install it from https://go.dev/dl/"
	say "Building $name ..."
	"$1/scripts/build.sh" "$2"
}

fetch() {
	if has curl; then
		curl -fsSL --proto-redir '=https' -o "$2" "$1"
	elif has wget; then
		wget -q -O "$2" "$1"
	else
		die "curl or wget is needed to download a release"
	fi || die "cannot download $1"
}

sha256() {
	if has sha256sum; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

# download gets a release and its check sums, and refuses what does not fit.
download() {
	case $releases in https://* | http://127.0.0.1:* | http://localhost:*) ;; *) die "GHCR_HELPER_URL must begin with https://" ;; esac
	case $(uname -m) in
	x86_64 | amd64) arch=amd64 ;;
	aarch64 | arm64) arch=arm64 ;;
	*) die "there is no release for $(uname -m): build from a checkout" ;;
	esac
	file=${name}_${os}_$arch$exe
	from=$releases/latest/download
	# Part of an address: with dots and slashes it could lead elsewhere.
	case ${GHCR_HELPER_VERSION:-} in *[!A-Za-z0-9._-]* | *..*) die "GHCR_HELPER_VERSION is no version: say it as v1.2.3" ;; esac
	[ -z "${GHCR_HELPER_VERSION:-}" ] || from=$releases/download/$GHCR_HELPER_VERSION
	say "Downloading $from/$file ..."
	fetch "$from/checksums.txt" "$work/checksums.txt"
	fetch "$from/$file" "$1"
	want=$(awk -v file="$file" '$2 == file || $2 == "*" file { print $1 }' "$work/checksums.txt")
	[ -n "$want" ] || die "checksums.txt of the release does not name $file"
	got=$(sha256 "$1")
	[ "$got" = "$want" ] || die "the check sum of $file is wrong: it is $got and should be $want; nothing is installed"
}

uninstall() {
	if [ ! -x "$bin/$program" ]; then
		if ! has "$name"; then
			say "$bin/$name is not there: nothing to take back."
			return
		fi
		die "$bin/$name is not there, but $(command -v "$name") is: say PREFIX=... as it was said to install it"
	fi
	PATH=$bin:$PATH "$bin/$program" unconfigure
	tokens=$("$bin/$program" list)
	rm -f "$bin/$program"
	say "Removed $bin/$name."
	[ "$tokens" = "{}" ] || say "The stored token stays where it is. To remove it: install again, $name logout, uninstall."
}

install_binary() {
	mkdir -p "$bin"
	# In the target folder, so that the last step is a rename: an engine that
	# calls the helper now finds the old binary or the new one.
	work=$(mktemp -d "$bin/.$name.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	if source=$(checkout); then build "$source" "$work/$program"; else download "$work/$program"; fi
	chmod 755 "$work/$program"
	mv -f "$work/$program" "$bin/$program"
	say "Installed $bin/$name."
}

on_path() { case :$PATH: in *":$bin:"*) return 0 ;; *) return 1 ;; esac }

# All of it is read before any of it runs: a download that was cut does nothing.
main() {
	action=install
	login=ask
	scope=
	for word in "$@"; do
		case $word in
		--uninstall) action=uninstall ;;
		--with-token) login=stdin ;;
		--no-login) login=no ;;
		--read-only) scope=--read-only ;;
		-h | --help)
			usage
			exit 0
			;;
		*) die "unknown option $word (see ./install.sh --help)" ;;
		esac
	done

	if [ -z "${PREFIX:-}" ]; then
		[ -n "${HOME:-}" ] || die "HOME is not set: say where to install with PREFIX=/some/folder"
		PREFIX=$HOME/.local
	fi
	case $PREFIX in /*) ;; *) PREFIX=$PWD/$PREFIX ;; esac
	bin=$PREFIX/bin
	os=$(uname -s | tr '[:upper:]' '[:lower:]')
	exe=
	case $os in mingw* | msys* | cygwin*) os=windows exe=.exe ;; esac # Git Bash
	program=$name$exe

	if [ "$action" = uninstall ]; then
		uninstall
		exit 0
	fi
	install_binary
	stored=$("$bin/$program" list) || stored="{}"
	next=$name
	on_path || next=$bin/$program
	run() { PATH=$bin:$PATH "$bin/$program" "$@"; }
	status=0
	# $scope is an option or nothing.
	if [ "$login" = stdin ]; then
		# shellcheck disable=SC2086
		run login --with-token $scope || status=$?
	elif [ "$login" = ask ] && [ "$stored" = "{}" ] && [ -t 1 ] && (: </dev/tty) 2>/dev/null; then
		# shellcheck disable=SC2086
		run login $scope || status=$?
	else
		run configure || status=$?
		[ "$stored" != "{}" ] || say "Next: $next login"
		login=configured
	fi
	if [ "$status" != 0 ] && [ "$login" != configured ]; then
		# Without a token docker and podman may be set up all the same.
		run configure || :
		say "Not logged in. Next: $next login${scope:+ $scope}"
	fi
	if ! on_path; then
		say "Note: $bin is not on your PATH, and docker and podman look for the helper there. Run this line, and add it to ~/.profile:"
		say "  export PATH=\"$bin:\$PATH\""
	fi
	exit "$status"
}

main "$@"
