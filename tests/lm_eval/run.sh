#!/usr/bin/env bash
# flanchat beside the model `hf` of lm-evaluation-harness, in an environment with the harness; prints the times of both.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${1:-.venv/lm-eval}
python=$venv/bin/python

if [ ! -e "$venv/installed" ]; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[lm-eval]' \
        accelerate hypothesis pytest pytest-randomly pytest-socket pytest-timeout pytest-xdist
    touch "$venv/installed"
fi

HF_HUB_OFFLINE=1 "$python" -m pytest tests/lm_eval
