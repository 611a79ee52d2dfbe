; What is read leaves two cycles later: at the VXM, a hop away, in the third cycle.
; rules M-14.9
; expect halt

        .unchecked
        .tensor x: i32[1, 32] @ me0..me3 = each(i, j, 5)
        { read.4 sw0, me0[0] }
        { nop 2 }
        { vmov.i32 v0, sw0 }
        { halt }
