; Accesses of elements and of scalar ops claim their banks together; the later in unit order faults.
; rules M-14.7 M-19.20 M-19.30
; expect E-BANK cycle 2 pc first slot 0 resource 0 element 2
;        other_pc load other_slot 0 other_cycle 2

        .unchecked
        .tensor x: u8[8, 32] @ mw0 = each(i, j, 9)
first:  { read se0, mw0[0], n=5 }
        { nop 1 }
load:   { ld r1, [0] }
        { halt }
