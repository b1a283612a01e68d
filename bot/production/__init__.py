"""What production was seen to be: written when it is seen, read by everything that says "live"."""
