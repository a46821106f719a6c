"""A function at a point: what every method says of its derivative there."""

from __future__ import annotations

import msgspec

from gradlab.record.words import Kind, Number, check_shape


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of the function at one point."""

    name: str
    shape: tuple[int, ...]
    values: tuple[Number, ...]
    """Row by row; the first 1000 of a larger array."""
    differentiated: bool
    """Whether the derivative by this argument is asked for."""

    def __post_init__(self) -> None:
        check_shape(self.shape, self.values)


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What one method says about the derivative at one point, and how it was judged."""

    method: str
    """`reverse`, `forward`, `symbolic`, `finite_difference`, `complex_step`, `precise`, `claimed`."""
    verdict: Kind
    reason: str = ""
    values: tuple[Number, ...] = ()
    """One a component, in the order of `Point.components`; empty where the method gave none."""
    digits: tuple[float | None, ...] = ()
    """Correct significant digits against the reference (at most 17 in float64); None where unknown."""
    verdicts: tuple[Kind, ...] = ()
    """One a component."""
    errors: tuple[Number, ...] = ()
    """The method's own error estimate (not a bound), where it gives one."""
    steps: tuple[Number, ...] = ()
    """The step h of each component, where the method takes one."""
    evaluations: int = 0
    """How often the function was called."""
    detectable: tuple[float | None, ...] = ()
    """Of a claim that was held against error bars: the smallest relative error of each component that
    would have been seen; None where the component is zero. Empty where it was judged at 50 digits."""
    lost: tuple[str, ...] = ()
    """Sentences on why its float64 values have fewer correct digits than they could have."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One point, the reference there, and every method's estimate."""

    given: bool
    """True for the user's own point, False for one drawn around it."""
    inputs: tuple[Input, ...]
    value: tuple[Number, ...]
    """The function's value(s), in float64."""
    components: tuple[str, ...]
    """`w`, `W0[0, 1]`, or for a Jacobian `y[1] by x[0]`."""
    reference: tuple[str, ...]
    """The derivative in decimal, as many digits as are known (up to 50); "" where there is none."""
    verdict: Kind
    reason: str = ""
    bars: tuple[Number, ...] = ()
    """The reference's error bars, one a component, where it was measured in float64; else empty."""
    asked: str = ""
    """Which components were asked, where not all of them were."""
    estimates: tuple[Estimate, ...] = ()
    kinks: tuple[str, ...] = ()
    """Sentences on branches and selections that are decided by nothing, or by little, here."""


class Counterexample(msgspec.Struct, frozen=True, kw_only=True):
    """The simplest point found at which a claim is still wrong, and code that shows it."""

    inputs: tuple[Input, ...]
    component: str
    claimed: str
    """The claimed value in decimal."""
    derivative: str
    """The derivative in decimal."""
    snippet: str
    """Python code that reproduces it, to be pasted."""
