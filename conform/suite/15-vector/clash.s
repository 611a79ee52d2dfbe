; Two results that land in one v register in one cycle clash, at the op issued later.
; rules M-15.6 M-19.25 M-19.6
; expect E-WRITE-CLASH cycle 5 pc bad slot 0 resource 64 address 8 element 0
;        other_pc first other_slot 0 other_cycle 0 other_landing 8 other_element 0

        .unchecked
first:  { vdiv.f32 v0, r1, 1.0 }
        { nop 4 }
bad:    { vadd.i32.w v0, r1, 1 }
        { halt }
