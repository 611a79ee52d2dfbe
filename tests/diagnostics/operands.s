        addd    r1, r2, r3
; error: E-MNEMONIC 9-12: `addd` is not an instruction
; help: did you mean `add`? it is written `add rd, ra, rb` or `add rd, ra, imm`
        zzzzzzz r1
; error: E-MNEMONIC 9-15: `zzzzzzz` is not an instruction
        add     r1, r2
; error: E-OPERAND 9-11: `add` takes 3 operands, not 2
; note: it is written `add rd, ra, rb` or `add rd, ra, imm`
        add     r1, [0], r3
; error: E-OPERAND 21-23: operand 2 of `add` is the address [disp]; it must be a register
; note: it is written `add rd, ra, rb` or `add rd, ra, imm`
        ld      r1, 5
; error: E-OPERAND 21-21: operand 2 of `ld` is an expression; it must be an address
; note: it is written `ld rt, [disp]` or `ld rt, [disp + rb]` or `ld rt, [disp + ra*scale]` or `ld rt, [disp + ra*scale + rb]` or `ld rt, [disp + ra*rc]` or `ld rt, [disp + ra*rc + rb]`
; help: an address stands in brackets: `[5]`
        st      r1, [0]
; error: E-OPERAND 17-18: operand 1 of `st` is a register; it must be an address
; note: it is written `st [disp], rt` or `st [disp + rb], rt` or `st [disp + ra*scale], rt` or `st [disp + ra*scale + rb], rt` or `st [disp + ra*rc], rt` or `st [disp + ra*rc + rb], rt`
; help: an address stands in brackets: `[r1]`
        ld      r1, mw0[0]
; error: E-OPERAND 21-26: operand 2 of `ld` is a row of a slice; it must be an address
; note: it is written `ld rt, [disp]` or `ld rt, [disp + rb]` or `ld rt, [disp + ra*scale]` or `ld rt, [disp + ra*scale + rb]` or `ld rt, [disp + ra*rc]` or `ld rt, [disp + ra*rc + rb]`
        jmp     r1
; error: E-OPERAND 17-18: operand 1 of `jmp` is a register; it must be a label
; note: it is written `jmp target`
        halt    1, 2
; error: E-OPERAND 20-20: `halt` takes 1 operand, not 2
; note: it is written `halt [code]`
        add     r1, r2, n=3
; error: E-OPERAND 25-27: operand 3 of `add` is an attribute; it must be a register or an immediate
; note: it is written `add rd, ra, rb` or `add rd, ra, imm`
        mov     r32, 1
; error: E-REGISTER 17-19: there is no register r32; registers are r0 to r31
        mov     r1, 0x1_0000_0000
; error: E-RANGE 21-33: 4294967296 does not fit 32 bits; an immediate is between -2147483648 and 4294967295
        add     r1, r2, 1.5
; error: E-TYPE 25-27: `add` takes an integer here, not 1.5
; help: the bits of this f32 are 0x3fc00000
        mov     r1, "text"
; error: E-TYPE 21-26: `mov` takes a number here, not a string
        add.f32 r1, r2, 1e39
; error: E-RANGE 25-28: 1e39 is too large for f32
        add.f32 r1, r2, main
; error: E-TYPE 25-28: `add.f32` takes a float here; `main` is a place
; help: load the word at main into a register first
        ext     r1, r2, 32, 4
; error: E-RANGE 25-26: `pos` of `ext` is 32; it must be between 0 and 31
        ext     r1, r2, 0, 0
; error: E-RANGE 28-28: `len` of `ext` is 0; it must be between 1 and 32
        nop     0
; error: E-RANGE 17-17: `count` of `nop` is 0; it must be between 1 and 4294967296
        halt    256
; error: E-RANGE 17-19: `code` of `halt` is 256; it must be between 0 and 255
        nop     main
; error: E-TYPE 17-20: `nop` takes a number here, not the address of `main`
main:   jmp     table
; error: E-TYPE 17-21: `jmp` goes to a place in the program; `table` is data
table:  .i32    1
        jmp     0x800000
; error: E-RANGE 17-24: a program address is between 0 and 8388607, not the integer 8388608
        mov     r1, main + 0x1_0000_0000
; error: E-RANGE 21-40: 4294967296 does not fit 32 bits; an immediate is between -2147483648 and 4294967295
        add     r1, r2, r3 + 1
; error: E-OPERAND 25-26: register r3 has no value that an expression could use
        sel     r1, r2, r3
; error: E-MNEMONIC 9-11: `sel` is not an instruction
; help: it is written with a suffix: `sel.eq`, `sel.ne`, `sel.lt`, `sel.le`, `sel.gt`, `sel.ge`, `sel.ltu`, `sel.leu`, `sel.gtu`, `sel.geu`
        st      [r1], 5
; error: E-OPERAND 23-23: operand 2 of `st` is an expression; it must be a register
; note: it is written `st [disp + rb], rt`
        load    r1, x
; error: E-MNEMONIC 9-12: `load` is not an instruction
; help: did you mean `ld`? it is written `ld rt, [disp]` or `ld rt, [disp + rb]` or `ld rt, [disp + ra*scale]` or `ld rt, [disp + ra*scale + rb]` or `ld rt, [disp + ra*rc]` or `ld rt, [disp + ra*rc + rb]`
