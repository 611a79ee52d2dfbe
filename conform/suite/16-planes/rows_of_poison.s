; With `uninit=poison` a row never set reads as bytes 0xDB.
; rules M-16.31 M-16.29
; needs quads = 2, mxm_planes >= 2
; run uninit=poison
; expect halt

        .unchecked
        { accr 2, 7, sw0 }              ; leaves in 2, at me0 in 5
        { nop 4 }
        { write.4 me0[0], sw0 }
        { ldl.4 r1, me0[0], 3 }
        { nop 3 }
        { assert r1, 0xDBDBDBDB  ||  halt }
