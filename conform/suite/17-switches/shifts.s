; Lane l + k takes lane l; zeros enter, or the edge lane repeats; `.down` is the mirror image.
; rules M-17.1 M-17.2 M-17.3 M-17.16
; needs superlanes = 2, quads = 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: u8[1, 32] @ me4 = each(i, j, 100 + j)
        .timeline
        @0              read    se0, me4[x]  ; leaves E.q1 in 2, at the switch in 3
        @0              nop     1
        @3              shift.up E, sw0, se0, 3  ; leaves in 7, E.q1 in 8
        @3              shift.down.edge E, sw1, se0, 3
        @8              write   me4[70], sw0
        @8              write   me5[70], sw1
        @10             read    se0, me4[x]
        @13             shift.down E, sw0, se0, 31
        @13             shift.up.edge E, sw1, se0, 31
        @18             write   me6[70], sw0
        @18             write   me7[70], sw1
        @19             nop     1
        .endtimeline
        .irp lane, 0, 2, 3, 28, 29, 31
        ldl.4   r1, me4[70], \lane
        mov     r2, \lane
        sub     r3, r2, 3
        add     r4, r3, 100
        cmp     r2, 3
        sel.lt  r5, r0, r4              ; shifted up by 3
        add     r6, r2, 103
        min     r6, r6, 131             ; shifted down by 3, the edge repeated
        cmp     r2, 0
        mov     r9, 131
        sel.eq  r7, r9, 0               ; shifted down by 31
        sub     r9, r2, 31
        max     r9, r9, 0
        add     r8, r9, 100             ; shifted up by 31, the edge repeated
        ins     r5, r5, r6, 8, 8
        ins     r5, r5, r7, 16, 8
        ins     r5, r5, r8, 24, 8
        assert  r1, r5
        .endr
        halt
