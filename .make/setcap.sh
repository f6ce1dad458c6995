#!/bin/sh
# Lets the members of a group capture packets without being root, as Wireshark's packages do with dumpcap (Linux).
#
#   setcap.sh PROGRAM [GROUP]      the group is created if it is not there; its name is tcptalk unless told otherwise
set -eu
program=$1 group=${2:-tcptalk}

if [ "$(uname)" != Linux ]; then
	echo "setcap: capabilities are Linux's. On macOS the group of /dev/bpf* decides who may capture, on Windows Npcap (see README)." >&2
	exit 1
fi
[ -f "$program" ] || { echo "setcap: $program is not there: run \"make build\" first" >&2; exit 1; }

# as_root COMMAND...: with sudo unless this is root already.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

for tool in setcap groupadd; do
	PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || { echo "setcap: $tool is missing (Debian: libcap2-bin, passwd; Fedora: libcap, shadow-utils)" >&2; exit 1; }
done
PATH=$PATH:/usr/sbin:/sbin
export PATH
as_root groupadd -f "$group"
as_root chown "root:$group" "$program"
# In this order: changing the owner takes capabilities away, and nobody outside the group may ever run it with them.
as_root chmod 750 "$program"
as_root setcap cap_net_raw+ep "$program"
echo "setcap: members of the group $group can capture with $program"

user=${SUDO_USER:-$(id -un)}
case " $(id -nG "$user") " in
*" $group "*) ;;
*) [ "$user" = root ] || echo "setcap: to become one: sudo usermod -aG $group $user   (and log in again)" ;;
esac
where=$(df -P "$program" | awk 'NR == 2 { print $6 }')
if awk -v m="$where" '$2 == m { print $4 }' /proc/mounts | grep -qw nosuid; then
	echo "setcap: $where is mounted with nosuid: capabilities of files count nothing there. Install the program elsewhere." >&2
	exit 1
fi
