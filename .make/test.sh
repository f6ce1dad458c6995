#!/bin/sh
# The tests, cheapest first: everything without cgo and display, the engine once more with the race detector, then that
# both programs build. Ends with one line that says how it went.
#
#   test.sh CGO_PACKAGES RACE_PACKAGES      two lists of folders
set -u
start=$(date +%s)
cgo_packages=$1
race_packages=$2

finish() {
	echo "make test: $1 after $(($(date +%s) - start)) s"
	exit "$2"
}

# Packages that need cgo are built and vetted; nothing of theirs can be tested without a display.
pure=$(go list -find ./... | grep -vxF "$(for p in $cgo_packages; do echo "tcptalk/${p#./}"; done)")
# shellcheck disable=SC2086 # lists of names without spaces
CGO_ENABLED=0 go test -shuffle=on $pure || finish "FAILED in the tests" 1

race=$(for p in $race_packages; do [ -d "$p" ] && echo "./${p#./}/..."; done)
# shellcheck disable=SC2086
CGO_ENABLED=1 go test -race -shuffle=on $race || finish "FAILED with the race detector" 1

# shellcheck disable=SC2086
{ CGO_ENABLED=1 go vet $cgo_packages && make --no-print-directory cli desktop; } || finish "FAILED to build" 1

finish "ok, $(echo "$pure" | wc -l | tr -d ' ') packages tested, $(go list -find $race | wc -l | tr -d ' ') of them with the race detector, both programs built" 0
