"""What follows from the end of deploys and rollbacks."""
