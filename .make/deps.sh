#!/bin/sh
# Finds what this machine lacks for building, testing or comparing tcptalk, says which package brings it and why it is
# needed, and installs it. Installs nothing when nothing is missing.
#
#   deps.sh [-n] GROUP...      groups: go build e2e ci oracle; -n only says what is missing
#
# Go itself is looked for with every group and never installed: distributions carry it too old.
# It looks for the thing itself (a command, a C header), not for a package, so a library that came some other way counts.
# Where it cannot install it names the packages and goes on: the build may well find what this script did not.
set -u

# group | what to look for | Debian, Ubuntu | Fedora | Homebrew | why
# cmd:X is a command, h:X a C header. "-" means that the system has it, or has no use for it.
needs() {
	cat <<'TABLE'
build|cmd:gcc|gcc|gcc|xcode|the C compiler: the window's OpenGL driver is C
build|h:stdlib.h|libc6-dev|glibc-devel|-|headers of the C library
build|cmd:pkg-config|pkg-config|pkgconf-pkg-config|-|tells the compiler where OpenGL is
build|h:GL/gl.h|libgl1-mesa-dev|mesa-libGL-devel|-|OpenGL, which draws the window
build|h:X11/Xlib.h|libx11-dev|libX11-devel|-|windows on X11
build|h:X11/Xcursor/Xcursor.h|libxcursor-dev|libXcursor-devel|-|mouse pointers on X11
build|h:X11/extensions/Xrandr.h|libxrandr-dev|libXrandr-devel|-|screens and their scale on X11
build|h:X11/extensions/Xinerama.h|libxinerama-dev|libXinerama-devel|-|several screens on X11
build|h:X11/extensions/XInput2.h|libxi-dev|libXi-devel|-|mouse and keyboard on X11
build|h:X11/extensions/xf86vmode.h|libxxf86vm-dev|libXxf86vm-devel|-|screen modes on X11
build|h:wayland-client-core.h|libwayland-dev|wayland-devel|-|windows on Wayland
build|h:xkbcommon/xkbcommon.h|libxkbcommon-dev|libxkbcommon-devel|-|keyboard layouts on Wayland
build|h:pcap/pcap.h|libpcap-dev|libpcap-devel|-|packet capture, which only tcptalk-capture links
e2e|cmd:Xvfb|xvfb|xorg-x11-server-Xvfb|-|a display in memory for the window
e2e|cmd:xauth|xauth|xorg-x11-xauth|-|lets the tests talk to that display
e2e|dri|libgl1-mesa-dri|mesa-dri-drivers|-|draws OpenGL without a graphics card
e2e|cmd:openbox|openbox|openbox|-|the window manager of that display
e2e|cmd:xdotool|xdotool|xdotool|-|real clicks and keys
e2e|cmd:import|imagemagick|ImageMagick|-|screenshots
ci|cmd:make|make|make|xcode|runs the targets of the Makefile
ci|cmd:python3|python3|python3|python|runs the comparison with tshark
oracle|cmd:tshark|tshark|wireshark-cli|wireshark|the second opinion on captures that were not compared before
TABLE
}

# present LOOKFOR: is it there?
present() {
	case $1 in
	cmd:gcc | cmd:make)
		# macOS has these names even where they only offer to install the real thing.
		if [ "$(uname)" = Darwin ]; then xcode-select -p >/dev/null 2>&1; else command -v "${1#cmd:}" >/dev/null 2>&1; fi
		;;
	cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
	h:*) echo "#include <${1#h:}>" | gcc -E -x c - >/dev/null 2>&1 ;;
	dri) ls /usr/lib/*/dri/swrast_dri.so /usr/lib64/dri/swrast_dri.so /usr/lib/*/libgallium-*.so /usr/lib64/libgallium-*.so 2>/dev/null | grep -q . ;;
	esac
}

# column N: the package names of this system, chosen by its package manager.
if [ "$(uname)" = Darwin ]; then
	system=brew column=5
elif command -v apt-get >/dev/null 2>&1; then
	system=apt column=3
elif command -v dnf >/dev/null 2>&1; then
	system=dnf column=4
else
	system=unknown column=3
fi

# missing GROUP...: the lines of needs that this machine lacks, as "package|why".
missing() {
	needs | while IFS='|' read -r group look apt dnf brew why; do
		case " $* " in *" $group "*) ;; *) continue ;; esac
		case $column in 3) package=$apt ;; 4) package=$dnf ;; 5) package=$brew ;; esac
		[ "$package" = - ] || present "$look" || echo "$package|$why"
	done
}

# as_root COMMAND...: with sudo unless this is root already.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		echo "deps: neither root nor sudo; as root run: $*" >&2
		return 1
	fi
}

# install PACKAGE...: asks nothing. The lists of a fresh system are empty, hence the update; one that fails (a broken
# third-party source) does not mean that the packages are out of reach.
install() {
	case $system in
	apt)
		as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -qq update
		as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -qq -y \
			--no-install-recommends install "$@" >/dev/null
		;;
	dnf) as_root dnf -y -q --setopt=install_weak_deps=False --setopt=retries=3 install "$@" ;;
	brew) brew install --quiet "$@" ;;
	esac
}

only_say=no
if [ "${1-}" = -n ]; then
	only_say=yes
	shift
fi
[ $# -gt 0 ] || set -- build

if ! command -v go >/dev/null 2>&1; then
	echo "deps: Go is missing. tcptalk needs Go 1.26 or newer: https://go.dev/dl/" >&2
	exit 1
fi

lines=$(missing "$@")
[ -n "$lines" ] || exit 0

echo "deps: missing on this machine:"
echo "$lines" | while IFS='|' read -r package why; do
	[ "$package" = xcode ] && package="Xcode command line tools"
	printf '  %-26s %s\n' "$package" "$why"
done
packages=$(echo "$lines" | cut -d'|' -f1 | grep -vx xcode | sort -u | tr '\n' ' ')
if echo "$lines" | grep -q '^xcode|'; then
	echo "deps: install them with: xcode-select --install" >&2
fi
[ -n "$packages" ] && [ "$only_say" = no ] || exit 0

if [ "$system" = unknown ]; then
	echo "deps: this system has neither apt-get, dnf nor brew. Install the packages above (Debian's names); going on without." >&2
	exit 0
fi
if [ "$system" = brew ] && ! command -v brew >/dev/null 2>&1; then
	echo "deps: Homebrew is missing (https://brew.sh). Going on without: $packages" >&2
	exit 0
fi
echo "deps: installing with $system: $packages"
# shellcheck disable=SC2086 # a list of names without spaces
install $packages
left=$(missing "$@" | cut -d'|' -f1 | tr '\n' ' ')
if [ -n "$left" ]; then
	echo "deps: still not found: ${left}- going on, but the next step may fail for that reason" >&2
fi
exit 0
