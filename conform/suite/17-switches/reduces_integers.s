; Sums of i32 wrap; over all lanes or the 16 of each superlane; every lane has the result, 20 cycles later.
; rules M-17.12 M-17.13 M-17.16
; needs superlanes >= 2, quads = 2, banks >= 2, rows >= 64, streams >= 16
; expect halt

        .tensor x: i32[1, 32] @ me4..me7 = each(i, j, j == 0 ? 0x7FFFFFFF : j)
        .timeline
        @0              read.4  se0, me4[x]
        @3              reduce.add.i32 E, sw0, se0
        @3              reduce.add.i32 E, sw4, se0, span=16
        @24             write.4 me4[70], sw0  ; leaves in 23
        @25             write.4 me0[70], sw4
        @30             read.4  se0, me4[x]
        @33             reduce.max.i32 E, sw0, se0, span=16
        @33             reduce.min.i32 E, sw4, se0, span=16
        @54             write.4 me4[71], sw0
        @55             write.4 me0[71], sw4
        @56             nop     1
        .endtimeline
        ldl.4   r1, me4[70], 0
        ldl.4   r2, me4[70], 31
        ldl.4   r3, me0[70], 15
        ldl.4   r4, me0[70], 16
        ldl.4   r5, me4[71], 15
        ldl.4   r6, me4[71], 16
        ldl.4   r7, me0[71], 0
        ldl.4   r8, me0[71], 31
        assert  r1, 0x7FFFFFFF + 496
        assert  r2, 0x7FFFFFFF + 496
        assert  r3, 0x7FFFFFFF + 120
        assert  r4, 376
        assert  r5, 0x7FFFFFFF
        assert  r6, 31
        assert  r7, 1
        assert  r8, 16
        halt
