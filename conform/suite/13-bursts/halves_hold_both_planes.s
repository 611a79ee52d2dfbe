; A 16-bit activation holds the units of both planes of its hemisphere, for a cycle more than it has elements.
; rules M-13.4 M-13.6 M-13.7 M-13.10 M-19.10 M-16.23
; needs quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect E-UNIT-BUSY cycle 10 pc bad slot 0 resource 295 element 0
;        other_pc first other_slot 0 other_cycle 9 other_landing 11

        .unchecked
        { vmov.f16 se0, 1.0  ||  vmov.f16 se2, 2.0  ||  vmov.f16 se4, 3.0  ||  vmov.f16 se6, 4.0  ||  vmov.f16 se8, 5.0  ||  vmov.f16 se10, 6.0  ||  vmov.f16 se12, 7.0  ||  vmov.f16 se14, 8.0 }
        { nop 3 }
        { vmov.f16 se16, 1.0 }
        { lw.f16 2, se0  ||  vmov.u8 se18, 1 }
        { iw 2 }
        { nop 2 }
first:  { abc.f16 2, se16 }
bad:    { abc.u8 3, se18 }
        { halt }
