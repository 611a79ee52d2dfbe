here:   jmp     here - 5
; error: E-RANGE 9-11: `jmp` goes to address -5; the program is 0 to 1
