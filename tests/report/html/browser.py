"""A report in a browser: what it asked the network for, what it complained of, and what is wrong with its layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Request

Scheme = Literal["light", "dark"]
WIDTHS = (360, 800, 1600)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_IN_SIGHT = "const seen = [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility());"
_SCROLLED = """
    const scrolled = e => {
        for (let up = e.parentElement; up && up !== document.body; up = up.parentElement)
            if (/auto|scroll/.test(getComputedStyle(up).overflowX) || up.clientWidth === 1) return true;
        return false;
    };"""
_STEP = "const step = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + [...e.classList].map(c => '.' + c).join('');"
_NAMED = f"{_STEP} const named = e => [e.parentElement, e].filter(Boolean).map(step).join(' > ');"

_STICKING_OUT = f"""() => {{ {_IN_SIGHT} {_SCROLLED} {_NAMED}
    const wide = document.scrollingElement.scrollWidth;
    const found = wide > innerWidth ? [`the page is ${{wide}} px wide in a window of ${{innerWidth}}`] : [];
    for (const e of seen) {{
        const box = e.getBoundingClientRect();
        const part = e.parentElement?.closest('svg, math');
        if (!part && box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !scrolled(e))
            found.push(`${{named(e)}} reaches from ${{box.left.toFixed()}} to ${{box.right.toFixed()}} px`);
    }}
    return found;
}}"""
_EMPTY = f"""() => {{ {_IN_SIGHT} {_NAMED}
    return seen.filter(e => ['svg', 'math'].includes(e.localName)).filter(e => {{
        const box = e.getBoundingClientRect();
        return !(box.width > 0 && box.height > 0);
    }}).map(named);
}}"""
_STRUCTURE = f"""() => {{ {_NAMED}
    const found = [];
    const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')];
    const levels = headings.map(h => Number(h.localName[1]));
    if (levels.filter(l => l === 1).length !== 1 || levels[0] !== 1) found.push(`headings: ${{levels}}`);
    levels.forEach((level, i) => {{
        if (i && level > levels[i - 1] + 1) found.push(`h${{level}} after h${{levels[i - 1]}}: ${{headings[i].textContent}}`);
    }});
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id), known = new Set();
    for (const id of ids) {{
        if (known.has(id)) found.push(`two elements have the id ${{id}}`);
        if (/\\s/.test(id) || !id) found.push(`'${{id}}' is no id`);
        known.add(id);
    }}
    for (const e of document.querySelectorAll('[href]')) {{
        const href = e.getAttribute('href');
        if (!href.startsWith('#')) found.push(`${{named(e)}} links to ${{href}}`);
        else if (!known.has(decodeURIComponent(href.slice(1)))) found.push(`${{href}} leads nowhere`);
    }}
    for (const name of ['for', 'headers', 'aria-labelledby', 'aria-describedby', 'aria-controls'])
        for (const e of document.querySelectorAll(`[${{name}}]`))
            for (const id of e.getAttribute(name).split(/\\s+/))
                if (!known.has(id)) found.push(`${{name}} of ${{named(e)}}: there is no ${{id}}`);
    for (const e of document.querySelectorAll('*'))
        for (const a of e.attributes)
            if (a.name === 'style' || a.name === 'src' || a.name.startsWith('on')) found.push(`${{named(e)}} has ${{a.name}}`);
    for (const e of document.querySelectorAll('script, iframe, object, embed, img, link, base, form, audio, video'))
        found.push(`there is a ${{e.localName}}`);
    return found;
}}"""


class Report:
    """A page opened from its file, with all that it said and asked for."""

    def __init__(self, browser: Browser, file: Path) -> None:
        self._context = browser.new_context(color_scheme="light", viewport={"width": 1600, "height": 900})
        self.page = self._context.new_page()
        self.messages: list[str] = []
        """What the console says, errors of the page, dialogs."""
        self.requests: list[str] = []
        """What was asked for besides the file itself."""
        self.page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        self.page.on("dialog", self._dismiss)
        self._context.on("page", lambda page: self.messages.append(f"a window opened: {page.url}"))
        self._file = file.as_uri()
        self._context.on("request", self._note)
        self.page.goto(self._file)
        self.page.evaluate("document.fonts.ready.then(() => null)")

    def _dismiss(self, dialog: Dialog) -> None:
        self.messages.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Request) -> None:
        if request.url != self._file and not request.url.startswith("data:font/"):
            self.requests.append(request.url[:200])

    def close(self) -> None:
        self._context.close()

    def show(self, width: int, scheme: Scheme) -> None:
        """In a window of this width, with the reader's setting."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def unfold(self) -> None:
        """Open all details."""
        self.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")

    def ask(self, script: str) -> Any:
        """What JavaScript says, which our own page has none of."""
        return self.page.evaluate(script)

    def structure(self) -> list[str]:
        """What is wrong with headings, ids, links and attributes."""
        return self._told(_STRUCTURE)

    def layout(self) -> list[str]:
        """What sticks out of the window, and which figures and formulas have no size."""
        return self._told(_STICKING_OUT) + [f"{name} has no size" for name in self._told(_EMPTY)]

    def contrast(self) -> list[str]:
        """What axe-core finds that some can't make out."""
        return self._barriers({"type": "rule", "values": ["color-contrast"]})

    def barriers(self) -> list[str]:
        """What axe-core finds that keeps somebody from reading."""
        return self._barriers({"type": "tag", "values": RULES})

    def _barriers(self, only: dict[str, object]) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        axe = Axe().run(self.page, options={"resultTypes": ["violations"], "runOnly": only})
        return [
            f"{rule['id']}: {rule['help']}: {len(rule['nodes'])} times, as {rule['nodes'][0]['html'][:150]} "
            f"({rule['nodes'][0]['failureSummary'][:300]})"
            for rule in axe.response["violations"]
        ]

    def _told(self, script: str) -> list[str]:
        found = self.page.evaluate(script)
        return [str(sentence) for sentence in found[:20]] + (["…"] if len(found) > 20 else [])
