; A switch has two shifters, each a unit.
; rules M-13.5 M-13.7 M-13.10 M-19.10
; needs quads = 2
; expect E-UNIT-BUSY cycle 5 pc bad slot 0 resource 308 element 0
;        other_pc first other_slot 1 other_cycle 4 other_landing 7

        .unchecked
        { vmov.u8 se0, 1, n=8 }
        { nop 3 }
first:  { shift.up E, sw0, se0, 1, n=2 !sh0  ||  shift.down E, sw1, se0, 1, n=3 !sh1 }
bad:    { select E, sw2, se0, se0, 3 !sh1 }
        { halt }
