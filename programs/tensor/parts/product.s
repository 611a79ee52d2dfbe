; One product of a batch: 128 vectors of x times the weights of one tile, requantised. `tile` says which.
; A timeline by itself, to be included: it takes 200 cycles from its first op until everything has landed.

        .timeline
        @0              ld      r1, [scales + tile]
        @0              read.4  sw0, mw28[w + 20 * tile], n=20  ; weights, one cycle apart, meet at the plane in 7
        @1              read.4  sw4, mw32[w + 20 * tile], n=20
        @2              read.4  sw8, mw36[w + 20 * tile], n=20
        @3              read.4  sw12, mw40[w + 20 * tile], n=20
        @7              lw.i8   0, sw0, n=20
        @12             read    sw16, me0[x + 128 * tile], n=128  ; 2 + 14 hops: at the plane in 28
        @27             iw      0
        @28             abc.i8  0, sw16, n=128
        @52             acc.emit 0, se0, n=128
        @67             vcvts.i8.i32 se16, se0, r1, n=128
        @72             write   me1[y + 128 * tile], se16, n=128  ; the last row in 199
        .drain 200
        .endtimeline
