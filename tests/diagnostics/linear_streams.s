; Linear tensor code that cannot be read.
        .tensor x: f32[64, 320] @ mw0..mw3
        .tensor half: f32[32, 320] @ mw4..mw7
        .tensor bytes: u8[64, 320] @ mw8
        .tensor w: i8[320, 320] @ mw28..mw43 layout mxm
        .array  words: i32[64]
        vload   %a, x, n=0
; error: E-RANGE 24-26: n is 0; a burst has at least one element
; help: write n=1
        vload   %a, x, n=65
; error: E-RANGE 24-27: row 64 is not one of `x`; its rows are 0 to 63
        vload   %a, x, row=64, n=1
; error: E-RANGE 24-29: row 64 is not one of `x`; its rows are 0 to 63
        vload   %a, x, rows=3
; error: E-OPERAND 24-29: `vload` has no attribute `rows`
; help: did you mean `row`?
        vload   %a, x, n=2, n=3
; error: E-OPERAND 29-31: `n` is given twice
        vload   %a, w
; error: E-TYPE 21-21: `w` is no tensor whose rows could flow
; note 5:17-17: declared here
; help: declare it with `.tensor`, in layout rows or tiles
        vload   %a, words
; error: E-TYPE 21-25: `words` is no tensor whose rows could flow
; note 6:17-21: declared here
; help: declare it with `.tensor`, in layout rows or tiles
        vload   x, %a
; error: E-OPERAND 9-13: `vload` takes a value and a tensor: `vload %a, x`
        vload   r1, x
; error: E-OPERAND 17-18: `vload` takes a value such as `%a` here
        vload   %a, x
        vload   %b, half
        vload   %c, bytes
        vadd.f32 %d, %a, %b
; error: E-RANGE 9-16: `%a` has 64 elements and `%b` 32
; note 31:17-18: `%a` is made here
; note 32:17-18: `%b` here
; help: operands have one length; `vload ..., stride=0, n=...` repeats a row
        vadd.f32 %d, %a, %c
; error: E-TYPE 26-27: `%c` is 1 byte wide and `vadd.f32` takes 4 bytes
; note 33:17-18: `%c` is made here
; help: convert it with `vcvt`
        vadd.f32 %d, %a, %e
; error: E-STREAM 26-27: `%e` has no value here: nothing before it in this run makes it
; help: a jump, a label that is named, a bundle or a timeline ends a run; values cross it in memory alone
        vadd.f32 r1, %a, %a
; error: E-OPERAND 18-19: operand 1 of `vadd.f32` is r1; it must be a stream or a v register
        vadd.f32 %d, %a, %a, d=2
; error: E-OPERAND 30-32: `d` is chosen by the assembler in linear code
; help: leave it out, or put the op in a timeline
        vadd.f32 %d, %a, %a, n=3
; error: E-RANGE 30-32: n is 3, but 64 elements flow here
; help: leave it out
        vmov.f32 %d, %a, delay=3
; error: E-OPERAND 26-32: `delay` is chosen by the assembler in linear code
; help: leave it out, or put the op in a timeline
        vstore  half, %a
; error: E-RANGE 17-20: `half` has 32 rows and 64 vectors flow to it
; help: say which rows are meant: `row=0`
        vstore  x, %a, n=3
; error: E-RANGE 24-26: 64 vectors flow to `x`, not 3
; help: write n=64, or leave it out
        vload   v3, x
; error: E-STREAM 17-18: `vload` cannot write v3; only a vector ALU can
; help: name a stream, or let `%name` choose
        vload   se2, x
; error: E-STREAM 17-19: se2 starts no group of 4 streams
; help: near it is se0
        reduce.add.f32 W, %d, %a
; error: E-OPERAND 9-22: in linear code it is written `reduce.add.f32 stream, from`
; help: the switch is chosen; `!W` or `!E` pins it
        vfma.f32 %d, %a, %a
; error: E-OPERAND 9-16: `vfma.f32` takes 4 operands, not 3
; note: it is written `vfma.f32 dst, sa, sb, sc`
        .tensor far: f32[64, 320] @ mw0..mw3
        vgather %d, far
; error: E-OPERAND 9-15: `vgather` takes a value, a tensor and a map: `vgather %a, x, %map`
        vgather %d, far, %a
; error: E-TYPE 26-27: `%a` is 4 bytes wide and a map takes 2 bytes
; note 31:17-18: `%a` is made here
; help: convert it with `vcvt`
        vgather %d, x, 3
; error: E-OPERAND 24-24: `vgather` takes a value such as `%a` here
        vgather %d, x, %a
; error: E-TYPE 24-25: `%a` is 4 bytes wide and a map takes 2 bytes
; note 31:17-18: `%a` is made here
; help: convert it with `vcvt`
        permute %d, %c, 0
; error: E-OPERAND 9-15: in linear code it is written `permute stream, from, map`
; help: the switch is chosen; `!W` or `!E` pins it
        .tensor wide: i8[320, 640] @ mw28..mw43 layout mxm
        .tensor deep: i8[640, 320] @ me28..me43 layout mxm
        .tensor half16: f16[320, 320] @ me12..me27 layout mxm
        .tensor three: u8[3, 320] @ me4
        mmul.u8 %d, %c
; error: E-OPERAND 9-15: `mmul.u8` takes a value, vectors and a matrix: `mmul.u8 %y, %x, w`
        mmul.u8 %d, %c, x
; error: E-TYPE 25-25: `x` is no matrix for `mmul.u8`
; note 2:17-17: declared here
; help: declare it with `.tensor`, in layout mxm, as i4 or i8 or u8
        mmul.u8 %d, %c, half16
; error: E-TYPE 25-30: `half16` is no matrix for `mmul.u8`
; note 93:17-22: declared here
; help: declare it with `.tensor`, in layout mxm, as i4 or i8 or u8
        mmul.u8 %d, %c, wide, tile=2
; error: E-RANGE 31-36: the tiles along a row of the matrix are 0 to 1
        mmul.u8 %d, %a, deep
; error: E-TYPE 21-22: `%a` is 4 bytes wide and `mmul.u8` takes 1 byte
; note 31:17-18: `%a` is made here
; help: convert it with `vcvt`
        vload   %t, three
        mmul.u8 %d, %t, deep
; error: E-RANGE 21-22: 3 vectors flow to the 2 tiles of `deep`, which is not as many to each
; help: a tensor in layout tiles has them in order
        vlaod   %a, x
; error: E-MNEMONIC 9-13: `vlaod` is not an instruction
; help: did you mean `vload`?
        mmul.i4 %a, %b, w
; error: E-MNEMONIC 9-15: `mmul.i4` is not an instruction
; help: did you mean `mmul.i8`?
