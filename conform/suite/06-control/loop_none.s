; A count of 0 or less skips the body, as a jump of three cycles; the count is signed.
; rules M-6.6 M-6.2
; expect halt cycle 12

        .unchecked
        { mov r1, -1  ||  mov r2, 0x80000000 }  ; 0
        { loop 0, a }                   ; 1
        { mov r9, 1 }
a:      { loop r1, b }                  ; 4
        { mov r9, 2 }
b:      { loop r2, c }                  ; 7
        { mov r9, 3 }
c:      { nop 1 }                       ; 10
        { assert r9, 0  ||  halt }      ; 11
