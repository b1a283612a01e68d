"""What a deploy is about: the commit, and what is read of it outside."""
