; Shifted by all lanes nothing is left but what enters.
; rules M-17.2 M-17.3
; needs superlanes = 2, quads = 2, banks >= 2, rows >= 64
; expect halt

        .tensor x: u8[1, 32] @ me4 = each(i, j, 100 + j)
        .timeline
        @0              read    se0, me4[x]
        @3              shift.up E, sw0, se0, 32
        @3              shift.up.edge E, sw1, se0, 32
        @8              write   me4[70], sw0
        @8              write   me5[70], sw1
        @10             read    se0, me4[x]
        @13             shift.down E, sw0, se0, 40
        @13             shift.down.edge E, sw1, se0, 40
        @18             write   me6[70], sw0
        @18             write   me7[70], sw1
        @19             nop     1
        .endtimeline
        ldl.4   r1, me4[70], 0
        ldl.4   r2, me4[70], 31
        assert  r1, 0x83006400
        assert  r2, 0x83006400
        halt
