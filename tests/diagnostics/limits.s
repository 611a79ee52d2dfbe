        .macro  again
        again
; error: E-LIMIT 9-13: macros and repetitions are nested more than 100 deep
; help: end a recursion with .if
        .endm
        .equ    big, 1 << 70000
; error: E-EXPR 22-31: the shifted value has more than 14000 bits, the most an integer may have
        mov     r1, ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
        again
