#!/usr/bin/env bash
# The steps of action.yml, on Linux, macOS and Windows (Git Bash):
#
#   scripts/action.sh install   installs the helper and configures docker and podman
#   scripts/action.sh token     gives the token to the steps that follow
#   scripts/action.sh check     says whether the token may pull and push an image
#
# Everything is made in the job's own temporary folder, and the variables that
# lead there end with the job: on a self-hosted runner nothing stays behind and
# nobody's configuration is changed.
set -euo pipefail

name=docker-credential-ghcr
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# error shows an error on the page of the run and ends the step.
error() {
	local text=$1
	text=${text//'%'/'%25'}
	text=${text//$'\r'/}
	text=${text//$'\n'/'%0A'}
	printf '::error title=%s::%s\n' "$name" "$text"
	exit 1
}

# posix and native write a path as bash and as the runner's system want it.
posix() { if command -v cygpath >/dev/null; then cygpath -u "$1"; else printf '%s\n' "$1"; fi; }
native() { if command -v cygpath >/dev/null; then cygpath -w "$1"; else printf '%s\n' "$1"; fi; }

work=$(posix "$RUNNER_TEMP")/$name

# docker_config makes a folder for docker's configuration that has everything
# that the real one has, but a config.json of its own.
docker_config() {
	local real entry
	real=$(posix "${DOCKER_CONFIG:-$HOME/.docker}")
	mkdir -p "$work/docker"
	for entry in "$real"/* "$real"/.[!.]*; do
		case $entry in
		*/config.json) cp "$entry" "$work/docker/" ;;
		*) [ ! -e "$entry" ] || ln -s "$entry" "$work/docker/" 2>/dev/null || true ;;
		esac
	done
}

# podman_auth makes an auth.json of its own from the one that podman would read.
podman_auth() {
	local file
	for file in "${REGISTRY_AUTH_FILE:-}" "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/containers/auth.json" \
		"${XDG_CONFIG_HOME:-$HOME/.config}/containers/auth.json" "$work/docker/config.json"; do
		if [ -n "$file" ] && [ -f "$(posix "$file")" ]; then
			cp "$(posix "$file")" "$work/auth.json"
			break
		fi
	done
	[ -f "$work/auth.json" ] || printf '{}\n' >"$work/auth.json"
	chmod 600 "$work/auth.json"
}

install() {
	umask 077
	if [ ! -d "$work" ]; then
		mkdir -p "$work"
		docker_config
		podman_auth
	fi
	DOCKER_CONFIG=$(native "$work/docker")
	REGISTRY_AUTH_FILE=$(native "$work/auth.json")
	export DOCKER_CONFIG REGISTRY_AUTH_FILE PATH="$work/bin:$PATH"

	# Part of an address: what is no version could lead to another repository.
	[[ ${GHCR_ACTION_VERSION:-v0.0.0} =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.]+)?$ ]] ||
		error "the version is none: give a release such as v1.2.3"
	local script=$source/install.sh
	if [ -n "$GHCR_ACTION_REF$GHCR_ACTION_VERSION" ]; then
		# Away from the source tree, where install.sh would build with Go.
		cp "$script" "$work/install.sh"
		script=$work/install.sh
		local version=${GHCR_ACTION_VERSION:-$GHCR_ACTION_REF}
		if [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.]+)?$ ]]; then export GHCR_HELPER_VERSION=$version; fi
	fi
	# `configure` keeps a record of what it changed, to take it back: here there
	# will be nothing left to take back.
	PREFIX=$work XDG_CONFIG_HOME=$(native "$work/config") sh "$script" --no-login || error "$name cannot be installed: see the log of this step"
	{
		printf 'DOCKER_CONFIG=%s\n' "$DOCKER_CONFIG"
		printf 'REGISTRY_AUTH_FILE=%s\n' "$REGISTRY_AUTH_FILE"
	} >>"$GITHUB_ENV"
	native "$work/bin" >>"$GITHUB_PATH"
	{
		printf 'version=%s\n' "$("$name" version | sed 's/.* //')"
		printf 'path=%s\n' "$(native "$work/bin")"
	} >>"$GITHUB_OUTPUT"
}

token() {
	[ -n "$GHCR_ACTION_TOKEN" ] || error "the token is empty: the secret is not set in this repository, or has another name; runs for forks and by Dependabot get no secrets of Actions"
	# Anything else could write other variables into GITHUB_ENV.
	case $GHCR_ACTION_TOKEN in *[!A-Za-z0-9._-]*) error "the token has characters that no token of GitHub has: was the secret pasted with quotes or line breaks?" ;; esac
	case $GHCR_ACTION_USERNAME in *[!]A-Za-z0-9._[-]*) error "the username is not the name of an account on GitHub" ;; esac
	case $GHCR_ACTION_REGISTRY in *[!A-Za-z0-9.-]*) error "the registry is not a host name" ;; esac
	# Secrets are masked already; a token that another step made is not.
	printf '::add-mask::%s\n' "$GHCR_ACTION_TOKEN"

	# The job's own token goes under its own name: the helper then knows what it is.
	local variables=("GHCR_TOKEN=$GHCR_ACTION_TOKEN" "GHCR_USERNAME=$GHCR_ACTION_USERNAME")
	if [ "$GHCR_ACTION_TOKEN" = "$GHCR_ACTION_JOB_TOKEN" ]; then
		variables=("GITHUB_TOKEN=$GHCR_ACTION_TOKEN")
	elif [ "$GHCR_ACTION_REGISTRY" != ghcr.io ]; then
		variables+=("GHCR_HOST=$GHCR_ACTION_REGISTRY")
	fi
	# A token must not go to another server than its own. (A subshell, and not
	# env: what stands in its arguments can be seen by all.)
	case $(export "${variables[@]}" && "$name" list) in
	*"\"$GHCR_ACTION_REGISTRY\""*) ;;
	*) error "the helper would not use this token for $GHCR_ACTION_REGISTRY" ;;
	esac
	printf '%s\n' "${variables[@]}" >>"$GITHUB_ENV"
}

check() {
	local report=$work/doctor.txt status=0
	case $GHCR_ACTION_ACCESS in push | pull) ;; *) error "access is push or pull" ;; esac
	case $GHCR_ACTION_IMAGE in *[![:graph:]]*) error "the image has a blank or a control character in its name" ;; esac
	LC_ALL=en_US.UTF-8 "$name" doctor -- "$GHCR_ACTION_IMAGE" 2>&1 | tee "$report" || status=$?
	if [ "$status" = 1 ] && [ "$GHCR_ACTION_ACCESS" = pull ]; then return; fi # it can pull, not push
	if [ "$status" = 0 ]; then return; fi
	{
		printf '\n### %s doctor %s\n\n' "$name" "$GHCR_ACTION_IMAGE"
		sed 's/^/    /' "$report"
	} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
	local cause
	cause=$(grep '^✗ ' "$report" && sed -n '/^Cause: /,$p' "$report") || cause=$(tail -n 3 "$report")
	error "$cause"
}

case ${1:-} in
install | token | check) "$1" ;;
*)
	echo "usage: scripts/action.sh install|token|check" >&2
	exit 2
	;;
esac
