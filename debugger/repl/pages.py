"""Pages of help that are about no verb."""

from __future__ import annotations

PAGES = {
    "expressions": """\
symbols         A  A[3, :]  A[:, 0:4]  n  loop_k      tensors with their types, constants, labels as addresses
registers       r0 to r31  r3.u32  r3.f32  cc  pc     signed unless said otherwise
vectors         v0 to v15  v3.f32  acc0[5]  P0        v registers, accumulator rows, weights of a plane
streams         se4@mw3  se4@vxm.f32  sw0@mxm_w       what comes to a place in this cycle, a group by its type
memory          mem[100]  mw4[7]  mw4[7].f32          words, rows of slices
others          cycle  loops  1.5  0x1F  nan  inf
operators       + - * / // % ** & | ^ ~ << >>  == != < <= > >=  and or not  A.f32 (other bits)  A.addr
functions       abs any all nan inf where count first min max sum mean shape hex  ulp(a, b)  load("file.npy")
conversions     i4 i8 u8 i16 u16 i32 u32 f16 bf16 f32
For example     p C == load("golden.npy")    p max(abs(C - D))    until any(nan(C))    b next if r1 == 3""",
    "places": """\
24              line 24 of the first file; gcd.s:24 names the file
next            a label
*12             a bundle by its address
@120            a cycle
M0@120          a unit in a cycle: M0, mw3.wp, P0.abc, V0 ...""",
    "code": """\
What is no verb is assembled and runs in the present cycle, as if it had stood there: time passes.
An open `{`, a `.timeline` or a `loop` whose label is still to come goes on in the next line; `asm` alone takes
lines up to `end`. Labels, constants and data (`x: .i32 1, 2`) that are typed are known from then on. `undo` takes
it back. `!` before a line says that it is code.""",
    "scripts": """\
`source FILE`, `lpu debug -x FILE` and `-ex COMMAND` do commands; with `--batch` the debugger then ends: with status
0, or 1 where the program stands at a fault, or 2 where a command failed. `#` begins a comment. `transcript FILE`
writes what is typed, and as comments what is answered: a script that does it again. `json on` makes each answer a
line of JSON.""",
}
