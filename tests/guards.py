"""How long anything in the tests may take before it hangs: a guard measures nothing, and is far away on any machine."""

import os

GUARD_S = 60.0 * float(os.environ.get("NEONOPS_TEST_PATIENCE", "1"))
"""Seconds after which what a test waits for is not going to happen."""
