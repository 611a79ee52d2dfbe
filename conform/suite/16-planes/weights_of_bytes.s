; An element of bytes loads 16 rows: stream s + j is row row0 + 16i + j. A product is the sum over k of x[k] * W[k][n].
; rules M-16.1 M-16.3 M-16.9 M-16.18 M-16.19 M-16.28
; needs superlanes >= 2, quads = 2, streams >= 32, vxm_alus >= 4, mxm_planes >= 2
; expect halt

        .tensor x: u8[5, 32] @ me4 = each(i, j, i == 4 ? j : j == (i == 0 ? 0 : i == 1 ? 15 : i == 2 ? 16 : 31) ? 1 : 0)
        .timeline
        @0              vmov.i32 se0, 0x04030201
        @0              vmov.i32 se4, 0x08070605
        @0              vmov.i32 se8, 0x0C0B0A09
        @0              vmov.i32 se12, 0x100F0E0D
        @1              vmov.i32 se0, 0x14131211
        @1              vmov.i32 se4, 0x18171615
        @1              vmov.i32 se8, 0x1C1B1A19
        @1              vmov.i32 se12, 0x201F1E1D
        @4              read    se16, me4[x], n=5  ; leaves E.q1 in 6, at the planes in 8
        @5              lw.i8   2, se0, n=2
        @7              iw      2
        @8              abc.u8  2, se16, n=5
        @32             acc.emit 2, sw0, n=5  ; leaves in 34
        @37             write.4 me0[0], sw0, n=5
        @42             nop     1
        .endtimeline
        ldl.4   r1, me0[0], 0
        ldl.4   r2, me0[1], 31
        ldl.4   r3, me0[2], 9
        ldl.4   r4, me0[3], 16
        ldl.4   r5, me0[4], 5
        assert  r1, 1
        assert  r2, 16
        assert  r3, 17
        assert  r4, 32
        assert  r5, 10912               ; the sum of k * (k + 1)
        halt
