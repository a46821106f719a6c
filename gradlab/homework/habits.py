r"""Ways of writing that are made the plain ones: f_x for ∂f/∂x, `\\log L = …` for a definition of L, d/dx without brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gradlab.homework.said import Said, take_apart
from gradlab.notation.names import printed

_GRADIENT = re.compile(
    r"\s*(?:\\nabla|∇)\s*(?P<function>[a-zA-Z]|\\[a-zA-Z]+(?:\{[a-zA-Z]\})?)\s*(?:\([^()=]*\))?\s*"
)
_VECTOR = re.compile(
    r"\s*(?:\\begin\{(?P<kind>[pbB]?(?:small)?matrix)\}(?P<rows>.*)\\end\{(?P=kind)\}"
    r"|(?:\\left\s*)?[(\[](?P<row>.*?)(?:\\right\s*)?[)\]])"
    r"\s*(?:\^\s*(?:\{\s*)?(?:\\top|T|\\mathsf\s*\{?T\}?|\\intercal)\s*\}?)?\s*",
    re.DOTALL,
)
_SEPARATOR = re.compile(r"\\\\|\\[a-zA-Z]+|\\.|[()\[\]{},;&]", re.DOTALL)
_LOGARITHM = re.compile(r"\s*\\(?:log|ln)(?![a-zA-Z_])\s*(?P<head>.+)", re.DOTALL)
_WHOLE = re.compile(
    r"\s*(?:\\[dt]?frac\s*\{\s*(?:d|\\partial|\\mathrm\s*\{\s*d\s*\})\s*\}\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)?\}|d/d\w+|∂/∂\w+)"
    r"(?P<space>(?:\s|\\[,;: ])*)(?P<body>(?![({\[\s]|\\left|\\[bB]igg?).*\S)\s*",
    re.DOTALL,
)
"""d/dx before what stands in no brackets."""
_TERMS = re.compile(r"[+\-−]")


def with_partials(said: Sequence[Said], before: Sequence[Said]) -> list[Said]:
    """The equations, with f_x as ∂f/∂x, and f_xy as ∂²f/∂y∂x, where f(x, y) is written with its arguments."""
    arguments = {one.name: one.parameters for one in [*before, *said] if one.parameters and one.equals}
    found = []
    for one in said:
        function, _, by = _halves(one.name)
        known = arguments.get(function, ())
        order = (by,) if by in known else tuple(by) if by and set(by) <= set(known) else ()
        if order and one.equals and one.name not in arguments.keys() - {one.name}:
            one = take_apart(replace(one.equation, text=_partial(one, function, order)))
        found.append(one)
    return found


def with_gradients(said: Sequence[Said], before: Sequence[Said]) -> list[Said]:
    r"""The equations, with `\nabla f = (2x, 3)` as one for each argument, where f(x, y) is written with its arguments."""
    arguments = {
        one.left.partition("(")[0].strip(): one for one in [*before, *said] if one.parameters and one.equals
    }
    found: list[Said] = []
    for one in said:
        head = _GRADIENT.fullmatch(one.left) if one.equals else None
        function = arguments.get(head["function"].strip()) if head else None
        if head and function and len(function.parameters) > 1:
            ends = [*one.equals[1:], len(one.equation.text)]
            members = [_entries(one.equation.text[a + 1 : b]) for a, b in zip(one.equals, ends, strict=True)]
            if all(len(entries) == len(function.parameters) for entries in members):
                for place, name in enumerate(function.parameters):
                    left = f"\\frac{{\\partial {head['function']}}}{{\\partial {_shown(name)}}}"
                    text = " = ".join([left, *(entries[place] for entries in members)])
                    found.append(take_apart(replace(one.equation, text=text, form="display")))
                continue
        found.append(one)
    return found


def _entries(text: str) -> list[str]:
    """The entries of a column or row of a matrix, or of what stands in brackets; none of anything else."""
    vector = _VECTOR.fullmatch(text)
    if vector is None:
        return []
    inside = vector["rows"] or vector["row"]
    entries, place, depth = [], 0, 0
    for sign in _SEPARATOR.finditer(inside):
        depth += (sign[0] in "([{") - (sign[0] in ")]}")
        if depth < 0:
            return []
        if depth == 0 and sign[0] in (",", ";", "&", "\\\\"):
            entries.append(inside[place : sign.start()])
            place = sign.end()
    return [entry.strip() for entry in [*entries, inside[place:]] if entry.strip()]


def _shown(name: str) -> str:
    return name if len(name) == 1 else f"\\{name}" if name.isalpha() else name


def with_logarithms(said: Sequence[Said], before: Sequence[Said]) -> list[Said]:
    r"""The equations, with a first `\log L(p) = …` as the definition `L(p) = \exp(…)` of an L that nothing else defines."""
    names = {one.name for one in [*before, *said] if one.name}
    found: list[Said] = []
    for one in said:
        head = _LOGARITHM.fullmatch(one.left) if one.equals and one.equation.latex else None
        if head:
            text = one.equation.text
            end = one.equals[1] if len(one.equals) > 1 else len(text)
            body = text[one.equals[0] + 1 : end]
            whole = take_apart(replace(one.equation, text=f"{head['head']}= \\exp\\left({body}\\right)"))
            if whole.name and whole.name not in names:
                names.add(whole.name)
                found += [whole] if len(one.equals) == 1 else [whole, one]
                continue
        found.append(one)
    return found


def _partial(one: Said, function: str, order: Sequence[str]) -> str:
    """The equation with the derivative, by one name after the other, at its left."""
    if one.equation.latex or "\\" in one.equation.text:
        head = _head_of(one.left)
        for name in order:
            shown = name if len(name) == 1 else f"\\{name}"
            head = f"\\frac{{\\partial}}{{\\partial {shown}}}\\left[{head}\\right]"
        if len(order) == 1:
            shown = order[0] if len(order[0]) == 1 else f"\\{order[0]}"
            head = f"\\frac{{\\partial {_head_of(one.left)}}}{{\\partial {shown}}}"
    else:
        head = printed(function)
        for name in order:
            head = f"∂/∂{printed(name)}({head})" if head != printed(function) else f"∂{head}/∂{printed(name)}"
    return f"{head} {one.equation.text[one.equals[0] :]}"


def _head_of(left: str) -> str:
    """The f of f_x and of f_x(x, y)."""
    return left.partition("_")[0].strip()


def _halves(name: str) -> tuple[str, str, str]:
    """f_x is f and x."""
    return name.partition("_")


def whole_derivative(said: Said) -> Said:
    r"""`\frac{d}{dx} x \ln x = …` with brackets: what is derived is all that stands at the left, if it is one term."""
    left = _WHOLE.fullmatch(said.left)
    if left is None or _TERMS.search(re.sub(r"\{[^{}]*\}|\([^()]*\)", "", left["body"])):
        return said
    start, end = left.span("body")
    text = said.equation.text
    text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return take_apart(replace(said.equation, text=text))
