; A bundle costs one cycle, `nop n` n, a jump three, a jump not taken one.
; rules M-6.1 M-6.2 M-6.3
; expect halt cycle 26

        .unchecked
        { mov r1, 1 }                   ; 0
        { nop 1 }                       ; 1
        { nop 10 }                      ; 2 to 11
        { jmp on }                      ; 12 to 14
        { trap 1 }
on:     { cmp r1, 1 }                   ; 15
        { jne wrong }                   ; 16
        { jeq there }                   ; 17 to 19
wrong:  { trap 2 }
back:   { mul r3, r2, r2 }              ; 23
        { nop 1  ||  mov r4, 1 }        ; 24
        { halt }                        ; 25
there:  { mov r2, 5  ||  jmp back }     ; 20 to 22
