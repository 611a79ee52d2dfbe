; A jump out of a body ends its loop, wherever it goes: the end of the body is then passed freely. One within does not.
; rules M-6.10 M-6.8
; expect halt

        .unchecked
        { loop 9, end }
        { add r1, r1, 1  ||  jmp within }
        { trap 1 }
within: { cmp r1, 2 }
        { jeq out }
last:   { add r2, r2, 1 }               ; after the first round, and once more when the loop has ended
end:    { cmp r2, 2 }
        { jeq done }
        { trap 2 }
out:    { add r3, r3, 1 }
        { jmp last }
done:   { assert r1, 2  ||  assert r2, 2  ||  assert r3, 1  ||  halt }
