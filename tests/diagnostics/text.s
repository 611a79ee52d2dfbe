        .text   mw0
; error: E-DIRECTIVE 9-13: `.text` takes nothing
        ld      r1, mw0[r1*2]
; error: E-ADDRESS 21-29: a row is a number, a symbol and at most one register
; help: compute the row in a register first
        ld      r1, r2
; error: E-OPERAND 21-22: operand 2 of `ld` is a register; it must be an address
; note: `ld rt, [disp]`: operand 2 is a register, not an address
; note: `ld rt, [disp + rb]`: operand 2 is a register, not an address
; note: `ld rt, [disp + ra*scale]`: operand 2 is a register, not an address
; note: `ld rt, [disp + ra*scale + rb]`: operand 2 is a register, not an address
; note: `ld rt, [disp + ra*rc]`: operand 2 is a register, not an address
; note: `ld rt, [disp + ra*rc + rb]`: operand 2 is a register, not an address
; help: an address stands in brackets: `[r2]`
