#!/usr/bin/env bash
# Installs a package on a throw-away copy of this machine, runs its service as the unit says, asks it,
# removes it. Arguments: the package. Nothing of the machine itself is changed: what is written goes to
# an overlay in memory that ends with this script.
set -euo pipefail

if [[ ${2:-} != inside ]]; then
    # Whoever is not root becomes it in a namespace of their own.
    rights=()
    [[ $(id -u) == 0 ]] || rights=(--map-root-user --map-auto)
    copy=$(mktemp -d)
    trap 'rmdir "$copy"' EXIT
    unshare "${rights[@]}" --mount --pid --fork --kill-child "$0" "$1" inside "$copy"
    exit
fi

copy=$3
mount -t tmpfs tmpfs "$copy"
mkdir "$copy"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$copy/upper,workdir=$copy/work" "$copy/root"
mount -t proc proc "$copy/root/proc"
mount --rbind /dev "$copy/root/dev"
mkdir -p "$copy/root/run" "$copy/root/tmp"
cp "$1" "$copy/root/tmp/adit.deb"

chroot "$copy/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euo pipefail <<'INSIDE'
says() { echo "install.sh: $*"; }
dpkg --install /tmp/adit.deb
[[ $(stat -c '%U %a' /var/lib/adit) == 'adit 700' ]]
says "installed $(adit --version)"

unit=/lib/systemd/system/adit.service
systemd-analyze verify --recursive-errors=no "$unit"
user=$(sed -n 's/^User=//p' "$unit")
as_service=(setpriv "--reuid=$user" "--regid=$user" --init-groups --inh-caps=-all --no-new-privs)
cd "$(sed -n 's/^WorkingDirectory=//p' "$unit")"
"${as_service[@]}" adit init --did did:web:shop.example --name 'Shop Oy' >/dev/null
[[ -e $(sed -n 's/^ConditionPathExists=//p' "$unit") ]]

# The settings of the service, as an operator changes them.
sed -i 's/^#ADIT_LISTEN=.*/ADIT_LISTEN=127.0.0.1:0/' /etc/adit/environment
settings=$(sed -n 's/^Environment=//p' "$unit"; grep -v '^#' "$(sed -n 's/^EnvironmentFile=-//p' "$unit")")
command=$(sed -n 's/^ExecStart=//p' "$unit")
"${as_service[@]}" env $settings $command &
server=$!
for _ in $(seq 300); do
    [[ -s .adit/address ]] && break
    kill -0 "$server"
    sleep 0.1
done
curl --fail --silent --show-error "http://$(cat .adit/address)/healthz"
echo
[[ $(ps -o user= -p "$server") == "$user" ]]
says "answers as user $user"
kill -TERM "$server"
wait "$server"
says "stopped"

source /usr/share/bash-completion/completions/adit
COMP_WORDS=(adit pub) COMP_CWORD=1
_adit adit pub adit
[[ ${COMPREPLY[*]} == publish ]]
man --where adit >/dev/null
man --where adit-publish >/dev/null
says "completes and has manual pages"

dpkg --remove adit
[[ ! -e /usr/bin/adit && -e /etc/adit/environment && -e /var/lib/adit/adit.toml ]]
dpkg --purge adit
[[ ! -e /etc/adit/environment && -e /var/lib/adit/adit.toml ]]
says "removed; the company's folder stays"
INSIDE
