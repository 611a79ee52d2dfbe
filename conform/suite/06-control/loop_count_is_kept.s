; The count is read when the loop issues; what becomes of its register later does not matter.
; rules M-6.7 M-6.8
; expect halt cycle 6

        .unchecked
        { mov r1, 3 }
        { loop r1, end  ||  mov r1, 100 }
        { add r2, r2, 1  ||  mov r1, 200 }
end:    { assert r2, 3  ||  halt }
