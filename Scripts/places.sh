# shellcheck shell=bash
# Sourced after say.sh: as whom the servers run, and where that user can keep data and sockets.

# The command before a server's own. Empty for an ordinary user. PostgreSQL refuses to run as root, so for root it is
# a change to the user that Debian's package made; a change of user clears a death signal, so it is set again here.
server_user=()
server_user_name=$(id -un)

choose_server_user() {
  [ "$(id -u)" -eq 0 ] || return 0
  id -u postgres >/dev/null 2>&1 ||
    die 'PostgreSQL refuses to run as root, and there is no user postgres to run it as.' \
      'Run make as an ordinary user, or install the package postgresql, which makes that user.'
  server_user=(setpriv --reuid postgres --regid postgres --init-groups --pdeathsig INT --)
  server_user_name=postgres
}

# give DIRECTORY: makes it, or takes it if it is the server user's already, for that user alone. In a directory where
# everybody may write somebody else could have made it first.
give() {
  [ -d "$1" ] || mkdir -m 700 -- "$1"
  if [ "$(id -u)" -eq 0 ] && [ "$(stat -c %U -- "$1")" = root ]; then chown -h postgres: -- "$1"; fi
  if [ -L "$1" ] || [ "$(stat -c %U -- "$1")" != "$server_user_name" ]; then
    die "$1 belongs to $(stat -c %U -- "$1"); $server_user_name can't use it." \
      'Servers were started here by another user before? Then run make clean as that user.'
  fi
}

# reachable DIRECTORY: whether the server user gets there. A home of mode 0700 above a checkout keeps postgres out.
reachable() { "${server_user[@]}" test -x "$1/."; }

# fits_sockets DIRECTORY: whether sockets in it have names that the kernel (107 bytes; the longest name of ours is
# 13) and a database URL take without quoting.
fits_sockets() {
  local LC_ALL=C
  [ "${#1}" -le 93 ] || return 1
  case $1 in *[!A-Za-z0-9/._-]*) return 1 ;; esac
}

# A short directory for temporary ones.
temporary_root() {
  local root=${TMPDIR:-/tmp}
  if [ "${#root}" -le 50 ] && fits_sockets "$root" && reachable "$root"; then say "$root"; else say /tmp; fi
}

# One name for each checkout and user, the same each time.
checkout_name() { say "proxyhooks-$(id -u)-$(pwd -P | sha256sum | cut -c 1-12)"; }

# development_places: sets servers_home (data, kept) and servers_sockets for the checkout. Both are .dev/servers where
# that is possible. Data that postgres can't reach below root's home goes to /var/lib, sockets to a temporary directory.
development_places() {
  servers_home=$(pwd -P)/.dev/servers
  [ ! -L .dev/servers ] || rm -f .dev/servers
  give "$servers_home"
  if ! reachable "$servers_home"; then
    rmdir -- "$servers_home"
    servers_home=/var/lib/$(checkout_name)
    give "$servers_home"
    ln -s -- "$servers_home" .dev/servers
  fi
  servers_sockets=$servers_home
  if ! fits_sockets "$servers_sockets"; then
    servers_sockets=$(temporary_root)/$(checkout_name)
    give "$servers_sockets"
  fi
}
