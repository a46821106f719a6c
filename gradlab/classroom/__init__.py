"""The submissions of a class: found, checked side by side within limits, and kept as they are finished.

`submissions` finds them, `examining` checks one where it can do no harm, `executors` says where the work is
done, `journal` keeps what is finished, and `run` makes one record of it all.
"""

from __future__ import annotations
