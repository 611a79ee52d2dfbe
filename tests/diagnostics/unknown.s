what:   .wrod   3
; error: E-DIRECTIVE 9-13: `.wrod` is not a directive
; help: did you mean `.row`?
        .output what
        ld      r1, [what]
        mov     r1, 7 && 0 || 1
; error: E-SYNTAX 28-29: `||` separates the ops of a bundle, and this line is in none
; help: put braces around the bundle; a logical or is written in parentheses
        mov     r1, val(3)
; error: E-EXPR 21-26: `val` takes the name of a parameter or constant
        mov     r1, val()
; error: E-EXPR 21-25: `val` takes 1 argument, not 0
        mov     r1, lats(add)
; error: E-EXPR 21-24: there is no function `lats`
; help: did you mean `lat`?
        mov     r1, used(A0)
; error: E-EXPR 21-24: `used` has no value here
