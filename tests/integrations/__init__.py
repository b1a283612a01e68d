"""The world outside, imitated by functions from request to response, and by real processes and databases."""
