; An element of f16 loads 8 rows, of both planes: streams s + 2j and s + 2j + 1 are row row0 + 8i + j.
; rules M-16.5 M-16.10 M-16.12 M-16.20 M-11.11 M-13.6
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 16, mxm_planes >= 4
; expect halt

        .tensor x: f16[4, 32] @ me4..me5 = each(i, j, i == 3 ? 1.0 : j == (i == 0 ? 8 : i == 1 ? 15 : 7) ? 1.0 : 0.0)
        .timeline
        @0              vmov.f16 se0, 1.0
        @0              vmov.f16 se2, 2.0
        @0              vmov.f16 se4, 3.0
        @0              vmov.f16 se6, 4.0
        @0              vmov.f16 se8, 5.0
        @0              vmov.f16 se10, 6.0
        @0              vmov.f16 se12, 7.0
        @0              vmov.f16 se14, 8.0
        @3              read.2  se16, me4[x], n=4, d=2
        @5              lw.f16  2, se0, row0=8
        @6              iw      2
        @7              abc.f16 2, se16, n=4
        @31             acc.emit 2, sw0, n=4, d=2
        @36             write.4 me0[0], sw0, n=4, d=2
        @43             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[1], 31
        ldl.4   r3, me0[2], 9
        ldl.4   r4, me0[3], 16
        mov     r5, 1.0
        mov     r6, 8.0
        mov     r7, 36.0
        assert  r1, r5
        assert  r2, r6
        assert  r3, r0                  ; row 7 was not loaded
        assert  r4, r7
        halt
