"""Pure rules and value types, a file an area: the standard library only, no clock, no database."""
