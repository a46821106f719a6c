"""What may hang, crash or eat the machine, run in processes that can be killed.

`run_each` gives every *step* of a job its time: what hangs is left out, and the rest is done (steps).
`run_limited` gives a whole piece of work its time, memory and number of processes, and kills it with all
that it started when it takes more (limited; what happens in there is confined). The one is for a function that
means well, the other for code that may mean anything; the second may run the first.
"""

from __future__ import annotations

from gradlab.worker.confined import Limits, Send, Work
from gradlab.worker.limited import Ended, can_fork, run_limited
from gradlab.worker.steps import Begin, Crashed, InternalError, Job, run_each

__all__ = [
    "Begin",
    "Crashed",
    "Ended",
    "InternalError",
    "Job",
    "Limits",
    "Send",
    "Work",
    "can_fork",
    "run_each",
    "run_limited",
]
