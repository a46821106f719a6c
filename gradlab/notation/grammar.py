"""The grammar of formulas, and the parse of a list of tokens.

The grammar knows no characters: typed text is made tokens in `tokens`, and other notations feed the
same terminals. It is LALR(1) without conflicts; lark, which is imported at the first parse, keeps the
stack, so that nothing here recurses.

A product without a sign is a *run*. After a function without brackets the run goes on in its argument
(`sin 2x`), until an operator or the next function (`sin x cos y`). What of this is too ambiguous
to read is refused in `build`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal, cast

from gradlab.notation.error import FormulaError
from gradlab.notation.explain import unexpected
from gradlab.notation.words import Token

if TYPE_CHECKING:
    from lark import Lark, Tree

Start = Literal["formula", "assignments"]

GRAMMAR = """
%declare NUMBER NAME CONSTANT FUNCTION TARGET
%declare PLUS MINUS TIMES DIVIDE POWER SUPERSCRIPT
%declare LPAR RPAR LBRACE RBRACE LBAR RBAR LBRACKET RBRACKET
%declare COMMA SEMICOLON EQUALS

formula: sum

assignments: assignment ((COMMA | SEMICOLON) assignment)* (COMMA | SEMICOLON)?
assignment: TARGET EQUALS value
?value: sum | array
array: LBRACKET value (COMMA value)* RBRACKET

?sum: term | sum (PLUS | MINUS) term -> add
?term: signed | term (TIMES | DIVIDE) signed -> multiply
?signed: run | (PLUS | MINUS) signed -> sign

?run: shut | open
?shut: numeral | factor | shut factor -> juxtapose | open called -> juxtapose
?open: spread | shut spread -> juxtapose | open spread -> juxtapose

spread: head argument
?argument: series | spread
?series: numeral | plain | called | series plain -> juxtapose | series grouped -> juxtapose

?numeral: number | number SUPERSCRIPT -> power | number POWER exponent -> power
?factor: plain | grouped | called
?plain: atom | atom SUPERSCRIPT -> power | atom POWER exponent -> power
?grouped: group | group SUPERSCRIPT -> power | group POWER exponent -> power
?called: call | call SUPERSCRIPT -> power | call POWER exponent -> power
?exponent: numeral | factor | (PLUS | MINUS) exponent -> sign

number: NUMBER
?atom: NAME -> name | CONSTANT -> constant | LBAR sum RBAR -> bars
group: LPAR sum RPAR | LBRACE sum RBRACE
call: head LPAR sum (COMMA sum)* RPAR | head LBRACE sum RBRACE
head: FUNCTION | FUNCTION SUPERSCRIPT | FUNCTION POWER head_exponent
?head_exponent: number | NAME -> name | group | (PLUS | MINUS) head_exponent -> sign
"""


@functools.cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", lexer="basic", start=["formula", "assignments"], keep_all_tokens=True)


def parse(text: str, tokens: list[Token], start: Start) -> Tree[Any]:
    """lark's tree of the tokens. Raises `FormulaError` at the first token that can't follow."""
    from lark import Token as LarkToken
    from lark import UnexpectedToken

    steps = _parser().parse_interactive("", start=start)
    for place, token in enumerate(tokens):
        try:
            # lark asks of a token no more than that it has a `type`.
            steps.feed_token(cast("LarkToken", token))
        except UnexpectedToken:
            raise FormulaError(unexpected(text, tokens, place), text, token.start + 1) from None
    try:
        return cast("Tree[Any]", steps.feed_token(LarkToken("$END", "")))
    except UnexpectedToken:
        raise FormulaError(unexpected(text, tokens, len(tokens)), text, len(text.rstrip()) + 1) from None
