; Or in the cycle in which it is overwritten; the op whose result did that is the other party.
; rules M-18.5 M-19.27 M-19.6
; needs quads = 2
; run strict
; expect E-STREAM-LOST cycle 3 pc maker slot 0 stream 0 position 4 element 0
;        other_pc other other_slot 0 other_cycle 2 other_landing 3 other_element 0

        .unchecked
        .tensor x: u8[3, 32] @ mw0 = each(i, j, 9)
maker:  { read se0, mw0[0] }
        { nop 1 }
other:  { vmov.u8 se0, 7 }
        { nop 3 }
        { halt }
