#!/bin/sh
# Runs every fuzz target of the module for FUZZTIME each (default 30s). Targets are found by their signature, so a new one
# takes part without being listed anywhere. A failing input stays in the package's testdata/fuzz and is then a test.
# Making an interesting input smaller may take as long as all of FUZZTIME (Go's default is 60 s), so it gets a few tries only.
set -u
time=${FUZZTIME:-30s}
found=0 failed=''
for file in $(grep -rlE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*\(\w+ \*testing\.F\)' cmd internal | sort); do
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*\*testing\.F\).*/\1/p' "$file"); do
		found=$((found + 1))
		echo "fuzz: $(dirname "$file") $target for $time"
		CGO_ENABLED=0 go test -run='^$' -fuzz="^$target\$" -fuzztime="$time" -fuzzminimizetime=20x "./$(dirname "$file")" ||
			failed="$failed $(dirname "$file").$target"
	done
done
if [ -n "$failed" ]; then
	echo "fuzz: FAILED:$failed" >&2
	exit 1
fi
echo "fuzz: $found targets, no failure"
