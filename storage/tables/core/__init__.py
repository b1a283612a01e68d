"""The tables of the core: runs and their parts, what is to be done, what was done, the people."""
