#!/usr/bin/env bash
# The calls of tests/api/pipeline_calls.py, answered by transformers 4.55.4 in an environment of its own and by flanchat.
# Needs 2 GB of disk where a CPU build of torch is offered. The first argument names the environment's folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${1:-.venv/stacks/transformers-4.55.4}

if [ ! -e "$venv/installed" ]; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        transformers==4.55.4 torch==2.13.0 numpy sentencepiece protobuf safetensors
    touch "$venv/installed"
fi

answers=$(mktemp)
trap 'rm -f "$answers"' EXIT
HF_HUB_OFFLINE=1 "$venv/bin/python" -m tests.api.pipeline_calls > "$answers"
.venv/bin/python -m tests.api.pipeline_calls --compare "$answers"
