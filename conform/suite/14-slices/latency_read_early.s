; Not in the second.
; rules M-14.9 M-11.8
; needs quads = 2
; expect E-STREAM-EMPTY cycle 2 pc bad slot 0 operand 1 stream 32 position 4 element 0

        .unchecked
        .tensor x: i32[1, 32] @ me0..me3 = each(i, j, 5)
        { read.4 sw0, me0[0] }
        { nop 1 }
bad:    { vmov.i32 v0, sw0 }
        { halt }
