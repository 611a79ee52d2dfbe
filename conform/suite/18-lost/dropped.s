; A value that nobody sampled is lost when it is dropped, byte by byte.
; rules M-18.2 M-18.3
; needs vxm_alus >= 4
; expect halt
; leaves losses 6, Lost 4

        .unchecked
        { vmov.i32 se0, 7  ||  vmov.u16 sw2, 7, n=2 !V1 }
        { nop 1 }
        { write.2 me0[0], se0 }
        { nop 9 }
        { halt }
