; The state holds what is on streams and on its way, v registers, and running bursts.
; rules M-20.1 M-20.2
; needs vxm_alus >= 16
; run until=3
; expect running cycle 3
; leaves Value 8, Result 4, Vector 2, VectorWrite 1, Burst 1

        .unchecked
        { vmov.i32 se0, 7, n=2  ||  vmov.u8 v3, 1 }
        { vadd.i32.w sw0, r1, 1 !V1  ||  vadd.i16.w v4, r1, 1 }  ; land in 4
        { vmov.u8 v6, 1, n=9 }          ; one is there in 3, eight are to come
        { nop 9 }
        { halt }
