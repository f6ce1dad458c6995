#!/bin/sh
# The tests, cheapest first: everything without cgo and display, the engine once more with the race detector, then that
# the programs build. Ends with one line that says how it went.
#
#   test.sh PURE RACE CGO      three lists of packages: tested without cgo, tested with -race, vetted and built only
set -u
start=$(date +%s)
pure=$1 race=$2 cgo=$3

finish() {
	echo "make test: $1 after $(($(date +%s) - start)) s"
	exit "$2"
}

# count LIST: how many words.
count() {
	# shellcheck disable=SC2086 # lists of names without spaces, here and below
	set -- $1
	echo $#
}

[ -n "$pure" ] || finish "FAILED: go list found no packages" 1
# shellcheck disable=SC2086
CGO_ENABLED=0 go test -shuffle=on $pure || finish "FAILED in the tests" 1
echo "once more with the race detector:"
# shellcheck disable=SC2086
CGO_ENABLED=1 go test -race -shuffle=on $race || finish "FAILED with the race detector" 1
# Of the packages that need cgo one shows a window, which takes a display, and one captures, which takes privilege: here they
# are built and vetted. The tests of internal/capture/live build the latter and run it.
# shellcheck disable=SC2086
{ CGO_ENABLED=1 go vet $cgo && make --no-print-directory cli desktop capture; } || finish "FAILED to build the programs" 1

finish "ok, $(count "$pure") packages tested, $(count "$race") of them with the race detector too, all programs built" 0
