"""Starting over with one thread: what NumPy and its like read when they are loaded has to be set before."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def start_over(module: str, settings: Mapping[str, str] | None = None) -> None:
    """Replace this process by the same command with one thread and further settings, unless they are set."""
    wanted = ONE_THREAD | dict(settings or {})
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]], os.environ | wanted)
