"""Models of a target that speaks the protocol of docs/protocol.md: target.py, and target.c on csrc/lpu.h."""
