"""From YAML to values: every mistake in the words of somebody who writes a file, once, at its line."""
