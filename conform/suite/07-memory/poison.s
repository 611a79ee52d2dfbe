; With `uninit=poison` each byte never written reads as 0xDB.
; rules M-7.10
; run uninit=poison
; expect halt

        .unchecked
        { ld r1, [5]  ||  ldl.4 r2, me0[5], 5  ||  mov r3, 0x7F }
        { stl mw0[5], 5, r3 }
        { ldl.2 r3, mw0[5], 5 }
        { nop 3 }
        { assert r1, 0xDBDBDBDB  ||  assert r2, 0xDBDBDBDB  ||  assert r3, 0xDB7F }
        { halt }
