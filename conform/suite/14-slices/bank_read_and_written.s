; A read and a write of one bank in a cycle: the write port comes later.
; rules M-14.7 M-19.20 M-2.2
; needs quads = 2, banks >= 2
; expect E-BANK cycle 2 pc bad slot 1 resource 16 element 0
;        other_pc first other_slot 1 other_cycle 2 other_element 1

        .unchecked
        .tensor x: u8[8, 32] @ me0 = each(i, j, 9)
        { vmov.u8 se0, 7 }
first:  { nop 1  ||  read sw0, me0[0], n=3 }
bad:    { nop 1  ||  write me0[9], se0 }
        { halt }
