"""Documents: a frozen record in, bytes out."""
