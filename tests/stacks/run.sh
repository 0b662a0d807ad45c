#!/usr/bin/env bash
# Every test in the stack of openMind's images, tests/stacks/openmind-1.0.txt. Today's stack is what `make test` tests.
# Needs Python 3.10 (PYTHON310 names it) and, on x86_64, 6 GB of disk: torch 2.1.0 from PyPI is a CUDA build there.
# Left out are those of the fake NPU (torch 2.10), of --convert-bin (torch 2.6), and of Ray and browsers, not in the pins.
set -euo pipefail
cd "$(dirname "$0")/../.."
pins=tests/stacks/openmind-1.0.txt
venv=${1:-.venv/stacks/openmind-1.0}
python=$venv/bin/python

if [ ! -e "$venv/installed" ]; then
    "${PYTHON310:-python3.10}" -m venv "$venv"
    "$python" -m pip install --quiet --disable-pip-version-check --requirement $pins
    "$python" -m pip install --quiet --disable-pip-version-check --constraint $pins --editable '.[serve]' \
        babel hatchling httpx hypothesis openai pyte pytest pytest-randomly pytest-socket pytest-timeout pytest-xdist \
        scipy statsmodels
    "$python" -m pip check
    touch "$venv/installed"
fi

"$python" -m pytest --numprocesses 2
"$python" - <<'PYTHON'
import contextlib, os, sys
from importlib.metadata import version
from flanchat.engine.t5.local import load_engine
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.events import Decoding, Delta, Request

with contextlib.closing(load_engine(resolve(None, os.environ), environ=os.environ)) as engine:
    for beams in (1, 2):
        events = engine.stream([Request("A step by step recipe to make bolognese pasta:", Decoding(num_beams=beams))])
        text = "".join(event.text for event in events if isinstance(event, Delta))
        assert text, "no answer"
assert "openmind" not in sys.modules, "openmind was imported: it redirects every download in the process"
print("openmind", version("openmind"), "is installed and was not imported; the demo model answers:", text[:60])
PYTHON
"$venv/bin/flanchat" diff bundled,precision=float32 --reference --max-kl 1e-6  # with openmind, in its own process
