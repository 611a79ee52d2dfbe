; An access of width w holds the ports of its slices; the first held one that is busy is named.
; rules M-13.6 M-13.7 M-13.10 M-19.10
; needs streams >= 16
; expect E-UNIT-BUSY cycle 1 pc bad slot 0 resource 75 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 4

        .unchecked
        .tensor x: u8[8, 32] @ me2 = each(i, j, 9)
        .tensor y: u8[8, 32] @ me0 = each(i, j, 9)
        .tensor z: u8[8, 32] @ me1 = each(i, j, 9)
        .tensor u: u8[8, 32] @ me3 = each(i, j, 9)
first:  { read se0, me2[0], n=4 }
bad:    { read.4 se4, me0[4] }
        { halt }
