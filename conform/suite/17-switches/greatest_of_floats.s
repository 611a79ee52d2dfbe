; The greatest and the least of f32 are as `vmax` and `vmin`: -0 is below +0, and NaN wins.
; rules M-17.15 M-17.12
; needs superlanes >= 2, quads = 2, banks >= 2, rows >= 64, streams >= 16
; expect halt

        .tensor x: i32[1, 32] @ me4..me7 = each(i, j, j < 16 ? (j == 5 ? 0 : 0x80000000) : (j == 20 ? 0x7FC12345 : 0x3F800000))
        .timeline
        @0              read.4  se0, me4[x]
        @3              reduce.max.f32 E, sw0, se0, span=16
        @3              reduce.min.f32 E, sw4, se0, span=16
        @24             write.4 me4[70], sw0
        @25             write.4 me0[70], sw4
        @26             nop     1
        .endtimeline
        ldl.4   r1, me4[70], 0
        ldl.4   r2, me4[70], 31
        ldl.4   r3, me0[70], 0
        ldl.4   r4, me0[70], 31
        assert  r1, 0
        assert  r2, 0x7FC00000
        assert  r3, 0x80000000
        assert  r4, 0x7FC00000
        halt
