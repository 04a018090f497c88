"""Use cases, a file an area: load, ask the rules, write. They flush and never commit."""
