"""Content: files in, frozen definitions and sanitised HTML out. It never learns who is reading."""
