# shellcheck shell=bash
# Sourced after say.sh: processes that end with the script that started them, the last one first.
#
# Each has a session of its own, so Ctrl-C in the terminal reaches the script alone, which then ends them in order.
# Where the script is killed outright the kernel signals them (PR_SET_PDEATHSIG), so nothing outlives it.

process_names=()
process_pids=()
process_signals=()
process_logs=()
has_terminal=no
[ ! -t 1 ] || has_terminal=yes

# detached SIGNAL COMMAND…: becomes the command. Only for the background, where the subshell is what it replaces:
# the pid stays $!, and the parent whose death sends SIGNAL is the script. Bash ignores Ctrl-C in background
# commands; that is undone, as what the command itself starts would inherit it. Descriptor 9 is the script's lock.
detached() {
  local signal=$1
  shift
  exec 9>&-
  exec setsid setpriv --pdeathsig "$signal" -- env --default-signal=INT,QUIT "$@"
}

remember() {
  process_names+=("$1")
  process_pids+=("$2")
  process_signals+=("$3")
  process_logs+=("$4")
}

# start NAME SIGNAL LOG COMMAND…: runs it in the background. SIGNAL is what it ends orderly on. The log of the time
# before is kept as LOG.1. Sets started_pid.
start() {
  local name=$1 signal=$2 log=$3
  shift 3
  [ ! -e "$log" ] || mv -f -- "$log" "$log.1"
  detached "$signal" "$@" >"$log" 2>&1 &
  started_pid=$!
  remember "$name" "$started_pid" "$signal" "$log"
}

# foreground COMMAND…: waits for it and returns its status. Unlike a plain command, it doesn't keep the script's
# traps waiting until it is through, and what it started ends with it.
foreground() {
  local status=0
  detached TERM "$@" &
  remember "$1" "$!" TERM -
  { wait "$!" || status=$?; } 2>/dev/null # No line of bash's own about a server that a test has killed.
  unset 'process_names[-1]' 'process_pids[-1]' 'process_signals[-1]' 'process_logs[-1]'
  return "$status"
}

alive() { kill -0 "$1" 2>/dev/null; }

# end_process PID SIGNAL SECONDS: signals it, and its whole session if that hasn't ended it in time. CONT is for
# tests that stop a server and are then interrupted.
end_process() {
  local pid=$1 signal=$2 tenths=$(($3 * 10))
  kill -s "$signal" "$pid" 2>/dev/null || return 0
  kill -s CONT "$pid" 2>/dev/null || true
  while alive "$pid"; do
    if [ "$tenths" -le 0 ]; then
      kill -s KILL -- "-$pid" 2>/dev/null || kill -s KILL "$pid" 2>/dev/null || true
      return 0
    fi
    tenths=$((tenths - 1))
    sleep 0.1
  done
}

# Ends all of them; proxyhooks alone may take 10 s to answer what it has accepted.
end_processes() {
  set +e
  trap '' INT TERM HUP PIPE
  local i
  for ((i = ${#process_pids[@]} - 1; i >= 0; i--)); do
    end_process "${process_pids[i]}" "${process_signals[i]}" 15
  done
}

# Returns when the first process ends by itself; sets ended_name, ended_log and ended_status. Ends the script when the
# terminal that it wrote to is gone: where make is all that runs in a terminal (ssh -t), make keeps the signal to itself.
# shellcheck disable=SC2034 # The caller's.
wait_for_an_end() {
  local i
  while true; do
    for i in "${!process_pids[@]}"; do
      if ! alive "${process_pids[i]}"; then
        ended_name=${process_names[i]} ended_log=${process_logs[i]} ended_status=0
        wait "${process_pids[i]}" || ended_status=$?
        return 0
      fi
    done
    if [ "$has_terminal" = yes ] && [ ! -t 1 ]; then exit 129; fi
    sleep 1 9>&- &
    wait "$!"
  done 2>/dev/null # Bash's own lines about processes that were killed.
}
