; `distribute`: lane l of a superlane takes its lane of the number in the map; 0xFFFF gives zero.
; rules M-17.6 M-17.7
; needs superlanes >= 2, quads = 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: u8[1, 32] @ me4 = each(i, j, 100 + j)
        .tensor map: u16[1, 32] @ me5..me6 = each(i, j, j == 9 ? 0xFFFF : j < 16 ? 15 - j : 4)
        .timeline
        @0              read.2  se2, me5[map]
        @1              read    se0, me4[x]
        @3              lmap    E, 7, se2
        @4              distribute E, sw0, se0, 7
        @9              write   me4[70], sw0
        @10             nop     1
        .endtimeline
        ldl     r1, me4[70], 0
        ldl     r2, me4[70], 15
        ldl     r3, me4[70], 9
        ldl     r4, me4[70], 16
        ldl     r5, me4[70], 31
        assert  r1, 115
        assert  r2, 100
        assert  r3, 0
        assert  r4, 120
        assert  r5, 120
        halt
