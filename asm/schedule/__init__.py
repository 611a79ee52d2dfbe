"""Scheduling: a program of linear ops and bundles becomes bundles that keep every timing rule."""

from asm.schedule.emit import Scheduled
from asm.schedule.scheduler import Options, schedule

__all__ = ["Options", "Scheduled", "schedule"]
