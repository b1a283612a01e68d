"""The Web API, family by family; `dispatch` is its door."""
