#!/bin/sh
# Opens the window, or, where there is no display, tells the same story in the terminal.
#
#   run.sh FIRST_CASE [FILE]
set -eu
if [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] || [ "$(uname)" = Darwin ]; then
	.make/deps.sh build
	make --no-print-directory cli desktop
	exec bin/tcptalk-desktop ${2:+"$2"}
fi
.make/deps.sh go
make --no-print-directory cli
echo "No display here (DISPLAY and WAYLAND_DISPLAY are empty): the conversation follows in the terminal instead of the window."
if [ -n "${2-}" ]; then
	exec bin/tcptalk show "$2"
fi
exec bin/tcptalk cases show "$1"
