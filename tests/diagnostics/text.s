        .text   mw0
; error: E-DIRECTIVE 9-13: `.text` takes nothing
        ld      r1, mw0[r1*2]
; error: E-ADDRESS 21-29: a row is a number, a symbol and at most one register
; help: compute the row in a register first
        ld      r1, r2
; error: E-OPERAND 21-22: operand 2 of `ld` is a register; it must be an address
; note: it is written `ld rt, [disp]` or `ld rt, [disp + rb]` or `ld rt, [disp + ra*scale]` or `ld rt, [disp + ra*scale + rb]` or `ld rt, [disp + ra*rc]` or `ld rt, [disp + ra*rc + rb]`
; help: an address stands in brackets: `[r2]`
