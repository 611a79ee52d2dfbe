; Strides of more than nine bits, of both signs.
; rules M-14.1 M-3.1
; needs rows = 4096
; run uninit=zero
; expect halt

        .unchecked
        { mov r1, 7  ||  mov r4, 9 }
        { stl me0[2305], 3, r1 }
        { stl me0[5], 3, r4 }
        { read sw0, me0[5], n=2, stride=2300 }  ; at the VXM in 6 and 7
        { nop 1 }
        { read sw0, me0[2305], n=2, stride=-2300 }  ; in 8 and 9
        { vmov.u8 se0, sw0, n=4 !V1 }   ; 6 to 9
        { nop 1 }
        { write me1[0], se0, n=4 }      ; 8 to 11
        { nop 3 }
        { ldl r5, me1[0], 3 }
        { ldl r6, me1[1], 3 }
        { ldl r7, me1[2], 3 }
        { ldl r8, me1[3], 3 }
        { nop 3 }
        { assert r5, 9  ||  assert r6, 7  ||  assert r7, 7 }
        { assert r8, 9  ||  halt }
