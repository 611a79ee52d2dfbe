; A loop runs its body as often as its count says, a bundle a cycle, at no cost for going round.
; rules M-6.7 M-6.8 M-6.9 M-6.12
; expect halt cycle 22
; leaves count body 5

        .unchecked
        { mov r5, 5 }                   ; 0
        { loop r5, one }                ; 1
body:   { add r1, r1, 1 }               ; 2, 4, 6, 8, 10
        { add r2, r2, 1 }
one:    { loop 7, two }                 ; 12
        { add r3, r3, 1 }               ; 13 to 19
two:    { nop 1 }                       ; 20
        { assert r1, 5  ||  assert r2, 5  ||  assert r3, 7  ||  halt }  ; 21
