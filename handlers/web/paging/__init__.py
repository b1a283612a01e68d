"""Where pagers' services and called people answer on the web port."""
