#!/usr/bin/env bash
# Runs every fuzz target of this project, one after the other:
#
#   scripts/fuzz.sh [SECONDS]    for each, 30 if not given
#
# go keeps an input that fails in testdata/fuzz of its package: committed, it is
# a test from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}

# Before 1.27 go may say of the end of the time itself that it is a failure.
# Then there is no failing input. Source: go.dev/issue/75804
fuzz() {
	local package=$1 target=$2 out
	printf '%s %s\n' "$package" "$target"
	out=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "${seconds}s" "$package" 2>&1) ||
		[[ $out == *'context deadline exceeded'* && $out != *'Failing input'* ]] ||
		{ printf '%s\n' "$out" >&2; exit 1; }
	grep 'execs:' <<<"$out" | tail -n 1 || true # a short run may say nothing of them
}

mapfile -t packages < <(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u)
for package in "${packages[@]}"; do
	mapfile -t targets < <(go test -list '^Fuzz' "$package" | grep '^Fuzz')
	[ ${#targets[@]} -gt 0 ] || { echo "the fuzz targets of $package do not build" >&2; exit 1; }
	for target in "${targets[@]}"; do
		fuzz "$package" "$target"
	done
done
