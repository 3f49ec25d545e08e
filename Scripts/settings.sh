# shellcheck shell=bash
# Sourced: files of KEY=VALUE lines, as systemd's EnvironmentFile and proxyhooks --config have them.

# setting FILE KEY: the value; nothing where there is none.
setting() { [ ! -e "$1" ] || sed -n "s/^$2=//p" -- "$1" | tail -n 1; }

# put_setting FILE KEY VALUE: in place of the key's line, or as a new last line. All else in the file stays.
put_setting() {
  local file=$1
  if [ -e "$file" ] && [ "$(setting "$file" "$2")" = "$3" ]; then return 0; fi
  (
    umask 077
    {
      [ ! -e "$file" ] || grep -v "^$2=" -- "$file" || true
      printf '%s=%s\n' "$2" "$3"
    } >"$file.new"
  )
  mv -f -- "$file.new" "$file"
}

# put_default FILE KEY VALUE: where the file says nothing yet.
put_default() { [ -n "$(setting "$1" "$2")" ] || put_setting "$@"; }

# put_secret FILE KEY BYTES: keeps the one that is there; a new one is random, in hexadecimal.
put_secret() {
  [ -z "$(setting "$1" "$2")" ] || return 0
  put_setting "$1" "$2" "$(od -An -v -tx1 -N "$3" /dev/urandom | tr -d ' \n')"
}
