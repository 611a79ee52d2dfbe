; With three superlanes a last one alone passes up: lanes 32 to 47 join the others at the last level.
; rules M-17.14 M-17.12
; needs superlanes = 3, quads = 2
; expect halt

        .tensor x: f32[1, 48] @ me4..me7 = each(i, j, j == 0 ? 16777216.0 : j == 16 ? 1.0 : j == 32 ? 1.0 : 0.0)
        .timeline
        @0              read.4  se0, me4[x]
        @3              reduce.add.f32 E, sw0, se0
        @24             write.4 me4[10], sw0
        @25             nop     1
        .endtimeline
        ldl.4   r1, me4[10], 47
        mov     r2, 16777216.0          ; (2^24 + 1) + 1; the other way round it would be 2^24 + 2
        assert  r1, r2
        halt
