; With `uninit=zero` what was never written reads as 0.
; rules M-14.8 M-7.10
; run uninit=zero
; expect halt

        .unchecked
        { read.4 sw0, me0[9] }
        { nop 2 }
        { vmov.i32 se0, sw0 }
        { nop 1 }
        { write.4 me0[10], se0 }
        { ldl.4 r1, me0[10], 3 }
        { nop 3 }
        { assert r1, 0  ||  halt }
