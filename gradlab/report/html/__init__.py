"""The report as one HTML file: no script, nothing loaded, formulas as MathML and pictures as SVG.

`page` puts it together of sections, a module and a template each; `figures` are the pictures, one a module;
`mathematics` sets formulas. Every text of a record is escaped, and a Content-Security-Policy forbids whatever
an escape should have missed.
"""

from __future__ import annotations

from html import escape

from gradlab.record import Record

__all__ = ["in_frame", "write"]


def write(record: Record) -> str:
    """The whole page.

    >>> "<script" in write(Record(gradlab="<script>", verdict="error"))
    False
    """
    from gradlab.report.html.page import page

    return f"{page(record)}\n"


def in_frame(record: Record, text: str) -> str:
    """The page in a frame of its own, for a notebook: its style goes no further, and nothing in it can run.

    text: the same as text. JupyterLab takes frames out of notebooks that it does not trust, and shows what is in them.

    >>> framed = in_frame(Record(gradlab="0.1", verdict="error"), "x < 1").strip()
    >>> framed[:26], framed[-28:]
    ('<iframe sandbox srcdoc="&l', '<pre>x &lt; 1</pre></iframe>')
    """
    from gradlab.report.html.page import page

    return (
        f'<iframe sandbox srcdoc="{escape(page(record, framed=True))}" title="gradlab report" '
        'style="width: 100%; height: 40em; border: 0; resize: vertical">'
        f"<pre>{escape(text)}</pre></iframe>\n"
    )
