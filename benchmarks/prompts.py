"""Time to the first token by precision, in one process and by turns:  python -m benchmarks.prompts FOLDER

Encodes a prompt and decodes one token with each precision's kernels, as they are chosen here, in random order. FOLDER
holds a checkpoint (`python -m benchmarks.checkpoints`). Prints JSON: for each length of prompt the least milliseconds
and the ratio to the first precision's; processor time of one thread by default, which other programs hardly change, and
wall time for more.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from pathlib import Path

from flanchat.base.errors import DeviceError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precisions", default="float16,float32,float16+bfloat16,float16+int8,int8")
    parser.add_argument("--lengths", default="16,128,512", help="tokens of prompts; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()

    import torch

    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.engine.devices.precision import choose_kernels
    from flanchat.engine.t5.model import T5

    torch.set_num_threads(options.threads)
    clock = time.process_time if options.threads == 1 else time.perf_counter
    models, refused = {}, {}
    for precision in options.precisions.split(","):
        try:
            kernels, _ = choose_kernels("cpu", precision, environ=os.environ)
        except DeviceError as error:
            refused[precision] = str(error)
            continue
        models[precision] = T5(preflight(options.folder), kernels=kernels)
    report = {"folder": options.folder.name, "threads": options.threads, "refused": refused, "lengths": {}}
    with torch.inference_mode():
        for model in models.values():
            model.trace(rows=1)
        for length in map(int, options.lengths.split(",")):
            prompt = [5 + (31 * at) % 900 for at in range(length)]
            least = dict.fromkeys(models, float("inf"))
            for _ in range(options.rounds):
                for name in random.sample(list(models), len(models)):
                    started = clock()
                    encoded = models[name].encode([prompt])
                    models[name].step([0], models[name].start(encoded, [0], 32))
                    least[name] = min(least[name], clock() - started)
            first = next(iter(least.values()))
            report["lengths"][length] = {
                name: {"ms": round(seconds * 1e3, 1), "ratio": round(seconds / first, 2)}
                for name, seconds in least.items()
            }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
