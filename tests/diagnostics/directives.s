        .dta
; error: E-DIRECTIVE 9-12: `.dta` is not a directive
; help: did you mean `.data`?
        .text   5
; error: E-DIRECTIVE 9-13: `.text` takes nothing
        .global
; error: E-DIRECTIVE 9-15: `.global` says nothing without a name
        .global 5
; error: E-DIRECTIVE 17-17: `.global` takes names
        .extern a: i32[4]
; error: E-DIRECTIVE 17-25: `.extern` takes names
        .reg    5
; error: E-DIRECTIVE 17-17: `.reg` takes names
        .trip   5
; error: E-DIRECTIVE 17-17: `.trip` takes names
        .trip   top, 4
; error: E-DIRECTIVE 22-22: `.trip` states min, max, multiple
; help: write `.trip label, min=1, multiple=4`
        .trip   top, min=0
; error: E-RANGE 26-26: `.trip` takes an integer from 1 up
        .burst  0
; error: E-RANGE 17-17: `.burst` takes an integer from 1 up
        .machine
; error: E-DIRECTIVE 9-16: `.machine` takes a name, or a file in quotes
        .syllable 5
; error: E-DIRECTIVE 9-17: `.syllable` needs `.unchecked` before it
        .cycles
; error: E-DIRECTIVE 9-15: `.cycles` takes a number of cycles
        .assert 1
        .array  arr: i32[4]
        .input  arr, top
; error: E-TYPE 22-24: `top` is a label of the program, not data or a parameter
        .independent arr
; error: E-TYPE 22-24: `arr` is data, not a label of the program
top:    {
        }
; error: E-BUNDLE 9-9: a bundle holds at least one op
; help: `nop 1` waits a cycle
        .endtimeline
; error: E-TIMELINE 9-20: `.endtimeline` closes nothing
        @0      nop 1
; error: E-TIMELINE 9-10: a time stands outside a timeline
; help: put it between .timeline and .endtimeline
        .cycles [5]
; error: E-EXPR 17-19: an expression is wanted here
        .data
untyped:
        .text
        .output untyped
; error: E-TYPE 17-23: `untyped` has no type, so it cannot be an output
; help: declare it with .array, .tensor or a typed directive on the line of the label
