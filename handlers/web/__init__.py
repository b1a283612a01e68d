"""The web port: routes, limits and the server."""
