#!/bin/sh
# Installs the programs for the users of a Linux machine, with what the desktop needs so that a double click on a capture
# opens it; or takes all of that away again.
#
#   install.sh install|uninstall BIN     BIN is the folder with the programs
#
# PREFIX is where they go (/usr/local), DESTDIR a folder that stands for / while a package is made.
set -eu
action=$1 bin=$2
: "${PREFIX:=/usr/local}" "${DESTDIR:=}"
here=$(cd "$(dirname "$0")/.." && pwd)
id=io.github.tcptalk
case $PREFIX in
/*) ;;
*) echo "install: PREFIX must be a whole path, and is $PREFIX" >&2; exit 1 ;;
esac
bindir=$DESTDIR$PREFIX/bin share=$DESTDIR$PREFIX/share
desktop=$share/applications/$id.desktop
mime=$share/mime/packages/$id.xml
icon=$share/icons/hicolor/scalable/apps/$id.svg

# refresh tells the desktop what is new. A package does that itself when it is installed.
refresh() {
	[ -z "$DESTDIR" ] || return 0
	if command -v update-mime-database >/dev/null && [ -d "$share/mime" ]; then update-mime-database "$share/mime" || :; fi
	if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$share/applications" || :; fi
	if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q -f -t "$share/icons/hicolor" 2>/dev/null || :; fi
}

# put MODE FROM TO
put() {
	mkdir -p "$(dirname "$3")"
	cp "$2" "$3"
	chmod "$1" "$3"
}

case $action in
install)
	for program in tcptalk tcptalk-desktop tcptalk-capture; do
		[ -f "$bin/$program" ] || { echo "install: $bin/$program is not there: run \"make build\" first" >&2; exit 1; }
	done
	for program in tcptalk tcptalk-desktop tcptalk-capture; do
		put 755 "$bin/$program" "$bindir/$program"
	done
	put 644 "$here/assets/tcptalk.svg" "$icon"
	put 644 "$here/assets/linux/$id.xml" "$mime"
	# Within the quotes of Exec four characters want a backslash and % is written twice; in any value a backslash is.
	plain=$(printf '%s' "$PREFIX/bin" | sed 's/\\/&&/g')
	quoted=$(printf '%s' "$PREFIX/bin" | sed -e 's/["`$\\]/\\&/g' -e 's/\\/&&/g' -e 's/%/%%/g')
	mkdir -p "$(dirname "$desktop")"
	plain=$plain quoted=$quoted awk '
		function fill(with,   at) {
			at = index($0, "@BINDIR@")
			if (at) $0 = substr($0, 1, at - 1) with substr($0, at + 8)
		}
		/^Exec=/ { fill(ENVIRON["quoted"]) }
		/^TryExec=/ { fill(ENVIRON["plain"]) }
		{ print }
	' "$here/assets/linux/$id.desktop" >"$desktop"
	chmod 644 "$desktop"
	if command -v desktop-file-validate >/dev/null; then desktop-file-validate "$desktop" || :; fi # an older one may know less
	refresh
	echo "install: tcptalk is in $bindir"
	if [ -z "$DESTDIR" ]; then
		echo "install: to capture without root: make setcap PROGRAM=$bindir/tcptalk-capture"
	fi
	;;
uninstall)
	rm -f "$bindir/tcptalk" "$bindir/tcptalk-desktop" "$bindir/tcptalk-capture" "$desktop" "$mime" "$icon"
	refresh
	echo "install: tcptalk is gone from $bindir; settings and notes stay where they are"
	;;
*)
	echo "install: install or uninstall?" >&2
	exit 1
	;;
esac
