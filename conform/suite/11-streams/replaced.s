; A result replaces what passes its place in that cycle; before it, and to the west of it, the old value is seen.
; rules M-11.6 M-12.5
; needs quads >= 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: i32[1, 32] @ mw0..mw3 = each(i, j, 9)
        .timeline
        @0              vmov.i32 sw0, 7
        @0              read.4  sw0, mw0[x]  ; leaves W.q0 in 2, as the 7 would
        @2              write.4 mw0[70], sw0  ; samples what comes in: the 7
        @3              write.4 mw4[70], sw0  ; the 9
        @4              nop     1
        .endtimeline
        ldl.4   r1, mw0[70], 3
        ldl.4   r2, mw4[70], 3
        assert  r1, 7
        assert  r2, 9
        halt
