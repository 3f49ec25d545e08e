# shellcheck shell=bash
# Sourced after say.sh: addresses as host:port, and whether they are free.

# authority LISTEN: where a client on this machine reaches what listens there.
authority() {
  case $1 in
    0.0.0.0:* | :*) say "127.0.0.1:${1##*:}" ;;
    '[::]:'*) say "[::1]:${1##*:}" ;;
    *) say "$1" ;;
  esac
}

# ask URL: the body, if the answer is a good one. No proxy of the caller's comes in between.
ask() { curl -fsS --noproxy '*' --max-time 2 "$1"; }

# is_taken LISTEN: whether somebody accepts there, or is too stuck to.
is_taken() {
  local at host status=0
  at=$(authority "$1")
  host=${at%:*}
  host=${host#[}
  # shellcheck disable=SC2016 # $0 is the inner shell's.
  timeout 1 bash -c ': <>"$0"' "/dev/tcp/${host%]}/${at##*:}" 2>/dev/null || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq 124 ]
}

# need_free LISTEN VARIABLE PATIENCE: ends the script where another process listens there. PATIENCE is how many seconds
# it may still take an earlier start of ours to be gone.
need_free() {
  local listen=$1 variable=$2 seconds=$3 port=${1##*:} holder
  case $port in '' | *[!0-9]*) die "$variable is $listen; it is an address and a port, such as 127.0.0.1:8080." ;; esac
  while is_taken "$listen"; do
    if [ "$seconds" -le 0 ]; then
      holder=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/ by \1, process \2/p' | head -n 1)
      die "Port $port is taken$holder. End that, or choose another: make run $variable=${4:-${listen%:*}:1$port}"
    fi
    seconds=$((seconds - 1))
    sleep 1
  done
}
