; Each bundle counts how often it issued.
; rules M-10.1
; expect halt
; leaves count start 1, count body 5, count second 5, count not_reached 0, count last 1

        .unchecked
start:  { loop 5, end }
body:   { add r1, r1, 1  ||  add r2, r2, 1 }
second: { add r3, r3, 1 }
end:    { jmp last }
not_reached: { nop 1 }
last:   { halt }
