"""Elements of SVG: attributes and texts are escaped here, and nowhere else."""

from __future__ import annotations

import hashlib

from markupsafe import Markup, escape

__all__ = ["element", "number", "picture", "shared"]


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
    width: float, height: float, title: str, description: str, *content: Markup, class_: str
) -> Markup:
    """An `svg` as wide as it wants to be and no wider than there is room, and what it shows for who can't see it.

    >>> picture(10, 5, "f", "One node.", class_="graph")[:64]
    Markup('<svg viewBox="0 0 10 5" width="10" height="5" role="img" aria-la')
    """
    return element(
        "svg",
        *content,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=float(width),
        height=float(height),
        role="img",
        aria_label=f"{title}. {description}",
        class_=class_,
    )


def shared(*content: Markup, class_: str) -> Markup:
    """What many pictures have in common: a symbol that is named by what is in it, so that a page may hold it once.

    class_: that of the picture, by which the style sheet finds what is in it.

    >>> shared(element("path", d="M0 0h5"), class_="plot")
    Markup('<symbol id="s1122af74" class="plot"><path d="M0 0h5"/></symbol><use href="#s1122af74"/>')
    """
    drawn = Markup("").join(content)
    name = f"s{hashlib.sha256(drawn.encode()).hexdigest()[:8]}"
    return element("symbol", drawn, id=name, class_=class_) + element("use", href=f"#{name}")
