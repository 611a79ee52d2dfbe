; Two results for one stream, place and cycle clash, when the later op issues.
; rules M-19.7 M-19.26 M-19.8 M-19.6
; needs quads = 2, vxm_alus >= 4
; expect E-STREAM-CLASH cycle 5 pc late slot 0 address 8 stream 2 position 4 element 0
;        other_pc early other_slot 0 other_cycle 0 other_landing 8 other_element 0

        .unchecked
early:  { vdiv.f32 se0, r1, 1.0 }
        { nop 4 }
late:   { vadd.u16.w se2, r1, 7 !V1  ||  nop 1 }
        { nop 9 }
        { halt }
