"""Which releases of torch_npu their vendor lists for which CANN. Knows no torch.

From COMPATIBILITY.md of github.com/Ascend/pytorch, read in November 2026; each torch_npu goes with the torch of its
number. Earlier versions of that table name 2.9.0.post3 and 2.7.1.post5 for CANN 9.1.0, which PyPI does not have.
"""

from __future__ import annotations

import re

TORCH_NPU = {
    "9.1.0": ("2.12.0", "2.11.0", "2.10.0.post4", "2.9.0.post6", "2.7.1.post8"),  # torch_npu's release 26.1.0
    "9.0.0": ("2.10.0", "2.9.0.post2", "2.8.0.post4", "2.7.1.post4"),
    "8.5.0": ("2.9.0", "2.8.0.post2", "2.7.1.post2", "2.6.0.post5"),
    "8.3.RC1": ("2.8.0", "2.7.1", "2.6.0.post3", "2.1.0.post17"),
    "8.2.RC1": ("2.6.0", "2.5.1.post1", "2.1.0.post13"),
    "8.1.RC1": ("2.5.1", "2.4.0.post4", "2.3.1.post6", "2.1.0.post12"),
    "8.0.0": ("2.4.0.post2", "2.3.1.post4", "2.1.0.post10"),
    "8.0.RC3": ("2.4.0", "2.3.1.post2", "2.1.0.post8"),
}


def torch_npu_for(cann: str) -> tuple[str, ...]:
    """The releases for this CANN, the newest first. A patch release has those of its series; () when unknown.

    >>> torch_npu_for("9.1.2")[0], torch_npu_for("8.0.RC3")[0], torch_npu_for("7.0.0")
    ('2.12.0', '2.4.0', ())
    """
    if cann.upper() in TORCH_NPU:
        return TORCH_NPU[cann.upper()]
    series = re.match(r"\d+\.\d+\.(?=\d)", cann)
    same = (found for known, found in TORCH_NPU.items() if series and known.startswith(series[0]) and "RC" not in known)
    return next(same, ())
