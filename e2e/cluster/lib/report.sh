# shellcheck shell=bash
# What a run prints: one line for each step with the time since its start, and the log of what failed.

step() { printf '%4ds  %s\n' "$SECONDS" "$*" >&2; }

fail() { # MESSAGE [LOG]
  printf '%4ds  FAILED: %s\n' "$SECONDS" "$1" >&2
  if [[ -s ${2:-} ]]; then
    printf -- '---- last lines of %s\n' "$2" >&2
    tail -n 25 "$2" >&2
  fi
  exit 1
}

wait_until() { # SECONDS COMMAND...: true as soon as the command is
  local deadline=$((SECONDS + $1 * WARREN_PATIENCE))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep "${WARREN_PATIENCE}e-1"
  done
}
