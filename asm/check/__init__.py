"""Static checks: what is certainly wrong with bundles, on what the assembler packs and on linked images."""

from asm.check.checks import check_bundles, check_image

__all__ = ["check_bundles", "check_image"]
