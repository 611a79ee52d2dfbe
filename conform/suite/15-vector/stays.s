; A v register holds its value until it is overwritten; its ALU may write streams meanwhile.
; rules M-15.2 M-15.3
; needs vxm_alus >= 4
; expect halt

        .unchecked
        { vmov.i32 v0, 5 }
        { vmov.i32 se0, 6, n=40 !V0 }
        { nop 40 }
        { vmov.i32 se0, v0 !V1 }
        { nop 1 }
        { write.4 me0[0], se0 }
        { ldl.4 r1, me0[0], 0 }
        { nop 3 }
        { assert r1, 5  ||  halt }
