; The last row of a bank is there for maps.
; rules M-14.3 M-14.4
; needs superlanes >= 2, banks >= 2, rows >= 64, streams >= 16, vxm_alus >= 4
; expect halt

        .unchecked
        .tensor t: u8[64, 32] @ me0.1 = each(i, j, i)
        { vmov.u16 se2, 63 }
        { nop 1 }
        { gather sw4, me0.1, se2 }      ; leaves in 6, at the VXM in 7
        { nop 4 }
        { vmov.u8 se4, sw4 !V1 }
        { nop 1 }
        { write me1[0], se4 }
        { ldl r1, me1[0], 31 }
        { nop 3 }
        { assert r1, 63  ||  halt }
