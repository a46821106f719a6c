"""Elements of SVG: attributes and texts are escaped here, and nowhere else."""

from __future__ import annotations

from markupsafe import Markup, escape

__all__ = ["element", "number", "picture"]


def element(name: str, *children: str | Markup, **attributes: object) -> Markup:
    """An element with its attributes (`class_` is class, `stroke_width` is stroke-width) and what is in it.

    Children that are plain text are escaped; what is None is no attribute.

    >>> element("text", "a < b", x=1.5, class_="label")
    Markup('<text x="1.5" class="label">a &lt; b</text>')
    """
    written = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(number(value) if isinstance(value, float) else value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    inside = "".join(escape(child) for child in children)
    opened = f"<{name}{''.join(written)}"
    return Markup(f"{opened}>{inside}</{name}>" if inside else f"{opened}/>")  # noqa: S704 (escaped just now)


def number(value: float) -> str:
    """A coordinate: as many digits as can be seen.

    >>> number(12.0), number(0.126)
    ('12', '0.13')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def picture(
    identifier: str, width: float, height: float, title: str, description: str, *content: Markup, class_: str
) -> Markup:
    """An `svg` as wide as it wants to be and no wider than there is room, named and described for who can't see it.

    identifier: one of the page's own, from which the ids of title and description are made.

    >>> picture("case-1-graph", 10, 5, "f", "one node", class_="graph")[:31]
    Markup('<svg viewBox="0 0 10 5" width="')
    """
    names = f"{identifier}-title {identifier}-description"
    return element(
        "svg",
        element("title", title, id=f"{identifier}-title"),
        element("desc", description, id=f"{identifier}-description"),
        *content,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=float(width),
        height=float(height),
        role="img",
        aria_labelledby=names,
        class_=class_,
    )
