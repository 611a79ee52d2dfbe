; What a `write` stores in a cycle is read in the next, by both faces.
; rules M-12.4 M-14.9 M-4.6
; expect halt cycle 8

        .unchecked
        { vmov.i32 se0, 7 }
        { nop 1 }
        { write.4 me0[0], se0 }
        { ldl.4 r1, me0[0], 3 }
        { nop 3 }
        { assert r1, 7  ||  halt }
