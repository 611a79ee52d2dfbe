a:      .i8     128
; error: E-RANGE 17-19: 128 does not fit i8; it must be between -128 and 127
; help: `.u8` takes up to 255
        .u16    -1
; error: E-RANGE 17-18: -1 does not fit u16; it must be between 0 and 65535
        .i4     8
; error: E-RANGE 17-17: 8 does not fit i4; it must be between -8 and 7
        .f16    65520.0
; error: E-RANGE 17-23: 65520.0 is too large for f16
        .i32    1.5
; error: E-TYPE 17-19: `.i32` takes integers, not the float 1.5
        .i32    "text"
; error: E-TYPE 17-22: `.i32` takes integers, not a string
        .i32    4294967296
; error: E-RANGE 17-26: 4294967296 does not fit i32; it must be between -2147483648 and 4294967295
        .f32    a
; error: E-TYPE 17-17: `.f32` takes numbers, not the address of `a`
        .i32
; error: E-DIRECTIVE 9-12: `.i32` takes at least one value
        .ascii  5
; error: E-DIRECTIVE 9-14: `.ascii` takes strings
        .space  -1
; error: E-RANGE 17-18: `.space` counts words; the integer -1 is no such number
        .space  a
; error: E-RANGE 17-17: `.space` counts words; the address of `a` is no such number
        .space  1, 2
; error: E-DIRECTIVE 9-14: `.space` takes a number of words
        .fill   3
; error: E-DIRECTIVE 9-13: `.fill` takes a number of words and a value
        .align  0
; error: E-RANGE 9-14: `.align` takes at least 1 word, not 0
        .incbin 5
; error: E-DIRECTIVE 17-17: `.incbin` takes a file name in quotes
        .incbin "no-such-file"
; error: E-INCLUDE 17-30: `no-such-file` is not found
; help: looked in `.`; -I adds a folder
        .array  b
; error: E-DIRECTIVE 9-14: `.array` takes one declaration
; help: write `.array NAME: i32[4, 4]`
        .array  c: i5[4]
; error: E-TYPE 17-24: `i5` is not a type; types are i4, i8, u8, i16, u16, i32, u32, f16, bf16, f32
; help: did you mean `i8`?
        .array  d: i32
; error: E-DIRECTIVE 17-22: `d` has 0 axes; it needs 1 to 32
; help: write `d: i32[4]` for four elements
        .array  e: i32[0]
; error: E-RANGE 24-24: an axis of `e` is 0; it must be an integer from 1 up, known here
        .array  f: i32[4] layout rows
; error: E-DIRECTIVE 17-37: `.array` has no layout `rows`
; help: an array is linear; `.tensor` has layouts
        .tensor g: i32[4, 4] layout cols
; error: E-DIRECTIVE 17-40: `.tensor` has no layout `cols`
; help: the layouts of a tensor are rows, tiles, mxm
        .tensor h: i32[4] layout mxm
; error: E-DIRECTIVE 17-36: layout mxm is for two axes; `h` has 1
        .tensor i: f32[4, 4] @ mw0..mw1
; error: E-PLACE 32-39: `i`, f32 in layout rows, does not fit mw0..mw1
; help: it takes 4 adjacent slices of one quad (4k to 4k+3); or write `@ auto`
        .tensor j: f32[4, 4] @ mw2..mw5
; error: E-PLACE 32-39: `j`, f32 in layout rows, does not fit mw2..mw5
; help: it takes 4 adjacent slices of one quad (4k to 4k+3); or write `@ auto`
        .array  k: i32[100_000_000]
; error: E-PLACE 17-35: `k` needs 100000000 words; lpu1 has 57671680
        .array  l: i32[4] @ mw44
; error: E-PLACE 29-32: lpu1 has no slice mw44; it has mw0 to mw43
        .array  m: i32[4] @ mw1.2
; error: E-PLACE 29-33: a slice of lpu1 has 2 banks; 2 is none of them
        .array  n: i32[4] @ mw3..mw1
; error: E-PLACE 29-36: the range mw3..mw1 runs backwards
        .array  o: i32[4] = "data.s"
; error: E-DATA 29-36: `data.s` cannot initialise `o`: it is not an .npy file
        .array  q: i32[2, 3] = 1, 2, 3, 4
; error: E-DIRECTIVE 41-41: `q` takes 6 values, one for each element, not 4
; help: add 2
        .tensor r: i32[1] = 1, 2, 3
; error: E-DIRECTIVE 32-32: `r` takes 1 value, one for each element, not 3
; help: leave out 2
        .array  s: i32[2] = "data.s", 1
; error: E-DIRECTIVE 39-39: `s` takes its values from a file or from here, not from both
        .array  t: i32[2], 1
; error: E-DIRECTIVE 9-14: `.array` takes one declaration
; help: write `.array NAME: i32[4, 4]`
        .tensor u: i32[2] = 1, a
; error: E-TYPE 32-32: a tensor cannot hold the address of `a`: its elements are no words of the scalar face
; help: an `.array` can
        .array  v: i8[2] = 1, -129
; error: E-RANGE 31-34: -129 does not fit i8; it must be between -128 and 127
        .array  w: i32[2] = 1, x: i32[2]
; error: E-EXPR 32-40: an expression is wanted here
        .array  y: i32[2] =
; error: E-SYNTAX 28-28: the line ends too early; a value could stand here
        .param  p = "text"
; error: E-TYPE 17-26: the value of parameter `p` is no number
        .data   5
; error: E-PLACE 17-17: a place is a slice, a bank or a range of slices
; help: such as mw0, mw0.1, mw0..mw3
        .space  60_000_000
; error: E-PLACE 9-14: the data up to here need 60002895 words; lpu1 has 57671680
        .fill   1, 1e39
; error: E-RANGE 20-23: 1e39 is too large for f32
