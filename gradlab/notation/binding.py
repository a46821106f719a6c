"""What binds a variable or an index: derivatives still to be done, sums and products over an index, elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from gradlab.notation import arrays, factors
from gradlab.notation.error import excerpt
from gradlab.notation.evaluate import MOST_TERMS
from gradlab.notation.names import printed
from gradlab.notation.piece import Piece
from gradlab.notation.reader import Reader
from gradlab.notation.tree import Big, Derivative, Element, Name, Node, Number, called, free_names, walk
from gradlab.notation.words import Token

# Derivatives


def derivative(reader: Reader, operator: Token, operand: Piece) -> Piece:
    """∂/∂x before its operand; of ∂/∂x_2 the operator's value is x:2."""
    by, _, below = operator.value.partition(":")
    ends = (operator.start, operand.end)
    at = tuple(Number(int(one)) if one.isdecimal() else Name(one) for one in below.split(",") if one)
    if at:
        _check_element(reader, by, at, operator)
    of = operand.shape[1:] if operand.shape and operand.shape[0] == 1 else operand.shape
    shape = of if at else reader.shaped(*ends, arrays.derivative, operand.shape, reader.shape(by))
    return reader.piece(
        Derivative(operand.node, by, at), "derivative", ends, operand.depth + 1, operand, shape=shape
    )


def _check_element(reader: Reader, by: str, at: Sequence[Number | Name], operator: Token) -> None:
    shape = reader.symbols.shapes.get(by) or ()
    sizes = arrays.canonical(shape) if len(at) == 1 else shape
    sizes = sizes[-1:] if sizes and len(at) == 1 and sizes[0] == 1 else sizes or ()
    inside = all(isinstance(i, Name) or i.value in range(1, n + 1) for i, n in zip(at, sizes, strict=False))
    if len(sizes) != len(at) or not inside:
        what = f"{printed(by)} is {arrays.described(arrays.canonical(shape))}"
        reader.refuse(f"There is no such element to derive by: {what}.", operator.start)


def after_coefficient(reader: Reader, left: Piece, sign: Token | None, right: Piece) -> Piece | None:
    """∂/∂x ½ (x − y)²: nothing is derived by a number alone, so that what follows it is derived too."""
    if left.form != "derivative":
        return None
    operand, node = left.parts[0], cast("Derivative", left.node)
    if reader.text[operand.start : operand.start + 1] in {"(", "[", "{"}:
        return None
    if free_names(operand.node) or called(operand.node) or not reader.symbols.depends(right.node, node.by):
        return None
    inner, shape = factors.multiplied(reader, operand, sign, right)
    ends = (operand.start, right.end)
    whole = reader.piece(inner, "run", ends, max(operand.depth, right.depth) + 1, operand, right, shape=shape)
    at = reader.text[left.start : operand.start]
    below = ",".join(str(one.value) if isinstance(one, Number) else cast("Name", one).name for one in node.at)
    value = f"{node.by}:{below}" if below else node.by
    return derivative(reader, Token("DERIVATIVE", value, left.start, left.start + len(at)), whole)


def refuse_after_derivative(reader: Reader, last: Piece, sign: Token | None, right: Piece) -> None:
    """d/dx x sin x is (d/dx x) sin x or d/dx (x sin x), unless the rest does not depend on x."""
    operand = last.parts[0]
    node = cast("Derivative", last.node)
    in_brackets = operand.form == "group" and reader.text[operand.start : operand.start + 1] == "["
    if in_brackets or not reader.symbols.depends(right.node, node.by):
        return
    text = reader.text
    operator = excerpt(text[last.start : operand.start])
    inner, rest = excerpt(text[operand.start : operand.end]), excerpt(text[right.start : right.end])
    between = text[sign.start : sign.end] if sign is not None else " "
    reader.refuse(
        f"'{excerpt(text[last.start : right.end])}' could mean two things: "
        f"write {operator}[{inner}]{between}{rest} or {operator}[{inner}{between}{rest}].",
        right.start,
    )


# Sums over an index


def element(reader: Reader, name: Token, indices: Sequence[Piece], end: int) -> Piece:
    """x_i, W_{i,j}: an element of an array, counted from 1."""
    shape = reader.symbols.shapes.get(name.value) or ()
    sizes = arrays.canonical(shape) if len(indices) == 1 else shape
    sizes = sizes[-1:] if sizes and len(indices) == 1 and sizes[0] == 1 else sizes
    typed = excerpt(reader.text[name.start : end])
    if sizes is None or len(sizes) != len(indices):
        what = f"{printed(name.value)} is {arrays.described(arrays.canonical(shape))}"
        reader.refuse(
            f"'{typed}' has {len(indices)} index{'es' * (len(indices) > 1)}, and {what}.", name.start
        )
    for piece, size in zip(indices, sizes, strict=True):
        if piece.shape:
            reader.refuse("An index is a whole number.", piece.start)
        if isinstance(piece.node, Number) and piece.node.value not in range(1, size + 1):
            reader.refuse(
                f"'{typed}' is not there: this index goes from 1 to {size}.",
                piece.start,
            )
    node = Element(name.value, tuple(piece.node for piece in indices))
    return reader.piece(node, "name", (name.start, end), max(piece.depth for piece in indices) + 1)


def big(reader: Reader, parts: Sequence[Token | Piece]) -> Piece:
    """∑_{i=1}^{n} body; where a limit is not written, it is that of the array that the index runs over."""
    operator = cast("Token", parts[0])
    body = cast("Piece", parts[-1])
    middle = next(
        place for place, part in enumerate(parts) if isinstance(part, Token) and part.type == "RBRACE"
    )
    lowers = [part for part in parts[:middle] if isinstance(part, Piece)]
    uppers = [part for part in parts[middle:-1] if isinstance(part, Piece)]
    operation, _, index = operator.value.partition(":")
    upper: Node | None = uppers[0].node if uppers else None
    told = upper is not None and not (isinstance(upper, Name) and _is_length(reader, upper.name))
    length = None if told else _length(reader, index, body)
    if isinstance(upper, Name) and _is_length(reader, upper.name):
        if length is None:
            reader.refuse(
                f"'{printed(upper.name)}' is not declared, and no array with the index {printed(index)} tells it.",
                uppers[0].start,
            )
        reader.notes.append(
            f"{printed(upper.name)} is read as {length}, the length of what {printed(index)} runs over."
        )
        upper = None
    if upper is None:
        if length is None:
            reader.refuse(
                f"How far does {printed(index)} go? Write {operation}_{{{printed(index)}=1}}^{{n}}, with n a number.",
                operator.start,
            )
        upper = Number(length)
    lower: Node = lowers[0].node if lowers else Number(1)
    for limit in (*lowers, *uppers):
        if limit.shape:
            reader.refuse("A limit of a sum is a whole number.", limit.start)
    _refuse_long(reader, operator, lower, upper)
    node = Big(cast('Literal["sum", "prod"]', operation), index, lower, upper, body.node)
    shape = body.shape
    if operation == "prod" and shape:
        reader.refuse("A product over an index is one of numbers.", body.start)
    depth = max(piece.depth for piece in (*lowers, *uppers, body)) + 1
    return reader.piece(node, "atom", (operator.start, body.end), depth, body, shape=shape)


def _is_length(reader: Reader, name: str) -> bool:
    """Whether an upper limit is a name that nothing declares: the N of a sum over an array."""
    return not (reader.symbols.is_symbol(name) or name in reader.indices or reader.symbols.undeclared)


def _refuse_long(reader: Reader, operator: Token, lower: Node, upper: Node) -> None:
    ends = [node.value if isinstance(node, Number) else None for node in (lower, upper)]
    if any(end is not None and not float(end).is_integer() for end in ends):
        reader.refuse("A limit of a sum is a whole number.", operator.start)
    if ends[1] is not None and ends[1] - (ends[0] or 0) >= MOST_TERMS:
        reader.refuse(f"A sum has at most {MOST_TERMS} terms here.", operator.start)


def _length(reader: Reader, index: str, body: Piece) -> int | None:
    """The length of the arrays that the index by itself runs over; None where there is none."""
    lengths = {}
    for node in walk(body.node):
        if isinstance(node, Element):
            shape = reader.symbols.shapes.get(node.array) or ()
            shape = (arrays.canonical(shape) or ()) if len(node.indices) == 1 else shape
            if len(node.indices) == 1 and len(shape) == 2:
                shape = shape[1:]
            for place, position in enumerate(node.indices):
                if position == Name(index) and place < len(shape):
                    lengths[shape[place]] = node.array
    if len(lengths) > 1:
        (one, first), (other, second), *_ = lengths.items()
        reader.refuse(
            f"{printed(index)} runs over {printed(first)} of length {one} and {printed(second)} of length {other}: "
            "write how far it goes.",
            body.start,
        )
    return next(iter(lengths), None)
