; Several writes to one register may be on their way; when the last has landed it can be read, and its value stays.
; rules M-5.5 M-5.3
; expect halt cycle 21

        .unchecked
        { mov r2, 7  ||  mov r3, 3 }
        { div r1, r2, r3 }              ; lands in 19
        { nop 15 }
        { mul r1, r2, r2 }              ; issued in 17, lands in 20
        { nop 2 }
        { assert r1, 49  ||  halt }
