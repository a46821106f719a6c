"""How to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gradlab import record as rec
from gradlab.cases import InputError
from gradlab.methods import methods
from gradlab.study.explain import Explaining


@dataclass(frozen=True)
class Settings:
    """How to check."""

    methods: tuple[str, ...] = ()
    """Empty for all."""
    points: int = 5
    """Drawn around the given one."""
    seed: int = 0
    timeout: float | None = None
    digits: int = 50
    timed: bool = True
    explaining: Explaining | None = None
    """How to explain the derivative, if at all."""
    step_sizes: bool = False
    """Whether to study the error of difference quotients against their step."""
    pictures: Literal["none", "failed", "all"] = "none"
    """Of which cases to keep what a report's pictures are drawn from: the graph and a V curve."""

    def __post_init__(self) -> None:
        for name, value, least in (
            ("points", self.points, 0),
            ("seed", self.seed, 0),
            ("timeout", self.timeout, 0),
        ):
            if value is not None and (value < least or (name == "timeout" and not value)):
                raise InputError(
                    f"{name} is {value}: it is {'more than' if name == 'timeout' else 'at least'} {least}"
                )

    @property
    def study(self) -> rec.Study:
        """What is asked for."""
        return "explain" if self.explaining is not None else "step-size" if self.step_sizes else "check"

    def chosen(self) -> dict[str, Any]:
        """The methods by name. Raises InputError for one that is not there."""
        known = methods()
        unknown = [m for m in self.methods if m not in known]
        if unknown:
            raise InputError(
                f"there is no method {', '.join(map(repr, unknown))}; there are {', '.join(known)}"
            )
        return {
            name: method
            for name, method in known.items()
            if not self.methods or name in self.methods or name == "claimed"
        }
