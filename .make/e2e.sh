#!/bin/sh
# Runs the tests of the real window (build tag e2e) on a display in memory, with a window manager and software OpenGL.
# With TCPTALK_SHOTS=FOLDER they leave pictures of what was seen there; otherwise they leave nothing behind.
set -u
tests=$(grep -rlE --include='*_test.go' '^//go:build .*\be2e\b' cmd internal | xargs -r -n1 dirname | sort -u | sed 's|^|./|')
if [ -z "$tests" ]; then
	echo "make e2e: no test carries the build tag e2e"
	exit 0
fi
export LIBGL_ALWAYS_SOFTWARE=1 FYNE_SCALE=1 TCPTALK_BIN="$PWD/bin"
# The window manager ends with the display.
# shellcheck disable=SC2086 # a list of folders without spaces
xvfb-run -a -s '-screen 0 2600x1500x24' sh -c 'openbox 2>/dev/null & exec go test -tags e2e -count=1 "$@"' e2e $tests
