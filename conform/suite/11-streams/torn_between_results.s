; Bytes of two results, each where it belongs, are torn as well.
; rules M-11.9 M-19.13 M-19.28
; needs quads = 2
; expect E-STREAM-TORN cycle 3 pc bad slot 0 operand 1 stream 2 position 6 element 0
;        other_pc maker other_slot 0 other_cycle 0 other_element 0

        .unchecked
        .tensor x: u16[1, 32] @ me0..me1 = each(i, j, 9)
maker:  { vmov.i32 se0, 7  ||  read.2 se0, me0[0] }
        { nop 2 }
bad:    { write.4 me4[0], se0 }
        { halt }
