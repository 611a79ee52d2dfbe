; Each superlane has the row of its own, that lane 0 of it in the map names, of the bank that is named.
; rules M-14.3 M-14.9 M-11.12
; needs superlanes >= 2, quads >= 2, banks >= 2, rows >= 64, streams >= 16
; expect halt

        .tensor t: u8[64, 32] @ mw4.1 = each(i, j, 4 * i + j / 16)
        .tensor map: u16[2, 32] @ mw5..mw6 = each(i, j, (j == 0 ? 3 : j == 16 ? 40 : 9) + i)
        .timeline
        @0              read.2  se2, mw5[map], n=2  ; leaves W.q1 in 2; the other way to be back ...
        @2              nop     1
        @3              vmov.i8 v0, 1
        @4              vmov.u16 sw2, se2, n=2  ; leaves the VXM in 5, at W.q1 in 7
        @7              gather  se4, mw4.1, sw2, n=2  ; leaves in 11
        @13             vmov.u8 se8, se4, n=2  ; VXM
        @15             write   me0[0], se8, n=2
        @18             nop     1
        .endtimeline
        ldl     r1, me0[0], 0
        ldl     r2, me0[0], 15
        ldl     r3, me0[0], 16
        ldl     r4, me0[0], 31
        ldl     r5, me0[1], 0
        ldl     r6, me0[1], 31
        assert  r1, 12
        assert  r2, 12
        assert  r3, 161
        assert  r4, 161
        assert  r5, 16
        assert  r6, 165
        halt
