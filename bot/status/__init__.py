"""What the public is told of the services: the status page, and the pages of other providers."""
