; The upper half of a result is no result: torn at its first stream.
; rules M-11.9 M-19.13 M-19.28
; needs quads = 2
; expect E-STREAM-TORN cycle 2 pc bad slot 0 operand 1 stream 2 position 5 element 0
;        other_pc maker other_slot 0 other_cycle 0 other_element 0

        .unchecked
maker:  { vmov.i32 se0, 7 }
        { nop 1 }
bad:    { write.2 me0[0], se2 }
        { halt }
