        .rept   16
        add     r0, r1, r2
        add     r3, r4, r5
        add     r6, r7, r8
        add     r9, r10, r11
        add     r12, r13, r14
        add     r15, r16, r17
        add     r18, r19, r20
        add     r21, r22, r23
        add     r24, r25, r26
        add     r27, r28, r29
        .endr
        .reg    x, y
        add     x, y, r30
        add     %z, x, y
; error: E-REGISTERS 9-11: 3 registers without a number are needed here at once and the file leaves 1
; note 13:20-20: `y` is one of them
; note 13:17-17: `x` is one of them
; note 15:17-18: `%z` is one of them
; help: name fewer registers by their numbers
        add     r0, %z, x
        add     r0, %z, y
