r"""What stands in an exponent: a power, a transpose, a layer index, and what is none of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradlab.notation.latex.arguments import Span, argument
from gradlab.notation.latex.known import Known
from gradlab.notation.latex.symbols import Nucleus, Scripts, layer_of
from gradlab.notation.words import Token

if TYPE_CHECKING:
    from gradlab.notation.latex.reader import Reader


def raise_to(reader: Reader, scripts: Scripts, nucleus: Nucleus) -> None:
    """Emit the exponent: a power, a transpose, or nothing where it was a layer index."""
    source = reader.source
    if scripts.raised:
        at = scripts.raised_at
        if not re.fullmatch(r"[-+]?[0-9]+", scripts.raised):
            source.refuse("A superscript is a whole number, as in x² or x⁻¹.", at)
        start = source.lexemes[at].start
        reader.out.append(Token("SUPERSCRIPT", scripts.raised, start, start + len(scripts.raised)))
    if scripts.sup is None:
        return
    span = scripts.sup
    layer = layer_of(source, span)
    if layer is not None and (
        not reader.out or reader.out[-1].type not in {"CONSTANT", "FUNCTION", "NUMBER"}
    ):
        if not nucleus.name:
            source.refuse(
                f"An exponent in brackets is a layer index, as in W^{{(1)}}: for the power write ^{{{layer[0]}}}.",
                span[0],
            )
        if layer[1] < span[1]:
            reader.put("TRANSPOSE", "^T", layer[1], span[1])
        return
    if is_transpose(reader, span):
        _refuse_power_of_t(reader, span)
        braced = source.partner.get(span[0] - 1) == span[1]
        reader.put("TRANSPOSE", "^T", span[0] - 1 - braced, span[1] + braced)
        return
    if source.is_macro(span[0], "circ") and span[1] == span[0] + 1:
        source.refuse("Degrees are not read: write x \\cdot \\frac{\\pi}{180}.", span[0])
    if span[1] == span[0] + 1 and source.is_char(span[0], "*+-−†"):
        source.refuse(f"'{source.typed(*span)}' is not an exponent that is read here.", span[0])
    caret = span[0] - 1 - (source.partner.get(span[0] - 1) == span[1])
    reader.put("POWER", "^", caret)
    reader.grouped(span)


def is_transpose(reader: Reader, span: Span) -> bool:
    """Whether an exponent is the sign of a transpose."""
    source, (first, stop) = reader.source, span
    if stop == first + 1:
        return source.is_macro(first, "top", "intercal") or source.is_char(first, "T⊤")
    if source.is_macro(first, "rm", "sf", "bf"):
        return stop == first + 2 and source.is_char(first + 1, "T")
    if source.is_macro(first, "mathsf", "mathrm", "text", "textsf", "mathbf", "mathit", "intercal", "textrm"):
        inside, after = argument(source, first + 1, stop, "^")
        return after == stop and inside[1] == inside[0] + 1 and source.is_char(inside[0], "T")
    return False


def _refuse_power_of_t(reader: Reader, span: Span) -> None:
    """x^T where T is declared is a power or a transpose, unless x is an array."""
    source = reader.source
    symbols = Known(reader.context.symbols)
    if not source.is_char(span[0], "T") or not ("T" in symbols.declared or "T" in reader.bound):
        return
    last = reader.out[-1]
    if last.type == "NAME" and symbols.is_array(last.value):
        return
    base = source.text[last.start : last.end]
    source.refuse(
        f"'{base}^T' could mean two things, since T is declared: write {base}^\\top for the transpose, "
        f"or {base}^{{1 \\cdot T}} for the power.",
        span[0],
    )
