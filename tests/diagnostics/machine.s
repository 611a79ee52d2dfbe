        .machine lpu9
; error: E-MACHINE 18-21: unknown machine 'lpu9'; built in are lpu1, lpu-tiny, others come from a .toml file
