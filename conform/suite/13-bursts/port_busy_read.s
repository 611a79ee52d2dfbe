; Each slice has one read port.
; rules M-13.5 M-13.7 M-13.10 M-19.10
; expect E-UNIT-BUSY cycle 1 pc bad slot 0 resource 12 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 4

        .unchecked
        .tensor x: u8[8, 32] @ mw3 = each(i, j, 9)
first:  { read se0, mw3[0], n=4 }
bad:    { read se1, mw3[4] }
        { halt }
