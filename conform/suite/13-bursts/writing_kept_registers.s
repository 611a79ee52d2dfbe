; A register that a running burst has read may be written at once.
; rules M-13.3 M-5.3
; expect halt cycle 12

        .unchecked
        { vmov.i32 v0, r1, n=9 }
        { mov r1, 5 }
        { mul r1, r1, r1 }
        { nop 8 }
        { halt }
