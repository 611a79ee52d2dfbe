; A jump to the bundle itself, and one backwards, cost three as well.
; rules M-6.1 M-6.2
; expect halt cycle 15

        .unchecked
        { nop 1 }                       ; 0
again:  { add r1, r1, 1 }               ; 1, 6, 11
        { cmp r1, 2 }
        { jle again }
        { halt }                        ; 14
