#!/bin/sh
# What every attempt runs: enters the working directory, activates the environment, sources the
# start script, runs the command. Needs a POSIX sh (dash, bash, busybox) and nothing else; where
# the image has bash, the start script and the command run in it.
#
# Given in the environment, and gone before anything of the user's runs:
#   SATURN_LAUNCH_DIRECTORY  absolute path to work in
#   SATURN_LAUNCH_COMMAND    the command, byte for byte
#   SATURN_LAUNCH_CAUSE      file that names what kept the command from running to its end:
#                            working-directory, start-script or stopped (by TERM). Empty before and
#                            after a command that ran. In a pod the termination log
#   SATURN_LAUNCH_SCRIPT     absolute path of the start script, if there is one
#   SATURN_LAUNCH_ACTIVATE   not empty: source $CONDA_PREFIX/etc/conda/activate.d/*.sh
#
# Ends with the command's exit code (128 + n when signal n ended it); 127 with SD103, the start
# script's code or 1 with SD104. TERM is passed on to the command's whole process group, once.
set -u

say() { printf '[saturn-deploy] %s\n' "$*" >&2; }

# TERM can find the command's shell half started, where a shell loses it. So it is noted first, and
# that shell looks at the note once it can't lose a TERM any more. Whoever sends TERM to the command
# without asking this script writes the same note.
child= again=
pass_on() {
  again=1
  echo stopped >"$SATURN_LAUNCH_CAUSE"
  [ -z "$child" ] || kill -TERM "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null
}
trap pass_on TERM INT

cd "$SATURN_LAUNCH_DIRECTORY" 2>/dev/null || {
  echo working-directory >"$SATURN_LAUNCH_CAUSE"
  say "SD103 working directory $SATURN_LAUNCH_DIRECTORY does not exist or can't be entered"
  exit 127
}
unset OLDPWD

# Before the command, in the command's own shell. The cause is noted before the start script and
# taken back after it: however the script ends the shell (a failure, `exit 0`, `exec`), it is
# told, and traps stay the user's. A shell that gets TERM while it waits for a command leaves with
# that command's exit code, though never with 0: there may have been more to do.
export SATURN_LAUNCH_PRELUDE='
trap "exit \$((\$? ? \$? : 143))" TERM
if [ -s "$SATURN_LAUNCH_CAUSE" ]; then exit 143; fi
SATURN_COMMAND=$SATURN_LAUNCH_COMMAND SATURN_CAUSE=$SATURN_LAUNCH_CAUSE
SATURN_SCRIPT=${SATURN_LAUNCH_SCRIPT:-} SATURN_ACTIVATE=${SATURN_LAUNCH_ACTIVATE:-}
unset SATURN_LAUNCH_DIRECTORY SATURN_LAUNCH_COMMAND SATURN_LAUNCH_CAUSE SATURN_LAUNCH_SCRIPT
unset SATURN_LAUNCH_ACTIVATE SATURN_LAUNCH_PRELUDE
if [ -n "$SATURN_ACTIVATE" ]; then
  for SATURN_ACTIVATE in "${CONDA_PREFIX:-}"/etc/conda/activate.d/*.sh; do
    if [ -r "$SATURN_ACTIVATE" ]; then . "$SATURN_ACTIVATE"; fi
  done
fi
if [ -n "$SATURN_SCRIPT" ]; then
  echo start-script >"$SATURN_CAUSE"
  set -e
  . "$SATURN_SCRIPT"
  set +e
  : >"$SATURN_CAUSE"
fi'
# The command is expanded before `unset` runs, so the variables are gone when it begins; all on
# one line, so that line numbers in the shell's messages are the command's.
names='SATURN_COMMAND SATURN_CAUSE SATURN_SCRIPT SATURN_ACTIVATE'
inside='eval "$SATURN_LAUNCH_PRELUDE"; eval "unset '$names'; $SATURN_COMMAND"'

shell=$(command -v bash || command -v sh)
if [ -n "${BASH_VERSION:-}" ]; then
  # Job control gives the command a group of its own, and SIGINT as it should be: without it a
  # shell makes background commands ignore SIGINT for good.
  set -m
  "$shell" -c "$inside" &
  child=$!
  set +m
else
  $(command -v setsid) "$shell" -c "$inside" &
  child=$!
fi
[ -z "$again" ] || pass_on # it came before there was a child

again=
wait "$child" 2>/dev/null
code=$?
while [ -n "$again" ]; do # the trap cut `wait` short, or came just before it: then this gives 127
  again=
  wait "$child" 2>/dev/null
  later=$?
  [ "$later" -eq 127 ] || code=$later
done

cause=
read -r cause 2>/dev/null <"$SATURN_LAUNCH_CAUSE"
if [ "$cause" = start-script ]; then
  say "SD104 start script ended with exit code $code, the command was not run"
  [ "$code" -ne 0 ] || code=1
fi
exit "$code"
