; Each slice has one write port.
; rules M-13.5 M-13.7 M-13.10 M-19.10
; expect E-UNIT-BUSY cycle 3 pc bad slot 0 resource 201 element 0
;        other_pc first other_slot 0 other_cycle 2 other_landing 6

        .unchecked
        { vmov.u8 se0, 1, n=8 }
        { nop 1 }
first:  { write me0[0], se0, n=4 }
bad:    { write me0[9], se0 }
        { halt }
