"""One partnership on one machine, or a try-out: plain HTTP on the loopback address, everything under OURPATCH_HOME."""

from ourpatch.settings.base import *  # noqa: F403
from ourpatch.settings.base import OURPATCH_HOME, database

OURPATCH_HOME.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": database()}
