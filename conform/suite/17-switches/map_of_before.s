; In the cycle of `lmap` the old map is used; those of the other switch are others.
; rules M-17.9 M-12.4
; needs quads = 2, vxm_alus >= 4
; expect halt

        .timeline
        @0              vmov.u16 se2, 3
        @0              vmov.u16 sw2, 9
        @1              vmov.u16 se2, 5
        @1              vmov.u8 se0, 7
        @4              lmap    E, 0, se2
        @4              lmap    W, 0, sw2
        @5              lmap    E, 0, se2
        @5              permute E, sw0, se0, 0
        @10             write   me4[0], sw0
        @11             nop     1
        .endtimeline
        ldl     r1, me4[0], 0
        assert  r1, 7
        halt
