; A 16-bit load holds the weight ports of both planes.
; rules M-13.6 M-13.7 M-13.10 M-19.10
; needs quads = 2, streams >= 16, vxm_alus >= 16, mxm_planes >= 4
; expect E-UNIT-BUSY cycle 6 pc bad slot 0 resource 293 element 0
;        other_pc first other_slot 0 other_cycle 5 other_landing 7

        .unchecked
        { vmov.bf16 se0, 1.0, n=3  ||  vmov.bf16 se2, 2.0, n=3  ||  vmov.bf16 se4, 3.0, n=3  ||  vmov.bf16 se6, 4.0, n=3  ||  vmov.bf16 se8, 5.0, n=3  ||  vmov.bf16 se10, 6.0, n=3  ||  vmov.bf16 se12, 7.0, n=3  ||  vmov.bf16 se14, 8.0, n=3 }
        { nop 4 }
first:  { lw.bf16 2, se0, n=2 }
bad:    { lw.i8 3, se0 }
        { halt }
