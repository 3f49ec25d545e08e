# shellcheck shell=bash
# Sourced: how the scripts talk.

# say LINE…: to the person at the terminal, also where nobody reads any more.
say() { printf '%s\n' "$@" || true; }

# die LINE…: says why the script can't go on, and ends it.
die() {
  say "$@" >&2
  exit 1
}
