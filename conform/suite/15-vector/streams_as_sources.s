; A group of streams is a source of the width of the type, of the lanes of the vector each.
; rules M-15.1
; needs superlanes >= 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: i16[1, 32] @ me0..me1 = each(i, j, 300 * j)
        .tensor y: i16[1, 32] @ me2..me3 = each(i, j, 7 - j)
        .timeline
        @0              read.2  sw0, me0[x]
        @0              read.2  sw2, me2[y]
        @3              vsub.i16.w se0, sw0, sw2
        @7              write.2 me0[70], se0
        @8              nop     1
        .endtimeline
        ldl.2   r1, me0[70], 0
        ldl.2   r2, me0[70], 31
        assert  r1, 0xFFF9
        assert  r2, 9300 + 24
        halt
