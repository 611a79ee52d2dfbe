; It may be later elements of both that clash.
; rules M-15.6 M-19.25 M-19.5 M-19.6
; expect E-WRITE-CLASH cycle 7 pc late slot 0 resource 64 address 10 element 1
;        other_pc early other_slot 0 other_cycle 2 other_landing 10 other_element 1

        .unchecked
early:  { vdiv.f32 v0, r1, 1.0, n=2, d=2 }  ; lands in 8 and 10
        { nop 5 }
late:   { vadd.i32.w v0, r1, 1, n=2 }   ; in 9 and 10
        { halt }
