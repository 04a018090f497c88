"""Programmes of an organisation: reading, setting figures, publishing, withdrawing, moving."""
