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
; error: E-REGISTERS 20-20: 3 registers without a number are needed and the file leaves 1
; help: they are x, y, %z
        add     x, y, r30
        add     %z, x, y
