# What ci's scripts share: the paths, the quiet build and the sanitizers' settings. Sourced from the checkout's root.
# shellcheck shell=bash

jobs=$(nproc)

# UBSan and TSan print no stack, or one of bare addresses, unless told otherwise.
export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
export UBSAN_OPTIONS=print_stacktrace=1:external_symbolizer_path=$ASAN_SYMBOLIZER_PATH
export TSAN_OPTIONS=external_symbolizer_path=$ASAN_SYMBOLIZER_PATH

# build PRESET [TARGET ...]: configures the preset and builds the targets, or all.
build() {
  local preset=$1
  shift
  cmake --preset "$preset" --log-level=NOTICE
  cmake --build --preset "$preset" --parallel "$jobs" --target "${@:-all}"
}

# Where nobody watches a terminal, long work says every $pulse_seconds that it goes on. The line's writer ends with the
# script, however that ends, and keeps no pipe open.
pulse_seconds=30
pulse_pid=
pulse() {
  local began=$SECONDS
  while sleep "$pulse_seconds" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do echo "   $((SECONDS - began)) s: $1"; done
}

# start_pulse TEXT, stop_pulse: around what may take long.
start_pulse() {
  if [[ ! -t 1 ]]; then
    pulse "$1" &
    pulse_pid=$!
  fi
}
stop_pulse() {
  if [[ $pulse_pid ]]; then
    kill "$pulse_pid" || true
    wait "$pulse_pid" 2>/dev/null || true
    pulse_pid=
  fi
}
trap stop_pulse EXIT

# quietly LOG COMMAND ...: runs the command with its output in the log, shows the log's tail if it fails, and leaves its
# exit status in $status. The first failure within COMMAND is final; that is why the status is not returned: in an `if`
# bash ignores `set -e`, all the way down.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  start_pulse "$log"
  set +e
  (set -e; "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  stop_pulse
  if ((status != 0)); then
    tail -n 40 "$log" | sed 's/^/  | /'
    echo "  (all of it: $log)"
  fi
}

# instructions_of PROGRAM CALLS: runs it under callgrind; a line for each time that it asks for counts: the name that it
# asks under, and instructions a call. What the machine offers beyond a plain x86-64 is hidden from glibc: all count alike.
instructions_of() {
  local plain=glibc.cpu.hwcaps=-AVX2_Usable,-AVX512F_Usable,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM counts=$1.counts files
  rm -rf "$counts"
  mkdir -p "$counts"
  env -i GLIBC_TUNABLES="$plain" valgrind --tool=callgrind --callgrind-out-file="$counts/out" "$1" \
    >"$counts/log" 2>&1 </dev/null || { tail -n 40 "$counts/log" >&2; return 1; }
  # Each request makes a file of its own, numbered.
  mapfile -t files < <(printf '%s\n' "$counts"/out.* | sort --version-sort)
  awk -v calls="$2" '
    /^desc: Trigger: Client Request: / { name = $NF }
    /^totals: / && name { print name, $2 / calls; name = "" }' "${files[@]}"
}
