"""The items of a run: how they are laid out and counted, and what people do with them."""
