#!/usr/bin/env bash
# The guide: every program of docs/learn prints what its page says.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
isolate "$@"

python3 "$root/docs/learn/check"
