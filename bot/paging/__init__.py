"""Paging: how the addresses of a person are called, what becomes of each call, and who answers one."""
