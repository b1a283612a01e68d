"""The practice command-line tools of a checkout: `python -m sandbox.neonpro.tools <tool> <words…>`."""
