"""The mean of the weights of two models of one shape:  python -m demo_model.average FOLDER OTHER RESULT [--share 0.3]

Of two runs that went on from the same state with other exercises, the mean is often better than either: each is in the
same wide valley of the loss, at another side of it.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

WEIGHTS = "model.safetensors"


def average(folder: Path, other: Path, result: Path, share: float) -> None:
    """Write a folder like `folder`, with this share of the other's weights. Both have the same vocabulary and shape."""
    for name in ("config.json", "spiece.model"):
        if (folder / name).read_bytes() != (other / name).read_bytes():
            raise SystemExit(f"{other / name} is another one than {folder / name}: their weights cannot be averaged")
    ours, theirs = load_file(folder / WEIGHTS), load_file(other / WEIGHTS)
    mean = {
        name: ((1 - share) * weight.double() + share * theirs[name].double()).to(weight.dtype)
        for name, weight in ours.items()
    }
    shutil.copytree(folder, result, dirs_exist_ok=True)
    save_file(mean, result / WEIGHTS, metadata={"format": "pt"})
    (result / WEIGHTS).chmod(0o644)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the other's weights, from 0 to 1")
    options = parser.parse_args()
    average(options.folder, options.other, options.result, options.share)
