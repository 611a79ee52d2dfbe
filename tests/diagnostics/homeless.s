        .machine lpu-tiny
        { select W, se0, se1, se2, 4, n=10 || shift.up W, se3, se4, 1, n=12 }
        { shift.down W, se5, se6, 1 }
; error: E-UNIT-BUSY 11-20: `shift.down` finds no unit free for 1 cycle: W.sh0 W.sh1 are taken
; note 2:11-16: `select` holds W.sh0 until cycle 9
; help: issue it 9 cycles later, when W.sh0 is free
