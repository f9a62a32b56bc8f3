# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# What several scripts share: the root of the project, headings, root's rights, and the list of our own files.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

heading() { printf '\n== %s\n' "$*"; }

complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# as_root COMMAND...: as it is for root, through sudo for everybody else. Says what to do where neither works.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    complain "this needs root and there is no sudo; run as root: $*"
    return 1
  fi
}

# own_files DIRECTORY: every file of the project below DIRECTORY, one a line, relative to it. In a git work tree what
# git knows or would add; elsewhere (a tarball, a sample of a self-test) everything but build output.
own_files() {
  if [ -e "$1/.git" ] && command -v git >/dev/null; then
    git -C "$1" -c core.quotePath=off ls-files --cached --others --exclude-standard --deduplicate |
      while IFS= read -r file; do [ -f "$1/$file" ] && printf '%s\n' "$file"; done
  else
    (cd "$1" && find . -path ./build -prune -o -type f -printf '%P\n')
  fi | sort
}

# own_code DIRECTORY: of those, the C++ files of ours that are compiled or included.
own_code() { own_files "$1" | grep -E '\.(cpp|hpp)$' || true; }

# sample NAME: a line of stdin becomes the file NAME of a self-test's tree ($sample_tree).
sample() {
  mkdir -p "$(dirname "$sample_tree/$1")"
  cat >"$sample_tree/$1"
}

# expect_refusal WHAT COMMAND... / expect_pass WHAT COMMAND...: one claim of a self-test each.
expect_refusal() {
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then
    complain "self-test: $what was not noticed"
    return 1
  fi
}
expect_pass() {
  local what=$1
  shift
  "$@" >/dev/null 2>&1 || { complain "self-test: $what was refused"; return 1; }
}
