; `transpose` samples sixteen groups of one: bytes of different results will do. Its results have width 1.
; rules M-11.11 M-11.12 M-17.11 M-17.16
; needs superlanes >= 2, quads = 2, streams >= 16, vxm_alus >= 16
; expect halt

        .tensor x: u8[2, 32] @ me4 = each(i, j, 16 * i + j)
        .timeline
        @0              vmov.i32 se0, 0x03020100
        @0              vmov.i32 se4, 0x07060504
        @0              vmov.i32 se8, 0x0B0A0908
        @0              vmov.i16 se12, 0x0D0C
        @0              vmov.u8 se14, 0x0E
        @1              read    se15, me4[x]  ; leaves E.q1 in 3, with the lanes as values
        @4              transpose E, sw0, se0  ; lane l of stream j is lane j of stream l
        @25             write.4 me4[10], sw0  ; leaves in 24
        @26             nop     1
        .endtimeline
        ldl.4   r1, me4[10], 7
        ldl.4   r2, me4[10], 15
        ldl.4   r3, me4[10], 31
        assert  r1, 0x07070707
        assert  r2, 0x03020100
        assert  r3, 0x13121110
        halt
