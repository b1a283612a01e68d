"""GitHub: what was reviewed, checked and scanned of a commit."""
