# How ci's checks are seen to fail: one violation at a time is planted in a copy of the sources, and the check must name
# its line and its rule; near twins, which look alike and are right, must pass. Sourced from the checkout's root.
# shellcheck shell=bash

shopt -s lastpipe # `text | caught ...` counts in this shell

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cases=0
misses=0

# begin CHECK: the check that the cases below are about.
begin() {
  check=$1
  cp -r harness targets properties "$copy/"
}

# judge FILE: plants standard input as FILE, keeps in $said what the check says of it and in $status how it exits, and
# takes the file away again.
judge() {
  local said_of_all
  [[ ! -e $copy/$1 ]] || { echo "$check: $1 exists, plant elsewhere" >&2; exit 2; }
  mkdir -p "$(dirname "$copy/$1")"
  cat >"$copy/$1"
  status=0
  said_of_all=$("$check" "$copy") || status=$?
  said=$(grep -F "$1:" <<<"$said_of_all") || true
  rm "$copy/$1"
  cases=$((cases + 1))
}

# caught FILE LINE RULE: the text on standard input, as FILE, is refused for its LINE, in words that contain RULE.
caught() {
  judge "$1"
  if ((status != 1)) || ! grep -F "$1:$2:" <<<"$said" | grep -qF -- "$3"; then
    echo "$check: missed $1:$2: $3 (exit status $status${said:+, said: $said})"
    misses=$((misses + 1))
  fi
}

# passes FILE: the text on standard input, as FILE, is not objected to.
passes() {
  judge "$1"
  if [[ $said ]]; then
    echo "$check: false alarm: $said"
    misses=$((misses + 1))
  fi
}

# refuses_nothing_to_check: an empty tree is not a success.
refuses_nothing_to_check() {
  local empty=0
  mkdir "$copy/empty"
  "$check" "$copy/empty" 2>/dev/null || empty=$?
  cases=$((cases + 1))
  if ((empty != 2)); then
    echo "$check: exits with $empty where there is nothing to check"
    misses=$((misses + 1))
  fi
}

# finish: the count, and the verdict as exit status.
finish() {
  echo "$check: $cases planted files, $misses misjudged"
  ((cases > 0 && misses == 0))
}
