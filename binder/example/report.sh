#!/bin/bash
# Shows how well train.py did, epoch by epoch.
set -euo pipefail
if [[ ! -e history.csv ]]; then
    echo "history.csv is not there: run train.py first" >&2
    exit 1
fi
while IFS=, read -r epoch loss slope offset; do
    printf '%6s  %9s  %8s  %8s\n' "$epoch" "$loss" "$slope" "$offset"
done < history.csv
echo "written by $(hostname) at $(date -r history.csv '+%F %T')"
