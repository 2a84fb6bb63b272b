#!/usr/bin/env bash
# Runs every check and test of this project:
#
#   ./test.sh
#
# As root on Debian it installs what the tests need, and a skipped test is a
# failure. Elsewhere tests whose programs are missing are skipped with a reason.
set -euo pipefail
cd "$(dirname "$0")"

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.9.0
packages=(
	ca-certificates curl gcc git libc6-dev                            # go test -race, install.sh
	podman buildah skopeo docker.io containerd runc crun conmon gh   # the engines
	dbus gnome-keyring gcr libsecret-tools xvfb                      # a Secret Service, its window
	golang-docker-credential-helpers hyperfine                       # compared with in bench/run
	iproute2 procps shellcheck strace systemd tmux util-linux
)

step() { printf '\n== %s\n' "$*"; }

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && grep -qs '^ID=debian' /etc/os-release; then
	export GHCR_TEST_REQUIRE=1
	missing=()
	for package in "${packages[@]}"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
	done
	if [ ${#missing[@]} -gt 0 ]; then
		step "install ${missing[*]}"
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
	fi
fi

step gofmt
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { printf 'not formatted by gofmt:\n%s\n' "$unformatted" >&2; exit 1; }

step shellcheck
mapfile -t scripts < <(git ls-files '*.sh' .ci/run bench/run)
shellcheck "${scripts[@]}"

step 'go mod tidy'
go mod tidy -diff

step 'vet and build'
go vet ./...
for target in linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do
	echo "$target"
	GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go vet ./...
	GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go build -o /dev/null .
done

step staticcheck
go run "$staticcheck" ./...

step govulncheck
if ! known=$(go run "$govulncheck" ./... 2>&1); then
	[[ $known == *'fetching vulnerabilities'* ]] || { printf '%s\n' "$known" >&2; exit 1; }
	echo 'its data base cannot be reached: nothing is known either way'
fi

step fuzz
scripts/fuzz.sh "${FUZZ_SECONDS:-30}"

step 'go test -race'
# Not from the cache: go does not see that the program which a test builds has changed.
go test -race -count=1 -timeout 30m ./...
