; A single byte, then one of a wider result: torn at the first of another width.
; rules M-11.9 M-19.13 M-19.28
; needs quads = 2
; expect E-STREAM-TORN cycle 3 pc bad slot 0 operand 1 stream 1 position 6 element 0
;        other_pc maker other_slot 0 other_cycle 0 other_element 0

        .unchecked
        .tensor x: u8[1, 32] @ me0 = each(i, j, 9)
maker:  { vmov.i16 se0, 7  ||  read se0, me0[0] }
        { nop 2 }
bad:    { write.2 me4[0], se0 }
        { halt }
