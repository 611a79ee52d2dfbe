"""Random lines of the dialect: well-formed ones, and token soup."""

from __future__ import annotations

from hypothesis import strategies as st


def one_of(words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words.split())


NAMES = one_of("a A n loop_i r1 R10 mw4 se0 x_1 e e1 add layout after")
NUMBERS = one_of("0 7 42 1_000 0x2A 0b101 0o17 1.5 1e5 2.5e-3 1e+5 .5 1b 2f")
BINARY = one_of("+ - * / % << >> < <= > >= == != & ^ | &&")
MNEMONICS = one_of("add mov ld vadd.f32 sel.eq ADD halt")
SPACE = st.sampled_from(["", " ", "  ", "\t"])


def _binary(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(inner, SPACE, BINARY, SPACE, inner).map("".join)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _binary(inner),
        inner.map(lambda text: f"({text})"),
        st.tuples(st.sampled_from("-~+!"), inner).map(lambda pair: f"({pair[0]}{pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"min({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} ? {three[1]} : {three[2]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} || {pair[1]})"),
    )


EXPRESSIONS = st.recursive(st.one_of(NAMES, NUMBERS, st.just("'x'")), _nested, max_leaves=6)
OPERANDS = st.one_of(
    NAMES,
    EXPRESSIONS,
    EXPRESSIONS.map(lambda text: f"[{text}]"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
    NAMES.map(lambda name: f"%{name}"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda pair: f"{pair[0]}={pair[1]}"),
)
EXTRAS = st.sampled_from(["", " !A1", " !cycle=12", " !V3 !r8", " n=64", " n=4, d = x !W.sh1, e=9 m=2"])
OPS = st.tuples(MNEMONICS, st.lists(OPERANDS, max_size=4), EXTRAS).map(
    lambda parts: f"{parts[0]} {', '.join(parts[1])}{parts[2]}"
)
LABELS = st.sampled_from(["", "x: ", "loop_i:", "1: ", "a: b: "])
TIMINGS = st.sampled_from(["@0 ", "@+3 ", "@after a, n ", "@n+1 x: "])
DIRECTIVES = st.one_of(
    st.lists(OPERANDS, min_size=1, max_size=5).map(lambda items: f".i32 {', '.join(items)}"),
    st.lists(EXPRESSIONS, min_size=1, max_size=4).map(lambda items: f".array a: f32[n, 2] = {', '.join(items)}"),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda pair: f".if {pair[0]} || {pair[1]}"),
    st.sampled_from([
        ".equ X = 3", ".param m=4", '.ascii "a;b\\n"', ".tensor x: f32[64, n+1] @ mw0..mw3 layout tiles = \"f.npy\"",
        ".array n: i32", ".extern A @ mw4.1", ".data mw0..mw3", ".text", ".macro f a, b=4, rest...", ".reg x, y",
    ]),
)  # fmt: skip
BUNDLES = st.lists(OPS, min_size=1, max_size=3).map(lambda ops: "{ " + "  ||  ".join(ops) + " }")
LINES = st.tuples(
    LABELS, st.one_of(OPS, DIRECTIVES, BUNDLES, st.tuples(TIMINGS, OPS).map("".join), st.sampled_from(["{", "}", ""]))
).map("".join)

TOKENS = st.one_of(
    st.sampled_from([*"{}[](),:=?.@!%+-*/~<>&|^", " ", '"s"', "'c'", "\\a", "\\@"]),
    one_of("|| && == != << >> .. ... @+ @after add r1 x.y 5 1b 0x1 1e5 %v !A1 .i32 .x layout rest..."),
)
SOUP = st.lists(TOKENS, max_size=12).map("".join)
