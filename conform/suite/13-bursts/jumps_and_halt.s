; Jumps, dead cycles, loops and `halt` do not disturb bursts.
; rules M-13.9 M-12.6 M-4.9
; expect halt cycle 12

        .unchecked
        { vmov.u8 se0, 7, n=10 }
        { jmp on }
        { trap 1 }
on:     { write me0[0], se0, n=8 }      ; 4 to 11
        { loop 3, end }
        { add r1, r1, 1 }
end:    { assert r1, 3  ||  halt }
