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

# quietly LOG COMMAND ...: runs the command with its output in the log, shows the log's tail if it fails, and leaves its
# exit status in $status. The first failure within COMMAND is final; that is why the status is not returned: in an `if`
# bash ignores `set -e`, all the way down.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  set +e
  (set -e; "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if ((status != 0)); then
    tail -n 40 "$log" | sed 's/^/  | /'
    echo "  (all of it: $log)"
  fi
}
