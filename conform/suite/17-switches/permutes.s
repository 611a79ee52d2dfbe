; `permute`: lane l takes the lane that entry l of the map names; 0xFFFF gives zero.
; rules M-17.5 M-17.7 M-17.9 M-17.16
; needs superlanes >= 2, quads = 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: u8[1, 32] @ me4 = each(i, j, 100 + j)
        .tensor map: u16[1, 32] @ me5..me6 = each(i, j, j == 9 ? 0xFFFF : 31 - j)
        .timeline
        @0              read.2  se2, me5[map]  ; at the switch in 3
        @1              read    se0, me4[x]
        @3              lmap    E, 5, se2
        @4              permute E, sw0, se0, 5  ; in the next cycle the map is there
        @9              write   me4[70], sw0
        @10             nop     1
        .endtimeline
        ldl     r1, me4[70], 0
        ldl     r2, me4[70], 31
        ldl     r3, me4[70], 9
        ldl     r4, me4[70], 16
        assert  r1, 131
        assert  r2, 100
        assert  r3, 0
        assert  r4, 115
        halt
