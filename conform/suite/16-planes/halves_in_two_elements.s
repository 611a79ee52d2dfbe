; Each element of f16 weights loads 8 rows, the second those after the first's.
; rules M-16.5 M-16.10
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect halt

        .tensor x: f16[3, 32] @ me4..me5 = each(i, j, j == (i == 0 ? 7 : i == 1 ? 8 : 16) ? 1.0 : 0.0)
        .timeline
        @0              vmov.f16 se0, 1.0
        @0              vmov.f16 se2, 2.0
        @0              vmov.f16 se4, 3.0
        @0              vmov.f16 se6, 4.0
        @0              vmov.f16 se8, 5.0
        @0              vmov.f16 se10, 6.0
        @0              vmov.f16 se12, 7.0
        @0              vmov.f16 se14, 8.0
        @1              vmov.f16 se0, 10.0
        @1              vmov.f16 se2, 20.0
        @1              vmov.f16 se4, 30.0
        @1              vmov.f16 se6, 40.0
        @1              vmov.f16 se8, 50.0
        @1              vmov.f16 se10, 60.0
        @1              vmov.f16 se12, 70.0
        @1              vmov.f16 se14, 80.0
        @4              read.2  se16, me4[x], n=3, d=2
        @5              lw.f16  2, se0, n=2
        @7              iw      2
        @8              abc.f16 2, se16, n=3
        @32             acc.emit 2, sw0, n=3, d=2
        @37             write.4 me0[0], sw0, n=3, d=2
        @42             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[1], 31
        ldl.4   r3, me0[2], 9
        mov     r5, 8.0
        mov     r6, 10.0
        assert  r1, r5
        assert  r2, r6
        assert  r3, r0                  ; row 16 was not loaded
        halt
