"""Make the font that the HTML report sets its formulas in: a part of a mathematical OpenType font.

    python docs/make_math_font.py FONT.otf gradlab/report/html/fonts/mathematics.woff2

Where FONT is from is told in gradlab/report/html/fonts/README.md. Needs `fonttools` and `brotli`, which gradlab
itself does not.
"""

from __future__ import annotations

import argparse
import string
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NAME = "gradlab mathematics"
GREEK = "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
SIGNS = "·×−±⋅⊙⊤∂∇∞√∑∏≤≥≠≈‖… \u00a0"
ACCENTS = "\u02c6\u02dc¯˙¨ˇ˘"
PRIMES = "′″‴⁗"


def italic(letter: str) -> str:
    """The letter that browsers draw in place of one that stands alone in `mi`."""
    if letter == "h":
        return "\u210e"  # U+1D455 is left free, because this one was there before
    if letter == "∂":
        return "\U0001d715"
    for first, start in (("A", 0x1D434), ("a", 0x1D44E), ("\u0391", 0x1D6E2), ("α", 0x1D6FC)):
        if 0 <= ord(letter) - ord(first) < 26:
            return chr(start + ord(letter) - ord(first))
    raise ValueError(f"{letter} has no italic form")


def keep_of_scripts(font: TTFont, glyphs: set[str]) -> None:
    """Of the forms that glyphs have in scripts, keep those of some: primes would be too small without."""
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "ssty":
            for place in record.Feature.LookupListIndex:
                for subtable in table.LookupList.Lookup[place].SubTable:
                    subtable.alternates = {name: subtable.alternates[name] for name in glyphs}


def main() -> None:
    """Read the font, leave out what no formula of ours shows, and write the rest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("font", type=Path, help="an OpenType font with a MATH table")
    parser.add_argument("output", type=Path, help="the .woff2 file to write")
    arguments = parser.parse_args()

    font = TTFont(arguments.font, recalcTimestamp=False)
    if "MATH" not in font:
        parser.error(f"{arguments.font} has no MATH table")
    keep_of_scripts(font, {font.getBestCmap()[ord(prime)] for prime in PRIMES})
    ascii_characters = "".join(map(chr, range(0x20, 0x7F)))
    slanted = "".join(map(italic, string.ascii_letters + GREEK + "∂"))
    subsetter = Subsetter(Options(layout_features=["ssty"], hinting=False, notdef_outline=True))
    subsetter.populate(text=ascii_characters + GREEK + SIGNS + PRIMES + ACCENTS + slanted)
    subsetter.subset(font)
    for record in font["name"].names:  # what is derived goes by another name, as the licence asks
        if record.nameID in {1, 3, 4, 6}:
            record.string = NAME.replace(" ", "-") if record.nameID == 6 else NAME
    font.flavor = "woff2"
    font.save(arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size:,} bytes, {font['maxp'].numGlyphs} glyphs")  # noqa: T201


if __name__ == "__main__":
    main()
