        add     r1,, r2
; error: E-SYNTAX 20-20: `,` is not expected here; an operand could stand here
        .macro  twice a
        .endm
        twice
; error: E-MACRO 9-13: the macro `twice` needs a value for `a`
; note 3:17-21: `twice` is defined here
        .include "nowhere.s"
; error: E-INCLUDE 18-28: `nowhere.s` is not found
; help: looked in `.`; -I adds a folder
        .rept   1 / 0
; error: E-EXPR 17-21: `/` by zero
        .endr
        .error  "stop here"
; error: E-ERROR 9-14: stop here
        .warn   "look here"
; warning: W-WARN 9-13: look here
        mov     r1, nofunction(1)
; error: E-EXPR 21-30: there is no function `nofunction`
; help: functions are min, max, abs, log2, align, f32bits, f16bits, bf16bits
        .if     1
; error: E-DIRECTIVE 9-11: `.if` is never closed
; help: close it with `.endif` in the same file or body
