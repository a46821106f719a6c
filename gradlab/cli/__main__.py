"""python -m gradlab.cli"""

from __future__ import annotations

from gradlab.cli import main

main()
