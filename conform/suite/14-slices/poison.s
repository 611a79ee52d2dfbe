; With `uninit=poison` it reads as 0xDB, byte by byte.
; rules M-14.8 M-7.10
; run uninit=poison
; expect halt

        .unchecked
        { read.4 sw0, me0[9]  ||  mov r2, 0x11 }
        { nop 2  ||  stl me1[9], 3, r2 }
        { vmov.i32 se0, sw0 }
        { nop 1 }
        { write.4 me0[10], se0 }
        { ldl.4 r1, me0[10], 3 }
        { nop 3 }
        { assert r1, 0xDBDBDBDB  ||  halt }
