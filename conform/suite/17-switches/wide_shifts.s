; Elements of two and four bytes are shifted whole.
; rules M-17.2 M-17.1
; needs superlanes >= 2, quads = 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: i32[1, 32] @ mw4..mw7 = each(i, j, 0x01010101 * j)
        .timeline
        @0              read.4  sw0, mw4[x]  ; leaves W.q1 in 2, at the switch in 3
        @3              shift.down.4 W, se0, sw0, 1
        @8              write.4 mw4[70], se0
        @9              nop     1
        .endtimeline
        ldl.4   r1, mw4[70], 0
        ldl.4   r2, mw4[70], 30
        ldl.4   r3, mw4[70], 31
        assert  r1, 0x01010101
        assert  r2, 0x1F1F1F1F
        assert  r3, 0
        halt
