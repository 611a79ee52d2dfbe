; A bank accepts one access a cycle; two banks of one slice accept one each.
; rules M-2.2 M-7.7
; expect halt cycle 4

        .unchecked
        { stl mw0[0], 0, r0  ||  stl mw1[0], 0, r0 }
        { stl mw0[1], 0, r0 }
        { stl mw0[1], 1, r0  ||  stl me0[0], 0, r0 }
        { halt }
