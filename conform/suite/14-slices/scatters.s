; `scatter` writes, for each superlane, the row that the map names; others stay as they are.
; rules M-14.3 M-14.9
; needs superlanes >= 2, quads >= 2, banks >= 2, rows = 64, streams >= 16, vxm_alus >= 4
; expect halt

        .tensor t: u8[64, 32] @ me4.1 = each(i, j, 1)
        .tensor map: u16[1, 32] @ me0..me1 = each(i, j, j < 16 ? 3 : 40)
        .timeline
        @0              read.2  sw2, me0[map]  ; VXM in 3
        @3              vmov.u16 se2, sw2  ; leaves in 4, E.q1 in 6
        @3              vmov.u8 se4, 7
        @6              scatter me4.1, se4, se2
        @7              nop     1
        .endtimeline
        ldl     r1, me4[64 + 3], 0
        ldl     r2, me4[64 + 3], 15
        ldl     r3, me4[64 + 3], 16
        ldl     r4, me4[64 + 40], 15
        ldl     r5, me4[64 + 40], 16
        ldl     r6, me4[64 + 40], 31
        assert  r1, 7
        assert  r2, 7
        assert  r3, 1
        assert  r4, 1
        assert  r5, 7
        assert  r6, 7
        halt
