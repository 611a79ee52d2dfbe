        .param  neg = 1
; error: E-RESERVED 17-19: `neg` is reserved: it names an instruction
; help: choose another name; upper and lower case are the same here
        .reg    not
; error: E-RESERVED 17-19: `not` is reserved: it names an instruction
; help: choose another name; upper and lower case are the same here
        .array  mw0: i32[neg]
        .array  SE3: i32[2]
; error: E-RESERVED 17-19: `SE3` is reserved: it names a register, stream or slice
; help: choose another name; upper and lower case are the same here
        .output SE3
        .alias  SE3, neg
        mov     not, neg
loop:   ld      r1, [SE3 + r1]
; error: E-RESERVED 1-4: `loop` is reserved: it names an instruction
; help: choose another name; upper and lower case are the same here
        .trip   loop, min=1
        jlt     loop
        call    r1, loop
