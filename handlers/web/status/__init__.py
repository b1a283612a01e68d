"""The status page on the web port: pages, JSON in Statuspage's shape, an Atom feed, and a copy on the disk."""
