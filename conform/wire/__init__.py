"""The protocol of docs/protocol.md from the side of who asks."""
