        .equ    one, 1
        .equ    one, 2
; error: E-DUPLICATE 17-19: `one` is already defined as a constant
; note 1:17-19: first defined here
        .reg    one
; error: E-DUPLICATE 17-19: `one` is already defined as a constant
; note 1:17-19: first defined here
        .equ    r5, 3
; error: E-RESERVED 17-18: `r5` is reserved: it names a register, stream or slice
; help: choose another name; upper and lower case are the same here
        .equ    add, 3
; error: E-RESERVED 17-19: `add` is reserved: it names an instruction
; help: choose another name; upper and lower case are the same here
        .equ    a, b
; error: E-CYCLE 17-17: `a` is defined in terms of itself: a -> b -> a
; note 17:17-17: `b` is defined here
        .equ    b, a
        .equ    c, count + one
count:  jmp     coutn
; error: E-UNDEFINED 17-21: `coutn` is not defined
; help: did you mean `count`?
        jmp     coutn
        jmp     nowhere
; error: E-UNDEFINED 17-23: `nowhere` is not defined
        mov     r1, x
        .reg    x
        .reg    y
        add     x, y, %z + 1
; error: E-SYNTAX 26-26: `+` is not expected here; a comma or the end of the line could stand here
        .global missing
; error: E-UNDEFINED 17-23: `missing` is not defined
        .input  one
; error: E-TYPE 17-19: `one` is a constant, not data or a parameter
        .alias  count, one
; error: E-TYPE 17-21: `count` is a label of the program, not data or a parameter or an extern symbol
; error: E-TYPE 24-26: `one` is a constant, not data or a parameter or an extern symbol
