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

Start = Literal["formula", "chain", "assignments"]

GRAMMAR = """
%declare NUMBER NAME CONSTANT FUNCTION TARGET PRIME
%declare PLUS MINUS TIMES DIVIDE MATMUL HADAMARD POWER SUPERSCRIPT TRANSPOSE
%declare LPAR RPAR LBRACE RBRACE LBAR RBAR LNORM RNORM LBRACKET RBRACKET LLIST RLIST LSUB RSUB
%declare COMMA SEMICOLON EQUALS RELATION
%declare DERIVATIVE BIG CASES ENDCASES OTHERWISE MATRIX ENDMATRIX CELL ROW

formula: sum
chain: sum (EQUALS sum)*

assignments: assignment ((COMMA | SEMICOLON) assignment)* (COMMA | SEMICOLON)?
assignment: TARGET EQUALS value
?value: sum | list
list: LLIST value (COMMA value)* RLIST

?sum: term | sum (PLUS | MINUS) term -> add
?term: closed | tail | tuple | tuple TRANSPOSE -> transpose
?closed: signed | closed _times signed -> multiply
?signed: run | (PLUS | MINUS) signed -> sign
_times: TIMES | DIVIDE | MATMUL | HADAMARD

?tail: behind_sign | closed _times behind_sign -> multiply
?behind_sign: behind | (PLUS | MINUS) behind_sign -> sign
?behind: spread_big | shut spread_big -> juxtapose | open spread_big -> juxtapose
?spread_big: big | head spread_big -> spread
big: BIG LBRACE sum? RBRACE LBRACE sum? RBRACE term | DERIVATIVE spread_big -> derivative

?run: shut | open
?shut: numeral | factor | derived | shut factor -> juxtapose | shut derived -> juxtapose
    | open called -> juxtapose | open derived -> juxtapose
?open: spread | spread_derived | shut spread -> juxtapose | open spread -> juxtapose
    | shut spread_derived -> juxtapose | open spread_derived -> juxtapose

derived: DERIVATIVE (numeral | factor | derived) -> derivative
spread_derived: DERIVATIVE (spread | spread_derived) -> derivative

spread: head argument
?argument: series | spread
?series: numeral | plain | called | series plain -> juxtapose | series grouped -> juxtapose

?numeral: number | number SUPERSCRIPT -> power | number POWER exponent -> power
?factor: plain | grouped | called
?plain: atom | atom SUPERSCRIPT -> power | atom POWER exponent -> power | atom TRANSPOSE -> transpose
?grouped: group | group SUPERSCRIPT -> power | group POWER exponent -> power | group TRANSPOSE -> transpose
?called: call | call SUPERSCRIPT -> power | call POWER exponent -> power | call TRANSPOSE -> transpose
?exponent: numeral | factor | (PLUS | MINUS) exponent -> sign

number: NUMBER
?atom: NAME -> name | CONSTANT -> constant | LBAR sum RBAR -> bars | LNORM sum RNORM -> norm
    | NAME LSUB sum (COMMA sum)* RSUB -> element | vector | cases | matrix
group: LPAR sum RPAR | LBRACE sum RBRACE | LBRACKET sum RBRACKET
tuple: LPAR sum (COMMA sum)+ RPAR -> vector
vector: LBRACKET sum (COMMA sum)+ RBRACKET
call: head LPAR sum (COMMA sum)* RPAR | head LBRACE sum RBRACE
head: FUNCTION | FUNCTION SUPERSCRIPT | FUNCTION POWER head_exponent | FUNCTION PRIME
?head_exponent: number | NAME -> name | group | (PLUS | MINUS) head_exponent -> sign

cases: CASES row (ROW row)* ROW? ENDCASES
row: sum CELL sum RELATION sum -> held | sum CELL OTHERWISE -> otherwise
matrix: MATRIX line (ROW line)* ROW? ENDMATRIX
line: sum (CELL sum)*
"""


@functools.cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(
        GRAMMAR, parser="lalr", lexer="basic", start=["formula", "chain", "assignments"], keep_all_tokens=True
    )


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
