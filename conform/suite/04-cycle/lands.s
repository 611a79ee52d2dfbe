; Results land after their latency, in the very cycle, even while nothing is fetched.
; rules M-4.2 M-4.7 M-6.2
; expect halt cycle 27

        .unchecked
        { mov r1, 6  ||  mov r2, 7 }
        { mul r3, r1, r2  ||  jmp on }  ; lands in 4, where the jump arrives
        { trap 1 }
on:     { assert r3, 42 }
        { div r4, r3, r2 }              ; 5, lands in 23
        { nop 17 }
        { assert r4, 6 }
        { nop 2 }
        { halt }
