; A sum of f32 is a tree: lanes 2i and 2i + 1, level by level.
; rules M-17.14 M-17.12
; needs superlanes >= 2, quads = 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: f32[2, 32] @ me4..me7 = each(i, j, i == 0 ? (j == 0 ? 16777216.0 : j == 1 ? 0.0 : j < 4 ? 1.0 : 0.0) : (j == 0 ? 16777216.0 : j < 3 ? 1.0 : 0.0))
        .timeline
        @0              read.4  se0, me4[x], n=2
        @3              reduce.add.f32 E, sw0, se0, n=2
        @24             write.4 me4[70], sw0, n=2
        @26             nop     1
        .endtimeline
        ldl.4   r1, me4[70], 0
        ldl.4   r2, me4[71], 31
        mov     r3, 16777218.0          ; (2^24 + 0) + (1 + 1)
        mov     r4, 16777216.0          ; (2^24 + 1) + (1 + 0), each a tie to even
        assert  r1, r3
        assert  r2, r4
        halt
