#!/bin/sh
# Takes pictures of every page of the real window, on a display in memory; the README shows some of them.
#
#   screenshots.sh PROGRAM FOLDER
set -eu
program=$1 folder=$2
mkdir -p "$folder"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export LIBGL_ALWAYS_SOFTWARE=1 FYNE_SCALE=1 XDG_CONFIG_HOME="$home"

# shot NAME LANG THEME KEYS [ARGUMENT...]: opens the window, types the keys once the trace says what it shows, takes the picture.
shot() {
	name=$1 lang=$2 theme=$3 keys=$4
	shift 4
	mkdir -p "$home/tcptalk"
	printf '{"settings":{"lang":%s,"theme":"%s","notes":true,"fold_runs":true,"drawer":true}}' "$lang" "$theme" >"$home/tcptalk/state.json"
	PROGRAM=$program TRACE=$home/trace KEYS=$keys OUT=$folder/$name.png \
		xvfb-run -a -s '-screen 0 1440x960x24' sh -c '
			openbox &
			"$PROGRAM" --trace "$TRACE" "$@" 2>/dev/null &
			app=$!
			tries=0
			while ! window=$(xdotool search --onlyvisible --pid $app | head -n1) || [ -z "$window" ]; do
				tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1
				sleep 0.1
			done
			xdotool windowsize --sync "$window" 1280 800 || :
			for key in $KEYS; do sleep 0.4; xdotool key --window "$window" "$key"; done
			sleep 1.5 # the glide to a packet and the software OpenGL come to rest
			import -window "$window" +dither -colors 40 -define png:compression-level=9 -define png:compression-filter=0 "PNG8:$OUT"
			kill $app
			wait $app || : # it still writes to the folder that is removed in the end' shot "$@"
	rm -f "$home/trace"
}

# Every page in both themes and languages.
for look in en-dark en-light zh-dark zh-light; do
	case $look in en-*) set -- 0 "${look#*-}" ;; *) set -- 1 "${look#*-}" ;; esac
	shot "home-$look" "$@" ''
	shot "chat-$look" "$@" 'Right Right Right' --case trouble-third-packet-lost
	shot "messages-$look" "$@" 'ctrl+2' --case http-picture
	shot "ladder-$look" "$@" 'ctrl+3 2' --case trouble-one-lost
	shot "graphs-$look" "$@" 'ctrl+4 3' --case trouble-one-lost
	shot "stream-$look" "$@" 'ctrl+5' --case http-bad-header
	shot "websocket-$look" "$@" 'Right Right Right Right Right' --case streaming-websocket
	shot "files-$look" "$@" 4 --case http-picture
	shot "search-$look" "$@" 'ctrl+f t c p period f' --case http-keep-alive
	shot "settings-$look" "$@" 'ctrl+comma' --case http-keep-alive
	shot "states-$look" "$@" 'Right Right Right 5 d' --case closing-keepalive-four
	shot "question-$look" "$@" 'q' --case closing-keepalive-four
	shot "lab-$look" "$@" 'ctrl+l'
done
